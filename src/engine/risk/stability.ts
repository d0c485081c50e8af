import { dayMs } from '../../core/time.ts';
import type { Trade } from '../trades.ts';
import { sumOver } from '../../stats/sums.ts';
import type { BookDays } from './bookDays.ts';
import type { DailyEffect } from './objective.ts';
import { calendarPeriods, periodLabel, type PeriodUnit, periodUnitOf } from './periods.ts';
import { type Regime, type RegimeTally, regimes } from './regimes.ts';

/** Whether an effect holds over time and states of the market. The hypothesis is that the book earns: a positive effect. */
export interface StabilityChecks {
  /** Mean net return of a UTC day. */
  readonly effect: number | null;
  readonly ci_low: number | null;
  readonly ci_high: number | null;
  readonly effect_ci_excludes_0: boolean | null;
  readonly mean_block_days: number | null;
  readonly n_events: number;
  readonly n_effective: number;
  readonly sign_consistency: number | null;
  readonly sign_consistency_reason: string | null;
  readonly regime_flip_count: number | null;
  readonly regime_flip_reason: string | null;
  /** What the days were cut into for it: quarters where they are fewer than three years. */
  readonly period_unit: PeriodUnit;
  readonly periods: readonly PeriodRow[];
  readonly regimes: readonly RegimeRow[];
}

interface PeriodRow {
  /** `2023` or `2023-Q1`. */
  readonly period: string;
  readonly events: number;
  readonly net_return: number;
  readonly counts: boolean;
}

interface RegimeRow {
  readonly regime: Regime;
  readonly events: number;
  readonly net_return: number;
  readonly counts: boolean;
}

/** Events that a period and a regime need before their sign is looked at, and periods that are needed. */
export const leastPeriodEvents = 5;
export const leastRegimeEvents = 10;
export const leastPeriods = 3;

type StabilityTrade = Pick<Trade, 'entryTime' | 'exitTime'>;

/**
 * Sign by calendar period and by regime, the interval of the effect, and how many events stand behind it.
 *
 * @param trades of the book in any order: they are the events
 * @formula sign_consistency = share of counted periods whose net return is positive; regime_flip_count = counted regimes whose net return is negative
 * @source governance specification 17.6; statistics specification 8 (least events)
 */
export function stabilityChecks(
  trades: readonly StabilityTrade[],
  days: Pick<BookDays, 'firstDay' | 'net'>,
  { effect, tally }: { readonly effect: DailyEffect; readonly tally: RegimeTally },
): StabilityChecks {
  const unit = periodUnitOf(days.net.length);
  const periods = periodRows(trades, days, unit);
  const counted = periods.filter(({ counts }) => counts);
  const states = regimes.map((regime, i) => {
    const events = tally.trades[i]!;
    return { regime, events, net_return: tally.pnl[i]!, counts: events >= leastRegimeEvents };
  });
  const told = states.filter(({ counts }) => counts);
  const isEnough = counted.length >= leastPeriods;
  return {
    effect: effect.mean,
    ci_low: effect.interval?.[0] ?? null,
    ci_high: effect.interval?.[1] ?? null,
    effect_ci_excludes_0: effect.interval === null ? null : effect.interval[0] > 0,
    mean_block_days: effect.meanBlockDays,
    n_events: trades.length,
    n_effective: independentEvents(trades),
    sign_consistency: isEnough ? counted.filter(({ net_return: net }) => net > 0).length / counted.length : null,
    sign_consistency_reason: isEnough ? null : `${counted.length} ${unit}s with ${leastPeriodEvents} events or more, ${leastPeriods} are needed`,
    regime_flip_count: told.length === 0 ? null : told.filter(({ net_return: net }) => net < 0).length,
    regime_flip_reason: told.length === 0 ? `no regime has ${leastRegimeEvents} events` : null,
    period_unit: unit,
    periods,
    regimes: states,
  };
}

/**
 * Events left when, in time order, those are dropped that begin on or before the UTC day on which the last one kept ended: events that share
 * days share what happened on them.
 *
 * @source statistics specification 8 (de-overlap)
 */
export function independentEvents(trades: readonly StabilityTrade[]): number {
  let [kept, busyUntil] = [0, -Infinity];
  for (const { entryTime, exitTime } of trades.toSorted((a, b) => a.entryTime - b.entryTime || a.exitTime - b.exitTime)) {
    if (Math.floor(entryTime / dayMs) <= busyUntil) continue;
    kept++;
    busyUntil = Math.floor(exitTime / dayMs);
  }
  return kept;
}

/** Net return of the days of each calendar period, and the trades entered in it. */
function periodRows(trades: readonly StabilityTrade[], { firstDay, net }: Pick<BookDays, 'firstDay' | 'net'>, unit: PeriodUnit): PeriodRow[] {
  const events = new Map<string, number>();
  for (const { entryTime } of trades) {
    const label = periodLabel(entryTime, unit);
    events.set(label, (events.get(label) ?? 0) + 1);
  }
  return calendarPeriods(firstDay, net.length, unit).map(({ label, from, to }) => {
    const count = events.get(label) ?? 0;
    return { period: label, events: count, net_return: sumOver(to - from, (i) => net[from + i]!), counts: count >= leastPeriodEvents };
  });
}
