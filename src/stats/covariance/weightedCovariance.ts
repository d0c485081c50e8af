import { AppError } from '../../core/errors.ts';
import { requireFinite } from '../requireFinite.ts';
import { sumOver } from '../sums.ts';

/** Observations around their weighted mean, with the weights used. */
export interface CenteredColumns {
  /** Per column [rows] deviations from the mean. */
  readonly deviations: readonly Float64Array[];
  /** [rows], summing to 1. */
  readonly weights: Float64Array;
  /** [columns * columns], row by row; divides by n when weights are equal. */
  readonly covariance: Float64Array;
}

/**
 * Number of equally weighted observations that would carry as much information.
 *
 * @param weights [rows], summing to 1, read only
 * @formula 1 / sum(q^2)
 * @source Kish 1965
 */
export function effectiveCount(weights: ArrayLike<number>): number {
  return 1 / sumOver(weights.length, (t) => weights[t]! * weights[t]!);
}

/**
 * Covariance of columns with weighted rows; equal weights when none are given.
 *
 * @param columns per column [rows] finite observations, read only
 * @param weights [rows] non-negative, summing to 1
 * @throws E_INTERNAL for no rows, columns of different lengths, NaN or Infinity
 * @formula s_ij = sum_t q_t (x_ti - mean_i) (x_tj - mean_j)
 * @source standard definition
 * @vector allocation.ledoitWolf.*
 */
export function weightedCovariance(columns: readonly ArrayLike<number>[], weights?: ArrayLike<number>): CenteredColumns {
  const rows = columns[0]?.length ?? 0;
  const q = weights === undefined ? new Float64Array(rows).fill(1 / rows) : Float64Array.from(weights);
  if (rows === 0 || q.length !== rows || columns.some((column) => column.length !== rows))
    throw new AppError('E_INTERNAL', { problem: 'a covariance needs rows, as many in each column as there are weights' });
  for (const column of columns) requireFinite(column, 'columns');
  const deviations = columns.map((column) => {
    const center = sumOver(rows, (t) => q[t]! * column[t]!);
    return Float64Array.from(column, (value) => value - center);
  });
  const p = columns.length;
  const covariance = new Float64Array(p * p);
  for (let i = 0; i < p; i++) {
    for (let j = 0; j <= i; j++) {
      const [x, y] = [deviations[i]!, deviations[j]!];
      covariance[i * p + j] = covariance[j * p + i] = sumOver(rows, (t) => q[t]! * x[t]! * y[t]!);
    }
  }
  return { deviations, weights: q, covariance };
}
