import type { AllocationProblem } from '../problem.ts';

/** A convex limit at a point: its value there, and the plane that touches it there. No plane lies above the limit anywhere, so a plane is a valid row. */
export interface Tangent {
  readonly value: number;
  /** [edges] value = slope . weights at the point. */
  readonly slope: Float64Array;
}

/**
 * Expected shortfall of a day beyond the level, over the weighted scenario days.
 *
 * @formula mean of the worst (1 - level) of the scenario weight, the boundary day with what is left
 * @source Rockafellar & Uryasev 2002
 */
export function shortfallTangent({ returns, scenarioWeights, limits }: AllocationProblem, weights: Float64Array): Tangent {
  const days = scenarioWeights.length;
  const losses = lossesOf(returns, weights);
  const tail = 1 - limits.cvarLevel;
  const share = new Float64Array(days);
  let left = tail;
  for (const t of worstFirst(losses)) {
    if (left <= 0) break;
    share[t] = Math.min(left, scenarioWeights[t]!) / tail;
    left -= scenarioWeights[t]!;
  }
  const slope = Float64Array.from(returns, (column) => {
    let sum = 0;
    for (let t = 0; t < days; t++) if (share[t] !== 0) sum -= share[t]! * column[t]!;
    return sum;
  });
  return { value: inner(slope, weights), slope };
}

/**
 * Conditional drawdown beyond the level: mean of the deepest drawdowns of the uncompounded path, which starts at 0.
 *
 * @formula mean of the (1 - level) days of the deepest max(0, max_{s <= t} y_s) - y_t, y the running sum of daily returns
 * @source Chekhlov, Uryasev & Zabarankin 2005
 */
export function drawdownTangent({ returns, scenarioWeights, limits }: AllocationProblem, weights: Float64Array): Tangent {
  const days = scenarioWeights.length;
  const sums = returns.map(runningSum);
  const levels = lossesOf(sums, weights);
  const depth = new Float64Array(days);
  const peakDay = new Int32Array(days);
  let peak = 0;
  let at = -1;
  for (let t = 0; t < days; t++) {
    const level = -levels[t]!;
    if (level > peak) [peak, at] = [level, t];
    depth[t] = peak - level;
    peakDay[t] = at;
  }
  const tail = Math.round((1 - limits.drawdownLevel) * days * 1e9) / 1e9;
  const slope = new Float64Array(returns.length);
  let left = tail;
  for (const t of worstFirst(depth)) {
    if (left <= 0) break;
    const share = Math.min(1, left) / tail;
    for (const [e, sum] of sums.entries()) slope[e]! += share * ((peakDay[t]! < 0 ? 0 : sum[peakDay[t]!]!) - sum[t]!);
    left -= 1;
  }
  return { value: inner(slope, weights), slope };
}

/** [days] what weights lose on each scenario day, positive = loss. */
export function lossesOf(returns: readonly Float64Array[], weights: Float64Array): Float64Array {
  const losses = new Float64Array(returns[0]?.length ?? 0);
  for (const [e, weight] of weights.entries()) if (weight !== 0) for (let t = 0; t < losses.length; t++) losses[t]! -= weight * returns[e]![t]!;
  return losses;
}

function runningSum(values: Float64Array): Float64Array {
  let sum = 0;
  return values.map((value) => (sum += value));
}

/** Positions of values, the largest first; ties by position. */
export function worstFirst(values: Float64Array): Uint32Array {
  return Uint32Array.from(values.keys()).sort((a, b) => values[b]! - values[a]! || a - b);
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
