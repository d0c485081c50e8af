import { neumaierSum, sumOver } from '../sums.ts';
import { type CenteredColumns, effectiveCount, weightedCovariance } from './weightedCovariance.ts';

/** A covariance matrix pulled toward a target of few parameters. */
export interface ShrunkCovariance {
  /** Share of the target, 0 to 1. */
  readonly shrinkage: number;
  /** [columns * columns], row by row. */
  readonly covariance: Float64Array;
  /** The matrix before shrinkage, same shape. */
  readonly sampleCovariance: Float64Array;
}

/** What the shrinkage toward one common correlation was made of. */
export interface ConstantCorrelation extends ShrunkCovariance {
  readonly averageCorrelation: number;
  /** Sum of the variances of the sample covariances, their sum against the target, squared distance to the target. */
  readonly pi: number;
  readonly rho: number;
  readonly gamma: number;
}

/**
 * Ledoit-Wolf shrinkage toward the mean variance times the identity. Moments divide by n.
 *
 * @param columns per column [rows] finite observations, read only
 * @param weights [rows] summing to 1; equal when left out, and then 1/n^2 is what the formula's q_t^2 comes to
 * @throws E_INTERNAL for no rows, columns of different lengths, NaN or Infinity
 * @formula delta = min(b2, d2) / d2; d2 = ||S - m I||^2 / p; b2 = sum_t q_t^2 ||x_t x_t' - S||^2 / p; (1 - delta) S + delta m I
 * @source Ledoit & Wolf 2004 (multivariate analysis)
 * @vector allocation.ledoitWolf.identity
 */
export function ledoitWolfIdentity(columns: readonly ArrayLike<number>[], weights?: ArrayLike<number>): ShrunkCovariance {
  const { deviations, weights: q, covariance: sample } = weightedCovariance(columns, weights);
  const p = columns.length;
  const level = sumOver(p, (i) => sample[i * p + i]!) / p;
  const target = (i: number, j: number) => (i === j ? level : 0);
  const distance = sumOver(p * p, (k) => (sample[k]! - target(Math.floor(k / p), k % p)) ** 2) / p;
  const spread =
    sumOver(q.length, (t) => {
      const square = sumOver(p * p, (k) => (deviations[Math.floor(k / p)]![t]! * deviations[k % p]![t]! - sample[k]!) ** 2);
      return q[t]! * q[t]! * square;
    }) / p;
  const shrinkage = distance > 0 ? Math.min(spread, distance) / distance : 0;
  return { shrinkage, covariance: blend(sample, target, shrinkage), sampleCovariance: sample };
}

/**
 * Ledoit-Wolf shrinkage toward the sample variances with one common correlation. Moments divide by n.
 *
 * @param columns per column [rows] finite observations, read only
 * @param weights [rows] summing to 1; equal when left out. With others n is 1 / sum(q^2)
 * @returns       null when a column does not vary, because its correlations are undefined
 * @throws E_INTERNAL for no rows, columns of different lengths, NaN or Infinity
 * @formula delta = clip((pi - rho) / gamma / n, 0, 1); (1 - delta) S + delta F, F_ij = averageCorrelation sqrt(s_ii s_jj)
 * @source Ledoit & Wolf 2004 (portfolio management)
 * @vector allocation.ledoitWolf.constantCorrelation
 */
export function ledoitWolfConstantCorrelation(columns: readonly ArrayLike<number>[], weights?: ArrayLike<number>): ConstantCorrelation | null {
  const centered = weightedCovariance(columns, weights);
  const { covariance: sample } = centered;
  const p = columns.length;
  const deviation = Float64Array.from({ length: p }, (_, i) => Math.sqrt(sample[i * p + i]!));
  if (deviation.some((value) => !(value > 0))) return null;
  const correlations: number[] = [];
  for (let i = 0; i < p; i++) for (let j = 0; j < i; j++) correlations.push(sample[i * p + j]! / (deviation[i]! * deviation[j]!));
  const averageCorrelation = correlations.length === 0 ? 0 : neumaierSum(correlations) / correlations.length;
  const target = (i: number, j: number) => (i === j ? sample[i * p + i]! : averageCorrelation * deviation[i]! * deviation[j]!);
  const gamma = sumOver(p * p, (k) => (target(Math.floor(k / p), k % p) - sample[k]!) ** 2);
  const { pi, rho } = errorSums(centered, deviation, averageCorrelation);
  const shrinkage = gamma > 0 ? Math.min(1, Math.max(0, (pi - rho) / gamma / effectiveCount(centered.weights))) : 0;
  return { averageCorrelation, pi, rho, gamma, shrinkage, covariance: blend(sample, target, shrinkage), sampleCovariance: sample };
}

function errorSums({ deviations, weights: q, covariance }: CenteredColumns, deviation: Float64Array, averageCorrelation: number) {
  const p = deviations.length;
  const product = (t: number, i: number, j: number) => deviations[i]![t]! * deviations[j]![t]! - covariance[i * p + j]!;
  /** Weighted mean product of the errors of s_ab and s_cd. */
  const moment = (a: number, b: number, c: number, d: number) => sumOver(q.length, (t) => q[t]! * product(t, a, b) * product(t, c, d));
  const pi = sumOver(p * p, (k) => moment(Math.floor(k / p), k % p, Math.floor(k / p), k % p));
  const rho = sumOver(p * p, (k) => {
    const [i, j] = [Math.floor(k / p), k % p];
    if (i === j) return moment(i, i, i, i);
    const ratio = deviation[j]! / deviation[i]!;
    return (averageCorrelation / 2) * (ratio * moment(i, i, i, j) + moment(j, j, i, j) / ratio);
  });
  return { pi, rho };
}

function blend(sample: Float64Array, target: (i: number, j: number) => number, shrinkage: number): Float64Array {
  const p = Math.sqrt(sample.length);
  return sample.map((value, k) => (1 - shrinkage) * value + shrinkage * target(Math.floor(k / p), k % p));
}
