import { tallyTrials, type TrialCount, defaultHypothesis } from '../ledger/trials.ts';
import type { TrialsBody } from '../ledger/entry.ts';
import type { ExperimentRecord, GovernanceState, HoldoutOpening, HypothesisRecord, HypothesisState, Marked } from './state.ts';

/** The figure of merit that backtests are recorded with. */
export const sharpeMetric = 'sharpe_daily';

/** A hypothesis and all it descends from: what it inherits trials and openings of. */
export function lineageOf(state: GovernanceState, hypothesis: string): Set<string> {
  const found = new Set<string>();
  const visit = (id: string) => {
    if (found.has(id)) return;
    found.add(id);
    for (const parent of state.hypotheses.get(id)?.terms?.parents ?? []) visit(parent);
  };
  visit(hypothesis);
  return found;
}

/** Hypotheses that are judged together: those of one family, and the lineage. */
export function familyOf(state: GovernanceState, hypothesis: string): Set<string> {
  const own = state.hypotheses.get(hypothesis)?.terms?.family;
  const found = lineageOf(state, hypothesis);
  for (const { id, terms } of state.hypotheses.values()) if (own !== undefined && terms?.family === own) found.add(id);
  return found;
}

/** Trials that were spent under hypotheses: recorded under their names, or made by runs that were attached to them. */
export function spentTrials(state: GovernanceState, hypotheses: ReadonlySet<string>): Marked<TrialsBody>[] {
  const digests = new Set<string>();
  for (const { hypothesis, attached } of state.experiments.values())
    if (hypotheses.has(hypothesis)) for (const { body } of attached) for (const digest of body.trials) digests.add(digest);
  for (const { hypothesis, evidence } of state.subjects.values())
    if (hypothesis !== null && hypotheses.has(hypothesis)) for (const { body } of evidence) for (const digest of body.trials) digests.add(digest);
  return state.trials.filter(({ body }) => hypotheses.has(body.hypothesis) || digests.has(body.digest));
}

/**
 * Everything that a result of a hypothesis may have been chosen from: the trials of its family, and backtests of its subjects' strategies
 * or with its overlays that were made under no hypothesis. Abandoned experiments are in it.
 */
export function familyTrials(state: GovernanceState, hypothesis: string): Marked<TrialsBody>[] {
  const family = familyOf(state, hypothesis);
  const strategies = new Set<string>();
  const overlays = new Set<string>();
  for (const { ref, hypothesis: tested, strategies: own } of state.subjects.values()) {
    if (tested === null || !family.has(tested)) continue;
    for (const id of own) strategies.add(id);
    if (ref.kind === 'overlay') overlays.add(ref.id);
  }
  const spent = new Set(spentTrials(state, family));
  const isLoose = ({ hypothesis: named, subject, overlays: used = [] }: TrialsBody) =>
    named === defaultHypothesis && (strategies.has(subject) || used.some((name) => overlays.has(name)));
  return state.trials.filter((trial) => spent.has(trial) || isLoose(trial.body));
}

/** How much of its budget a hypothesis has spent, what it inherits included. */
export function budgetSpent(state: GovernanceState, hypothesis: string): TrialCount {
  return tallyTrials(hypothesis, spentTrials(state, lineageOf(state, hypothesis)));
}

/** Trials of the runs of one experiment, each once. */
export function experimentSpent(state: GovernanceState, { id, attached }: ExperimentRecord): TrialCount {
  const digests = new Set(attached.flatMap(({ body }) => body.trials));
  return tallyTrials(
    id,
    state.trials.filter(({ body }) => digests.has(body.digest)),
  );
}

/** How many trials a family has, with their Sharpe ratios. */
export function familyCount(state: GovernanceState, hypothesis: string): TrialCount {
  return tallyTrials(state.hypotheses.get(hypothesis)?.terms?.family ?? hypothesis, familyTrials(state, hypothesis), sharpeMetric);
}

/**
 * Runs that looked at the sealed days of a hypothesis, in order, each once: those that said so, and backtests and sweeps whose window
 * reaches into them.
 */
export function holdoutOpenings(state: GovernanceState, hypothesis: string): HoldoutOpening[] {
  const lineage = lineageOf(state, hypothesis);
  const said = state.holdouts.filter((opening) => lineage.has(opening.hypothesis));
  const sealed = state.hypotheses.get(hypothesis)?.terms?.holdout;
  const looked =
    sealed === undefined
      ? []
      : familyTrials(state, hypothesis)
          .filter(({ body }) => ['backtest', 'sweep'].includes(body.kind) && body.window.start <= sealed.end && body.window.end >= sealed.start)
          .map(({ seq, at, body }) => ({ seq, at, hypothesis, subject: body.subject, run_id: body.run_id }));
  const byRun = new Map<string, HoldoutOpening>();
  for (const opening of [...said, ...looked].sort((a, b) => a.seq - b.seq)) if (!byRun.has(opening.run_id)) byRun.set(opening.run_id, opening);
  return [...byRun.values()];
}

/** How far a hypothesis is. */
export function hypothesisState(state: GovernanceState, record: HypothesisRecord): HypothesisState {
  if (record.closed !== null) return record.closed.outcome;
  const hasBegun = [...state.experiments.values()].some(({ hypothesis, attached }) => hypothesis === record.id && attached.length > 0);
  return hasBegun || spentTrials(state, new Set([record.id])).length > 0 ? 'TESTING' : 'REGISTERED';
}

/** How far an experiment is. */
export function experimentState({ attached, closed }: ExperimentRecord): 'PLANNED' | 'RUNNING' | 'COMPLETE' | 'ABANDONED' {
  return closed?.outcome ?? (attached.length === 0 ? 'PLANNED' : 'RUNNING');
}
