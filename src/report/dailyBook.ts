import { dayMs, monthOf } from '../core/time.ts';
import type { ReportBook } from './model.ts';

/** The book at the end of each UTC day, additive; all [days]. */
export interface DailyBook {
  /** Epoch ms of each day's first instant. */
  readonly day: Float64Array;
  /** Equity after the day's last bar. */
  readonly equity: Float64Array;
  /** The same without costs and funding. */
  readonly beforeCosts: Float64Array;
  /** What holding the symbols would have made of the initial equity, additive as well. */
  readonly market: Float64Array;
  /** Lowest drawdown of the day's bars, as a fraction of the highest equity before. */
  readonly drawdown: Float64Array;
}

/** Deepest fall of additive equity, from bars. */
export interface DrawdownSpan {
  readonly depth: number;
  /** Open times of the bars; recovery is null when the old height is not reached again. */
  readonly peakTime: number;
  readonly troughTime: number;
  readonly recoveryTime: number | null;
}

/** Additive equity and drawdown by UTC day. */
export function dailyBook(book: ReportBook, initial: number): DailyBook {
  const [day, equity, beforeCosts, market, drawdown]: number[][] = [[], [], [], [], []];
  let [net, gross, held, peak] = [0, 0, 0, -Infinity];
  for (let row = 0; row < book.rows; row++) {
    net += book.pnl[row]!;
    gross += book.gross[row]!;
    held += book.marketReturn[row]!;
    const now = initial * (1 + net);
    if (now > peak) peak = now;
    const drop = (now - peak) / peak;
    const start = Math.floor(book.openTime[row]! / dayMs) * dayMs;
    const last = day!.length - 1;
    const isSameDay = last >= 0 && day![last] === start;
    const at = isSameDay ? last : last + 1;
    day![at] = start;
    equity![at] = now;
    beforeCosts![at] = initial * (1 + gross);
    market![at] = initial * (1 + held);
    drawdown![at] = isSameDay ? Math.min(drawdown![at]!, drop) : drop;
  }
  const column = (values: number[] | undefined) => Float64Array.from(values!);
  return { day: column(day), equity: column(equity), beforeCosts: column(beforeCosts), market: column(market), drawdown: column(drawdown) };
}

/** When the deepest drawdown began, ended and recovered; null when equity never fell. */
export function deepestDrawdown(book: ReportBook, initial: number): DrawdownSpan | null {
  let [net, peak, peakTime] = [0, -Infinity, 0];
  let worst: { depth: number; peak: number; peakTime: number; troughTime: number; recoveryTime: number | null } | null = null;
  for (let row = 0; row < book.rows; row++) {
    net += book.pnl[row]!;
    const equity = initial * (1 + net);
    const time = book.openTime[row]!;
    if (equity > peak) [peak, peakTime] = [equity, time];
    if (worst !== null && worst.recoveryTime === null && equity >= worst.peak) worst.recoveryTime = time;
    const drop = (equity - peak) / peak;
    if (drop < (worst?.depth ?? 0)) worst = { depth: drop, peak, peakTime, troughTime: time, recoveryTime: null };
  }
  return worst;
}

/** Lowest additive equity of all bars; the initial one when there are none. */
export function lowestEquity(book: ReportBook, initial: number): number {
  let [net, lowest] = [0, initial];
  for (let row = 0; row < book.rows; row++) {
    net += book.pnl[row]!;
    lowest = Math.min(lowest, initial * (1 + net));
  }
  return lowest;
}

/** Sums of one UTC year, and the net result of each of its months (null: no bars). */
export interface BookYear {
  readonly year: number;
  readonly months: (number | null)[];
  gross: number;
  cost: number;
  funding: number;
  net: number;
}

/** The book by calendar, additive, bars counted where they open (UTC). */
export function bookYears(book: ReportBook): BookYear[] {
  const years: BookYear[] = [];
  let month = monthOf(0);
  for (let row = 0; row < book.rows; row++) {
    const time = book.openTime[row]!;
    if (time < month.start || time >= month.end) month = monthOf(time);
    let year = years.at(-1);
    if (year?.year !== month.year)
      years.push((year = { year: month.year, months: new Array<null>(12).fill(null), gross: 0, cost: 0, funding: 0, net: 0 }));
    year.months[month.month - 1] = (year.months[month.month - 1] ?? 0) + book.pnl[row]!;
    year.gross += book.gross[row]!;
    year.cost += book.cost[row]!;
    year.funding += book.funding[row]!;
    year.net += book.pnl[row]!;
  }
  return years;
}
