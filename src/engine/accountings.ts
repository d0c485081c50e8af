import { AppError } from '../core/errors.ts';
import { didYouMean } from '../core/suggest.ts';
import type { Accounting } from './accounting.ts';
import { screen } from './screen/screen.ts';

const accountings: readonly Accounting[] = [screen];

/** Ids that `accounting` may name. */
export const accountingIds: readonly string[] = accountings.map((accounting) => accounting.id);

/** The accounting of an id. @throws E_UNKNOWN_UNIT with the nearest known one */
export function accountingOf(id: string): Accounting {
  const found = accountings.find((accounting) => accounting.id === id);
  if (found === undefined)
    throw new AppError('E_UNKNOWN_UNIT', { kind: 'accounting', id, suggestion: didYouMean(id, accountingIds), available: accountingIds.join(', ') });
  return found;
}
