import { checkRolling, numberRuns } from './runs.ts';

/**
 * Fills out[i] with the minimum of the last `window` values ending at i, inclusive.
 *
 * NaN for i < window - 1 and for windows that contain NaN. A zero result is positive zero.
 *
 * @param values [bars], one gap-free segment, read only
 * @param window bars, a whole number from 1
 * @param out    [bars], owned by the caller, not the memory of `values`, overwritten
 * @source       van Herk 1992, Gil & Werman 1993; performance specification 3.3
 */
export function rollingMin(values: Float64Array, window: number, out: Float64Array): void {
  checkRolling(values, window, out);
  out.fill(NaN);
  if (window > values.length) return;
  const suffix = new Float64Array(window + 1);
  const runs = numberRuns(values);
  for (let r = 0; r < runs.length; r += 2) {
    const end = runs[r + 1]!;
    for (let from = runs[r]!; from + window <= end; from += window) {
      fillSuffixes(values, from, window, suffix);
      const next = from + window;
      out[next - 1] = suffix[0]! + 0;
      joinBlock(values, next, Math.min(next + window - 1, end), suffix, out);
    }
  }
}

/** Fills suffix[k] with the minimum of the block from its k-th value to its end; suffix[window] is empty. */
function fillSuffixes(values: Float64Array, from: number, window: number, suffix: Float64Array): void {
  let running = Infinity;
  suffix[window] = running;
  for (let k = window - 1; k >= 0; k--) {
    const value = values[from + k]!;
    if (value < running) running = value;
    suffix[k] = running;
  }
}

/** Fills out[from..to-1] from the running minimum of this block and the suffix minima of the one before it. */
function joinBlock(values: Float64Array, from: number, to: number, suffix: Float64Array, out: Float64Array): void {
  let running = Infinity;
  for (let i = from; i < to; i++) {
    const value = values[i]!;
    if (value < running) running = value;
    const earlier = suffix[i - from + 1]!;
    out[i] = (earlier < running ? earlier : running) + 0;
  }
}
