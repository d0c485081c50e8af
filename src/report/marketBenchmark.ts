import { barMs, daysPerYear } from '../core/time.ts';
import { additiveDrawdown } from '../engine/referenceMetrics.ts';
import { comovement } from '../stats/comovement.ts';
import { dailyReturnsByTime } from '../stats/dailyReturns.ts';
import { totalReturn } from '../stats/growth.ts';
import { sampleStd } from '../stats/moments.ts';
import { sharpe } from '../stats/sharpe.ts';
import type { ReportBook } from './model.ts';

/** Holding every traded symbol in equal parts, at constant notional, without costs and funding. Null is undefined. */
export interface MarketBenchmark {
  /** Sum of the bars' returns, as the book's net return. */
  readonly netReturn: number;
  /** With every bar's return reinvested. */
  readonly compoundedReturn: number | null;
  readonly sharpeDaily: number | null;
  readonly volatility: number | null;
  /** Of additive equity; zero or negative. */
  readonly maxDrawdown: number;
  /** Of the book's UTC-daily returns with the market's. */
  readonly correlation: number | null;
  /** Slope of the book's daily returns on the market's. */
  readonly beta: number | null;
}

/** The market over the book's bars, and how the book moves with it. */
export function marketBenchmark(book: ReportBook, initial: number): MarketBenchmark {
  const daily = (bars: Float64Array) => (book.rows === 0 ? bars : dailyReturnsByTime(bars, book.openTime, barMs).returns);
  const [market, own] = [daily(book.marketReturn), daily(book.pnl)];
  const deviation = sampleStd(market);
  return {
    netReturn: book.marketReturn.reduce((sum, value) => sum + value, 0),
    compoundedReturn: totalReturn(book.marketReturn),
    sharpeDaily: sharpe(market, daysPerYear).annualized,
    volatility: deviation === null ? null : deviation * Math.sqrt(daysPerYear),
    maxDrawdown: additiveDrawdown(book.marketReturn, initial),
    ...comovement(own, market),
  };
}
