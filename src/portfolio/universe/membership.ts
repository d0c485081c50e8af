import { barsPerDay, dayMs, type Month, monthsBetween } from '../../core/time.ts';
import { neumaierSum } from '../../stats/sums.ts';
import type { UniverseRequest } from './request.ts';

/** What is known of one symbol by day. Symbols that are no longer listed belong here as long as they have a past. */
export interface SymbolHistory {
  readonly symbol: string;
  /** [days] close times volume over the day's bars, quote currency. */
  readonly dollarVolume: Float64Array;
  /** [days] usable bars of the day, at most 96. */
  readonly bars: Float64Array;
}

/** When a symbol may belong to the universe of a month. */
export interface UniverseRule {
  readonly request: UniverseRequest;
  /** Days before the month over which volume is added up. */
  readonly lookbackDays: number;
  /** Days between a symbol's first bar and the month. */
  readonly minListedDays: number;
  /** Least share of usable bars in the lookback, since listing. */
  readonly minCoverage: number;
  /** Members of months without a whole lookback: chosen in hindsight, so such months are marked. */
  readonly seeds: readonly string[];
}

export type MembershipReason =
  | 'NAMED'
  | 'RANKED'
  | 'SEEDED'
  | 'NOT_LISTED'
  | 'LISTED_TOO_SHORT'
  | 'NO_RECENT_BARS'
  | 'COVERAGE_LOW'
  | 'RANK_TOO_LOW'
  | 'NOT_REQUESTED'
  | 'LOOKBACK_INCOMPLETE';

/** One symbol in one month. Everything in here was known when the month began. */
export interface MembershipRow {
  readonly symbol: string;
  readonly isMember: boolean;
  readonly reason: MembershipReason;
  /** Place by dollar volume among the eligible, from 1; null for what is not ranked. */
  readonly rank: number | null;
  /** Dollar volume over the lookback. */
  readonly dollarVolume: number;
  /** Share of usable bars in the lookback since listing; null before that. */
  readonly coverage: number | null;
  /** Days since the first bar; null before it. */
  readonly listedDays: number | null;
}

export interface UniverseMonth {
  readonly label: string;
  readonly start: number;
  /** True when members were chosen in hindsight: nothing of the month is evidence. */
  readonly isSeeded: boolean;
  /** Symbols in the order of the history. */
  readonly rows: readonly MembershipRow[];
}

export interface Universe {
  readonly months: readonly UniverseMonth[];
  /** Most symbols that any month can hold: what unit exposures are divided by. */
  readonly slots: number;
}

/** Days of the histories: the first one (epoch ms of midnight) and how many. */
export interface DayRange {
  readonly firstDay: number;
  readonly days: number;
}

/**
 * Members of every month, from days strictly before it. Ties in volume go by symbol.
 *
 * @param histories one per symbol, all over the days of the range
 * @source governance specification 7, 16.4 (U1-U5); statistics specification 14
 */
export function resolveUniverse(histories: readonly SymbolHistory[], range: DayRange, rule: UniverseRule): Universe {
  const ordered = [...histories].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  const months = monthsBetween(range.firstDay, range.firstDay + range.days * dayMs);
  const { top, symbols } = rule.request;
  const named = ordered.filter(({ symbol }) => symbols.includes(symbol)).length;
  return {
    months: months.map((month) => resolveMonth(ordered, range, { month, rule })),
    slots: Math.max(1, Math.min(ordered.length, named + (top ?? 0))),
  };
}

