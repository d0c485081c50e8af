import type { AllocationProblem } from '../problem.ts';
import { measureUses } from '../validate.ts';

/** Below this a value above its limit is rounding that scaling cannot mend (a limit of 0, met by 1e-17). */
const rounding = 1e-13;

/**
 * The longest weights in the same direction that keep every limit. All limits grow in proportion with the weights or slower, so one factor
 * is enough; weights that already keep them come back as they are.
 *
 * @param weights [edges], read only
 */
export function scaleInto(problem: AllocationProblem, weights: Float64Array): Float64Array {
  let factor = 1;
  for (const { constraint, value, limit } of measureUses(problem, weights)) {
    if (constraint === 'invested' || constraint === 'risk_share' || value <= limit + rounding) continue;
    factor = Math.min(factor, Math.max(0, limit) / value);
  }
  return factor === 1 ? weights : weights.map((weight) => weight * factor);
}

/** Weights whose increases fit into what is left of the turnover budget, all shortened alike; reductions stay whole. */
export function increasesInto(problem: AllocationProblem, weights: Float64Array): Float64Array {
  if (problem.turnoverLeft === null) return weights;
  const increases = weights.map((weight, e) => Math.max(0, weight - problem.previous[e]!));
  const total = increases.reduce((sum, value) => sum + value, 0);
  const left = Math.max(0, problem.turnoverLeft);
  if (total <= left) return weights;
  return weights.map((weight, e) => (increases[e]! > 0 ? problem.previous[e]! + increases[e]! * (left / total) : weight));
}
