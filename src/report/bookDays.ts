import { barMs, dayMs } from '../core/time.ts';
import { dailyReturnsByTime } from '../stats/dailyReturns.ts';
import type { ReportBook } from './model.ts';

/** The book by UTC day, all [days]; the last day only when its last bar closes it. */
export interface BookDays {
  /** Epoch ms of each day's first instant. */
  readonly day: Float64Array;
  /** Bars compounded inside the day, as behind the daily Sharpe ratio. */
  readonly returns: Float64Array;
  /** Sum of the day's pnl. */
  readonly pnl: Float64Array;
  /** 1 where any position was held or earned. */
  readonly isActive: Uint8Array;
}

/** Several sections ask for the days of one book. */
const known = new WeakMap<ReportBook, BookDays>();

/** Net returns by whole UTC day, and whether the book was in the market. */
export function bookDays(book: ReportBook): BookDays {
  const days = known.get(book) ?? daysOf(book);
  known.set(book, days);
  return days;
}

function daysOf(book: ReportBook): BookDays {
  const { days: day, returns } = dailyReturnsByTime(book.pnl, book.openTime, barMs);
  const pnl = new Float64Array(day.length);
  const isActive = new Uint8Array(day.length);
  let at = 0;
  for (let row = 0; row < book.rows; row++) {
    while (at < day.length && book.openTime[row]! >= day[at]! + dayMs) at++;
    if (at === day.length) break;
    pnl[at]! += book.pnl[row]!;
    if (book.pnl[row] !== 0 || book.grossExposure[row] !== 0) isActive[at] = 1;
  }
  return { day, returns, pnl, isActive };
}

/** The days on which a position was held, in time order. */
export function activeDays({ day, returns, isActive }: BookDays): { readonly day: Float64Array; readonly returns: Float64Array } {
  return { day: day.filter((_, at) => isActive[at] === 1), returns: returns.filter((_, at) => isActive[at] === 1) };
}
