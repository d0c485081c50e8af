import type { ReferenceOptions } from './analyzer.ts';
import { drawControls } from './draw.ts';
import { hourOf, type ReferenceFrame, yearOf } from './frame.ts';
import { hazardTable } from './hazard.ts';
import { fullWindowMean } from './rolling.ts';
import { firstComeQuartiles, groupBy, medianOf } from './sample.ts';
import { type CalibrationRow, calibrateShocks } from './shockCalibration.ts';
import { controlOutcomes, shockEvent } from './shockRows.ts';
import * as tables from './shockTables.ts';
import { detectShocks, quietBars, shockDefinition, type ShockSeries, shockSeries } from './volShock.ts';

export interface VolShockOptions {
  readonly timeframe: string;
  /** Controls per event. */
  readonly controls: number;
  readonly bootstrapDraws: number;
  readonly seed: number;
  readonly phaseToleranceBars: number;
  readonly shockQuantiles: readonly number[];
  readonly minEvents: number;
}

/** Everything the analyzer finds out, before it is laid out as files. */
export interface VolShockStudy {
  readonly calibration: readonly CalibrationRow[];
  readonly events: readonly tables.TaggedShock[];
  readonly controls: readonly tables.ShockControl[];
  readonly hazards: readonly tables.ComparedHazard[];
  readonly deltas: readonly tables.DeltaRow[];
  readonly phase: readonly tables.PhaseRow[];
  readonly signs: readonly tables.SignRow[];
  readonly sanity: readonly tables.SanityRow[];
  readonly decision: 'promote' | 'freeze';
  readonly gates: Readonly<Record<'stable_ci' | 'phase_pass' | 'sign_pass' | 'non_degenerate_count' | 'phase1_structure_pass', boolean>>;
}

/** The reference's command line. */
export const shockStudyDefaults: VolShockOptions = {
  timeframe: '15m',
  controls: 5,
  bootstrapDraws: 1000,
  seed: 7,
  phaseToleranceBars: 16,
  shockQuantiles: [0.95, 0.97, 0.98, 0.99, 0.995],
  minEvents: 50,
};

/**
 * Shocks, controls, differences and gates of all symbols.
 *
 * @param frames  one per symbol, in the order of the symbols
 * @param options those not given are the reference's defaults
 * @source research specification 4.1
 */
export function volShockStudy(frames: readonly ReferenceFrame[], options: ReferenceOptions & Partial<VolShockOptions>): VolShockStudy {
  const settings = { ...shockStudyDefaults, ...options };
  const parts = frames.map((frame) => symbolPart(shockSeries(frame), settings));
  const events = parts.flatMap((part) => part.events);
  const controls = parts.flatMap((part) => part.controls);
  const eventDeltas = controls.length === 0 ? [] : tables.shockDeltas(events, controls);
  const deltas = tables.deltaTable(eventDeltas, { draws: settings.bootstrapDraws, seed: settings.seed });
  const phase = tables.phaseTable(events, settings.phaseToleranceBars);
  const signs = tables.signTable(eventDeltas);
  const sanity = tables.sanityTable(events);
  const gates = gatesOf({ deltas, phase, signs, sanity });
  return {
    calibration: parts.flatMap((part) => part.calibration),
    events,
    controls,
    hazards: parts.flatMap((part) => part.hazards),
    deltas,
    phase,
    signs,
    sanity,
    decision: gates.stable_ci && gates.phase_pass && gates.sign_pass ? 'promote' : 'freeze',
    gates,
  };
}

/** One symbol: threshold, events with their tags, controls, hazards. */
function symbolPart(series: ShockSeries, settings: VolShockOptions & ReferenceOptions) {
  const calibration = calibrateShocks(series, { quantiles: settings.shockQuantiles, minEvents: settings.minEvents });
  const threshold = calibration[0]!.selected_t_shock;
  const shocks = detectShocks(series, threshold);
  const tags = tagsOf(series);
  const events = shocks.map((shock, place) => ({ ...shockEvent(series, threshold, { shock, place }), ...tags.at(shock.enter) }));
  const quiet = quietBars(series, threshold, shocks);
  const stratumOf = (bar: number) => `${tags.at(bar).tod_bucket}/${tags.at(bar).vol_regime_q}`;
  const strata = groupBy(quiet, stratumOf);
  const controls = events.flatMap((event) =>
    drawControls(event.event_id, strata.get(stratumOf(event.enter_idx)) ?? quiet, { wanted: settings.controls, ...settings }).map((bar) => ({
      event_id: event.event_id,
      control_idx: bar,
      ...controlOutcomes(series, threshold, { bar, duration: event.duration_bars }),
    })),
  );
  const hazards =
    controls.length === 0
      ? []
      : [
          ...compareHazards(events, controls, { outcome: 'secondary_shock', time: 'time_to_secondary_shock' }),
          ...compareHazards(events, controls, { outcome: 'range_expansion', time: 'time_to_range_expansion' }),
        ];
  return { calibration, events, controls, hazards };
}

/** Hazards of events of one symbol beside those of their controls; for the difference a missing hazard counts as 0. */
function compareHazards(
  events: readonly tables.TaggedShock[],
  controls: readonly tables.ShockControl[],
  { outcome, time }: { outcome: string; time: 'time_to_secondary_shock' | 'time_to_range_expansion' },
): tables.ComparedHazard[] {
  const [own, theirs] = [events, controls].map((rows) =>
    hazardTable(
      rows.map((row) => row[time]),
      shockDefinition.horizonBars,
    ),
  );
  return own!.map((row, i) => {
    const control = theirs![i]!.hazard;
    return { ...row, hazard_control: control, hazard_delta: (row.hazard || 0) - (control || 0), symbol: events[0]!.symbol, outcome };
  });
}

/** What the market was like on a bar, by statistics of the whole sample (S-01). */
function tagsOf({ frame, base, close }: ShockSeries) {
  const quartile = firstComeQuartiles(base);
  const median = medianOf(base);
  const average = fullWindowMean(close, 96);
  return {
    at: (bar: number) => ({
      tod_bucket: hourOf(frame.openTime[bar]!),
      vol_regime_q: quartile[bar]!,
      vol_regime: base[bar]! >= median ? 'high' : 'low',
      bull_bear: close[bar]! / average[bar]! - 1 >= 0 ? 'bull' : 'bear',
      year: yearOf(frame.openTime[bar]!),
    }),
  };
}

function gatesOf({ deltas, phase, signs, sanity }: Pick<VolShockStudy, 'deltas' | 'phase' | 'signs' | 'sanity'>): VolShockStudy['gates'] {
  const stable = tables.keyMetrics.every((metric) => {
    const statuses = new Set(deltas.filter((row) => row.metric === metric && row.split_name !== 'all').map(({ status }) => status));
    return statuses.size === 1 && !statuses.has('includes_zero');
  });
  const gates = {
    stable_ci: stable,
    phase_pass: phase.length > 0 && phase.every(({ status }) => status === 'pass'),
    sign_pass: signs.every(({ sign_flip }) => !sign_flip),
    non_degenerate_count: sanity.length > 0 && sanity.every((row) => row.non_degenerate_count),
  };
  return { ...gates, phase1_structure_pass: gates.phase_pass && gates.sign_pass && gates.non_degenerate_count };
}
