import { bootstrapMean } from './bootstrap.ts';
import type { HazardRow } from './hazard.ts';
import { finiteOf, groupBy, meanOf, medianOf, signOf, spreadOf } from './sample.ts';
import type { ShockEvent, ShockOutcomes } from './shockRows.ts';
import { shockDefinition } from './volShock.ts';

/** An event with what the market was like when it began. */
export interface TaggedShock extends ShockEvent {
  readonly tod_bucket: number;
  readonly vol_regime_q: number;
  readonly vol_regime: string;
  readonly bull_bear: string;
  readonly year: number;
}

export interface ShockControl extends ShockOutcomes {
  readonly event_id: string;
  readonly control_idx: number;
}

/** The outcomes that are compared between events and controls, and the seed offset of each one's bootstrap. */
export const keyMetrics = ['relaxed_within_96', 'auc_excess_rv', 'rv_decay_half_life', 'secondary_shock_within_h', 'range_pct_96'] as const;
export type KeyMetric = (typeof keyMetrics)[number];

/** Splits besides the whole. */
const splitNames = ['symbol', 'bull_bear', 'vol_regime'] as const;

export interface DeltaRow {
  readonly split_name: string;
  readonly split_value: string;
  readonly metric: KeyMetric;
  readonly n: number;
  readonly delta_mean: number;
  readonly delta_ci_low: number;
  readonly delta_ci_high: number;
  readonly status: 'positive' | 'negative' | 'includes_zero';
}

/** An event's key metrics less the means of its controls; NaN where either side is missing. */
export interface ShockDelta {
  readonly event: TaggedShock;
  readonly delta: Readonly<Record<KeyMetric, number>>;
}

/** @source research specification 4.1 */
export function shockDeltas(events: readonly TaggedShock[], controls: readonly ShockControl[]): ShockDelta[] {
  const byEvent = groupBy(controls, ({ event_id }) => event_id);
  return events.map((event) => {
    const own = byEvent.get(event.event_id) ?? [];
    const delta = Object.fromEntries(keyMetrics.map((metric) => [metric, event[metric] - meanOf(own.map((control) => control[metric]))]));
    return { event, delta: delta as Record<KeyMetric, number> };
  });
}

/** Mean differences with intervals, for all events and for every level of each split. */
export function deltaTable(deltas: readonly ShockDelta[], { draws, seed }: { draws: number; seed: number }): DeltaRow[] {
  if (deltas.length === 0) return [];
  const splits = splitNames.flatMap((name) =>
    [...groupBy(deltas, ({ event }) => event[name])].map(([value, rows]) => ({ name, value: String(value), rows })),
  );
  return [{ name: 'all', value: 'ALL', rows: deltas }, ...splits].flatMap(({ name, value, rows }) =>
    keyMetrics.map((metric) => {
      const { n, mean, low, high } = bootstrapMean(
        rows.map(({ delta }) => delta[metric]),
        { draws, stream: `seed=${seed}/reference-delta/${metric}` },
      );
      const status = low > 0 ? 'positive' : high < 0 ? 'negative' : 'includes_zero';
      return { split_name: name, split_value: value, metric, n, delta_mean: mean, delta_ci_low: low, delta_ci_high: high, status };
    }),
  );
}

export interface PhaseRow {
  readonly split: string;
  readonly status: 'pass' | 'fail' | 'insufficient';
  readonly spread_t_rv_peak: number;
  readonly spread_t_half_life: number;
  readonly spread_t_relax: number;
  readonly fractional_stable: boolean;
}

