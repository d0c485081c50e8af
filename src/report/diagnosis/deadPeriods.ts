import { barMs, barsPerDay, dayMs, formatDay } from '../../core/time.ts';
import { exposureByYear } from '../exposure.ts';
import { count, percent, plural } from '../format.ts';
import type { ReportModel, ReportTrade } from '../model.ts';
import { type Caution, type Rule, tradeFiles } from './rule.ts';

/** Shorter stretches without a position are ordinary. */
const longDays = 90;
/** Longer than the longest stretch that trades at random would leave, by so much. */
const factor = 3;
/** Bars of a year that counts as whole. */
const wholeYear = 360 * barsPerDay;

/** Long stretches, whole years and lines without a trade. */
export const deadPeriods: Rule = (model) => {
  if (model.trades.length === 0 || model.book.rows === 0) return null;
  return [longestPause(model), yearsWithout(model), silentLines(model)].filter((caution) => caution !== null);
};

/** A stretch without a position, epoch ms. */
export interface Pause {
  readonly from: number;
  readonly to: number;
}

/** The longest stretch of the book without any position, its edges included. */
export function longestIdle(trades: readonly ReportTrade[], book: Pause): Pause {
  let longest: Pause = { from: book.from, to: book.from };
  let free = book.from;
  for (const { entryTime, exitTime } of [...trades].sort((a, b) => a.entryTime - b.entryTime)) {
    if (entryTime - free > longest.to - longest.from) longest = { from: free, to: entryTime };
    free = Math.max(free, exitTime);
  }
  return book.to - free > longest.to - longest.from ? { from: free, to: book.to } : longest;
}

/** Expected longest of the n + 1 pieces into which n random points cut a stretch, as a share of it. */
export function expectedLongestShare(n: number): number {
  let harmonic = 0;
  for (let k = 1; k <= n + 1; k++) harmonic += 1 / k;
  return harmonic / (n + 1);
}

function longestPause({ book, trades }: ReportModel): Caution | null {
  const whole = { from: book.openTime[0]!, to: book.openTime[book.rows - 1]! + barMs };
  const { from, to } = longestIdle(trades, whole);
  const days = (to - from) / dayMs;
  const expected = (expectedLongestShare(trades.length) * (whole.to - whole.from)) / dayMs;
  if (days < longDays || days < factor * expected) return null;
  const share = (to - from) / (whole.to - whole.from);
  return {
    code: 'DEAD_PERIOD',
    severity: 'warning',
    topic: 'result',
    text: `No position for ${count(days, { decimals: 0 }).text} days, from ${formatDay(from)} to ${formatDay(to)}; ${plural(trades.length, 'trade')} spread at random would leave about ${count(expected, { decimals: 0 }).text}.`,
    evidence: [
      { label: 'Longest pause, days', value: count(days, { decimals: 0 }) },
      { label: 'share of the run', value: percent(share) },
      { label: 'expected at random, days', value: count(expected, { decimals: 0 }) },
    ],
    advice: 'See whether data or a feature is missing there; otherwise the strategy lives in a regime, and the ratios over all days hide that.',
    files: tradeFiles,
  };
}

function yearsWithout({ book, trades }: ReportModel): Caution | null {
  const traded = new Set(trades.map(({ entryTime }) => new Date(entryTime).getUTCFullYear()));
  const years = exposureByYear(book).filter(({ bars }) => bars >= wholeYear);
  const without = years.map(({ start }) => new Date(start).getUTCFullYear()).filter((year) => !traded.has(year));
  if (without.length === 0) return null;
  return {
    code: 'DEAD_YEAR',
    severity: 'warning',
    topic: 'result',
    text: `No trade was entered in ${without.join(', ')}: ${plural(without.length, 'whole year')} of ${years.length}.`,
    evidence: [{ label: 'Years without an entry', value: without.join(', ') }],
    advice: 'Judge the strategy on the years in which it trades, and ask why it stopped.',
    files: tradeFiles,
  };
}

function silentLines({ setup, trades }: ReportModel): Caution | null {
  const traded = new Set(trades.map(({ strategy, symbol }) => `${strategy} on ${symbol}`));
  const lines = setup.strategies.flatMap(({ id }) => setup.symbols.map((symbol) => `${id} on ${symbol}`));
  const silent = lines.filter((line) => !traded.has(line));
  if (silent.length === 0) return null;
  return {
    code: 'LINE_WITHOUT_TRADES',
    severity: 'warning',
    topic: 'result',
    text: `${silent.length} of ${plural(lines.length, 'line')} never traded: ${silent.join(', ')}.`,
    evidence: [{ label: 'Lines without a trade', value: count(silent.length) }],
    advice: 'Check the columns that the strategy reads on that symbol (Data quality) before reading the result as that of all lines.',
    files: tradeFiles,
  };
}
