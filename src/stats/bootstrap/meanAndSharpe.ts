import { mean } from '../moments.ts';
import { requireFinite } from '../requireFinite.ts';
import { perPeriodSharpe } from '../sharpe.ts';
import { doubledPrefixSums } from './prefixSums.ts';
import { type ResampleBatch, resamplePath, type Resamples } from './resamples.ts';

/** [draws] each; NaN where a resample is empty or, for the ratio, has no variance. */
export interface MeanAndSharpe {
  readonly means: Float64Array;
  /** Mean over sample deviation per period, not annualized. */
  readonly sharpes: Float64Array;
}

/** Below this share of the sum of squares the variance has lost its digits to cancellation and is taken observation by observation. */
const cancels = 1e-4;

/**
 * Mean and per-period Sharpe ratio of every resample, block by block: two differences of prefix sums each instead of a walk over the observations.
 *
 * @param values    [n] observations, finite, read only
 * @param resamples of a series of n
 * @throws E_INTERNAL on NaN or Infinity
 * @source Politis & Romano 1994; Sharpe 1994
 * @vector bootstrap.meanInterval
 */
export function bootstrapMeanAndSharpe(values: ArrayLike<number>, resamples: Resamples): MeanAndSharpe {
  requireFinite(values, 'values');
  const center = mean(values) ?? 0;
  // Deviations from the mean keep the sum small, so that squares minus square of sum is safe.
  const deviations = Float64Array.from(values, (value) => value - center);
  const sums = doubledPrefixSums(deviations);
  const squares = doubledPrefixSums(deviations.map((deviation) => deviation * deviation));
  const means = new Float64Array(resamples.draws);
  const sharpes = new Float64Array(resamples.draws);
  let draw = 0;
  for (const batch of resamples) {
    for (let r = 0; r < batch.count; r++, draw++) {
      const { count, sum, square } = blockMoments(batch, r, { sums, squares });
      const scatter = square - (sum * sum) / count;
      means[draw] = center + sum / count;
      sharpes[draw] =
        scatter > cancels * square
          ? means[draw]! / Math.sqrt(scatter / (count - 1))
          : (perPeriodSharpe(resamplePath(values, batch, r)) ?? Number.NaN);
    }
  }
  return { means, sharpes };
}

interface Moments {
  readonly count: number;
  readonly sum: number;
  readonly square: number;
}

function blockMoments({ offsets, starts, ends }: ResampleBatch, r: number, of: { sums: Float64Array; squares: Float64Array }): Moments {
  const { sums, squares } = of;
  const last = offsets[r + 1]!;
  let count = 0;
  let sum = 0;
  let square = 0;
  for (let j = offsets[r]!; j < last; j++) {
    const start = starts[j]!;
    const end = ends[j]!;
    count += end - start;
    sum += sums[end]! - sums[start]!;
    square += squares[end]! - squares[start]!;
  }
  return { count, sum, square };
}
