import type { ReferenceOptions } from './analyzer.ts';
import { abmaControls, type Exclusion } from './abmaControls.ts';
import { abmaDefinition, abmaEvents, type AbmaEvent, type AbmaVersion, minuteMs } from './abmaEvents.ts';
import { type AbmaCurve, abmaCurve, type AbmaMetrics, abmaMetrics } from './abmaMetrics.ts';
import { type AbmaInput, sessionsOf, type SymbolTape, tapesOf } from './abmaTape.ts';
import { type AbmaDelta, type AbmaVerdict, abmaVerdict } from './abmaVerdict.ts';
import { sortedJson } from './marketState.ts';
import { groupBy, meanOf } from './sample.ts';
import { summaryText } from './summaryText.ts';
import { type ReferenceFile, stampText, tableOf } from './table.ts';

/** The columns that the event, control summary and delta tables must have, no more and no fewer. */
export const abmaSchema = {
  event:
    'event_id symbol session_date t0 window_end abma_def_version spread_half_life_sec microprice_var_decay_rate trade_sign_entropy_mean controls_used',
  control_summary: 'control_spread_half_life_mean control_microprice_var_decay_mean control_trade_sign_entropy_mean',
  delta: 'delta_spread_half_life_sec delta_microprice_var_decay_rate delta_trade_sign_entropy_mean',
} as const;

/** Everything that one version finds out. */
export interface AbmaStudy {
  readonly version: AbmaVersion;
  readonly events: readonly AbmaEvent[];
  readonly sampled: ReturnType<typeof abmaControls>;
  /** [events] in the same order. */
  readonly rows: readonly AbmaRow[];
  readonly verdict: AbmaVerdict;
}

interface AbmaRow {
  readonly event: AbmaEvent;
  readonly metrics: AbmaMetrics;
  readonly controls: readonly AbmaMetrics[];
  readonly summary: Readonly<Record<string, number>>;
  readonly delta: AbmaDelta;
  readonly curves: readonly { readonly control_id: string | null; readonly curve: AbmaCurve }[];
}

/**
 * One version over trades, quotes and sessions.
 *
 * @throws RangeError on a stamp, date or session that makes no sense
 */
export function abmaStudy(input: AbmaInput, version: AbmaVersion, exclusion: Exclusion): AbmaStudy {
  const events = abmaEvents(tapesOf(input), sessionsOf(input.calendar), version);
  return measured(events, version, exclusion);
}

/** The study of events that are already known. */
export function measured(events: readonly AbmaEvent[], version: AbmaVersion, exclusion: Exclusion): AbmaStudy {
  const sampled = abmaControls(events, exclusion);
  const byEvent = groupBy(sampled.controls, ({ event_id }) => event_id);
  const rows = events.map((event) => rowOf(event, byEvent.get(event.event_id) ?? []));
  const verdict = abmaVerdict(
    rows.map(({ event, delta }) => ({ session_date: event.session.date, delta })),
    rows.map(({ curves }) => curves[0]!.curve.effSpread),
  );
  return { version, events, sampled, rows, verdict };
}

function rowOf(event: AbmaEvent, drawn: readonly { readonly control_id: string; readonly tc: number }[]): AbmaRow {
  const own = anchorOf(event.tape, event.t0);
  const others = drawn.map(({ control_id, tc }) => ({ control_id, ...anchorOf(event.tape, tc) }));
  const meanControl = (name: keyof AbmaMetrics) => meanOf(others.map(({ metrics }) => metrics[name]));
  const spread = meanControl('spread_half_life_sec');
  const decay = meanControl('microprice_var_decay_rate');
  const entropy = meanControl('trade_sign_entropy_mean');
  return {
    event,
    metrics: own.metrics,
    controls: others.map(({ metrics }) => metrics),
    summary: { control_spread_half_life_mean: spread, control_microprice_var_decay_mean: decay, control_trade_sign_entropy_mean: entropy },
    delta: {
      delta_spread_half_life_sec: own.metrics.spread_half_life_sec - spread,
      delta_microprice_var_decay_rate: own.metrics.microprice_var_decay_rate - decay,
      delta_trade_sign_entropy_mean: own.metrics.trade_sign_entropy_mean - entropy,
    },
    curves: [{ control_id: null, curve: own.curve }, ...others.map(({ control_id, curve }) => ({ control_id, curve }))],
  };
}