function resolveMonth(histories: readonly SymbolHistory[], range: DayRange, at: { month: Month; rule: UniverseRule }): UniverseMonth {
  const { month, rule } = at;
  const to = Math.round((month.start - range.firstDay) / dayMs);
  const from = to - rule.lookbackDays;
  if (from < 0 && rule.lookbackDays > 0) return seededMonth(histories, at, Math.max(0, to));
  const judged = histories.map((history) => judge(history, { from, to }, rule));
  const eligible = judged.filter(({ reason }) => reason === null).sort((a, b) => b.dollarVolume - a.dollarVolume || (a.symbol < b.symbol ? -1 : 1));
  const rows = judged.map(({ reason, ...facts }): MembershipRow => {
    if (reason !== null) return { ...facts, isMember: false, reason, rank: null };
    const rank = eligible.findIndex(({ symbol }) => symbol === facts.symbol) + 1;
    if (rule.request.symbols.includes(facts.symbol)) return { ...facts, isMember: true, reason: 'NAMED', rank };
    if (rule.request.top === null) return { ...facts, isMember: false, reason: 'NOT_REQUESTED', rank };
    const isMember = rank <= rule.request.top;
    return { ...facts, isMember, reason: isMember ? 'RANKED' : 'RANK_TOO_LOW', rank };
  });
  return { label: month.label, start: month.start, isSeeded: false, rows };
}

/** A month whose lookback begins before the data: seeds that have a bar by then, or nobody. */
function seededMonth(histories: readonly SymbolHistory[], { month, rule }: { month: Month; rule: UniverseRule }, to: number): UniverseMonth {
  const rows = histories.map((history): MembershipRow => {
    const facts = factsOf(history, { from: 0, to });
    const isMember = rule.seeds.includes(history.symbol);
    return { ...facts, isMember, reason: isMember ? 'SEEDED' : 'LOOKBACK_INCOMPLETE', rank: null };
  });
  return { label: month.label, start: month.start, isSeeded: rows.some(({ isMember }) => isMember), rows };
}

type Facts = Omit<MembershipRow, 'isMember' | 'reason' | 'rank'>;
type Refusal = 'NOT_LISTED' | 'LISTED_TOO_SHORT' | 'NO_RECENT_BARS' | 'COVERAGE_LOW';

function judge(history: SymbolHistory, window: { from: number; to: number }, rule: UniverseRule): Facts & { reason: Refusal | null } {
  const facts = factsOf(history, window);
  const refusal = (): Refusal | null => {
    if (facts.listedDays === null) return 'NOT_LISTED';
    if (facts.listedDays < rule.minListedDays) return 'LISTED_TOO_SHORT';
    if (facts.coverage === 0) return 'NO_RECENT_BARS';
    return (facts.coverage ?? 1) < rule.minCoverage ? 'COVERAGE_LOW' : null;
  };
  return { ...facts, reason: refusal() };
}

function factsOf({ symbol, dollarVolume, bars }: SymbolHistory, { from, to }: { from: number; to: number }): Facts {
  const listed = bars.findIndex((count) => count > 0);
  const isListed = listed >= 0 && listed < to;
  const first = Math.max(from, listed);
  return {
    symbol,
    dollarVolume: isListed ? neumaierSum(dollarVolume.subarray(first, to)) : 0,
    coverage: isListed && to > first ? neumaierSum(bars.subarray(first, to)) / (barsPerDay * (to - first)) : null,
    listedDays: isListed ? to - listed : null,
  };
}

/**
 * Days on which each symbol may be entered, 1 or 0.
 *
 * @param symbols in the order wanted
 * @returns [symbols][days]
 */
export function membershipDays({ months }: Universe, range: DayRange, symbols: readonly string[]): Uint8Array[] {
  return symbols.map((symbol) => {
    const days = new Uint8Array(range.days);
    for (const [i, month] of months.entries()) {
      if (month.rows.find((row) => row.symbol === symbol)?.isMember !== true) continue;
      const next = months[i + 1]?.start ?? range.firstDay + range.days * dayMs;
      days.fill(1, Math.max(0, (month.start - range.firstDay) / dayMs), (next - range.firstDay) / dayMs);
    }
    return days;
  });
}

/** Days of months whose members were chosen in hindsight, 1 or 0: [days]. */
export function seededDays({ months }: Universe, range: DayRange): Uint8Array {
  const days = new Uint8Array(range.days);
  for (const [i, { start, isSeeded }] of months.entries()) {
    const next = months[i + 1]?.start ?? range.firstDay + range.days * dayMs;
    if (isSeeded) days.fill(1, Math.max(0, (start - range.firstDay) / dayMs), (next - range.firstDay) / dayMs);
  }
  return days;
}
