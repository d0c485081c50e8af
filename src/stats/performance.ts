import { annualizedSortino, downsideDeviation, omega, tailRatio } from './downside.ts';
import { timeInMarket, turnover, turnoverPerYear } from './exposure.ts';
import { cagr, calmar, maxDrawdown, totalReturn } from './growth.ts';
import { annualizedVolatility } from './sharpe.ts';

export interface PerformanceOptions {
  /** Annualization factor: 35040 for 15-minute bars, 365 for days. */
  readonly periodsPerYear: number;
  /** Per-period return below which a period is a shortfall (Sortino); default 0. */
  readonly minimumAcceptableReturn?: number;
  /** Per-period return that separates gains from losses (Omega); default 0. */
  readonly omegaThreshold?: number;
  /** [bars] position held during each bar as a multiple of equity; without it the exposure fields are null. */
  readonly positions?: ArrayLike<number>;
}

/** Performance of one return series; every field is null where it is undefined. Fractions, not percent. */
export interface Performance {
  readonly totalReturn: number | null;
  readonly cagr: number | null;
  readonly volatilityAnnualized: number | null;
  readonly maxDrawdown: number | null;
  readonly calmar: number | null;
  readonly downsideDeviation: number | null;
  readonly sortinoAnnualized: number | null;
  readonly omega: number | null;
  readonly tailRatio: number | null;
  readonly timeInMarket: number | null;
  readonly turnoverTotal: number | null;
  readonly turnoverPerYear: number | null;
  readonly periodsPerYear: number;
}

const defaults = { minimumAcceptableReturn: 0, omegaThreshold: 0, positions: [] as ArrayLike<number> };

/**
 * Growth, risk, ratio and exposure measures of one series of net returns.
 *
 * @param returns [bars] simple decimal returns after costs, finite, read only
 * @param options annualization factor, thresholds and positions
 * @throws E_INTERNAL on NaN, Infinity or a factor that is not positive
 * @source Sortino & Price 1994; Keating & Shadwick 2002; Young 1991
 * @vector risk.performance
 */
export function performance(returns: ArrayLike<number>, options: PerformanceOptions): Performance {
  const { periodsPerYear, minimumAcceptableReturn, omegaThreshold, positions } = { ...defaults, ...options };
  return {
    totalReturn: totalReturn(returns),
    cagr: cagr(returns, periodsPerYear),
    volatilityAnnualized: annualizedVolatility(returns, periodsPerYear),
    maxDrawdown: maxDrawdown(returns),
    calmar: calmar(returns, periodsPerYear),
    downsideDeviation: downsideDeviation(returns, minimumAcceptableReturn),
    sortinoAnnualized: annualizedSortino(returns, { periodsPerYear, minimumAcceptable: minimumAcceptableReturn }),
    omega: omega(returns, omegaThreshold),
    tailRatio: tailRatio(returns),
    timeInMarket: timeInMarket(positions),
    turnoverTotal: turnover(positions),
    turnoverPerYear: turnoverPerYear(positions, periodsPerYear),
    periodsPerYear,
  };
}
