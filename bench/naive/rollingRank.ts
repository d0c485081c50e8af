import { eachWindow } from './eachWindow.ts';

/** Percentile rank of each value in its own window by counting; NaN where the window is short or holds NaN. */
export function naiveRollingRank(values: Float64Array, window: number, out: Float64Array): void {
  eachWindow(values, window, out, rankOfLast);
}

function rankOfLast(values: Float64Array, first: number, last: number): number {
  const x = values[last]!;
  let atMost = 0;
  // Added as a number: a branch here would be mispredicted and flatter the fast kernel.
  for (let j = first; j <= last; j++) atMost += +(values[j]! <= x);
  return (atMost / (last - first + 1)) * 100;
}
