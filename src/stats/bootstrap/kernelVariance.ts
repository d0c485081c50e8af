import { mean } from '../moments.ts';
import { requireFinite } from '../requireFinite.ts';
import { sumOver } from '../sums.ts';
import { requireRestartProbability } from './indices.ts';

/** Weights below this share of the first cannot change the sum. */
const negligible = 1e-18;

/**
 * Variance of sqrt(n) times the mean under the stationary bootstrap, without drawing: `g0 + 2 * sum k_i * g_i`,
 * `k_i = (1 - i/n)(1-p)^i + (i/n)(1-p)^(n-i)`. Lags i and n - i together are the covariance around the circle, weighted `(1 - i/n)(1-p)^i`;
 * so the sum can stop where (1-p)^i has vanished.
 *
 * @param values             [n] observations in time order, finite, read only
 * @param restartProbability 1 / mean block length, in (0, 1]
 * @returns                  null for no values
 * @throws E_INTERNAL on NaN, Infinity or a probability out of range
 * @source Politis & Romano 1994; Hansen 2005
 * @vector bootstrap.realityCheckAndSpa
 */
export function stationaryKernelVariance(values: ArrayLike<number>, restartProbability: number): number | null {
  requireFinite(values, 'values');
  requireRestartProbability(restartProbability);
  const n = values.length;
  const center = mean(values);
  if (center === null) return null;
  const deviations = Float64Array.from({ length: 2 * n }, (_, i) => values[i % n]! - center);
  const circularCovariance = (lag: number) => sumOver(n, (i) => deviations[i]! * deviations[i + lag]!) / n;
  const stays = [1];
  while (stays.length < n && stays.at(-1)! > negligible) stays.push(stays.at(-1)! * (1 - restartProbability));
  return circularCovariance(0) + 2 * sumOver(stays.length - 1, (i) => (1 - (i + 1) / n) * stays[i + 1]! * circularCovariance(i + 1));
}
