import { AppError } from '../core/errors.ts';
import { isZeroDispersion, mean, sampleStd } from './moments.ts';
import { finiteOrNull, requireFinite } from './requireFinite.ts';

/** A Sharpe ratio that carries its annualization factor, so that a daily and an annual one cannot be confused. */
export interface Sharpe {
  readonly perPeriod: number | null;
  readonly annualized: number | null;
  readonly periodsPerYear: number;
}

/**
 * Mean over sample deviation of the returns, not annualized; null for fewer than 2 returns or no variance.
 *
 * @param returns simple decimal returns per period, finite, read only
 * @throws E_INTERNAL on NaN or Infinity
 * @formula SR = mean(r) / std(r)
 * @source Sharpe 1994
 * @vector sharpe.15m
 */
export function perPeriodSharpe(returns: ArrayLike<number>): number | null {
  requireFinite(returns, 'returns');
  const center = mean(returns);
  const deviation = sampleStd(returns);
  if (center === null || deviation === null || isZeroDispersion(deviation, returns)) return null;
  return finiteOrNull(center / deviation);
}

/**
 * Sharpe ratio per period and times the square root of the periods in a year.
 *
 * @param returns        simple decimal returns per period, finite, read only
 * @param periodsPerYear 35040 for 15-minute bars, 365 for days
 * @returns              null ratios for fewer than 2 returns or no variance
 * @throws E_INTERNAL on NaN, Infinity or a factor that is not positive
 * @formula SR sqrt(q), q periods in a year
 * @source Sharpe 1994
 * @vector sharpe.15m
 */
export function sharpe(returns: ArrayLike<number>, periodsPerYear: number): Sharpe {
  requirePeriods(periodsPerYear);
  const perPeriod = perPeriodSharpe(returns);
  return { perPeriod, annualized: perPeriod === null ? null : perPeriod * Math.sqrt(periodsPerYear), periodsPerYear };
}

/**
 * Annualized volatility: sample deviation times the square root of the periods in a year; null for fewer than 2 returns.
 *
 * @param returns        simple decimal returns per period, finite, read only
 * @param periodsPerYear 35040 for 15-minute bars, 365 for days
 * @throws E_INTERNAL on NaN, Infinity or a factor that is not positive
 * @formula std(r) sqrt(q)
 * @source standard definition
 * @vector risk.performance
 */
export function annualizedVolatility(returns: ArrayLike<number>, periodsPerYear: number): number | null {
  requirePeriods(periodsPerYear);
  requireFinite(returns, 'returns');
  const deviation = sampleStd(returns);
  return deviation === null ? null : deviation * Math.sqrt(periodsPerYear);
}

/**
 * Nothing when a number can annualize: finite and above zero.
 *
 * @param periodsPerYear periods in a year
 * @throws E_INTERNAL otherwise
 * @source statistics specification section 1
 * @vector sharpe.15m
 */
export function requirePeriods(periodsPerYear: number): void {
  if (Number.isFinite(periodsPerYear) && periodsPerYear > 0) return;
  throw new AppError('E_INTERNAL', { problem: `periods per year must be a positive number, not ${periodsPerYear}` });
}
