import { quantile } from '../quantile.ts';
import { requireAlpha } from '../requireAlpha.ts';

/** A curve with bounds that hold for all its points at once. [points] each, NaN where the curve or its error is. */
export interface SimultaneousBand {
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** How many standard errors the band is wide; null when no draw says. */
  readonly multiplier: number | null;
}

/**
 * Band around a curve from shared resamples: wide enough, in standard errors, to hold all points of the resampled curves together
 * in 1 - alpha of the draws.
 *
 * @param curve  [points] estimates; NaN points are no part of the band, read only
 * @param errors [points] standard errors, read only
 * @param draws  [draws][points] the curve on each resample, row by row; NaN where undefined, read only
 * @param alpha  1 - confidence, in (0, 1)
 * @throws E_INTERNAL on an alpha out of range
 * @source Romano & Wolf 2005; Montiel Olea & Plagborg-Moller 2019
 */
export function simultaneousBand(
  curve: ArrayLike<number>,
  errors: ArrayLike<number>,
  draws: { rows: ArrayLike<number>; alpha: number },
): SimultaneousBand {
  const { rows, alpha } = draws;
  requireAlpha(alpha);
  const points = curve.length;
  const widest: number[] = [];
  for (let start = 0; start + points <= rows.length && points > 0; start += points) {
    let worst = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < points; k++) {
      const off = Math.abs(rows[start + k]! - curve[k]!) / errors[k]!;
      if (off > worst && Number.isFinite(off)) worst = off;
    }
    if (worst >= 0) widest.push(worst);
  }
  const multiplier = quantile(widest, 1 - alpha);
  const bound = (sign: number) => Float64Array.from({ length: points }, (_, k) => curve[k]! + sign * (multiplier ?? Number.NaN) * errors[k]!);
  return { low: bound(-1), high: bound(1), multiplier };
}
