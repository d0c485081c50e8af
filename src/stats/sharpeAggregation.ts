import { finiteOrNull, requireFinite } from './requireFinite.ts';
import { requireWhole } from './requireWhole.ts';
import { sumOver } from './sums.ts';

/** A Sharpe ratio carried from one period to q of them. */
export interface AggregatedSharpe {
  /** Factor that allows for autocorrelation. */
  readonly eta: number | null;
  /** The naive factor, right for independent returns only. */
  readonly iidScale: number;
  readonly aggregatedSharpe: number | null;
}

/** A per-period Sharpe ratio and what is needed to carry it to longer periods. */
export interface AggregationInput {
  readonly sharpePerPeriod: number;
  /** Periods in one long one. */
  readonly q: number;
  /** At lags 1, 2, ...; later lags count as 0, lags of q and more are not used. Read only. */
  readonly autocorrelations: ArrayLike<number>;
}

/**
 * Sharpe ratio of q periods together, from that of one period and the autocorrelations of its returns.
 *
 * @returns null where the autocorrelations leave the sum of q returns no variance
 * @throws E_INTERNAL on NaN, Infinity or a q that is not a positive whole number
 * @formula SR(q) = eta(q) SR
 * @source Lo 2002
 * @vector sharpe.aggregation.eta
 */
export function aggregateSharpe({ sharpePerPeriod, q, autocorrelations }: AggregationInput): AggregatedSharpe {
  requireFinite([sharpePerPeriod], 'Sharpe ratio');
  const eta = loFactor(q, autocorrelations);
  return { eta, iidScale: Math.sqrt(q), aggregatedSharpe: eta === null ? null : eta * sharpePerPeriod };
}

/**
 * Factor from the Sharpe ratio of one period to that of q: q over the deviation of the sum of q returns of unit variance.
 * It takes the place of the root of q.
 *
 * @param q                periods in one long one
 * @param autocorrelations at lags 1, 2, ...; later lags count as 0, lags of q and more are not used; read only
 * @returns                null where the sum has no variance
 * @throws E_INTERNAL on NaN, Infinity or a q that is not a positive whole number
 * @formula eta(q) = q / sqrt(q + 2 sum over k < q of (q - k) rho_k)
 * @source Lo 2002
 * @vector sharpe.aggregation.eta
 */
export function loFactor(q: number, autocorrelations: ArrayLike<number>): number | null {
  requireFinite(autocorrelations, 'autocorrelations');
  requireWhole(q, 'periods', 1);
  const lags = Math.min(q - 1, autocorrelations.length);
  return factorOf(
    q,
    sumOver(lags, (i) => (q - 1 - i) * autocorrelations[i]!),
  );
}

/**
 * The same factor for returns of a first-order autoregression, summed term by term: the closed form says the same and
 * loses digits where the autocorrelation nears 1.
 *
 * @param q   periods in one long one
 * @param rho autocorrelation at lag 1
 * @returns   null for an autocorrelation of 1 or more in size
 * @throws E_INTERNAL on NaN, Infinity or a q that is not a positive whole number
 * @formula eta(q) with rho_k = rho^k
 * @source Lo 2002
 * @vector sharpe.aggregation.ar1
 */
export function loFactorAr1(q: number, rho: number): number | null {
  requireFinite([rho], 'autocorrelation');
  requireWhole(q, 'periods', 1);
  if (Math.abs(rho) >= 1) return null;
  let power = 1;
  return factorOf(
    q,
    sumOver(q - 1, (i) => (q - 1 - i) * (power *= rho)),
  );
}

/** Written so that it is exactly the root of q when the neighbors add nothing. */
function factorOf(q: number, neighbors: number): number | null {
  const variance = 1 + (2 * neighbors) / q;
  return variance > 0 ? finiteOrNull(Math.sqrt(q) / Math.sqrt(variance)) : null;
}
