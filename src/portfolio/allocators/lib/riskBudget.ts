import { AppError } from '../../../core/errors.ts';
import { sumOver } from '../../../stats/sums.ts';
import { solveLinear } from '../../solver/solveLinear.ts';

/** Weights whose contributions to risk have given shares. */
export interface RiskBudgetWeights {
  /** [edges], positive, summing to 1. */
  readonly weights: Float64Array;
  /** Standard deviation of the portfolio, per period of the covariance. */
  readonly volatility: number;
  /** [edges] w_i (S w)_i / volatility, summing to the volatility. */
  readonly riskContributions: Float64Array;
  /** [edges] contributions as shares, summing to 1. */
  readonly riskShares: Float64Array;
}

const tolerance = 1e-12;
/** Edges that hedge each other cancel digits: where 1e-12 is out of reach, this is still taken. */
const looseTolerance = 1e-9;
const sweepLimit = 500;
const newtonLimit = 200;

/**
 * Long-only weights whose risk contributions are in the proportion of the budgets, by cyclical coordinate descent; where that crawls, Newton's
 * method goes on from there.
 *
 * @param covariance [edges * edges] positive definite, row by row, read only
 * @param budgets    [edges] positive; equal when left out (equal risk contribution)
 * @param start      [edges] positive first guess; the problem is convex, so it changes nothing but the number of sweeps
 * @throws E_INTERNAL when a variance or a budget is not positive, or nothing settles
 * @formula minimize x'Sx/2 - sum(b_i ln x_i), then divide by sum(x); x_i = (-c + sqrt(c^2 + 4 s_ii b_i)) / (2 s_ii), c = sum_{j != i} s_ij x_j
 * @source Spinu 2013; Griveau-Billion, Richard & Roncalli 2013
 * @vector allocation.equalRisk.paper
 * @vector allocation.riskBudget
 */
export function riskBudgetWeights(covariance: Float64Array, budgets?: ArrayLike<number>, start?: ArrayLike<number>): RiskBudgetWeights {
  const n = Math.sqrt(covariance.length);
  const total = budgets === undefined ? 1 : sumOver(n, (i) => budgets[i]!);
  const budget = Float64Array.from({ length: n }, (_, i) => (budgets === undefined ? 1 / n : budgets[i]! / total));
  const variance = Float64Array.from({ length: n }, (_, i) => covariance[i * n + i]!);
  if (!variance.every((value) => value > 0) || !budget.every((value) => value > 0))
    throw new AppError('E_INTERNAL', { problem: 'risk budgets need positive variances and budgets' });
  const x = Float64Array.from({ length: n }, (_, i) => start?.[i] ?? Math.sqrt(budget[i]! / variance[i]!));
  let error = Infinity;
  for (let sweep = 0; sweep < sweepLimit && error > tolerance; sweep++) {
    for (let i = 0; i < n; i++) {
      const others = product(covariance, x, i) - variance[i]! * x[i]!;
      x[i] = (-others + Math.sqrt(others * others + 4 * variance[i]! * budget[i]!)) / (2 * variance[i]!);
    }
    error = errorOf(covariance, budget, x);
  }
  // Sweeps crawl where edges hedge each other nearly perfectly; the same objective has a second derivative that does not.
  for (let step = 0; step < newtonLimit && error > tolerance; step++) {
    if (!newtonStep(covariance, budget, x)) break;
    error = errorOf(covariance, budget, x);
  }
  if (error <= looseTolerance) return described(covariance, x);
  throw new AppError('E_INTERNAL', { problem: 'risk budgets did not settle; the covariance may be singular' });
}

function errorOf(covariance: Float64Array, budget: Float64Array, x: Float64Array): number {
  return budget.reduce((most, share, i) => Math.max(most, Math.abs((product(covariance, x, i) * x[i]!) / share - 1)), 0);
}

/** One step down x'Sx/2 - sum(b ln x), shortened until x stays positive and the value falls; false when no step does. */
function newtonStep(covariance: Float64Array, budget: Float64Array, x: Float64Array): boolean {
  const n = x.length;
  const rows = Array.from({ length: n }, (_, i) =>
    Float64Array.from({ length: n + 1 }, (_column, j) =>
      j === n ? budget[i]! / x[i]! - product(covariance, x, i) : covariance[i * n + j]! + (i === j ? budget[i]! / (x[i]! * x[i]!) : 0),
    ),
  );
  const step = solveLinear(rows);
  if (step === null) return false;
  const value = (at: Float64Array) => sumOver(n, (i) => (at[i]! * product(covariance, at, i)) / 2 - budget[i]! * Math.log(at[i]!));
  const before = value(x);
  for (let length = 1; length > 1e-10; length /= 2) {
    const next = x.map((at, i) => at + length * step[i]!);
    if (!next.every((at) => at > 0) || !(value(next) <= before)) continue;
    x.set(next);
    return true;
  }
  return false;
}

function described(covariance: Float64Array, x: Float64Array): RiskBudgetWeights {
  const total = sumOver(x.length, (i) => x[i]!);
  const weights = x.map((value) => value / total);
  const shares = Float64Array.from(weights, (weight, i) => weight * product(covariance, weights, i));
  const variance = sumOver(shares.length, (i) => shares[i]!);
  const volatility = Math.sqrt(variance);
  return {
    weights,
    volatility,
    riskContributions: shares.map((share) => share / volatility),
    riskShares: shares.map((share) => share / variance),
  };
}

/** Entry i of S x. */
function product(covariance: Float64Array, x: Float64Array, i: number): number {
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += covariance[i * x.length + j]! * x[j]!;
  return sum;
}
