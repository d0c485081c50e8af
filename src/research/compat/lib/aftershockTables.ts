import type { AftershockControl, AftershockEvent, WindowOutcomes } from './aftershocks.ts';
import { hazardTable } from './hazard.ts';
import { groupBy, meanOf, signOf } from './sample.ts';

/** An event's outcomes less its control's; NaN where it has none. */
export interface AftershockDelta {
  readonly parent_event_id: string;
  readonly symbol: string;
  readonly window_x: number;
  readonly window_y: number;
  readonly delta_secondary_shock: number;
  readonly delta_realized_vol_mean_96: number;
  readonly delta_range_expansion_96: number;
  readonly year: number;
}

const missing: WindowOutcomes = {
  secondary_shock_within: Number.NaN,
  time_to_secondary_shock: Number.NaN,
  realized_vol_mean: Number.NaN,
  range_expansion: Number.NaN,
};
const hazardAges = 96;

export function aftershockDelta(event: AftershockEvent, control: AftershockControl | null): AftershockDelta {
  const { secondary_shock_within, realized_vol_mean, range_expansion } = control ?? missing;
  const { parent_event_id, symbol, window_x, window_y, year } = event;
  return {
    parent_event_id,
    symbol,
    window_x,
    window_y,
    delta_secondary_shock: event.secondary_shock_within - secondary_shock_within,
    delta_realized_vol_mean_96: event.realized_vol_mean - realized_vol_mean,
    delta_range_expansion_96: event.range_expansion - range_expansion,
    year,
  };
}

/** Hazard of a second shock, all windows pooled. */
export function cohortHazards(rows: readonly WindowOutcomes[], cohort: 'events' | 'controls') {
  if (rows.length === 0) return [];
  return secondShockHazards(rows).map((row) => ({ ...row, cohort }));
}

/** Hazards per window and slice: severity of the shock, session of the start, length of the shock. */
export function conditionalHazards(events: readonly AftershockEvent[]) {
  const slices: readonly (readonly [string, (event: AftershockEvent) => string | number])[] = [
    ['prior_shock_severity_q', (event) => event.prior_shock_severity_q],
    ['session', (event) => event.session],
    ['relax_duration_bucket', ({ parent_relax_duration: bars }) => (bars <= 16 ? 'short' : bars <= 48 ? 'medium' : 'long')],
  ];
  return byWindow(events).flatMap(({ window, rows }) =>
    slices.flatMap(([type, of]) =>
      [...groupBy(rows, of)].flatMap(([value, own]) =>
        secondShockHazards(own).map((row) => ({ ...row, ...window, slice_type: type, slice_value: value })),
      ),
    ),
  );
}

/** Mean differences per window. Nothing is gated on them, whatever their file's name says. */
export function windowMeans(deltas: readonly AftershockDelta[]) {
  return byWindow(deltas).map(({ window, rows }) => ({ ...window, n: rows.length, ...meanDeltas(rows) }));
}

/** Signs of the mean differences per window and year. */
export function windowSigns(deltas: readonly AftershockDelta[]) {
  return byWindow(deltas).flatMap(({ window, rows }) =>
    [...groupBy(rows, ({ year }) => year)].map(([year, own]) => {
      const means = meanDeltas(own);
      return {
        ...window,
        year,
        n: own.length,
        sign_secondary: signOf(means.delta_secondary_shock),
        sign_realized_vol: signOf(means.delta_realized_vol_mean_96),
        sign_range_expansion: signOf(means.delta_range_expansion_96),
      };
    }),
  );
}

/** Second-shock rate and volatility difference per window, and whether they never fall along the windows. */
export function windowSensitivity(events: readonly AftershockEvent[], deltas: readonly AftershockDelta[]) {
  const means = byWindow(deltas).map(({ rows }) => meanDeltas(rows).delta_realized_vol_mean_96);
  const rates = byWindow(events).map(({ rows }) => meanOf(rows.map(({ secondary_shock_within }) => secondary_shock_within)));
  const isRising = (values: readonly number[]) => values.every((value, i) => i === 0 || value >= values[i - 1]!);
  return byWindow(events).map(({ window, rows }, i) => ({
    ...window,
    n: rows.length,
    p_secondary_shock: rates[i]!,
    delta_realized_vol_mean: means[i]!,
    p_secondary_monotone_non_decreasing: isRising(rates),
    delta_realized_vol_monotone_non_decreasing: isRising(means),
  }));
}

export function placeboRow(event: AftershockEvent, placebo: WindowOutcomes | null) {
  const { secondary_shock_within, realized_vol_mean, range_expansion } = placebo ?? missing;
  return {
    ...event,
    source_parent_event_id: placebo === null ? null : event.parent_event_id,
    placebo_secondary_shock_within: secondary_shock_within,
    placebo_realized_vol_mean: realized_vol_mean,
    placebo_range_expansion: range_expansion,
    delta_secondary_vs_placebo: event.secondary_shock_within - secondary_shock_within,
    delta_realized_vol_vs_placebo: event.realized_vol_mean - realized_vol_mean,
  };
}

/** The note's sentence: the best window against the placebos of all windows (S-15). */
export function reRiskNote(events: readonly AftershockEvent[], placebos: readonly (WindowOutcomes | null)[]): string {
  const drawn = placebos.filter((placebo) => placebo !== null);
  if (events.length === 0 || drawn.length === 0) return 'No aftershock windows were found; there is nothing to decide on.';
  const rate = (rows: readonly WindowOutcomes[]) => meanOf(rows.map(({ secondary_shock_within }) => secondary_shock_within));
  const best = byWindow(events).reduce((a, b) => (rate(b.rows) < rate(a.rows) ? b : a));
  const [lowest, baseline] = [rate(best.rows), rate(drawn)];
  if (!(lowest < baseline)) {
    return `No window has a secondary-shock rate below the placebo baseline (${baseline.toFixed(3)}); the lowest is ${lowest.toFixed(3)}. There is no pocket for re-risking.`;
  }
  return (
    `Potentially defensible re-risk pocket: window [${best.window.window_x}, ${best.window.window_y}] shows the lowest observed secondary-shock rate ` +
    `(${lowest.toFixed(3)}) below placebo baseline (${baseline.toFixed(3)}); treat as Phase-2 candidate only after split stability checks.`
  );
}

function secondShockHazards(rows: readonly WindowOutcomes[]) {
  return hazardTable(
    rows.map(({ time_to_secondary_shock }) => time_to_secondary_shock),
    hazardAges,
  );
}

function meanDeltas(rows: readonly AftershockDelta[]) {
  const mean = (of: (row: AftershockDelta) => number) => meanOf(rows.map(of));
  return {
    delta_secondary_shock: mean((row) => row.delta_secondary_shock),
    delta_realized_vol_mean_96: mean((row) => row.delta_realized_vol_mean_96),
    delta_range_expansion_96: mean((row) => row.delta_range_expansion_96),
  };
}

/** Rows by window, earlier beginning first, then earlier end. */
function byWindow<T extends { readonly window_x: number; readonly window_y: number }>(rows: readonly T[]) {
  return [...groupBy(rows, ({ window_x: x }) => x).values()].flatMap((sameStart) =>
    [...groupBy(sameStart, ({ window_y: y }) => y).values()].map((own) => ({
      window: { window_x: own[0]!.window_x, window_y: own[0]!.window_y },
      rows: own,
    })),
  );
}