function anchorOf(tape: SymbolTape, anchor: number) {
  const curve = abmaCurve(tape, anchor);
  return { curve, metrics: abmaMetrics(tape, anchor, curve) };
}

/** The study laid out as the reference's files; the tables are there without events, and the summary names the inputs that were empty. */
export function abmaFiles(study: AbmaStudy, input: AbmaInput, { runId }: ReferenceOptions): ReferenceFile[] {
  const { version, events, sampled, rows, verdict } = study;
  const eventRows = rows.map(({ event, metrics, controls }) => ({ ...eventRow(event, version), ...metrics, controls_used: controls.length }));
  const summary = {
    abma_def_version: version,
    n_splits: verdict.bySplit.length,
    stability_checks: verdict.checks,
    phase1_accept: verdict.accepted,
    run_id: runId,
    n_events: events.length,
    n_controls: sampled.controls.length,
    control_sampler: samplerOf(study),
    ...missingOf(input, version),
  };
  const splits = tableOf('by_split', `split_name split_value n_events ${abmaSchema.delta} sign`, verdict.bySplit);
  return [
    sortedJson('summary.json', summary),
    { name: 'report.md', text: reportOf(study, runId, splits) },
    tableOf('curves.csv', 'event_id control_id symbol session_date anchor_kind tau_s eff_spread micro_dev is_valid', rows.flatMap(curveRows)),
    tableOf('event_metrics.csv', abmaSchema.event, eventRows),
    tableOf(
      'control_summary.csv',
      abmaSchema.control_summary,
      rows.map((row) => row.summary),
    ),
    tableOf(
      'delta_metrics.csv',
      abmaSchema.delta,
      rows.map((row) => row.delta),
    ),
    tableOf(
      'controls.csv',
      'control_id event_id symbol session_date tc baseline_rv baseline_volume rv_q vol_q event_rv_q event_vol_q match_tier',
      sampled.controls.map((control) => ({ ...control, tc: stampText(control.tc) })),
    ),
    tableOf(
      'events.csv',
      'event_id symbol session_date t0 window_end abma_def_version open_ts_utc close_ts_utc',
      events.map((event) => eventRow(event, version)),
    ),
  ];
}

function reportOf({ version, verdict }: AbmaStudy, runId: string, splits: ReturnType<typeof tableOf>): string {
  const checks = Object.entries(verdict.checks).map(([name, value]) => `${name}: ${value}`);
  const lines = [`run: ${runId}`, `definition: ${version}`, `accepted: ${verdict.accepted}`, ...checks];
  return summaryText('Order book after a boundary (phase 1)', lines, [['By year', splits]]);
}

function samplerOf({ sampled: { without } }: AbmaStudy) {
  const reasons = [...groupBy(without, ({ reason }) => reason)].map(([reason, rows]) => ({ reason, count: rows.length }));
  const sampler = { mode: 'deterministic_sorted_head', seed: null, no_controls_events: without.length };
  return reasons.length === 0 ? sampler : { ...sampler, no_controls_reasons: reasons };
}

/** The names of inputs without rows, if any; the reference ends with an error then. */
function missingOf(input: AbmaInput, version: AbmaVersion) {
  const names = ['trades', 'quotes', 'calendar', ...(version === 'v2_funding' ? (['funding'] as const) : [])] as (keyof AbmaInput)[];
  const missing = names.filter((name) => input[name].length === 0);
  return missing.length === 0 ? {} : { missing_inputs: missing };
}

function eventRow({ event_id, tape, session, t0 }: AbmaEvent, version: AbmaVersion) {
  return {
    event_id,
    symbol: tape.symbol,
    session_date: session.date,
    t0: stampText(t0),
    window_end: stampText(t0 + abmaDefinition.event_window_minutes * minuteMs),
    abma_def_version: version,
    open_ts_utc: stampText(session.open),
    close_ts_utc: stampText(session.close),
  };
}

function curveRows({ event, curves }: AbmaRow) {
  return curves.flatMap(({ control_id, curve }) =>
    Array.from(curve.isValid, (isValid, tau) => ({
      event_id: event.event_id,
      control_id,
      symbol: event.tape.symbol,
      session_date: event.session.date,
      anchor_kind: control_id === null ? 'event' : 'control',
      tau_s: tau,
      eff_spread: curve.effSpread[tau]!,
      micro_dev: curve.microDev[tau]!,
      is_valid: isValid === 1,
    })),
  );
}
