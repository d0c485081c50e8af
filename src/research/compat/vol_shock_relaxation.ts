import type { ReferenceAnalyzer, ReferenceOptions } from './lib/analyzer.ts';
import { eventColumns } from './lib/shockRows.ts';
import { shockStudyDefaults, type VolShockOptions, type VolShockStudy, volShockStudy } from './lib/shockStudy.ts';
import { hazardSums } from './lib/shockTables.ts';
import { summaryText } from './lib/summaryText.ts';
import { jsonFile, type ReferenceFile, reportPath, tableOf } from './lib/table.ts';
import { shockDefinition } from './lib/volShock.ts';

const id = 'vol_shock_relaxation';

/**
 * The reference's study of volatility shocks, with its weaknesses: thresholds of the whole sample (S-01), a key metric that cannot differ (S-04), gates
 * that do not ask for an effect (S-08), resampling as if events were independent (S-23).
 *
 * @source research specification 4.1
 */
export const volShockRelaxation: ReferenceAnalyzer<VolShockOptions> = {
  id,
  files: (frames, options) => volShockFiles(volShockStudy(frames, options), { ...shockStudyDefaults, ...options }),
};

/** The study laid out as the reference's files. */
function volShockFiles(study: VolShockStudy, { runId, timeframe }: VolShockOptions & ReferenceOptions): ReferenceFile[] {
  const table = (part: string, header: string, rows: readonly object[]) => tableOf(`${id}_${part}.csv`, header, rows);
  const parts = {
    events: table('events', `${eventColumns} tod_bucket vol_regime_q vol_regime bull_bear year time_to_range_expansion`, study.events),
    controls: table(
      'controls',
      'event_id control_idx relaxed_within_96 auc_excess_rv rv_decay_half_life secondary_shock_within_h time_to_secondary_shock range_pct_96 time_to_range_expansion',
      study.controls,
    ),
    hazards: table('hazards', 'age at_risk hits hazard hazard_control hazard_delta symbol outcome', study.hazards),
    hazard_auc: table('hazard_auc', 'symbol outcome auc_hazard auc_hazard_control auc_hazard_delta', hazardSums(study.hazards)),
    deltas: table('matched_deltas', 'split_name split_value metric n delta_mean delta_ci_low delta_ci_high status', study.deltas),
    phase: table('phase_stability', 'split status spread_t_rv_peak spread_t_half_life spread_t_relax fractional_stable', study.phase),
    sanity: table(
      'sanity',
      'symbol event_count median_time_to_relax median_duration min_duration max_duration cooldown_overlap_violations non_degenerate_count time_to_relax_in_bounds',
      study.sanity,
    ),
    sign: table('sign_stability', 'metric year_signs sign_flip', study.signs),
    thresholds: table(
      'thresholds',
      'symbol shock_quantile t_shock event_count min_events meets_min_events selected selected_quantile selected_t_shock selected_event_count',
      study.calibration,
    ),
  };
  const summary = {
    run_id: runId,
    timeframe,
    vsr_def_version: shockDefinition.version,
    decision: study.decision,
    phase1_structure_pass: study.gates.phase1_structure_pass,
    gates: study.gates,
    event_count: study.events.length,
    files: Object.fromEntries(Object.entries(parts).map(([key, { name }]) => [key, reportPath(id, runId, name)])),
  };
  const text = summaryText(
    'Volatility shock relaxation (phase 1)',
    [`run: ${runId}`, `decision: ${study.decision}`],
    [
      ['Thresholds', parts.thresholds],
      ['Sanity', parts.sanity],
      ['Matched differences', parts.deltas],
      ['Hazard sums', parts.hazard_auc],
      ['Phase stability', parts.phase],
      ['Sign stability', parts.sign],
    ],
  );
  return [...Object.values(parts), jsonFile(`${id}_summary.json`, summary), { name: `${id}_summary.md`, text }];
}
