import { AppError } from './errors.ts';

/** The symbol itself, when it may become part of a path or an address; E_BAD_SYMBOL unless it is 2 to 24 capital letters and digits. */
export function checkSymbol(symbol: string): string {
  if (/^[A-Z0-9]{2,24}$/.test(symbol)) return symbol;
  const meant = symbol.toUpperCase().replaceAll(/[-/_.: ]/g, '');
  const guess = /^[A-Z0-9]{5,24}$/.test(meant) ? `; did you mean ${meant}?` : '';
  throw new AppError('E_BAD_SYMBOL', { symbol: JSON.stringify(symbol), problem: `expected 2 to 24 capital letters and digits${guess}` });
}
