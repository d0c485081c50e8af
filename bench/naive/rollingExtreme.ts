import { eachWindow } from './eachWindow.ts';

/** Largest value of each window by looking at all of it; NaN where the window is short or holds NaN. */
export function naiveRollingMax(values: Float64Array, window: number, out: Float64Array): void {
  eachWindow(values, window, out, largestOf);
}

/** Smallest value of each window by looking at all of it; NaN where the window is short or holds NaN. */
export function naiveRollingMin(values: Float64Array, window: number, out: Float64Array): void {
  eachWindow(values, window, out, smallestOf);
}

function largestOf(values: Float64Array, first: number, last: number): number {
  let largest = values[first]!;
  for (let j = first + 1; j <= last; j++) largest = Math.max(largest, values[j]!);
  return largest;
}

function smallestOf(values: Float64Array, first: number, last: number): number {
  let smallest = values[first]!;
  for (let j = first + 1; j <= last; j++) smallest = Math.min(smallest, values[j]!);
  return smallest;
}
