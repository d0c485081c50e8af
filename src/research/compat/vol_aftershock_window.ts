import { aftershockPart, type Window } from './lib/aftershocks.ts';
import * as tables from './lib/aftershockTables.ts';
import type { ReferenceAnalyzer, ReferenceOptions } from './lib/analyzer.ts';
import type { ReferenceFrame } from './lib/frame.ts';
import { type ReferenceFile, tableOf } from './lib/table.ts';
import { shockSeries } from './lib/volShock.ts';
import { windowFiles } from './lib/windowFiles.ts';

export interface AftershockOptions {
  /** Bars after the exit from which and up to which one more window reaches. */
  readonly windowStart: number;
  readonly windowEnd: number;
}

const id = 'vol_aftershock_window';
const defaults: AftershockOptions = { windowStart: 0, windowEnd: 96 };
const fixedWindows: readonly Window[] = [
  { x: 0, y: 48 },
  { x: 24, y: 96 },
  { x: 48, y: 144 },
];

const outcomes = 'secondary_shock_within time_to_secondary_shock realized_vol_mean range_expansion';
const events =
  'event_type parent_event_id symbol window_x window_y enter_ts start_idx end_idx year session prior_shock_severity_q parent_relax_duration ' +
  `parent_time_to_relax parent_rv_peak rv_rank ${outcomes}`;
const deltas = 'delta_secondary_shock delta_realized_vol_mean_96 delta_range_expansion_96';
/** Columns of the files, by part. */
const columns = {
  events,
  controls: `event_id symbol window_x window_y start_idx end_idx rv_rank ${outcomes}`,
  matched_deltas: `parent_event_id symbol window_x window_y ${deltas} year`,
  hazards: 'age at_risk hits hazard cohort',
  conditional_hazards: 'age at_risk hits hazard window_x window_y slice_type slice_value',
  phase_stability: `window_x window_y n ${deltas}`,
  sign_stability: 'window_x window_y year n sign_secondary sign_realized_vol sign_range_expansion',
  window_sensitivity:
    'window_x window_y n p_secondary_shock delta_realized_vol_mean p_secondary_monotone_non_decreasing delta_realized_vol_monotone_non_decreasing',
  placebo_deltas:
    `${events} source_parent_event_id placebo_secondary_shock_within placebo_realized_vol_mean placebo_range_expansion ` +
    'delta_secondary_vs_placebo delta_realized_vol_vs_placebo',
};

/**
 * The reference's search for a calm window after a shock. Four overlapping windows per shock count as independent (S-23), hazards keep everyone at
 * risk beyond the end of the window (S-16), and the note sets the best of the windows against a baseline of all of them (S-15).
 *
 * @source research specification 4.2
 */
export const volAftershockWindow: ReferenceAnalyzer<AftershockOptions> = { id, files };

function files(frames: readonly ReferenceFrame[], options: ReferenceOptions & Partial<AftershockOptions>): ReferenceFile[] {
  const { runId, windowStart, windowEnd, picks } = { ...defaults, ...options };
  const windows = sweepOf({ x: windowStart, y: windowEnd });
  const parts = frames.map((frame) => aftershockPart(shockSeries(frame), windows, picks));
  const [rows, matched, placebos] = [
    parts.flatMap((part) => part.events),
    parts.flatMap((part) => part.controls),
    parts.flatMap((part) => part.placebos),
  ];
  const controls = matched.filter((control) => control !== null);
  const differences = rows.map((event, i) => tables.aftershockDelta(event, matched[i]!));
  const table = (part: keyof typeof columns, records: readonly object[]) => tableOf(`${id}_${part}.csv`, columns[part], records);
  const outputs = {
    events: table('events', rows),
    controls: table('controls', controls),
    deltas: table('matched_deltas', differences),
    hazards: table('hazards', [...tables.cohortHazards(rows, 'events'), ...tables.cohortHazards(controls, 'controls')]),
    conditional_hazards: table('conditional_hazards', tables.conditionalHazards(rows)),
    phase_stability: table('phase_stability', tables.windowMeans(differences)),
    sign_stability: table('sign_stability', tables.windowSigns(differences)),
    window_sensitivity: table('window_sensitivity', tables.windowSensitivity(rows, differences)),
    placebo_deltas: table(
      'placebo_deltas',
      rows.map((event, i) => tables.placeboRow(event, placebos[i]!)),
    ),
    re_risk_note: { name: `${id}_re_risk_note.md`, text: `# Re-risk Defensibility Note\n\n${tables.reRiskNote(rows, placebos)}\n` },
  };
  return windowFiles({
    id,
    title: 'Window after a volatility shock (phase 1)',
    runId,
    window: { x: windowStart, y: windowEnd },
    events: rows.length,
    controls: controls.length,
    outputs,
    settings: { window_sweep: windows },
  });
}

/** The windows looked at: the fixed ones and the one asked for, in order, each once. */
function sweepOf(asked: Window): Window[] {
  const all = [...fixedWindows, asked].sort((a, b) => a.x - b.x || a.y - b.y);
  return all.filter(({ x, y }, i) => i === 0 || all[i - 1]!.x !== x || all[i - 1]!.y !== y);
}
