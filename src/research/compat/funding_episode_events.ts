import type { ReferenceAnalyzer, ReferenceOptions } from './lib/analyzer.ts';
import type { ReferenceFrame } from './lib/frame.ts';
import { fundingBars, fundingDefaults, type FundingSettings, fundingTriggers, fundingTypes } from './lib/fundingBars.ts';
import {
  areaIntervals,
  hazardAreas,
  hazardColumns,
  hazardCurves,
  hazardPhases,
  hazardShapes,
  hazardSummary,
  phaseColumns,
} from './lib/fundingHazards.ts';
import { fundingInteractions, fundingTransitions } from './lib/fundingModels.ts';
import { drawFundingControls, fundingPools, fundingRow } from './lib/fundingRows.ts';
import {
  fundingBaselines,
  fundingBySymbol,
  fundingPooled,
  type FundingSample,
  fundingStatistics,
  fundingSteps,
  sliceOf,
} from './lib/fundingTables.ts';
import { summaryText } from './lib/summaryText.ts';
import { jsonFile, type ReferenceFile, tableOf } from './lib/table.ts';

const id = 'funding_episode_events';

/**
 * The reference's study of funding episodes: thresholds of the whole sample (S-01), a default rate that ranks as extreme (S-13), an event type that
 * never happens and is reported as probability 0 (S-14), shape flags without controls (S-07). It has labels and no verdict.
 *
 * @source research specification 4.8
 */
export const fundingEpisodeEvents: ReferenceAnalyzer<FundingSettings> = { id, files };

function files(frames: readonly ReferenceFrame[], options: ReferenceOptions & Partial<FundingSettings>): ReferenceFile[] {
  const { runId, picks, ...given } = options;
  const settings = { ...fundingDefaults, ...given };
  const symbols = frames.map((frame) => frame.symbol);
  const series = frames.map((frame) => fundingBars(frame, settings));
  const samples = series.map((bars) => fundingSample(bars, settings, picks));
  const sample = { events: samples.flatMap(({ events }) => events), controls: samples.flatMap(({ controls }) => controls) };
  const persistence = sliceOf(sample, (row) => row.event_type === 'funding_persistence_window');
  const curves = hazardCurves(sample, symbols, settings);
  const summaries = curves.map((curve) => hazardSummary(curve, settings));
  const areas = hazardAreas(curves, settings);
  const transitions = fundingTransitions(persistence, symbols, settings);
  const bySymbol = fundingBySymbol(symbols, sample.events);
  const found = {
    by_symbol: bySymbol,
    pooled: fundingPooled(bySymbol),
    matched_baseline_comparison: fundingBaselines(symbols, sample),
    persistence_transition_model: transitions,
    persistence_transition_splits: transitions.filter((row) => row.split_name !== 'pooled'),
    persistence_interaction_stability: fundingInteractions(persistence, settings),
    hazard_summary: summaries,
    hazard_shape_consistency: hazardShapes(summaries),
    hazard_auc: areas,
    hazard_auc_intervals: areaIntervals(areas, settings),
    phase_stability: hazardPhases(summaries, settings),
    acceleration_diagnostic: fundingSteps(series, settings),
  };
  const thresholds = series.map(({ frame, burstLevel }) => ({ symbol: frame.symbol, vol_burst_threshold: burstLevel }));
  const tables = tablesOf(
    found,
    curves.flatMap(({ rows }) => rows),
  );
  const report = { run_id: runId, symbols, config: settings, thresholds, ...found, events: sample.events, controls: sample.controls };
  return [jsonFile(`${id}.json`, { ...report, hazards: curves.flatMap(({ rows }) => rows) }), markdown(runId, found, tables), ...tables];
}

/** Events of every type in one symbol, with their controls. */
function fundingSample(bars: Parameters<typeof fundingRow>[0], settings: FundingSettings, picks: ReferenceOptions['picks']): FundingSample {
  const triggers = fundingTypes.flatMap((type) => fundingTriggers(bars, type, settings).map((bar) => ({ type, bar })));
  const poolOf = fundingPools(
    bars,
    triggers.map(({ bar }) => bar),
    settings,
  );
  const draw = { wanted: settings.baselineSamplesPerEvent, seed: settings.baselineSeed, picks };
  return {
    events: triggers.map(({ type, bar }) => fundingRow(bars, bar, { type, settings })),
    controls: triggers.flatMap(({ type, bar }) =>
      drawFundingControls(`${type}_${bars.frame.symbol}_${bar}`, poolOf(bar), draw).map((drawn) => ({
        for_event_idx: bar,
        ...fundingRow(bars, drawn, { type, settings }),
      })),
    ),
  };
}

type Found = Readonly<Record<string, readonly object[]>>;

function tablesOf(found: Found, hazards: readonly object[]) {
  const model = 'split_name split_value outcome event_n baseline_n event_value baseline_value delta delta_ci_low delta_ci_high status';
  return [
    tableOf('funding_persistence_transition_model.csv', model, found['persistence_transition_model']!),
    tableOf(
      'funding_persistence_interaction_stability.csv',
      'event_type outcome term full_coef full_sign years_used year_signs stable_sign_over_years status',
      found['persistence_interaction_stability']!,
    ),
    tableOf('funding_episode_hazards.csv', hazardColumns, hazards),
    tableOf(
      'funding_episode_hazard_auc.csv',
      'event_type split_name split_value event_n vol_auc_delta liq_auc_delta t_vol_peak t_liq_peak t_crossover',
      found['hazard_auc']!,
    ),
    tableOf('funding_episode_phase_stability.csv', phaseColumns, found['phase_stability']!),
    tableOf(
      'funding_acceleration_diagnostic.csv',
      'symbol funding_event_count delta_q95 delta_q99 delta_q995 accel_quantile threshold persistence_intervals runs',
      found['acceleration_diagnostic']!,
    ),
  ];
}

function markdown(runId: string, found: Found, [model, interactions, , areas, phases, steps]: ReturnType<typeof tablesOf>) {
  const text = summaryText(
    'Funding episodes (phase 1)',
    [`run: ${runId}`, 'labels only; no verdict'],
    [
      ['Events by symbol', tableOf('by_symbol', `symbol event_type event_count ${fundingStatistics}`, found['by_symbol']!)],
      ['Transition model', model!],
      ['Interactions', interactions!],
      ['Hazard areas', areas!],
      ['Phase boundaries', phases!],
      ['Steps of the rate', steps!],
    ],
  );
  return { name: `${id}.md`, text };
}
