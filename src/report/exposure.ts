import { barMs, monthOf } from '../core/time.ts';
import { quantiles } from '../stats/quantile.ts';
import type { ReportBook, ReportTrade } from './model.ts';

/** Exposure and turnover of a stretch of bars. Exposure counts lines: 1 is one line with its full notional. */
export interface ExposureSpan {
  /** Epoch ms of the span's first instant. */
  readonly start: number;
  readonly bars: number;
  /** Share of bars after whose close any position stood. */
  readonly inMarket: number;
  /** Means over all bars of the span; the short one is zero or positive. */
  readonly meanLong: number;
  readonly meanShort: number;
  readonly most: number;
  readonly turnover: number;
}

/** The book by calendar month, in time order. */
export function exposureByMonth(book: ReportBook): ExposureSpan[] {
  return spansOf(book, (time) => monthOf(time));
}

/** The book by calendar year, in time order. */
export function exposureByYear(book: ReportBook): ExposureSpan[] {
  return spansOf(book, (time) => {
    const year = new Date(time).getUTCFullYear();
    return { start: Date.UTC(year, 0, 1), end: Date.UTC(year + 1, 0, 1) };
  });
}

function spansOf(book: ReportBook, periodOf: (time: number) => { readonly start: number; readonly end: number }): ExposureSpan[] {
  const spans: ExposureSpan[] = [];
  for (let from = 0; from < book.rows;) {
    const period = periodOf(book.openTime[from]!);
    let to = from;
    let [held, long, short, most, turnover] = [0, 0, 0, 0, 0];
    for (; to < book.rows && book.openTime[to]! < period.end; to++) {
      const gross = book.grossExposure[to]!;
      const net = book.netExposure[to]!;
      if (gross !== 0) held++;
      long += (gross + net) / 2;
      short += (gross - net) / 2;
      most = Math.max(most, gross);
      turnover += book.turnover[to]!;
    }
    const bars = to - from;
    spans.push({ start: period.start, bars, inMarket: held / bars, meanLong: long / bars, meanShort: short / bars, most, turnover });
    from = to;
  }
  return spans;
}

/** How long the trades of one label were held, in bars. */
export interface Holding {
  readonly name: string;
  readonly trades: number;
  readonly shortest: number;
  readonly median: number;
  readonly mean: number;
  /** Nine of ten trades were held no longer. */
  readonly ninety: number;
  readonly longest: number;
}

/** Holding times of the trades that share a label, by name. */
export function holdingTimes(trades: readonly ReportTrade[], label: (trade: ReportTrade) => string): Holding[] {
  return grouped(trades, label).map(([name, own]) => {
    const bars = own.map(({ barsHeld }) => barsHeld);
    const [shortest, median, ninety, longest] = quantiles(bars, [0, 0.5, 0.9, 1]) as [number, number, number, number];
    return { name, trades: bars.length, shortest, median, mean: bars.reduce((sum, held) => sum + held, 0) / bars.length, ninety, longest };
  });
}

/** One strategy on one symbol, and when it held. */
export interface HeldLine {
  readonly name: string;
  readonly trades: number;
  /** Bars held. */
  readonly bars: number;
  /** Of them, bars during which the other line (by place) held as well. */
  readonly shared: readonly number[];
  /** Of those, bars with the same direction. */
  readonly aligned: readonly number[];
}

/** A stretch held, half open, counted in bars since 1970: the bars that earn, from the one after the entry to the exit. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly isLong: boolean;
}

/** The lines that traded, by name, with the bars that each pair held together. */
export function heldLines(trades: readonly ReportTrade[]): HeldLine[] {
  const lines = stretchesOf(trades);
  return lines.map(([name, own]) => {
    const overlaps = lines.map(([, other]) => overlapOf(own, other));
    return {
      name,
      trades: own.length,
      bars: own.reduce((sum, { from, to }) => sum + to - from, 0),
      shared: overlaps.map(({ bars }) => bars),
      aligned: overlaps.map(({ aligned }) => aligned),
    };
  });
}

/** For how many bars so many lines held at once: element k is the bars with k + 1 lines. */
export function barsByLines(trades: readonly ReportTrade[]): number[] {
  const changes = stretchesOf(trades).flatMap(([, own]) =>
    own.flatMap(({ from, to }): [number, number][] => [
      [from, 1],
      [to, -1],
    ]),
  );
  changes.sort(([a], [b]) => a - b);
  const bars: number[] = [];
  let [open, since] = [0, 0];
  for (const [bar, change] of changes) {
    if (open > 0 && bar > since) bars[open - 1] = (bars[open - 1] ?? 0) + bar - since;
    open += change;
    since = bar;
  }
  return Array.from(bars, (count) => count ?? 0);
}

/** Stretches of every line that traded, lines by name, stretches in time order. */
function stretchesOf(trades: readonly ReportTrade[]): [name: string, stretches: Stretch[]][] {
  return grouped(trades, ({ strategy, symbol }) => `${strategy} ${symbol}`).map(([name, own]) => [
    name,
    own
      .map(({ direction, entryTime, exitTime }) => ({ from: entryTime / barMs + 1, to: exitTime / barMs + 1, isLong: direction === 'long' }))
      .sort((a, b) => a.from - b.from),
  ]);
}

/** Trades by label, labels in order. */
function grouped(trades: readonly ReportTrade[], label: (trade: ReportTrade) => string): [name: string, own: ReportTrade[]][] {
  const groups = new Map<string, ReportTrade[]>();
  for (const trade of trades) {
    const name = label(trade);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [trade]);
    else group.push(trade);
  }
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Bars in both of two lists of stretches, each in time order and without overlaps of its own. */
function overlapOf(a: readonly Stretch[], b: readonly Stretch[]): { bars: number; aligned: number } {
  let [bars, aligned] = [0, 0];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const common = Math.max(0, Math.min(a[i]!.to, b[j]!.to) - Math.max(a[i]!.from, b[j]!.from));
    bars += common;
    if (a[i]!.isLong === b[j]!.isLong) aligned += common;
    if (a[i]!.to <= b[j]!.to) i++;
    else j++;
  }
  return { bars, aligned };
}
