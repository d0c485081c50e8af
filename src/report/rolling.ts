import { daysPerYear } from '../core/time.ts';
import { z975 } from '../engine/bookMetrics.ts';
import { autocorrelatedSharpeError } from '../stats/autocorrelatedSharpeError.ts';
import { annualizedVolatility, sharpe } from '../stats/sharpe.ts';
import { neumaierSum } from '../stats/sums.ts';
import type { BookDays } from './bookDays.ts';

/** Days between two points of a rolling figure: windows of months hardly change from day to day. */
export const rollingStepDays = 7;
/** A window with fewer days in the market than this says nothing about a ratio. */
export const fewestActiveDays = 10;

/** Figures of trailing windows, all [points], oldest first; NaN where a figure is not defined. */
export interface Rolling {
  readonly windowDays: number;
  /** Epoch ms of the last day of each window. */
  readonly day: Float64Array;
  /** Annualized, with the ends of its 95% interval; the standard error allows for shape and autocorrelation. */
  readonly sharpe: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Annualized. */
  readonly volatility: Float64Array;
  /** Additive net return over the window. */
  readonly netReturn: Float64Array;
}

/**
 * Trailing windows that end every `rollingStepDays` days, the last of them on the last day. Only full windows: the first point lies
 * a whole window after the start.
 *
 * @param windowDays length of the window; no points when the book is shorter
 */
export function rolling(days: BookDays, windowDays: number): Rolling {
  const total = days.day.length;
  const points = total < windowDays ? 0 : Math.floor((total - windowDays) / rollingStepDays) + 1;
  const column = () => new Float64Array(points).fill(Number.NaN);
  const out: Rolling = { windowDays, day: column(), sharpe: column(), low: column(), high: column(), volatility: column(), netReturn: column() };
  for (let point = 0; point < points; point++) {
    const to = total - (points - 1 - point) * rollingStepDays;
    const from = to - windowDays;
    const returns = days.returns.subarray(from, to);
    out.day[point] = days.day[to - 1]!;
    out.netReturn[point] = neumaierSum(days.pnl.subarray(from, to));
    out.volatility[point] = annualizedVolatility(returns, daysPerYear) ?? Number.NaN;
    const active = days.isActive.subarray(from, to).reduce((sum, flag) => sum + flag, 0);
    const ratio = active < fewestActiveDays ? null : sharpe(returns, daysPerYear).annualized;
    const error = ratio === null ? null : autocorrelatedSharpeError(returns).standardError;
    if (ratio === null || error === null) continue;
    const reach = z975 * error * Math.sqrt(daysPerYear);
    out.sharpe[point] = ratio;
    out.low[point] = ratio - reach;
    out.high[point] = ratio + reach;
  }
  return out;
}

/** Lowest and highest of the values that are defined, and how many are; null when none is. */
export function rangeOf(values: Float64Array): { readonly low: number; readonly high: number; readonly count: number } | null {
  const known = values.filter((value) => value === value);
  if (known.length === 0) return null;
  return { low: known.reduce((a, b) => Math.min(a, b)), high: known.reduce((a, b) => Math.max(a, b)), count: known.length };
}
