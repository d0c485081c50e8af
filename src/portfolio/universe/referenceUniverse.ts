import { dayMs, monthOf, monthsBetween } from '../../core/time.ts';
import type { DayRange, SymbolHistory } from './membership.ts';

/** The reference's seeds, in its order: a list made in hindsight. */
export const referenceSeeds: readonly string[] = ['BTC', 'ETH', 'SOL', 'BNB', 'XRP', 'DOGE', 'ADA', 'AVAX', 'LINK', 'LTC'].map(
  (name) => `${name}USDT`,
);

const fixedCount = 10;

/**
 * The reference's reading of a request: a list without TOP10 as it stands; otherwise, also for no text and for a mixture, the available seeds and
 * then other symbols by name until there are ten. Volume is not looked at.
 *
 * @param available symbols that there are data of
 * @source governance specification 7.2
 */
export function referenceRequest(text: string, available: readonly string[]): string[] {
  const named = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (named.length > 0 && !named.some((item) => item.toUpperCase() === 'TOP10')) return named;
  const sorted = [...new Set(available)].sort();
  const seeds = referenceSeeds.filter((symbol) => sorted.includes(symbol));
  return [...seeds, ...sorted.filter((symbol) => !seeds.includes(symbol))].slice(0, fixedCount);
}

/**
 * The reference's monthly map `YYYY-MM` to symbols: by dollar volume of the days before the month, filled up with requested seeds; seeds alone
 * where the window has no day with data.
 *
 * @param histories of the requested symbols, over the days of the range
 * @param rule.from first instant of the months wanted; the range may begin earlier
 * @source governance specification 7.3
 */
export function referenceMonths(
  histories: readonly SymbolHistory[],
  range: DayRange,
  rule: { readonly top: number; readonly lookbackDays: number; readonly seeds: readonly string[]; readonly from?: number },
): Map<string, string[]> {
  const { top, lookbackDays, seeds, from = range.firstDay } = rule;
  const months = monthsBetween(monthOf(from).start, range.firstDay + range.days * dayMs);
  const requested = seeds.filter((seed) => histories.some(({ symbol }) => symbol === seed));
  const isEmpty = histories.every(({ bars }) => bars.every((count) => count === 0));
  return new Map(
    months.map(({ label, start }) => {
      if (isEmpty) return [label, seeds.slice(0, top)];
      const to = Math.max(0, Math.round((start - range.firstDay) / dayMs));
      const first = Math.max(0, to - lookbackDays);
      const known = histories.filter(({ bars }) => bars.subarray(first, to).some((count) => count > 0));
      const volume = ({ dollarVolume }: SymbolHistory) => dollarVolume.subarray(first, to).reduce((sum, value) => sum + value, 0);
      const ranked = [...known].sort((a, b) => volume(b) - volume(a)).map(({ symbol }) => symbol);
      return [label, [...ranked, ...requested.filter((seed) => !ranked.includes(seed))].slice(0, top)];
    }),
  );
}