/** Whether landmarks lie at similar ages in every level of a split, in bars or as shares of the duration; one level always passes (S-28). */
export function phaseTable(events: readonly TaggedShock[], toleranceBars: number): PhaseRow[] {
  if (events.length === 0) return [];
  return splitNames.map((split) => {
    const levels = [...groupBy(events, (event) => event[split]).values()].map((rows) => {
      const medianBy = (of: (event: TaggedShock) => number) => medianOf(rows.map(of));
      const duration = medianBy((event) => event.duration_bars);
      const [peak, half, relax] = [
        medianBy((event) => event.t_rv_peak),
        medianBy((event) => event.rv_decay_half_life),
        medianBy((event) => event.time_to_relax),
      ];
      return { peak, half, relax, peakShare: peak / duration, relaxShare: relax / duration };
    });
    const spread = (of: (level: (typeof levels)[number]) => number) => spreadOf([...finiteOf(levels.map(of))]);
    const [peak, half, relax] = [spread(({ peak }) => peak), spread(({ half }) => half), spread(({ relax }) => relax)];
    const isFractional = spread(({ peakShare }) => peakShare) <= 0.15 && spread(({ relaxShare }) => relaxShare) <= 0.15;
    const isClose = peak <= toleranceBars && relax <= toleranceBars && !(half > toleranceBars);
    const status = Number.isNaN(peak) || Number.isNaN(relax) ? 'insufficient' : isClose || isFractional ? 'pass' : 'fail';
    return { split, status, spread_t_rv_peak: peak, spread_t_half_life: half, spread_t_relax: relax, fractional_stable: isFractional };
  });
}

export interface SignRow {
  readonly metric: KeyMetric;
  /** Sign of the mean difference of each year, in order. */
  readonly year_signs: string;
  readonly sign_flip: boolean;
}

/** Signs of yearly means over all symbols, whatever their size or error (S-27). */
export function signTable(deltas: readonly ShockDelta[]): SignRow[] {
  if (deltas.length === 0) return [];
  const years = [...groupBy(deltas, ({ event }) => event.year).values()];
  return keyMetrics.map((metric) => {
    const signs = years.map((rows) => signOf(meanOf(rows.map(({ delta }) => delta[metric]))));
    return { metric, year_signs: signs.join(','), sign_flip: signs.includes(1) && signs.includes(-1) };
  });
}

export interface SanityRow {
  readonly symbol: string;
  readonly event_count: number;
  readonly median_time_to_relax: number;
  readonly median_duration: number;
  readonly min_duration: number;
  readonly max_duration: number;
  readonly cooldown_overlap_violations: number;
  readonly non_degenerate_count: boolean;
  readonly time_to_relax_in_bounds: boolean;
}

/** Counts and durations per symbol with events. */
export function sanityTable(events: readonly ShockEvent[]): SanityRow[] {
  return [...groupBy(events, ({ symbol }) => symbol)].map(([symbol, rows]) => {
    const durations = rows.map(({ duration_bars }) => duration_bars);
    const relax = medianOf(rows.map(({ time_to_relax }) => time_to_relax));
    return {
      symbol: String(symbol),
      event_count: rows.length,
      median_time_to_relax: relax,
      median_duration: medianOf(durations),
      min_duration: Math.min(...durations),
      max_duration: Math.max(...durations),
      cooldown_overlap_violations: rows.filter((row, i) => i > 0 && row.enter_idx <= rows[i - 1]!.exit_idx + shockDefinition.cooldownBars).length,
      non_degenerate_count: rows.length >= 5 && rows.length < 100_000,
      time_to_relax_in_bounds: relax > 0 && relax < shockDefinition.horizonBars,
    };
  });
}

export interface ComparedHazard extends HazardRow {
  readonly hazard_control: number;
  readonly hazard_delta: number;
  readonly symbol: string;
  readonly outcome: string;
}

export interface HazardSum {
  readonly symbol: string;
  readonly outcome: string;
  readonly auc_hazard: number;
  readonly auc_hazard_control: number;
  readonly auc_hazard_delta: number;
}

/** Sums of the hazards, missing ones as 0, per symbol and outcome. */
export function hazardSums(rows: readonly ComparedHazard[]): HazardSum[] {
  const sum = (values: readonly number[]) => finiteOf(values).reduce((total, value) => total + value, 0);
  return [...groupBy(rows, ({ symbol, outcome }) => `${symbol} ${outcome}`).values()].map((own) => ({
    symbol: own[0]!.symbol,
    outcome: own[0]!.outcome,
    auc_hazard: sum(own.map(({ hazard }) => hazard)),
    auc_hazard_control: sum(own.map(({ hazard_control }) => hazard_control)),
    auc_hazard_delta: sum(own.map(({ hazard_delta }) => hazard_delta)),
  }));
}
