import type { ReferenceAnalyzer, ReferenceOptions } from './lib/analyzer.ts';
import { bootstrapMean } from './lib/bootstrap.ts';
import type { ReferenceFrame } from './lib/frame.ts';
import { contribution, type PolicyAction, policyActions, type PolicyCase } from './lib/policyActions.ts';
import { policyCases } from './lib/policyCases.ts';
import { type PolicyCondition, policyConditions, type PolicyEvent } from './lib/policyConditions.ts';
import { type GateSettings, isAboveFriction, isExposureGuarded, isRegimeStable, type PolicyOutcome, yearlyStability } from './lib/policyGates.ts';
import { volShockStudy } from './lib/shockStudy.ts';
import type { ShockControl } from './lib/shockTables.ts';
import { meanOf } from './lib/sample.ts';
import { summaryText } from './lib/summaryText.ts';
import { jsonFile, type ReferenceFile, tableOf } from './lib/table.ts';

export interface Phase2Options extends GateSettings {
  readonly maxConditions: number;
  readonly maxActions: number;
  readonly bootstrapDraws: number;
  readonly seed: number;
  readonly opportunityHorizonBars: number;
  readonly minSampleSize: number;
  readonly requirePhase1Pass: boolean;
}

/** What phase 2 starts from. */
export interface Phase2Input {
  readonly events: readonly PolicyEvent[];
  /** Null: none were written, and events stand alone. */
  readonly controls: readonly ShockControl[] | null;
  /** Null: there is no summary. */
  readonly phase1: { readonly decision: string; readonly phase1_structure_pass: boolean } | null;
  /** Clean bars per symbol; none make the opportunity 0. */
  readonly bars: readonly ReferenceFrame[];
}

const eventType = 'vol_shock_relaxation';
const defaults: Phase2Options = {
  maxConditions: 20,
  maxActions: 9,
  bootstrapDraws: 1000,
  seed: 13,
  costFloor: 0.01,
  materialTailThreshold: 0.02,
  opportunityHorizonBars: 20,
  opportunityTightEps: 0.005,
  minSampleSize: 20,
  requirePhase1Pass: true,
};
const promotedAtMost = 2;

/** A condition with an action, scored. */
export interface Phase2Candidate {
  readonly condition: string;
  readonly condition_desc: string;
  readonly action: string;
  readonly action_family: string;
  readonly sample_size: number;
  readonly baseline_mode: string;
  readonly delta_adverse_mean: number;
  readonly delta_adverse_ci_low: number;
  readonly delta_adverse_ci_high: number;
  readonly delta_opportunity_mean: number;
  readonly delta_opportunity_ci_low: number;
  readonly delta_opportunity_ci_high: number;
  readonly delta_exposure_mean: number;
  readonly gate_a_ci_separated: boolean;
  readonly gate_b_time_stable: boolean;
  readonly gate_b_year_signs: string;
  readonly gate_c_regime_stable: boolean;
  readonly gate_d_friction_floor: boolean;
  readonly gate_f_exposure_guard: boolean;
  readonly gate_e_simplicity: boolean;
  readonly gate_pass: boolean;
  readonly gate_all: boolean;
  readonly fail_reasons: string;
}

const candidateColumns =
  'condition condition_desc action action_family sample_size baseline_mode delta_adverse_mean delta_adverse_ci_low delta_adverse_ci_high ' +
  'delta_opportunity_mean delta_opportunity_ci_low delta_opportunity_ci_high delta_exposure_mean gate_a_ci_separated gate_b_time_stable ' +
  'gate_b_year_signs gate_c_regime_stable gate_d_friction_floor gate_f_exposure_guard gate_e_simplicity gate_pass gate_all fail_reasons';

/**
 * The reference's second phase over its volatility shocks: conditions x actions by proxies that cannot speak against an action (S-20), with nothing
 * adjusted for their number (S-22). On pure noise it promotes two candidates every time (research specification, Appendix C).
 *
 * @source research specification 6
 */
export const phase2: ReferenceAnalyzer<Phase2Options> = {
  id: 'phase2',
  files: (frames, options) => {
    const { events, controls, decision, gates } = volShockStudy(frames, { runId: options.runId, picks: options.picks });
    return phase2Files({ events, controls, phase1: { decision, ...gates }, bars: frames }, options);
  },
};

/** Phase 2 on events that were found elsewhere. */
export function phase2Files(input: Phase2Input, options: ReferenceOptions & Partial<Phase2Options>): ReferenceFile[] {
  const settings = { ...defaults, ...options };
  const conditions = policyConditions(input.events);
  const caps = {
    max_conditions: settings.maxConditions,
    max_actions: settings.maxActions,
    condition_cap_pass: conditions.length <= settings.maxConditions,
    action_cap_pass: policyActions.length <= settings.maxActions,
  };
  const isSimple = caps.condition_cap_pass && caps.action_cap_pass;
  const tried = { conditions: conditions.slice(0, settings.maxConditions), actions: policyActions.slice(0, settings.maxActions) };
  const phase1 = phase1Of(input, settings);
  const candidates = phase1.phase1_pass ? scoreAll(input, { settings, isSimple, ...tried }) : [];
  const promoted = candidates
    .filter(({ gate_all }) => gate_all)
    .sort((a, b) => a.delta_adverse_mean - b.delta_adverse_mean || b.delta_opportunity_mean - a.delta_opportunity_mean)
    .slice(0, promotedAtMost);
  const head = { run_id: settings.runId, event_type: eventType };
  const table = tableOf('phase2_candidates.csv', candidateColumns, candidates);
  const decision = phase1.phase1_pass && promoted.length > 0 ? 'promote' : 'freeze';
  return [
    table,
    jsonFile('promoted_candidates.json', { ...head, decision, ...phase1, promoted_count: promoted.length, candidates: promoted }),
    jsonFile('phase2_manifests.json', {
      ...head,
      ...phase1,
      conditions_generated: conditions.length,
      actions_generated: policyActions.length,
      conditions_evaluated: tried.conditions.length,
      actions_evaluated: tried.actions.length,
      candidates_evaluated: candidates.length,
      caps: { ...caps, simplicity_gate_pass: isSimple },
      opportunity: { horizon_bars: settings.opportunityHorizonBars, tight_ci_eps: settings.opportunityTightEps },
    }),
    { name: 'phase2_summary.md', text: summaryOf(candidates, promoted, { runId: settings.runId, decision }) },
  ];
}

