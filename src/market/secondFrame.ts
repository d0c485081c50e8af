import { lowerBound } from './cleanBars.ts';
import type { QuoteSecondColumns } from './quoteSeconds.ts';
import type { TradeSecondColumns } from './tradeSeconds.ts';

/** One symbol's seconds around instants, in the shape that studies read. All arrays [rows], NaN is missing. */
export interface SecondFrame {
  readonly symbol: string;
  readonly rows: number;
  /** Start of the second, epoch ms, ascending; what a row says is known a second later. */
  readonly openTime: Float64Array;
  readonly columns: Readonly<Record<string, Float64Array>>;
  /** 1 where there is no quote in force, and on the row between two stretches: no window reaches across it. */
  readonly isGap: Uint8Array;
  /** [instants] row of the first second after each instant (that which begins with it); -1 where the data have none. */
  readonly at: Int32Array;
}

export interface SecondWindow {
  /** Epoch ms on whole seconds, in any order: settlements, session opens. */
  readonly instants: readonly number[];
  /** Seconds before and from each instant on. */
  readonly before: number;
  readonly after: number;
  /** A quote counts for this long, ms; by default as long as none follows. */
  readonly maxQuoteAgeMs?: number;
}

const secondMs = 1_000;

/** What a second's row says besides the four prices of a bar, which are those of the mid price. */
const quoteColumns = ['bid', 'ask', 'bid_size', 'ask_size', 'mid', 'microprice', 'spread', 'micro_deviation', 'quote_age'] as const;
const tradeColumns = ['volume', 'taker_base_volume', 'trade_count', 'tick_balance', 'sign_entropy'] as const;

/**
 * The seconds around instants as one frame: overlapping windows are joined, stretches are parted by a row that is a gap.
 *
 * `mid` is the middle of the best quotes at the second's end, `microprice` the same weighted with the size of the other
 * side, `spread` their distance over the mid, `micro_deviation` |microprice - mid| / mid, `quote_age` in seconds;
 * `tick_balance` counts tick-rule signs. Open, high, low and close are of the mid: before the second and at its end.
 *
 * @param seconds rows of the second grid, ascending, days may be absent; null where the archive has nothing
 */
export function secondFrame(
  symbol: string,
  seconds: { readonly quotes: QuoteSecondColumns | null; readonly trades: TradeSecondColumns | null },
  window: SecondWindow,
): SecondFrame {
  const stretches = joinWindows(window);
  const rows = stretches.reduce((sum, { from, to }) => sum + (to - from) / secondMs, 0) + Math.max(0, stretches.length - 1);
  const openTime = new Float64Array(rows);
  let row = 0;
  for (const { from, to } of stretches) {
    // The row between two stretches has the time of the second before the later one.
    if (row > 0) openTime[row++] = from - secondMs;
    for (let time = from; time < to; time += secondMs) openTime[row++] = time;
  }
  const columns = allocate(rows, seconds);
  if (seconds.quotes !== null) fillQuotes(columns, openTime, seconds.quotes, window.maxQuoteAgeMs ?? Infinity);
  if (seconds.trades !== null) fillTrades(columns, openTime, seconds.trades);
  const state = columns['mid'] ?? columns['volume'];
  const isGap = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) {
    const isParting = i > 0 && openTime[i]! - openTime[i - 1]! > secondMs;
    if (isParting) for (const column of Object.values(columns)) column[i] = Number.NaN;
    if (state === undefined || Number.isNaN(state[i]!)) isGap[i] = 1;
  }
  if (seconds.quotes !== null) fillPrices(columns, isGap);
  const at = Int32Array.from(window.instants, (instant) => {
    const found = lowerBound(openTime, instant);
    return openTime[found] === instant && isGap[found] === 0 ? found : -1;
  });
  return { symbol, rows, openTime, columns, isGap, at };
}

/** Windows as half-open stretches of time in order, those that touch joined. */
export function joinWindows({ instants, before, after }: SecondWindow): { from: number; to: number }[] {
  const stretches: { from: number; to: number }[] = [];
  for (const instant of [...instants].sort((a, b) => a - b)) {
    const [from, to] = [instant - before * secondMs, instant + after * secondMs];
    const last = stretches.at(-1);
    // One second apart is joined as well: there would be no room for the row between.
    if (last !== undefined && from <= last.to + secondMs) last.to = Math.max(last.to, to);
    else stretches.push({ from, to });
  }
  return stretches;
}

function allocate(rows: number, { quotes, trades }: { readonly quotes: unknown; readonly trades: unknown }): Record<string, Float64Array> {
  const names = [...(quotes === null ? [] : ['open', 'high', 'low', 'close', ...quoteColumns]), ...(trades === null ? [] : tradeColumns)];
  return Object.fromEntries(names.map((name) => [name, new Float64Array(rows).fill(Number.NaN)]));
}

/** Quotes in force at each second's end, carried over seconds (and days) of which the grid has no row. */
function fillQuotes(columns: Record<string, Float64Array>, openTime: Float64Array, quotes: QuoteSecondColumns, maxAgeMs: number): void {
  let next = 0;
  let source = -1;
  for (let row = 0; row < openTime.length; row++) {
    for (; next < quotes.time.length && quotes.time[next]! <= openTime[row]!; next++) if (!Number.isNaN(quotes.quoteTime[next]!)) source = next;
    const age = source < 0 ? Infinity : openTime[row]! + secondMs - quotes.quoteTime[source]!;
    if (source < 0 || age > maxAgeMs) continue;
    const [bid, ask, bidSize, askSize] = [quotes.bid[source]!, quotes.ask[source]!, quotes.bidSize[source]!, quotes.askSize[source]!];
    const mid = (bid + ask) / 2;
    const microprice = (ask * bidSize + bid * askSize) / (bidSize + askSize);
    columns['bid']![row] = bid;
    columns['ask']![row] = ask;
    columns['bid_size']![row] = bidSize;
    columns['ask_size']![row] = askSize;
    columns['mid']![row] = mid;
    columns['microprice']![row] = microprice;
    columns['spread']![row] = (ask - bid) / mid;
    columns['micro_deviation']![row] = Math.abs(microprice - mid) / mid;
    columns['quote_age']![row] = age / secondMs;
  }
}

/** What was traded in each second; missing where the grid has no row. */
function fillTrades(columns: Record<string, Float64Array>, openTime: Float64Array, trades: TradeSecondColumns): void {
  let source = 0;
  for (let row = 0; row < openTime.length; row++) {
    while (source < trades.time.length && trades.time[source]! < openTime[row]!) source++;
    if (trades.time[source] !== openTime[row]) continue;
    columns['volume']![row] = trades.volume[source]!;
    columns['taker_base_volume']![row] = trades.buyVolume[source]!;
    columns['trade_count']![row] = trades.trades[source]!;
    columns['tick_balance']![row] = trades.ups[source]! - trades.downs[source]!;
    columns['sign_entropy']![row] = trades.signEntropy[source]!;
  }
}

/** The mid price as a bar: it opens where the second before ended. */
function fillPrices(columns: Record<string, Float64Array>, isGap: Uint8Array): void {
  const mid = columns['mid']!;
  for (let row = 0; row < mid.length; row++) {
    const open = row > 0 && isGap[row - 1] === 0 ? mid[row - 1]! : mid[row]!;
    columns['open']![row] = open;
    columns['close']![row] = mid[row]!;
    columns['high']![row] = Math.max(open, mid[row]!);
    columns['low']![row] = Math.min(open, mid[row]!);
  }
}
