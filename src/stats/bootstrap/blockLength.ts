import { autocovariances } from '../autocovariance.ts';
import { isZeroDispersion } from '../moments.ts';
import { finiteOrNull, requireFinite } from '../requireFinite.ts';
import { sumOver } from '../sums.ts';

/** Automatic block lengths of a series with the numbers they came from (names of the paper). Lengths are in observations. */
export interface BlockLength {
  /** How many insignificant autocorrelations in a row end the search. */
  readonly kn: number;
  /** Largest lag looked at. */
  readonly maxLag: number;
  /** An autocorrelation below it, in size, is insignificant. */
  readonly threshold: number | null;
  readonly mhat: number | null;
  /** Bandwidth of the flat-top window. */
  readonly M: number | null;
  readonly G: number | null;
  readonly spectralAtZero: number | null;
  /** Largest block length allowed. */
  readonly blockCap: number;
  /** Mean block length for the stationary bootstrap, 1..blockCap, not rounded. */
  readonly stationary: number | null;
  /** Block length for circular blocks, 1..blockCap, not rounded. */
  readonly circular: number | null;
}

/**
 * Block lengths that minimize the error of the bootstrap variance of the mean, from the series' own autocorrelations.
 *
 * @param values [n] observations in time order, finite, read only
 * @returns      null lengths for fewer than 2 values or a constant series
 * @throws E_INTERNAL on NaN or Infinity
 * @source Politis & White 2004, corrected by Patton, Politis & White 2009
 * @vector bootstrap.blockLength
 */
export function blockLength(values: ArrayLike<number>): BlockLength {
  requireFinite(values, 'values');
  const n = values.length;
  const logN = Math.log10(Math.max(n, 1));
  const kn = Math.max(5, Math.ceil(Math.sqrt(logN)));
  const maxLag = Math.ceil(Math.sqrt(n)) + kn;
  const blockCap = Math.max(1, Math.ceil(Math.min(3 * Math.sqrt(n), n / 3)));
  const nothing = { kn, maxLag, threshold: null, mhat: null, M: null, G: null, spectralAtZero: null, blockCap, stationary: null, circular: null };
  const covariances = autocovariances(values, maxLag);
  if (n < 2 || isZeroDispersion(Math.sqrt(covariances[0]!), values)) return nothing;
  const threshold = 2 * Math.sqrt(logN / n);
  const mhat = lastUsefulLag(covariances, kn, threshold);
  const M = Math.min(2 * mhat, maxLag);
  const G = 2 * sumOver(M, (i) => flatTop((i + 1) / M) * (i + 1) * covariances[i + 1]!);
  const spectralAtZero = covariances[0]! + 2 * sumOver(M, (i) => flatTop((i + 1) / M) * covariances[i + 1]!);
  const ratio = (G * G) / (spectralAtZero * spectralAtZero);
  const clip = (length: number) => finiteOrNull(Math.min(blockCap, Math.max(1, length)));
  const stationary = clip(Math.cbrt(ratio) * Math.cbrt(n));
  const circular = clip(Math.cbrt(1.5 * ratio) * Math.cbrt(n));
  return { kn, maxLag, threshold, mhat, M, G, spectralAtZero, blockCap, stationary, circular };
}

/** First lag of the first run of `kn` insignificant autocorrelations; without one, the largest significant lag. */
function lastUsefulLag(covariances: Float64Array, kn: number, threshold: number): number {
  let run = 0;
  let largest = 1;
  for (let lag = 1; lag < covariances.length; lag++) {
    const isSignificant = Math.abs(covariances[lag]! / covariances[0]!) >= threshold;
    run = isSignificant ? 0 : run + 1;
    if (isSignificant) largest = lag;
    if (run === kn) return lag - kn + 1;
  }
  return largest;
}

/** Window that is 1 up to a half and falls in a line to 0 at 1. */
function flatTop(share: number): number {
  return share <= 0.5 ? 1 : 2 * (1 - share);
}
