import { AppError } from '../../core/errors.ts';
import { checkSymbol } from '../../core/symbol.ts';

/** Which symbols a portfolio may trade: named ones, the largest by dollar volume, or both together. */
export interface UniverseRequest {
  /** How many of the largest; null for none. */
  readonly top: number | null;
  /** Named symbols, sorted, without duplicates. */
  readonly symbols: readonly string[];
}

const largestTop = 500;

/**
 * The universe that a text asks for: items separated by commas, each a symbol or `TOP<n>`; several are a union (of two `TOP<n>` the larger).
 *
 * @param request text, or its items
 * @throws E_CONFIG for nothing at all or a number that cannot be meant, E_BAD_SYMBOL for what is no symbol
 */
export function parseUniverse(request: string | readonly string[]): UniverseRequest {
  const items = (typeof request === 'string' ? request.split(',') : request).map((item) => item.trim().toUpperCase()).filter((item) => item !== '');
  if (items.length === 0) throw refuse('it names no symbol');
  let top: number | null = null;
  const symbols = new Set<string>();
  for (const item of items) {
    const count = /^TOP(\d+)$/.exec(item);
    if (item === 'TOP') throw refuse('TOP is without a number');
    if (count === null) {
      symbols.add(checkSymbol(item));
      continue;
    }
    const wanted = Number(count[1]);
    if (wanted < 1 || wanted > largestTop) throw refuse(`${item} is outside TOP1..TOP${largestTop}`);
    top = Math.max(top ?? 0, wanted);
  }
  return { top, symbols: [...symbols].sort() };
}

/** The text that asks for a universe, in one form: `TOP<n>` first, then symbols. */
export function universeText({ top, symbols }: UniverseRequest): string {
  return [...(top === null ? [] : [`TOP${top}`]), ...symbols].join(',');
}

function refuse(problem: string): AppError {
  return new AppError('E_CONFIG', {
    where: 'portfolio universe',
    problem,
    remedy: 'Write symbols, TOP<n> for the largest by dollar volume, or both, for example TOP10 or TOP5,DOGEUSDT.',
    key: 'portfolio_symbols',
  });
}
