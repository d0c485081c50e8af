import { isZeroDispersion, mean } from './moments.ts';
import { requireFinite } from './requireFinite.ts';
import { requireWhole } from './requireWhole.ts';
import { sumOver } from './sums.ts';

/**
 * Autocovariances at lags 0..maxLag of values around their mean, each divided by n; 0 at lags the values do not reach.
 *
 * @param values finite numbers in time order, read only; none give zeros
 * @param maxLag largest lag, a whole number
 * @throws E_INTERNAL on NaN, Infinity or a lag that is not a whole number
 * @formula g(k) = sum over t of (x_t - mean)(x_{t+k} - mean) / n
 * @source Box & Jenkins 1970
 * @vector sharpe.standardError.autocorrelated
 */
export function autocovariances(values: ArrayLike<number>, maxLag: number): Float64Array {
  requireFinite(values, 'values');
  requireWhole(maxLag, 'lag', 0);
  const n = values.length;
  const center = mean(values) ?? 0;
  const deviations = new Float64Array(n);
  for (let i = 0; i < n; i++) deviations[i] = values[i]! - center;
  const result = new Float64Array(maxLag + 1);
  for (let lag = 0; lag < Math.min(n, maxLag + 1); lag++) result[lag] = sumOfProducts(deviations, lag) / n;
  return result;
}

/** Neumaier sum of values times those `lag` later. Written out: a function per term costs four times as much, and a report asks for 95 lags of all bars. */
function sumOfProducts(values: Float64Array, lag: number): number {
  let sum = 0;
  let lost = 0;
  for (let i = 0; i + lag < values.length; i++) {
    const value = values[i]! * values[i + lag]!;
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}

/**
 * Autocorrelations at lags 1..maxLag: autocovariances over the variance; null for fewer than 2 values or no variance.
 *
 * @param values finite numbers in time order, read only
 * @param maxLag largest lag, a whole number
 * @throws E_INTERNAL on NaN, Infinity or a lag that is not a whole number
 * @formula rho(k) = g(k) / g(0)
 * @source Box & Jenkins 1970
 * @vector sharpe.aggregation.eta
 */
export function autocorrelations(values: ArrayLike<number>, maxLag: number): Float64Array | null {
  const covariances = autocovariances(values, maxLag);
  const variance = covariances[0]!;
  if (values.length < 2 || isZeroDispersion(Math.sqrt(variance), values)) return null;
  return covariances.subarray(1).map((covariance) => covariance / variance);
}

/**
 * Long-run variance by Bartlett weights: the variance of one value plus what its neighbors add. Never negative.
 *
 * @param values finite numbers in time order, read only
 * @param lags   L, neighbors counted on each side
 * @throws E_INTERNAL on NaN, Infinity or lags that are not a whole number
 * @formula g(0) + 2 sum over j = 1..L of (1 - j / (L + 1)) g(j)
 * @source Newey & West 1987
 * @vector sharpe.standardError.autocorrelated
 */
export function longRunVariance(values: ArrayLike<number>, lags: number): number {
  const covariances = autocovariances(values, lags);
  const neighbors = sumOver(lags, (j) => (1 - (j + 1) / (lags + 1)) * covariances[j + 1]!);
  return Math.max(0, covariances[0]! + 2 * neighbors);
}
