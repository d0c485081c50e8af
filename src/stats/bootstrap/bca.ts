import { normalCdf, normalQuantile } from '../normal.ts';
import { quantileOfSorted } from '../quantile.ts';
import { requireAlpha } from '../requireAlpha.ts';
import type { Bounds } from './interval.ts';

/**
 * Bias-corrected and accelerated bounds of an estimate: quantiles of its replicates, moved by how the replicates lie around it and by
 * how skewed its dependence on single observations is.
 *
 * @param estimate the statistic on the data
 * @param sorted   [draws] the statistic on each resample, ascending, at least one, read only
 * @param options  1 - confidence in (0, 1), and the acceleration (`jackknifeAcceleration`)
 * @returns        null for no replicates
 * @throws E_INTERNAL on an alpha out of range
 * @source Efron 1987; Efron & Tibshirani 1993
 */
export function bcaBounds(
  estimate: number,
  sorted: Float64Array,
  { alpha, acceleration }: { readonly alpha: number; readonly acceleration: number },
): Bounds | null {
  requireAlpha(alpha);
  const draws = sorted.length;
  if (draws === 0) return null;
  const bias = normalQuantile(Math.min(1 - 0.5 / draws, Math.max(0.5 / draws, shareBelow(sorted, estimate))))!;
  const bound = (probability: number): number => {
    const z = bias + normalQuantile(probability)!;
    return quantileOfSorted(sorted, normalCdf(bias + z / (1 - acceleration * z)))!;
  };
  return [bound(alpha / 2), bound(1 - alpha / 2)];
}

/**
 * Skewness of a statistic's dependence on single observations (or clusters of them), from leaving each out.
 *
 * @param values the statistic without each observation, read only
 * @returns      0 for fewer than 3 or where nothing changes
 * @source Efron & Tibshirani 1993
 */
export function jackknifeAcceleration(values: readonly number[]): number {
  if (values.length < 3) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [squares, cubes] = [0, 0];
  for (const value of values) {
    const off = mean - value;
    squares += off * off;
    cubes += off * off * off;
  }
  return squares === 0 ? 0 : cubes / (6 * Math.sqrt(squares) * squares);
}

/** Share of values below one, equal ones counted half. */
function shareBelow(sorted: Float64Array, value: number): number {
  let [below, equal] = [0, 0];
  for (const draw of sorted) {
    if (draw < value) below++;
    else if (draw === value) equal++;
  }
  return (below + equal / 2) / sorted.length;
}
