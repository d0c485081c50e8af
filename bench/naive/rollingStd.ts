import { eachWindow } from './eachWindow.ts';

/** Two-pass sample standard deviation of each window; identical values give 0, a single or a missing one NaN. */
export function naiveRollingStd(values: Float64Array, window: number, out: Float64Array): void {
  eachWindow(values, window, out, stdOf);
}

function stdOf(values: Float64Array, first: number, last: number): number {
  const count = last - first + 1;
  let sum = 0;
  for (let j = first; j <= last; j++) sum += values[j]!;
  const mean = sum / count;
  let squares = 0;
  let rest = 0;
  for (let j = first; j <= last; j++) {
    const deviation = values[j]! - mean;
    squares += deviation * deviation;
    rest += deviation;
  }
  if (count > 1 && isFlat(values, first, last)) return 0;
  // The rest is the rounding of the mean: it matters where the level is 1e10 times the spread.
  return Math.sqrt((squares - (rest * rest) / count) / (count - 1));
}

function isFlat(values: Float64Array, first: number, last: number): boolean {
  let j = first;
  while (j <= last && values[j] === values[first]) j++;
  return j > last && Number.isFinite(values[first]);
}
