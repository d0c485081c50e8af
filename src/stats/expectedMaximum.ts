import { normalCdf, normalQuantile } from './normal.ts';

const eulerMascheroni = 0.577_215_664_901_532_9;

/**
 * Expected largest of N independent standard normals, by the approximation that the deflated Sharpe ratio is defined with.
 *
 * @param trials N, at least 1; fractional for effective numbers of trials
 * @returns      0 for one trial and never less; null below 1
 * @formula (1 - g) z(1 - 1 / N) + g z(1 - 1 / (N e)), g = 0.5772156649..., z the normal quantile
 * @source Bailey & Lopez de Prado 2014
 * @vector sharpe.expectedMaximum
 */
export function expectedMaximum(trials: number): number | null {
  if (!(trials >= 1 && trials < Infinity)) return null;
  if (trials === 1) return 0;
  // Lower-tail quantiles with their sign turned: 1 - 1/N would round for large N.
  const typical = -normalQuantile(1 / trials)!;
  const extreme = -normalQuantile(1 / (trials * Math.E))!;
  // Between one and two trials the approximation dips below zero, which no maximum's expectation does.
  return Math.max(0, (1 - eulerMascheroni) * typical + eulerMascheroni * extreme);
}

/** Grid of the integral below: the trapezoid rule is exact to the last digits on this smooth, even and rapidly vanishing function. */
const grid = { step: 1 / 32, points: 40 * 32 };

/**
 * Expected largest of N independent standard normals, exactly: what `expectedMaximum` approximates, for reference.
 *
 * @param trials N, at least 1
 * @returns      null below 1
 * @formula integral over x > 0 of 1 - Phi(x)^N - Phi(-x)^N
 * @source order statistics
 * @vector sharpe.expectedMaximum
 */
export function exactExpectedMaximum(trials: number): number | null {
  if (!(trials >= 1 && trials < Infinity)) return null;
  // E[max] is the integral over x > 0 of P(max > x) - P(max < -x), an even function of x.
  let sum = 0;
  for (let i = 1; i <= grid.points; i++) {
    const tail = normalCdf(-i * grid.step);
    const isAbove = -Math.expm1(trials * Math.log1p(-tail));
    sum += isAbove - Math.exp(trials * Math.log(tail));
  }
  const atZero = 1 - 2 * Math.exp(trials * Math.log(0.5));
  return grid.step * (atZero / 2 + sum);
}
