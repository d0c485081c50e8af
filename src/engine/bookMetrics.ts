import { barMs, barsPerYear, daysPerYear } from '../core/time.ts';
import { dailyReturnsByTime } from '../stats/dailyReturns.ts';
import { annualizedSortino } from '../stats/downside.ts';
import { cagr, calmar, maxDrawdown, totalReturn } from '../stats/growth.ts';
import { moments } from '../stats/moments.ts';
import { quantile } from '../stats/quantile.ts';
import { sharpe } from '../stats/sharpe.ts';
import { sharpeStandardError } from '../stats/sharpeStandardError.ts';
import { tradeStats } from '../stats/tradeStats.ts';
import { type ReferenceMetrics, referenceMetrics } from './referenceMetrics.ts';
import type { Trade } from './trades.ts';

/** Headline numbers of a book or of a part of it. The reference's seven keys come first; null is undefined. */
export interface BookMetrics extends ReferenceMetrics {
  readonly days: number;
  readonly sharpe_daily_annualized: number | null;
  readonly sharpe_daily_standard_error: number | null;
  readonly sharpe_daily_low: number | null;
  readonly sharpe_daily_high: number | null;
  readonly compounded_return: number | null;
  readonly cagr: number | null;
  readonly volatility_annualized: number | null;
  readonly sortino_annualized: number | null;
  readonly max_drawdown_compounded: number | null;
  readonly calmar: number | null;
  readonly gross_return: number;
  readonly cost_return: number;
  readonly funding_return: number;
  readonly net_return_one_bar_late: number;
  readonly time_in_market: number | null;
  readonly turnover_per_year: number | null;
  readonly average_bars_held: number | null;
  readonly expectancy: number | null;
  readonly profit_factor: number | null;
  readonly payoff_ratio: number | null;
  readonly average_r_declared: number | null;
  readonly median_r_declared: number | null;
  readonly open_trades: number;
}

/** Series of the part of the book in question, all [rows], as fractions of the unit notional. */
export interface BookSeries {
  readonly openTime: Float64Array;
  readonly pnl: Float64Array;
  readonly gross: Float64Array;
  readonly cost: Float64Array;
  readonly funding: Float64Array;
  /** Pnl when every decision is executed late; the first is one bar late. */
  readonly delayedPnl: readonly Float64Array[];
  readonly grossExposure: Float64Array;
  readonly turnover: Float64Array;
}

/** 97.5% quantile of the normal, for two-sided 95% intervals. */
export const z975 = 1.959963984540054;

/**
 * All headline numbers. Definitions of every key are in docs/metrics.md.
 *
 * @param trades of the part in question, any order
 * @param initial equity before the first bar
 */
export function bookMetrics(trades: readonly Trade[], series: BookSeries, initial: number): BookMetrics {
  const rows = series.pnl.length;
  const daily = rows === 0 ? new Float64Array(0) : dailyReturnsByTime(series.pnl, series.openTime, barMs).returns;
  const ratio = sharpe(daily, daysPerYear);
  const shape = moments(daily);
  const error =
    ratio.perPeriod === null || shape.skewness === null || shape.kurtosis === null
      ? null
      : sharpeStandardError(ratio.perPeriod, { n: daily.length, skewness: shape.skewness, kurtosis: shape.kurtosis }).nonNormal;
  const annualError = error === null ? null : error * Math.sqrt(daysPerYear);
  const summary = tradeStats(trades.map((trade) => trade.pnl));
  const declared = trades.map((trade) => trade.rMultiple).filter((r) => Number.isFinite(r));
  const held = trades.reduce((sum, trade) => sum + trade.barsHeld, 0);
  let inMarket = 0;
  for (let row = 0; row < rows; row++) if (series.grossExposure[row] !== 0) inMarket++;
  return {
    ...referenceMetrics(trades, series.pnl, initial),
    days: daily.length,
    sharpe_daily_annualized: ratio.annualized,
    sharpe_daily_standard_error: annualError,
    sharpe_daily_low: ratio.annualized === null || annualError === null ? null : ratio.annualized - z975 * annualError,
    sharpe_daily_high: ratio.annualized === null || annualError === null ? null : ratio.annualized + z975 * annualError,
    compounded_return: totalReturn(series.pnl),
    cagr: cagr(series.pnl, barsPerYear),
    volatility_annualized: shape.stdSample === null ? null : shape.stdSample * Math.sqrt(daysPerYear),
    sortino_annualized: annualizedSortino(daily, { periodsPerYear: daysPerYear }),
    max_drawdown_compounded: maxDrawdown(series.pnl),
    calmar: calmar(series.pnl, barsPerYear),
    gross_return: total(series.gross),
    cost_return: -total(series.cost),
    funding_return: total(series.funding),
    net_return_one_bar_late: total(series.delayedPnl[0]!),
    time_in_market: rows === 0 ? null : inMarket / rows,
    turnover_per_year: rows === 0 ? null : (total(series.turnover) * barsPerYear) / rows,
    average_bars_held: trades.length === 0 ? null : held / trades.length,
    expectancy: summary.expectancy,
    profit_factor: summary.profitFactor,
    payoff_ratio: summary.payoffRatio,
    average_r_declared: declared.length === 0 ? null : declared.reduce((sum, r) => sum + r, 0) / declared.length,
    median_r_declared: quantile(declared, 0.5),
    open_trades: trades.filter((trade) => trade.isOpen).length,
  };
}

/** Plain sum in time order: the engine's order of summation is part of its definition. */
function total(values: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < values.length; row++) sum += values[row]!;
  return sum + 0;
}
