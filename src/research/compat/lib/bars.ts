/** Measures over closed ranges of bars. Missing values are passed over. */

/** A closed range of bars. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** First bar of the span for which the claim holds; null for none. */
export function firstBar({ from, to }: Span, holds: (bar: number) => boolean): number | null {
  for (let bar = from; bar <= to; bar++) if (holds(bar)) return bar;
  return null;
}

/** Values of the span; those that are missing too. */
export function spanOf(values: Float64Array, { from, to }: Span): Float64Array {
  return values.subarray(from, to + 1);
}

/** First bar with the largest value of the span; null where all are missing. */
export function peakOf(values: Float64Array, { from, to }: Span): number | null {
  let peak: number | null = null;
  for (let bar = from; bar <= to; bar++) if (!Number.isNaN(values[bar]) && (peak === null || values[bar]! > values[peak]!)) peak = bar;
  return peak;
}

export interface Prices {
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

/** Highest high less lowest low of the span, as a share of the first close; NaN where that close is missing or not positive. */
export function rangeShare({ high, low, close }: Prices, { from, to }: Span): number {
  let [top, bottom] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let bar = from; bar <= to; bar++) {
    if (high[bar]! > top) top = high[bar]!;
    if (low[bar]! < bottom) bottom = low[bar]!;
  }
  return close[from]! > 0 && top >= bottom ? (top - bottom) / close[from]! : Number.NaN;
}

/** Bars from the first one until the range so far is at least the level; NaN where it stays below. */
export function barsToRange({ high, low, close }: Prices, { from, to }: Span, level: number): number {
  let [top, bottom] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let bar = from; bar <= to; bar++) {
    if (high[bar]! > top) top = high[bar]!;
    if (low[bar]! < bottom) bottom = low[bar]!;
    if (bar > from && (top - bottom) / close[from]! >= level) return bar - from;
  }
  return Number.NaN;
}