/** Every condition with every action, where the condition holds for enough events. */
function scoreAll(
  input: Phase2Input,
  { settings, ...tried }: { settings: Phase2Options; isSimple: boolean; conditions: readonly PolicyCondition[]; actions: readonly PolicyAction[] },
): Phase2Candidate[] {
  const { baseline, cases } = policyCases(input.events, input.controls, { bars: input.bars, horizonBars: settings.opportunityHorizonBars });
  return tried.conditions.flatMap((condition) => {
    const own = cases.filter(({ event }) => condition.holds(event));
    if (own.length < settings.minSampleSize) return [];
    return tried.actions.map((action) => score(own, { condition, action, baseline, settings, isSimple: tried.isSimple }));
  });
}

function score(
  cases: readonly PolicyCase[],
  {
    condition,
    action,
    baseline,
    settings,
    isSimple,
  }: { condition: PolicyCondition; action: PolicyAction; baseline: string; settings: Phase2Options; isSimple: boolean },
): Phase2Candidate {
  const outcomes: PolicyOutcome[] = cases.map((one) => ({ case: one, delta: contribution(action, one) }));
  const estimate = (part: 'adverse' | 'opportunity') =>
    bootstrapMean(
      outcomes.map(({ delta }) => delta[part]),
      { draws: settings.bootstrapDraws, stream: `seed=${settings.seed}/reference-policy/${condition.name}/${action.name}/${part}` },
    );
  const [adverse, opportunity] = [estimate('adverse'), estimate('opportunity')];
  const exposure = meanOf(outcomes.map(({ delta }) => delta.exposure));
  const yearly = yearlyStability(outcomes);
  const gates = {
    gate_a_ci: adverse.high < 0,
    gate_b_time: yearly.isStable,
    gate_c_regime: isRegimeStable(outcomes, condition),
    gate_d_friction: isAboveFriction(adverse.mean, settings),
    gate_f_exposure_guard: isExposureGuarded(exposure, opportunity, settings),
    gate_e_simplicity: isSimple,
  };
  const failed = Object.entries(gates).flatMap(([name, passes]) => (passes ? [] : [name]));
  return {
    condition: condition.name,
    condition_desc: condition.text,
    action: action.name,
    action_family: action.family,
    sample_size: cases.length,
    baseline_mode: baseline,
    delta_adverse_mean: adverse.mean,
    delta_adverse_ci_low: adverse.low,
    delta_adverse_ci_high: adverse.high,
    delta_opportunity_mean: opportunity.mean,
    delta_opportunity_ci_low: opportunity.low,
    delta_opportunity_ci_high: opportunity.high,
    delta_exposure_mean: exposure,
    gate_a_ci_separated: gates.gate_a_ci,
    gate_b_time_stable: gates.gate_b_time,
    gate_b_year_signs: yearly.signs,
    gate_c_regime_stable: gates.gate_c_regime,
    gate_d_friction_floor: gates.gate_d_friction,
    gate_f_exposure_guard: gates.gate_f_exposure_guard,
    gate_e_simplicity: gates.gate_e_simplicity,
    gate_pass: failed.length === 0,
    gate_all: failed.length === 0,
    fail_reasons: failed.join(','),
  };
}

/** Whether phase 1 lets phase 2 look; unasked, it counts as passed. Its own decision to freeze is not asked (S-08). */
function phase1Of({ phase1 }: Phase2Input, { requirePhase1Pass }: Phase2Options) {
  const passes = !requirePhase1Pass || phase1?.phase1_structure_pass === true;
  const decision = requirePhase1Pass ? (phase1?.decision ?? 'missing_summary') : 'unknown';
  return { phase1_pass: passes, phase1_structure_pass: passes, phase1_decision: decision };
}

function summaryOf(
  candidates: readonly Phase2Candidate[],
  promoted: readonly Phase2Candidate[],
  { runId, decision }: { runId: string; decision: string },
): string {
  const failed = candidates.filter(({ gate_all }) => !gate_all);
  const lowest = [...candidates].sort((a, b) => a.delta_adverse_mean - b.delta_adverse_mean).slice(0, 3);
  const lines = [`run: ${runId}`, `decision: ${decision}`, `candidates: ${candidates.length}`, `passing: ${candidates.length - failed.length}`];
  const table = (rows: readonly Phase2Candidate[]) =>
    tableOf('', 'condition action sample_size delta_adverse_mean delta_exposure_mean fail_reasons', rows);
  return summaryText('Conditional hypotheses (phase 2)', lines, [
    ['Most negative', table(lowest)],
    ['First failures', table(failed.slice(0, 10))],
    ['Promoted', table(promoted)],
  ]);
}
