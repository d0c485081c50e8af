import { mean, sampleStd } from '../moments.ts';
import { quantileOfSorted } from '../quantile.ts';
import { requireAlpha } from '../requireAlpha.ts';
import { requireFinite } from '../requireFinite.ts';
import { bootstrapMeanAndSharpe } from './meanAndSharpe.ts';
import type { Resamples } from './resamples.ts';

/** Lower and upper bound. */
export type Bounds = readonly [number, number];

export interface BootstrapInterval {
  /** Quantiles of the replicates. */
  readonly percentile: Bounds | null;
  /** The same mirrored at the estimate. */
  readonly basic: Bounds | null;
  /** Sample deviation of the replicates. */
  readonly standardError: number | null;
  /** Resamples on which the statistic is undefined; left out of the bounds. */
  readonly undefinedDraws: number;
}

export interface MeanInterval extends BootstrapInterval {
  readonly mean: number | null;
  /** [draws] */
  readonly bootstrapMeans: Float64Array;
}

/**
 * Percentile and basic bounds of an estimate from its bootstrap replicates. Take at least 2,000 for 95 % bounds.
 *
 * @param estimate   the statistic on the data; null gives null bounds
 * @param replicates [draws] the statistic on each resample, NaN where undefined, read only
 * @param alpha      1 - confidence, in (0, 1)
 * @throws E_INTERNAL on an alpha out of range or an infinite replicate
 * @source Efron & Tibshirani 1993
 * @vector bootstrap.meanInterval
 */
export function bootstrapInterval(estimate: number | null, replicates: ArrayLike<number>, alpha: number): BootstrapInterval {
  requireAlpha(alpha);
  const sorted = Float64Array.from(replicates)
    .filter((value) => !Number.isNaN(value))
    .sort();
  requireFinite(sorted, 'replicates');
  const undefinedDraws = replicates.length - sorted.length;
  if (estimate === null || sorted.length === 0) return { percentile: null, basic: null, standardError: null, undefinedDraws };
  const low = quantileOfSorted(sorted, alpha / 2)!;
  const high = quantileOfSorted(sorted, 1 - alpha / 2)!;
  return { percentile: [low, high], basic: [2 * estimate - high, 2 * estimate - low], standardError: sampleStd(sorted), undefinedDraws };
}

/**
 * The mean of a series with its bootstrap interval.
 *
 * @param values    [n] observations, finite, read only
 * @param resamples of a series of n
 * @param alpha     1 - confidence, in (0, 1)
 * @throws E_INTERNAL on NaN, Infinity or an alpha out of range
 * @source Efron & Tibshirani 1993
 * @vector bootstrap.meanInterval
 */
export function meanInterval(values: ArrayLike<number>, resamples: Resamples, alpha: number): MeanInterval {
  const bootstrapMeans = bootstrapMeanAndSharpe(values, resamples).means;
  const center = mean(values);
  return { mean: center, bootstrapMeans, ...bootstrapInterval(center, bootstrapMeans, alpha) };
}
