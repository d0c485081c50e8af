import { finiteOrNull, requireFinite } from './requireFinite.ts';
import { requirePeriods } from './sharpe.ts';

/**
 * Equity that starts at 1 and compounds each return: one value more than there are returns.
 *
 * @param returns [bars] simple decimal returns, finite, read only
 * @throws E_INTERNAL on NaN or Infinity
 * @formula E_0 = 1; E_t = E_(t-1) (1 + r_t)
 * @source standard definition
 * @vector risk.performance
 */
export function equityCurve(returns: ArrayLike<number>): Float64Array {
  requireFinite(returns, 'returns');
  const equity = new Float64Array(returns.length + 1);
  equity[0] = 1;
  for (let i = 0; i < returns.length; i++) equity[i + 1] = equity[i]! * (1 + returns[i]!);
  return equity;
}

/**
 * Compounded return over all periods, a decimal fraction; null for no returns.
 *
 * @param returns [bars] simple decimal returns, finite, read only
 * @throws E_INTERNAL on NaN or Infinity
 * @formula E_n - 1
 * @source standard definition
 * @vector risk.performance
 */
export function totalReturn(returns: ArrayLike<number>): number | null {
  return returns.length === 0 ? null : finiteOrNull(growth(returns) - 1);
}

/**
 * Compound annual growth rate (E_n/E_0)^(q/n) - 1; null for no returns or when equity ends below zero.
 *
 * @param returns        [bars] simple decimal returns, finite, read only
 * @param periodsPerYear q: 35040 for 15-minute bars, 365 for days
 * @throws E_INTERNAL on NaN, Infinity or a factor that is not positive
 * @formula (E_n / E_0)^(q / n) - 1
 * @source standard definition
 * @vector risk.performance
 */
export function cagr(returns: ArrayLike<number>, periodsPerYear: number): number | null {
  requirePeriods(periodsPerYear);
  const n = returns.length;
  const whole = growth(returns);
  if (n === 0 || whole < 0) return null;
  return finiteOrNull(Math.pow(whole, periodsPerYear / n) - 1);
}

/**
 * Deepest fall of the compounded equity from its running maximum, start included, as a positive fraction; null for no returns.
 *
 * @param returns [bars] simple decimal returns, finite, read only
 * @throws E_INTERNAL on NaN or Infinity
 * @formula -min over t(E_t / max over s <= t(E_s) - 1)
 * @source Magdon-Ismail & Atiya 2004
 * @vector risk.performance
 */
export function maxDrawdown(returns: ArrayLike<number>): number | null {
  requireFinite(returns, 'returns');
  let [equity, peak, deepest] = [1, 1, 0];
  for (let i = 0; i < returns.length; i++) {
    equity *= 1 + returns[i]!;
    if (equity > peak) peak = equity;
    const depth = equity / peak - 1;
    if (depth < deepest) deepest = depth;
  }
  // Once equity has overflowed it stays so: one look at the end finds it.
  requireFinite([equity], 'equity');
  return returns.length === 0 ? null : -deepest + 0;
}

/**
 * CAGR divided by maximum drawdown; null when either is undefined or equity never fell.
 *
 * @param returns        [bars] simple decimal returns, finite, read only
 * @param periodsPerYear 35040 for 15-minute bars, 365 for days
 * @throws E_INTERNAL on NaN, Infinity or a factor that is not positive
 * @formula CAGR / maximum drawdown
 * @source Young 1991
 * @vector risk.performance
 */
export function calmar(returns: ArrayLike<number>, periodsPerYear: number): number | null {
  const perYear = cagr(returns, periodsPerYear);
  const depth = maxDrawdown(returns);
  return perYear === null || depth === null || depth === 0 ? null : finiteOrNull(perYear / depth);
}

/** Last value of the equity curve, multiplied in the same order, without its column. */
function growth(returns: ArrayLike<number>): number {
  requireFinite(returns, 'returns');
  let equity = 1;
  for (let i = 0; i < returns.length; i++) equity *= 1 + returns[i]!;
  return equity;
}
