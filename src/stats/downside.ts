import { isZeroDispersion, mean } from './moments.ts';
import { quantiles } from './quantile.ts';
import { finiteOrNull, requireFinite } from './requireFinite.ts';
import { requirePeriods } from './sharpe.ts';
import { sumOver } from './sums.ts';

/**
 * Root mean square of the shortfalls below a minimum acceptable return, all periods in the denominator; null for no returns.
 *
 * @param returns           simple decimal returns per period, finite, read only
 * @param minimumAcceptable per-period return below which a period counts as a shortfall
 * @throws E_INTERNAL on NaN or Infinity
 * @formula sqrt(sum(min(r - MAR, 0)^2) / n)
 * @source Sortino & Price 1994
 * @vector risk.performance
 */
export function downsideDeviation(returns: ArrayLike<number>, minimumAcceptable = 0): number | null {
  requireFinite(returns, 'returns');
  if (returns.length === 0) return null;
  const squares = sumOver(returns.length, (i) => {
    const shortfall = Math.min(returns[i]! - minimumAcceptable, 0);
    return shortfall * shortfall;
  });
  return Math.sqrt(squares / returns.length);
}

/**
 * Mean excess over the minimum acceptable return per unit of downside deviation, not annualized.
 *
 * @param returns           simple decimal returns per period, finite, read only
 * @param minimumAcceptable per-period return
 * @returns                 null for fewer than 2 returns or no shortfall
 * @throws E_INTERNAL on NaN or Infinity
 * @formula (mean(r) - MAR) / downside deviation
 * @source Sortino & Price 1994
 * @vector edge.undefined
 */
export function sortino(returns: ArrayLike<number>, minimumAcceptable = 0): number | null {
  const deviation = downsideDeviation(returns, minimumAcceptable);
  const center = mean(returns);
  if (deviation === null || center === null || returns.length < 2 || isZeroDispersion(deviation, returns)) return null;
  return finiteOrNull((center - minimumAcceptable) / deviation);
}

/**
 * Sortino ratio times the square root of the periods in a year.
 *
 * @param returns simple decimal returns per period, finite, read only
 * @param options periods in a year, and the per-period minimum acceptable return (default 0)
 * @returns       null for fewer than 2 returns or no shortfall
 * @throws E_INTERNAL on NaN, Infinity or a factor that is not positive
 * @formula (mean(r) - MAR) / downside deviation sqrt(q)
 * @source Sortino & Price 1994
 * @vector risk.performance
 */
export function annualizedSortino(returns: ArrayLike<number>, options: { periodsPerYear: number; minimumAcceptable?: number }): number | null {
  requirePeriods(options.periodsPerYear);
  const ratio = sortino(returns, options.minimumAcceptable);
  return ratio === null ? null : ratio * Math.sqrt(options.periodsPerYear);
}

/**
 * Sum of gains above a threshold over the sum of losses below it; null when nothing lies below.
 *
 * @param returns   simple decimal returns per period, finite, read only
 * @param threshold per-period return that separates gains from losses
 * @throws E_INTERNAL on NaN or Infinity
 * @formula sum(max(r - t, 0)) / sum(max(t - r, 0))
 * @source Keating & Shadwick 2002
 * @vector risk.performance
 */
export function omega(returns: ArrayLike<number>, threshold = 0): number | null {
  requireFinite(returns, 'returns');
  const gains = sumOver(returns.length, (i) => Math.max(returns[i]! - threshold, 0));
  const losses = sumOver(returns.length, (i) => Math.max(threshold - returns[i]!, 0));
  return losses === 0 ? null : finiteOrNull(gains / losses);
}

/**
 * Size of the 95% quantile over the size of the 5% quantile; null for no returns or a 5% quantile of zero.
 *
 * @param returns simple decimal returns per period, finite, read only
 * @throws E_INTERNAL on NaN or Infinity
 * @formula |q95| / |q05|
 * @source statistics specification section 9
 * @vector risk.performance
 */
export function tailRatio(returns: ArrayLike<number>): number | null {
  const [low, high] = quantiles(returns, [0.05, 0.95]) as [number | null, number | null];
  return low === null || high === null || low === 0 ? null : finiteOrNull(Math.abs(high) / Math.abs(low));
}
