import { AppError } from '../core/errors.ts';

/**
 * Nothing when every value is a finite number; NaN never enters a statistic, so callers drop or refuse first.
 *
 * @param values  numbers to look at
 * @param what    name of the argument, for the message
 * @throws E_INTERNAL naming the first bad value and its index
 * @source statistics specification section 1
 * @vector edge.undefined
 */
export function requireFinite(values: ArrayLike<number>, what: string): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new AppError('E_INTERNAL', { problem: `${what}[${i}] is ${String(values[i])}; a statistic takes finite numbers only` });
  }
}

/**
 * The number itself, or null when it is not finite (an overflow is undefined, never Infinity).
 *
 * @param value any number
 * @source statistics specification section 1
 * @vector edge.undefined
 */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
