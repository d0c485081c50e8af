import { AppError } from '../core/errors.ts';
import { dayMs } from '../core/time.ts';
import { requireFinite } from './requireFinite.ts';
import { sharpe } from './sharpe.ts';

/** Compounded returns of UTC days. */
export interface DailySeries {
  /** Epoch ms of each day's first instant, ascending. */
  readonly days: Float64Array;
  /** Decimal return of each day. */
  readonly returns: Float64Array;
}

/** The headline Sharpe ratio and the daily returns it was taken from. */
export interface DailySharpe {
  readonly dailyReturns: Float64Array;
  readonly perDay: number | null;
  readonly annualized: number | null;
  readonly daysPerYear: number;
}

/**
 * Return of each day from a gapless grid of bars that starts at a day's first bar; an incomplete last day is dropped.
 *
 * @param returns    [bars] simple decimal returns, finite, read only
 * @param barsPerDay bars in a day (96 for 15 minutes)
 * @throws E_INTERNAL on NaN, Infinity or a bar count that is not a positive integer
 * @formula product over the day(1 + r) - 1
 * @source Sharpe 1994
 * @vector sharpe.daily
 */
export function dailyReturns(returns: ArrayLike<number>, barsPerDay: number): Float64Array {
  if (!Number.isInteger(barsPerDay) || barsPerDay < 1) {
    throw new AppError('E_INTERNAL', { problem: `bars per day must be a positive integer, not ${barsPerDay}` });
  }
  requireFinite(returns, 'returns');
  const days = new Float64Array(Math.floor(returns.length / barsPerDay));
  for (let day = 0; day < days.length; day++) days[day] = compound(returns, day * barsPerDay, (day + 1) * barsPerDay);
  return days;
}

/**
 * Return of each UTC day that has bars, from bars with times; the last day is dropped unless its last bar closes it.
 * A bar belongs to the day of its open time. Missing bars inside a day and an incomplete first day are compounded as they are.
 *
 * @param returns    [bars] simple decimal returns, finite, read only
 * @param openTimes  [bars] epoch ms, strictly ascending, read only
 * @param intervalMs length of a bar
 * @throws E_INTERNAL on NaN, Infinity, different lengths or times that do not ascend
 * @source Sharpe 1994
 * @vector sharpe.daily
 */
export function dailyReturnsByTime(returns: ArrayLike<number>, openTimes: ArrayLike<number>, intervalMs: number): DailySeries {
  requireFinite(returns, 'returns');
  requireAscending(openTimes, returns.length);
  const days: number[] = [];
  const compounded: number[] = [];
  for (let from = 0; from < returns.length;) {
    const day = Math.floor(openTimes[from]! / dayMs) * dayMs;
    let to = from + 1;
    while (to < returns.length && openTimes[to]! < day + dayMs) to++;
    if (to < returns.length || openTimes[to - 1]! + intervalMs >= day + dayMs) {
      days.push(day);
      compounded.push(compound(returns, from, to));
    }
    from = to;
  }
  return { days: Float64Array.from(days), returns: Float64Array.from(compounded) };
}

/**
 * The headline Sharpe ratio: bar returns compounded inside each day, then annualized; an incomplete last day is dropped.
 *
 * @param returns [bars] simple decimal returns on a gapless grid from a day's first bar, finite, read only
 * @param options bars in a day and days in a year (96 and 365 for 15-minute bars)
 * @returns       null ratios for fewer than 2 whole days or no variance
 * @throws E_INTERNAL on NaN, Infinity or a count that is not positive
 * @formula R_d = product over the day(1 + r) - 1; mean(R) / std(R) sqrt(365)
 * @source Sharpe 1994
 * @vector sharpe.daily
 */
export function dailySharpe(returns: ArrayLike<number>, options: { barsPerDay: number; daysPerYear: number }): DailySharpe {
  const days = dailyReturns(returns, options.barsPerDay);
  const { perPeriod, annualized } = sharpe(days, options.daysPerYear);
  return { dailyReturns: days, perDay: perPeriod, annualized, daysPerYear: options.daysPerYear };
}

function compound(returns: ArrayLike<number>, from: number, to: number): number {
  let growth = 1;
  for (let i = from; i < to; i++) growth *= 1 + returns[i]!;
  return growth - 1;
}

function requireAscending(openTimes: ArrayLike<number>, length: number): void {
  if (openTimes.length !== length) {
    throw new AppError('E_INTERNAL', { problem: `${length} returns came with ${openTimes.length} open times` });
  }
  requireFinite(openTimes, 'openTimes');
  for (let i = 1; i < length; i++) {
    if (openTimes[i]! > openTimes[i - 1]!) continue;
    throw new AppError('E_INTERNAL', { problem: `open times must ascend: ${openTimes[i]} follows ${openTimes[i - 1]} at index ${i}` });
  }
}
