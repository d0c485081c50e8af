import { AppError } from '../../core/errors.ts';
import { amongEligible } from '../allocators/lib/amongEligible.ts';
import { riskBudgetWeights } from '../allocators/lib/riskBudget.ts';
import type { Allocation, AllocationProblem, PortfolioLimits } from '../problem.ts';
import type { ProgramRow, Solver } from '../solver/quadraticProgram.ts';
import { measureUses, riskShareCap } from '../validate.ts';
import { excessOf, type ExtraRows, optimize, type Optimum } from './optimize.ts';
import { valueAt } from './objective.ts';
import { type ProgramShape, type WeightObjective, weightRow } from './shape.ts';

/** The linear stand-ins aim this much inside the cap, so that their limit point lies inside it too. */
const inside = 1e-7;
const roundLimit = 25;
/** A round that leaves more than this of the excess has stalled. */
const stalled = 0.9;

/**
 * Nothing when a risk-share cap can be kept by a number of edges. Call it before anything is simulated.
 *
 * @throws E_RC_CAP_INFEASIBLE when the cap is below 1 / edges: shares sum to 1, so the largest is never smaller
 * @source governance specification 18.2, 21.17
 */
export function requireRiskShareCap({ riskShareMax }: Pick<PortfolioLimits, 'riskShareMax'>, edges: number): void {
  if (riskShareMax !== null && edges > 0 && riskShareMax * edges < 1 - 1e-12)
    throw new AppError('E_RC_CAP_INFEASIBLE', { cap: riskShareMax, edges, smallest: Math.ceil((1 / edges) * 1e4) / 1e4 });
}

/**
 * The optimum with every edge's share of portfolio variance under the cap. Such caps are not convex: each round replaces them by their
 * tangents at the last answer. The first answer that truly keeps the cap is taken; when rounds stall or run out or the tangents contradict other
 * limits, equal risk contributions scaled into the limits are, which keep any possible cap.
 */
export function optimizeCapped(problem: AllocationProblem, objective: WeightObjective, solver: Solver): Optimum {
  let found = optimize(problem, objective, { solver });
  const cap = riskShareCap(problem);
  if (cap === null || keepsCap(found)) return found;
  let iterations = found.certificate.iterations;
  let excess = Infinity;
  for (let round = 0; round < roundLimit; round++) {
    const next = attempt(problem, objective, { solver, planes: found.planes, extra: tangentsAt(problem, found.weights, cap * (1 - inside)) });
    if (next === null) break;
    iterations += next.certificate.iterations;
    if (next.status === 'certified' && keepsCap(next)) return { ...next, certificate: { ...next.certificate, iterations } };
    // Rounds that lead somewhere gain a digit or more each. The others only shorten the weights, which leaves shares as they are.
    const left = shareExcess(next, cap);
    if (left > excess * stalled) break;
    [found, excess] = [next, left];
  }
  return riskBudgetAnswer(problem, objective, iterations);
}

/** How far the largest share lies above the cap. */
function shareExcess({ certificate }: Allocation, cap: number): number {
  return certificate.uses.reduce((most, { constraint, value }) => (constraint === 'risk_share' ? Math.max(most, value - cap) : most), -Infinity);
}

function keepsCap({ certificate }: Allocation): boolean {
  return certificate.uses.every(({ constraint, value, limit }) => constraint !== 'risk_share' || value <= limit);
}

function attempt(problem: AllocationProblem, objective: WeightObjective, tools: Parameters<typeof optimize>[2]): Optimum | null {
  try {
    return optimize(problem, objective, tools);
  } catch (error) {
    if (error instanceof AppError && error.code === 'E_INFEASIBLE') return null;
    throw error;
  }
}

/** h_i(w) = w_i (Sw)_i - cap w'Sw <= 0, linearized: grad h_i(v) . w <= h_i(v), because h_i grows with the square of w. */
function tangentsAt(problem: AllocationProblem, at: Float64Array, cap: number): ExtraRows {
  const n = problem.edges.length;
  const product = Float64Array.from(at, (_, i) => at.reduce((sum, weight, j) => sum + problem.covariance[i * n + j]! * weight, 0));
  const variance = at.reduce((sum, weight, i) => sum + weight * product[i]!, 0);
  return (shape: ProgramShape): ProgramRow[] =>
    shape.edges.map((i) => {
      const slope = (j: number) => (j === i ? product[i]! : 0) + at[i]! * problem.covariance[i * n + j]! - 2 * cap * product[j]!;
      const bounds = { low: -Infinity, high: at[i]! * product[i]! - cap * variance };
      return weightRow(shape, slope, { constraint: 'risk_share', subject: problem.edges[i]!, ...bounds });
    });
}

/** Equal risk contributions at the best length that the other limits allow. */
function riskBudgetAnswer(problem: AllocationProblem, objective: WeightObjective, iterations: number): Optimum {
  const direction = amongEligible(problem, ({ covariance }) => riskBudgetWeights(covariance).weights);
  const at = (length: number) => direction.map((weight) => weight * length);
  const [shortest, longest] = [problem.limits.investedMin ?? 0, longestWithin(problem, at)];
  if (shortest > longest)
    throw new AppError('E_INFEASIBLE', { constraints: `invested at least ${shortest}; risk_share at most ${problem.limits.riskShareMax}` });
  const weights = at(lowest((length) => valueAt(problem, objective, at(length)), [shortest, longest]));
  const uses = measureUses(problem, weights);
  const figures = { objective: -valueAt(problem, objective, weights), primalResidual: excessOf(uses), dualResidual: null, dualGap: null };
  return { status: 'certified', planes: [], weights, certificate: { status: 'risk_budget', iterations, ...figures, uses } };
}

/** The largest length at which nothing but the smallest investment is broken: every other limit grows with length. */
function longestWithin(problem: AllocationProblem, at: (length: number) => Float64Array): number {
  const isKept = (length: number) =>
    measureUses(problem, at(length)).every(({ constraint, value, limit }) => ['invested', 'risk_share'].includes(constraint) || value <= limit);
  let [low, high] = [0, problem.limits.weightMax * problem.edges.length];
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (isKept(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Where a convex function is smallest, by thirds. */
function lowest(value: (length: number) => number, [from, to]: readonly [number, number]): number {
  let [low, high] = [from, to];
  for (let third = 0; third < 120; third++) {
    const [left, right] = [low + (high - low) / 3, high - (high - low) / 3];
    if (value(left) <= value(right)) high = right;
    else low = left;
  }
  return value(to) < value(low) ? to : low;
}
