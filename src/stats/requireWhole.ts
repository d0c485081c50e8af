import { AppError } from '../core/errors.ts';

/**
 * Nothing when a count is a whole number of at least `least`.
 *
 * @param value count to look at
 * @param what  what is counted, for the message
 * @param least smallest count allowed
 * @throws E_INTERNAL otherwise
 * @source statistics specification section 1
 */
export function requireWhole(value: number, what: string, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new AppError('E_INTERNAL', { problem: `${what} must be a whole number of at least ${least}, not ${value}` });
}
