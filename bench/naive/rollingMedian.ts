import { eachWindow } from './eachWindow.ts';

/** Median of each window by sorting a copy of it; NaN where the window is short or holds NaN. */
export function naiveRollingMedian(values: Float64Array, window: number, out: Float64Array): void {
  eachWindow(values, window, out, medianOf);
}

function medianOf(values: Float64Array, first: number, last: number): number {
  const sorted = values.slice(first, last + 1).sort();
  const upper = sorted.length >> 1;
  return (sorted.length % 2 === 1 ? sorted[upper]! : (sorted[upper - 1]! + sorted[upper]!) / 2) + 0;
}
