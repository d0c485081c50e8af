import { barMs } from '../core/time.ts';

/**
 * Other data laid on the bars of a grid, each bar with what is known at its close and nothing later. All arrays [rows] or
 * [values], times ascending, epoch ms; NaN is missing.
 */

/**
 * Values of bars that open at the same time.
 *
 * @param time open times of the other bars
 */
export function matchBars(openTime: Float64Array, time: Float64Array, values: Float64Array): Float64Array {
  const out = new Float64Array(openTime.length).fill(Number.NaN);
  let source = 0;
  for (let row = 0; row < openTime.length; row++) {
    while (source < time.length && time[source]! < openTime[row]!) source++;
    if (time[source] === openTime[row]) out[row] = values[source]!;
  }
  return out;
}

/**
 * The last value taken while the bar was open, its close included; missing when there was none. A value is never
 * carried into a later bar.
 *
 * @param knownAt when each value was taken
 */
export function lastInBar(openTime: Float64Array, knownAt: Float64Array, values: Float64Array): Float64Array {
  const out = new Float64Array(openTime.length).fill(Number.NaN);
  let source = 0;
  for (let row = 0; row < openTime.length; row++) {
    for (; source < knownAt.length && knownAt[source]! <= openTime[row]! + barMs; source++)
      if (knownAt[source]! > openTime[row]!) out[row] = values[source]!;
  }
  return out;
}

/** Half-open stretch of time, epoch ms. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * Sums of what happened in each bar, its open included and its close not. A bar in which nothing happened has 0, unless it
 * lies in a stretch of which nothing is known.
 *
 * @param absent stretches without data, ascending and apart
 */
export function sumInBar(
  openTime: Float64Array,
  { time, values }: { readonly time: Float64Array; readonly values: Float64Array },
  absent: readonly Stretch[],
): Float64Array {
  const out = new Float64Array(openTime.length);
  let source = 0;
  let gap = 0;
  for (let row = 0; row < openTime.length; row++) {
    const [open, close] = [openTime[row]!, openTime[row]! + barMs];
    while (source < time.length && time[source]! < open) source++;
    for (; source < time.length && time[source]! < close; source++) out[row]! += values[source]!;
    while (gap < absent.length && absent[gap]!.to <= open) gap++;
    if (gap < absent.length && absent[gap]!.from < close) out[row] = Number.NaN;
  }
  return out;
}

/**
 * Means over the seconds of each bar that have a value; missing with fewer than half of them.
 *
 * @param time starts of the seconds
 */
export function meanInBar(openTime: Float64Array, time: Float64Array, values: Float64Array): Float64Array {
  const out = new Float64Array(openTime.length).fill(Number.NaN);
  const enough = barMs / secondMs / 2;
  let source = 0;
  for (let row = 0; row < openTime.length; row++) {
    const [open, close] = [openTime[row]!, openTime[row]! + barMs];
    while (source < time.length && time[source]! < open) source++;
    let sum = 0;
    let count = 0;
    for (; source < time.length && time[source]! < close; source++) {
      if (Number.isNaN(values[source]!)) continue;
      sum += values[source]!;
      count++;
    }
    if (count >= enough) out[row] = sum / count;
  }
  return out;
}

const secondMs = 1_000;

/**
 * What was traded in a bar besides its volume, where the source has it. A source that does not know these columns writes
 * zeros: a bar with volume has trades, so zeros beside volume are missing values, and taker volumes beside such a count too.
 *
 * @returns columns with NaN for zeros that cannot be, and how many rows that are
 */
export function tradedColumns(bars: {
  readonly volume: Float64Array;
  readonly quoteVolume: Float64Array;
  readonly tradeCount: Float64Array;
  readonly takerBuyVolume: Float64Array;
  readonly takerBuyQuoteVolume: Float64Array;
}): { quoteVolume: Float64Array; tradeCount: Float64Array; takerBuyVolume: Float64Array; takerBuyQuoteVolume: Float64Array; zeros: number } {
  const known = (column: Float64Array, other: Float64Array) =>
    column.map((value, row) => (bars.volume[row]! > 0 && value === 0 && other[row] === 0 ? Number.NaN : value));
  const tradeCount = known(bars.tradeCount, bars.tradeCount);
  const zeros = tradeCount.reduce((sum, value, row) => sum + Number(Number.isNaN(value) && !Number.isNaN(bars.tradeCount[row]!)), 0);
  return {
    quoteVolume: known(bars.quoteVolume, bars.quoteVolume),
    tradeCount,
    takerBuyVolume: withoutAllZero(known(bars.takerBuyVolume, bars.tradeCount)),
    takerBuyQuoteVolume: withoutAllZero(known(bars.takerBuyQuoteVolume, bars.tradeCount)),
    zeros,
  };
}

/** The column, or missing values throughout when it holds nothing but zeros. */
export function withoutAllZero(column: Float64Array): Float64Array {
  return column.every((value) => value === 0 || Number.isNaN(value)) ? column.map(() => Number.NaN) : column;
}
