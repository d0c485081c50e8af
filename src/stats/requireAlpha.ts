import { AppError } from '../core/errors.ts';

/**
 * Nothing when a number can be an error rate: strictly between 0 and 1.
 *
 * @param alpha 1 - confidence
 * @throws E_INTERNAL otherwise
 * @source statistics specification section 6
 */
export function requireAlpha(alpha: number): void {
  if (alpha > 0 && alpha < 1) return;
  throw new AppError('E_INTERNAL', { problem: `alpha must lie between 0 and 1, not ${alpha}` });
}
