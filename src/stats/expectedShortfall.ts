import { AppError } from '../core/errors.ts';
import { requireFinite } from './requireFinite.ts';
import { sumOver } from './sums.ts';

/** Tail losses as positive fractions, with the number of observations that stand behind them. */
export interface TailLoss {
  /** Smallest loss l with P(loss <= l) at least the confidence. */
  readonly valueAtRisk: number | null;
  /** Mean of the worst (1-c)n losses, the boundary loss weighted by what is left. */
  readonly expectedShortfall: number | null;
  /** (1-c)n, possibly fractional. */
  readonly tailObservations: number;
}

/**
 * Value at risk and expected shortfall of a return sample; null for no returns.
 *
 * @param returns    simple decimal returns per period, finite, read only
 * @param confidence strictly between 0 and 1, for example 0.99
 * @throws E_INTERNAL on NaN, Infinity or a confidence outside 0..1
 * @formula k = (1 - c) n; (sum of the floor(k) largest losses + (k - floor(k)) x the next one) / k
 * @source Rockafellar & Uryasev 2002
 * @vector risk.expectedShortfall
 */
export function expectedShortfall(returns: ArrayLike<number>, confidence: number): TailLoss {
  requireConfidence(confidence);
  requireFinite(returns, 'returns');
  const n = returns.length;
  if (n === 0) return { valueAtRisk: null, expectedShortfall: null, tailObservations: 0 };
  // (1-c)n is rounded to 1e-9 so that 0.1 * 20 counts as 2 whole observations.
  const tail = Math.round((1 - confidence) * n * 1e9) / 1e9;
  const ascending = Float64Array.from(returns).sort();
  const whole = Math.min(Math.floor(tail), n - 1);
  const boundary = -ascending[whole]!;
  const worst = sumOver(whole, (i) => -ascending[i]!) + (tail - whole) * boundary;
  return { valueAtRisk: boundary + 0, expectedShortfall: tail === 0 ? boundary + 0 : worst / tail, tailObservations: tail };
}

/**
 * Nothing when a confidence lies strictly between 0 and 1.
 *
 * @param confidence probability
 * @throws E_INTERNAL otherwise
 * @source statistics specification section 9
 * @vector risk.expectedShortfall
 */
export function requireConfidence(confidence: number): void {
  if (confidence > 0 && confidence < 1) return;
  throw new AppError('E_INTERNAL', { problem: `confidence must lie between 0 and 1, not ${confidence}` });
}
