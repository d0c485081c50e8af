import { rollingMean } from '../../../stats/rolling/rollingMean.ts';
import { finiteRuns } from '../../../stats/rolling/runs.ts';

/**
 * Mean of the last `window` values, undefined until all of them are there: one missing value blanks a whole window.
 *
 * @param values [bars], read only
 * @source       research specification section 2
 */
export function fullWindowMean(values: Float64Array, window: number): Float64Array {
  const out = new Float64Array(values.length).fill(Number.NaN);
  const runs = finiteRuns(values);
  for (let r = 0; r < runs.length; r += 2) rollingMean(values.subarray(runs[r], runs[r + 1]), window, out.subarray(runs[r], runs[r + 1]));
  return out;
}

/** Which bars of a window are enough. */
export interface TrailingWindow {
  readonly window: number;
  /** Values that must be there. */
  readonly atLeast: number;
}

/**
 * Median of the values that are there among the last `window` bars, this one included; NaN for fewer than `atLeast`.
 *
 * @param values [bars], read only
 * @source       research specification 4.4
 */
export function trailingMedian(values: Float64Array, { window, atLeast }: TrailingWindow): Float64Array {
  const sorted: number[] = [];
  return values.map((value, bar) => {
    const leaving = values[bar - window] ?? Number.NaN;
    if (!Number.isNaN(leaving)) sorted.splice(placeOf(sorted, leaving), 1);
    if (!Number.isNaN(value)) sorted.splice(placeOf(sorted, value), 0, value);
    const middle = sorted.length >> 1;
    if (sorted.length < atLeast) return Number.NaN;
    return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  });
}

/**
 * Mean and sample deviation of the values that are there among the last `window` bars; NaN for fewer than `atLeast`.
 *
 * @param values [bars], read only
 * @source       research specification 4.3 and 4.7
 */
export function trailingMoments(values: Float64Array, { window, atLeast }: TrailingWindow): { mean: Float64Array; std: Float64Array } {
  const mean = new Float64Array(values.length).fill(Number.NaN);
  const std = new Float64Array(values.length).fill(Number.NaN);
  for (let bar = 0; bar < values.length; bar++) {
    const present = values.subarray(Math.max(0, bar - window + 1), bar + 1).filter((value) => !Number.isNaN(value));
    if (present.length < atLeast) continue;
    const center = present.reduce((sum, value) => sum + value, 0) / present.length;
    mean[bar] = center;
    if (present.length > 1) std[bar] = Math.sqrt(present.reduce((sum, value) => sum + (value - center) ** 2, 0) / (present.length - 1));
  }
  return { mean, std };
}

/** First place in an ascending list whose value is at least this one. */
function placeOf(sorted: readonly number[], value: number): number {
  let low = 0;
  for (let high = sorted.length; low < high;) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
