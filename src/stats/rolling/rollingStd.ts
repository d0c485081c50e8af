import { checkRolling, finiteRuns } from './runs.ts';

/** Bars after which the sliding moments are computed afresh. */
const anchorBars = 1024;
/** Computed afresh as well when the squares fell to this share of their largest value since the anchor. */
const squaresShare = 0.01;
/** Computed afresh as well when the mean moved this many standard deviations (squared) away from the anchor. */
const meanShiftSquared = 10_000;

/**
 * Fills out[i] with the sample standard deviation (n - 1) of the last `window` values ending at i, inclusive.
 *
 * NaN for i < window - 1, for windows that contain NaN or an infinity, and for window 1. A window whose values are
 * all identical gives exactly 0; the result is never negative. Within relative 1e-10 of the two-pass value.
 *
 * @param values [bars], one gap-free segment, read only
 * @param window bars, a whole number from 1
 * @param out    [bars], owned by the caller, not the memory of `values`, overwritten
 * @source       core-pipeline specification 9.3; performance specification 3.3 (replace leaving by entering value)
 */
export function rollingStd(values: Float64Array, window: number, out: Float64Array): void {
  checkRolling(values, window, out);
  out.fill(NaN);
  if (window === 1) return;
  const runs = finiteRuns(values);
  for (let r = 0; r < runs.length; r += 2) {
    const end = runs[r + 1]!;
    for (let from = runs[r]! + window - 1; from < end; from += anchorBars) {
      slideStd(values, window, from, Math.min(from + anchorBars, end), out);
    }
  }
}

/**
 * Fills out[from..to-1]. The moments are those of (value - origin), where origin is the mean at the last anchor, so
 * that rounding scales with the spread of the values and not with their level.
 */
function slideStd(values: Float64Array, window: number, from: number, to: number, out: Float64Array): void {
  const inverse = 1 / window;
  const share = 1 / (window - 1);
  const meanLimit = meanShiftSquared / window;
  let i = from;
  while (i < to) {
    // Anchor: mean, then squares about it, corrected for the rounding of that mean.
    const first = i - window + 1;
    let sum = 0;
    for (let j = first; j <= i; j++) sum += values[j]!;
    const origin = sum / window;
    let shift = 0;
    let squares = 0;
    for (let j = first; j <= i; j++) {
      const deviation = values[j]! - origin;
      shift += deviation;
      squares += deviation * deviation;
    }
    let mean = shift * inverse;
    squares = Math.max(0, squares - shift * mean);
    let last = values[i];
    let equalRun = 1;
    while (equalRun < window && values[i - equalRun] === last) equalRun++;
    if (equalRun >= window) squares = 0;
    let floor = squares * squaresShare;
    out[i] = Math.sqrt(squares * share);
    i++;

    for (; i < to; i++) {
      const entering = values[i]!;
      const leaving = values[i - window]!;
      const change = entering - leaving;
      const before = mean;
      mean += change * inverse;
      squares += change * (entering - origin - mean + (leaving - origin - before));
      equalRun = entering === last ? equalRun + 1 : 1;
      last = entering;
      if (equalRun >= window) {
        mean = entering - origin;
        squares = 0;
        floor = 0;
        out[i] = 0;
        continue;
      }
      // Digits were lost to values that have left: anchor here.
      if (squares < floor || mean * mean > meanLimit * squares) break;
      if (squares * squaresShare > floor) floor = squares * squaresShare;
      out[i] = Math.sqrt(squares * share);
    }
  }
}
