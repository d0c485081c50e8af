import { AppError } from '../core/errors.ts';
import { isZeroDispersion, mean } from './moments.ts';
import { requireFinite } from './requireFinite.ts';
import { sumOver } from './sums.ts';

/** How two series move together. */
export interface Comovement {
  /** Pearson's correlation, -1..1; null without dispersion in either series. */
  readonly correlation: number | null;
  /** Slope of the first on the second: what one unit of the second goes with; null without dispersion in the second. */
  readonly beta: number | null;
}

/**
 * Correlation of two series and the slope of the first on the second.
 *
 * @param series    [n] finite, read only
 * @param reference [n] finite, read only
 * @returns         nulls for fewer than 2 values
 * @throws E_INTERNAL on NaN, Infinity or different lengths
 * @source standard definitions (Pearson 1895, least squares)
 */
export function comovement(series: ArrayLike<number>, reference: ArrayLike<number>): Comovement {
  requireFinite(series, 'series');
  requireFinite(reference, 'reference');
  const n = series.length;
  if (reference.length !== n) throw new AppError('E_INTERNAL', { problem: `${n} values came with ${reference.length} to compare with` });
  if (n < 2) return { correlation: null, beta: null };
  const [a, b] = [mean(series)!, mean(reference)!];
  const own = sumOver(n, (i) => (series[i]! - a) ** 2);
  const other = sumOver(n, (i) => (reference[i]! - b) ** 2);
  const shared = sumOver(n, (i) => (series[i]! - a) * (reference[i]! - b));
  const isFlat = (squares: number, values: ArrayLike<number>) => isZeroDispersion(Math.sqrt(squares / (n - 1)), values);
  if (isFlat(other, reference)) return { correlation: null, beta: null };
  // Rounding may leave the ratio a hair outside.
  const correlation = isFlat(own, series) ? null : Math.max(-1, Math.min(1, shared / Math.sqrt(own * other)));
  return { correlation, beta: shared / other };
}
