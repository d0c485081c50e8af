import { barMs } from '../core/time.ts';
import type { Candles } from './candles.ts';
import type { ReportTrade } from './model.ts';
import { rankTrades } from './tradeGroups.ts';

/** Bars of one symbol from which windows are cut, all [rows]; prices are NaN in gaps. */
export interface PriceColumns {
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly levels: Readonly<Record<string, Float64Array>>;
}

/** At most so many trades are shown. */
const shownTrades = 100;
/** Of the shown trades of a strategy, these are its largest gains, and as many its largest losses. */
const extremeShare = 0.2;

/** Bars around a trade, and the most candles that one window has. */
const defaults = { before: 48, after: 24, candles: 200 };

/**
 * Indexes of the trades to show, in the model's order: all of them when they are few, else about as many of each strategy,
 * so that none hides behind one that trades more or moves more. Of a strategy a fifth are its largest gains, a fifth its
 * largest losses, and the others every n-th after sorting by exit reason, symbol and time, each of which is so
 * represented by its share.
 */
export function pickTrades(trades: readonly ReportTrade[], most = shownTrades): number[] {
  if (trades.length <= most) return trades.map((_, at) => at);
  const place = new Map(trades.map((trade, at) => [trade, at]));
  const strategies = [...new Set(trades.map(({ strategy }) => strategy))].map((id) => trades.filter(({ strategy }) => strategy === id));
  const picked: ReportTrade[] = [];
  // What a strategy with few trades leaves over goes to the others.
  strategies.sort((a, b) => a.length - b.length);
  for (const [at, own] of strategies.entries()) picked.push(...pickOf(own, Math.floor((most - picked.length) / (strategies.length - at))));
  return picked.map((trade) => place.get(trade)!).sort((a, b) => a - b);
}

function pickOf(trades: readonly ReportTrade[], most: number): readonly ReportTrade[] {
  if (trades.length <= most) return trades;
  const ranked = rankTrades(trades);
  const extremes = Math.floor(most * extremeShare);
  const picked = [...ranked.slice(0, extremes), ...ranked.slice(ranked.length - extremes)];
  const key = ({ exitReason, symbol }: ReportTrade) => `${exitReason} ${symbol}`;
  const rest = ranked
    .slice(extremes, ranked.length - extremes)
    .sort((a, b) => (key(a) === key(b) ? a.entryTime - b.entryTime : key(a) < key(b) ? -1 : 1));
  const wanted = most - picked.length;
  for (let at = 0; at < wanted; at++) picked.push(rest[Math.floor(((at + 0.5) * rest.length) / wanted)]!);
  return picked;
}

/**
 * The candles around one trade: bars before the entry and after the exit, as far as the run has them. A long trade gets
 * candles of several bars each, aligned to the entry bar, so that every window stays small.
 *
 * @param span open times of the entry and exit bars, epoch ms
 */
export function candlesAround(bars: PriceColumns, span: { entry: number; exit: number }, options: Partial<typeof defaults> = {}): Candles {
  const { before, after, candles } = { ...defaults, ...options };
  const rowOf = (time: number) => Math.round((time - bars.openTime[0]!) / barMs);
  const [entry, exit] = [rowOf(span.entry), rowOf(span.exit)];
  const barsEach = Math.max(1, Math.ceil((exit - entry + 1) / (candles - before - after)));
  const from = entry - Math.min(before, Math.floor(entry / barsEach)) * barsEach;
  const to = Math.min(bars.openTime.length, exit + 1 + after * barsEach);
  const size = Math.ceil((to - from) / barsEach);
  const column = () => new Float64Array(size).fill(Number.NaN);
  const out = { open: column(), high: column(), low: column(), close: column() };
  const levels = Object.fromEntries(Object.keys(bars.levels).map((name) => [name, column()]));
  for (let at = 0; at < size; at++) {
    const first = from + at * barsEach;
    mergeBars(bars, out, at, { first, end: Math.min(to, first + barsEach) });
    for (const [name, values] of Object.entries(bars.levels)) levels[name]![at] = values[Math.min(to, first + barsEach) - 1]!;
  }
  return { start: bars.openTime[from]!, barsEach, ...out, levels };
}

type Prices = Record<'open' | 'high' | 'low' | 'close', Float64Array>;

/** Writes one candle: first open, highest high, lowest low, last close of the bars that are there. */
function mergeBars(bars: PriceColumns, out: Prices, at: number, { first, end }: { first: number; end: number }): void {
  for (let row = first; row < end; row++) {
    if (Number.isNaN(bars.close[row]!)) continue;
    if (Number.isNaN(out.close[at]!)) {
      out.open[at] = bars.open[row]!;
      out.high[at] = bars.high[row]!;
      out.low[at] = bars.low[row]!;
    }
    out.high[at] = Math.max(out.high[at]!, bars.high[row]!);
    out.low[at] = Math.min(out.low[at]!, bars.low[row]!);
    out.close[at] = bars.close[row]!;
  }
}
