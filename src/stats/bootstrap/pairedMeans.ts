import { mean } from '../moments.ts';
import { requireFinite } from '../requireFinite.ts';
import { doubledPrefixSums } from './prefixSums.ts';
import type { Resamples } from './resamples.ts';

/**
 * Means of two series over the same resamples, in one walk: draw by draw they belong together.
 *
 * @param first     [n] observations, finite, read only
 * @param second    [n] observations of the same days or bars, finite, read only
 * @param resamples of a series of n
 * @returns         [draws] each
 * @throws E_INTERNAL on NaN or Infinity
 * @source Politis & Romano 1994
 * @vector bootstrap.meanInterval
 */
export function bootstrapPairedMeans(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  resamples: Resamples,
): { readonly first: Float64Array; readonly second: Float64Array } {
  const [one, two] = [centered(first), centered(second)];
  const means = { first: new Float64Array(resamples.draws), second: new Float64Array(resamples.draws) };
  let draw = 0;
  for (const { count, offsets, starts, ends } of resamples) {
    for (let r = 0; r < count; r++, draw++) {
      let [a, b, taken] = [0, 0, 0];
      const last = offsets[r + 1]!;
      for (let j = offsets[r]!; j < last; j++) {
        const start = starts[j]!;
        const end = ends[j]!;
        taken += end - start;
        a += one.sums[end]! - one.sums[start]!;
        b += two.sums[end]! - two.sums[start]!;
      }
      means.first[draw] = one.center + a / taken;
      means.second[draw] = two.center + b / taken;
    }
  }
  return means;
}

/** Prefix sums of the deviations from the mean: they stay small. */
function centered(values: ArrayLike<number>): { center: number; sums: Float64Array } {
  requireFinite(values, 'values');
  const center = mean(values) ?? 0;
  return { center, sums: doubledPrefixSums(Float64Array.from(values, (value) => value - center)) };
}
