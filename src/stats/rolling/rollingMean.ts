/** Bars after which the sliding sum is computed afresh, so that rounding cannot drift. */
const anchorBars = 1024;

/**
 * Fills out[i] with the mean of the last `window` values ending at i; NaN for i < window - 1.
 *
 * @param values [bars], all finite, read only
 * @param window bars, a whole number from 1
 * @param out    [bars], owned by the caller, overwritten
 * @source       statistics specification 2 (rolling windows are re-anchored)
 */
export function rollingMean(values: Float64Array, window: number, out: Float64Array): void {
  out.fill(Number.NaN);
  for (let from = window - 1; from < values.length; from += anchorBars) {
    let sum = 0;
    for (let i = from - window + 1; i <= from; i++) sum += values[i]!;
    out[from] = sum / window;
    const end = Math.min(from + anchorBars, values.length);
    for (let i = from + 1; i < end; i++) {
      sum += values[i]! - values[i - window]!;
      out[i] = sum / window;
    }
  }
}
