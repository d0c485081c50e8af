import { AppError } from '../core/errors.ts';
import { requireFinite } from './requireFinite.ts';

/**
 * Quantile by linear interpolation at h = (n-1)p (type 7), or null for no values.
 *
 * @param values      finite numbers in any order, read only
 * @param probability 0..1
 * @throws E_INTERNAL on NaN or a probability outside 0..1
 * @formula h = (n - 1) p; x[floor(h)] + (h - floor(h)) (x[floor(h) + 1] - x[floor(h)]), x ascending from index 0
 * @source Hyndman & Fan 1996
 * @vector numerics.quantile
 */
export function quantile(values: ArrayLike<number>, probability: number): number | null {
  return quantiles(values, [probability])[0]!;
}

/**
 * Type 7 quantiles at several probabilities, sorting once; all null for no values.
 *
 * @param values        finite numbers in any order, read only
 * @param probabilities each 0..1, any order
 * @throws E_INTERNAL on NaN or a probability outside 0..1
 * @source Hyndman & Fan 1996
 * @vector numerics.quantile
 */
export function quantiles(values: ArrayLike<number>, probabilities: ArrayLike<number>): (number | null)[] {
  requireFinite(values, 'values');
  const sorted = Float64Array.from(values).sort();
  return Array.from(probabilities, (probability) => quantileOfSorted(sorted, probability));
}

/**
 * Type 7 quantile of values that are already ascending, or null for no values.
 *
 * @param sorted      finite numbers, ascending, read only
 * @param probability 0..1
 * @throws E_INTERNAL on a probability outside 0..1
 * @source Hyndman & Fan 1996
 * @vector numerics.quantile
 */
export function quantileOfSorted(sorted: ArrayLike<number>, probability: number): number | null {
  if (!(probability >= 0 && probability <= 1)) {
    throw new AppError('E_INTERNAL', { problem: `quantile probability ${probability} is outside 0..1` });
  }
  if (sorted.length === 0) return null;
  const position = (sorted.length - 1) * probability;
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (position - below);
}
