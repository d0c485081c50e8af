import type { AllocationProblem } from '../../problem.ts';

/** What a heuristic sees: the edges with history, and nothing of the others. */
export interface EligibleInputs {
  /** Their numbers among all edges. */
  readonly edges: readonly number[];
  /** [eligible] */
  readonly mean: Float64Array;
  readonly volatility: Float64Array;
  /** [eligible * eligible], row by row. */
  readonly covariance: Float64Array;
  /** Per eligible edge [days]. */
  readonly returns: readonly Float64Array[];
}

/**
 * Weights that a heuristic gives to the edges with history, with zeros for the others; all zeros when there are none.
 *
 * @param heuristic weights [eligible] from the inputs of those edges
 */
export function amongEligible(problem: AllocationProblem, heuristic: (inputs: EligibleInputs) => ArrayLike<number>): Float64Array {
  const n = problem.edges.length;
  const edges = [...problem.eligible.keys()].filter((e) => problem.eligible[e] === 1);
  const weights = new Float64Array(n);
  if (edges.length === 0) return weights;
  const given = heuristic({
    edges,
    mean: Float64Array.from(edges, (e) => problem.mean[e]!),
    volatility: Float64Array.from(edges, (e) => problem.volatility[e]!),
    covariance: Float64Array.from(edges.flatMap((e) => edges.map((f) => problem.covariance[e * n + f]!))),
    returns: edges.map((e) => problem.returns[e]!),
  });
  for (const [k, e] of edges.entries()) weights[e] = given[k]!;
  return weights;
}
