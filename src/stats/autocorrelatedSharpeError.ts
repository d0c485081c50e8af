import { longRunVariance } from './autocovariance.ts';
import { isZeroDispersion, mean } from './moments.ts';
import { requireFinite } from './requireFinite.ts';
import { sumOver } from './sums.ts';

/** Uncertainty of a Sharpe ratio whose returns depend on their neighbors. All per period. */
export interface AutocorrelatedSharpeError {
  /** Mean over population deviation (divides by n). */
  readonly sharpePopulation: number | null;
  /** Long-run variance of the influence of one return. */
  readonly longRunVariance: number | null;
  readonly standardError: number | null;
  /** Ratio over standard error; null when the error is zero. */
  readonly tStatistic: number | null;
  /** Neighbors counted on each side. */
  readonly lags: number;
}

/**
 * Standard error of a per-period Sharpe ratio that allows for autocorrelation and any distribution: the long-run variance,
 * with Bartlett weights, of the influence that each return has on the ratio.
 *
 * @param returns simple decimal returns per period in time order, finite, read only
 * @param lags    neighbors counted on each side; `defaultLags` of the count when absent
 * @returns       nulls for fewer than 2 returns or no variance
 * @throws E_INTERNAL on NaN, Infinity or lags that are not a whole number
 * @formula sqrt(longRunVariance(psi) / n), psi_t = x_t - SR / 2 (x_t^2 - 1), x_t = (r_t - m) / s, population m and s
 * @source Lo 2002; Newey & West 1987
 * @vector sharpe.standardError.autocorrelated
 */
export function autocorrelatedSharpeError(returns: ArrayLike<number>, lags = defaultLags(returns.length)): AutocorrelatedSharpeError {
  requireFinite(returns, 'returns');
  const n = returns.length;
  const center = mean(returns) ?? 0;
  const deviation = Math.sqrt(sumOver(n, (i) => (returns[i]! - center) * (returns[i]! - center)) / n);
  if (n < 2 || isZeroDispersion(deviation, returns)) {
    return { sharpePopulation: null, longRunVariance: null, standardError: null, tStatistic: null, lags };
  }
  const sharpe = center / deviation;
  const influence = Float64Array.from({ length: n }, (_, i) => {
    const score = (returns[i]! - center) / deviation;
    return score - (sharpe / 2) * (score * score - 1);
  });
  const variance = longRunVariance(influence, lags);
  const standardError = Math.sqrt(variance / n);
  return {
    sharpePopulation: sharpe,
    longRunVariance: variance,
    standardError,
    tStatistic: standardError > 0 ? sharpe / standardError : null,
    lags,
  };
}

/**
 * Neighbors to count for n observations.
 *
 * @param n observations
 * @formula floor(4 (n / 100)^(2/9))
 * @source Newey & West 1994
 * @vector sharpe.standardError.autocorrelated
 */
export function defaultLags(n: number): number {
  // The root of an exact power can fall a hair short of the whole number it is (n = 51,200 gives 16).
  return Math.floor(4 * (n / 100) ** (2 / 9) + 1e-9);
}
