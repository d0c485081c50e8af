import type { AllocationProblem } from '../problem.ts';
import type { WeightObjective } from './shape.ts';

/**
 * Expected return less risk and cost of trading, turned into something to minimize.
 *
 * @formula -(m . w - riskAversion / 2 w'Sw - turnoverCost sum(max(0, w - previous)))
 * @source governance specification 18.2
 */
export function meanVariance({ mean, covariance, settings }: AllocationProblem): WeightObjective {
  return {
    cost: mean.map((value) => -value),
    quadratic: settings.riskAversion === 0 ? null : covariance.map((value) => settings.riskAversion * value),
    increaseCost: settings.turnoverCost,
  };
}

/**
 * Half the squared distance to some weights, without its constant.
 *
 * @param wanted [edges] weights of a heuristic
 * @formula w'w / 2 - wanted . w
 * @source governance specification 18.4
 */
export function distanceTo(wanted: Float64Array): WeightObjective {
  const n = wanted.length;
  const identity = new Float64Array(n * n);
  for (let i = 0; i < n; i++) identity[i * n + i] = 1;
  return { cost: wanted.map((value) => -value), quadratic: identity, increaseCost: 0 };
}

/** The value that an objective minimizes, at some weights [edges]. */
export function valueAt(problem: AllocationProblem, { cost, quadratic, increaseCost }: WeightObjective, weights: Float64Array): number {
  const n = weights.length;
  let value = 0;
  for (let i = 0; i < n; i++) {
    let bent = 0;
    if (quadratic !== null) for (let j = 0; j < n; j++) bent += quadratic[i * n + j]! * weights[j]!;
    value += (bent / 2 + cost[i]!) * weights[i]! + increaseCost * Math.max(0, weights[i]! - problem.previous[i]!);
  }
  return value;
}
