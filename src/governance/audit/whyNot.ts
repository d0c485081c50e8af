import type { ExperimentRecord, GovernanceState } from '../lifecycle/state.ts';
import type { PromotionEvaluation } from '../promotion/evaluatePromotion.ts';
import { requiredRoles } from '../promotion/guards.ts';
import type { PromotionCase } from '../promotion/promotionCase.ts';
import type { EvidenceRole, PromotionResult } from '../records.ts';

/** A reason that has to be dealt with, and what would do. */
export interface Blocker {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** What fails only because something else does: code, and the codes that explain it. */
const consequences: Readonly<Record<string, readonly string[]>> = {
  HYP_AFTER_RUN: ['HYP_NOT_REGISTERED'],
  TRIAL_BUDGET_EXCEEDED: ['HYP_NOT_REGISTERED'],
  HOLDOUT_FAILED: ['HYP_NOT_REGISTERED', 'HOLDOUT_REUSED'],
  DIGEST_DRIFT: ['SPEC_NOT_REGISTERED'],
  OVERLAY_NOT_BINDING: ['EVIDENCE_INCOMPLETE'],
};

const remedies: Readonly<Record<string, string>> = {
  SPEC_NOT_REGISTERED: 'register the document (`backtest overlays|edges|portfolio register ID`)',
  DIGEST_DRIFT: 'give the edited document the next version and register that',
  HYP_NOT_REGISTERED: 'write the hypothesis and register it (`backtest hypotheses register ID`)',
  HYP_AFTER_RUN: 'register a child hypothesis and run again: what was seen before counts against it as trials',
  CONDITION_NOT_CAUSAL: 'let the condition read only what is known at its bar',
  ACTION_NOT_EXECUTABLE: 'give the document a rule that the engine runs',
  SIGNALS_MISMATCH: 'list exactly the columns that the strategy reads',
  SPEC_INVALID: 'correct the document; lint names the places',
  DIGEST_MISMATCH: 'put the files back from a copy, or make the run again with --force and verify',
  EVIDENCE_UNVERIFIED: 'restore what is missing, or attach a fresh run in the same role',
  ACCOUNTING_NOT_EVIDENCE: 'run with an accounting that the policy accepts',
  TRUST_TOO_LOW: 'decide the step to CANDIDATE first, then run',
  POLICY_NOT_PLANNED: 'judge by the policy that the experiment fixed (--policy), as it was then',
  STUDY_NOT_PASSED: 'the study has to pass; a run of it that does not is no evidence',
  TRIAL_BUDGET_EXCEEDED: 'the budget is spent: only a child hypothesis with a larger one, which inherits the trials, can go on',
  OVERLAY_NOT_BINDING: 'an overlay that changes nothing cannot be approved',
  EDGE_NOT_READY: 'promote its edges first; `backtest audit why-not edge:ID` names what each of them needs',
  HOLDOUT_REUSED: 'only days that came later can be sealed again: those of a child hypothesis, or at the end of a portfolio’s next version',
  HOLDOUT_FAILED: 'open the holdout once: with a run over exactly its days, or of a portfolio with --open-holdout ID',
  LOOK_AHEAD_FOUND: 'let every column and rule read only what is known at its bar; `backtest strategies check ID` shows where',
  WARM_UP_TOO_SHORT: 'declare the bars that the feature needs; `backtest strategies check ID` names it',
  CODE_DRIFT: 'run the evidence again with the code of today',
  TRANSITION_NOT_ALLOWED: 'take the steps in order',
};

/**
 * The smallest set of failing results that stands between a subject and a state: what fails only because of another one is left out.
 *
 * @source governance specification 17.9
 */
export function whyNot(given: PromotionCase, { failed, results }: PromotionEvaluation): Blocker[] {
  const absent = new Set(requiredRoles(given).filter((role) => !given.evidence.some(({ evidence }) => evidence.role === role)));
  const roleOf = new Map([...given.policy.gates, ...given.facts.limits].map(({ code, role }) => [code, role]));
  const isConsequence = ({ code, evidence }: PromotionResult): boolean => {
    if ((consequences[code] ?? []).some((cause) => failed.includes(cause))) return true;
    const role = roleOf.get(code);
    if (role !== undefined && absent.has(role)) return true;
    const piece = given.evidence.find((candidate) => candidate.evidence.id === evidence);
    return role !== undefined && piece !== undefined && piece.health !== 'VERIFIED';
  };
  const causes = results.filter((result) => result.pass === false && !isConsequence(result));
  return causes.map(({ code, message }) => ({ code, message, remedy: remedyOf(given, code, [...absent]) }));
}

function remedyOf({ state, facts, subject }: PromotionCase, code: string, absent: readonly EvidenceRole[]): string {
  if (code === 'EVIDENCE_INCOMPLETE' && subject.kind === 'portfolio') return absent.map((role) => judgedRun(subject.id, role)).join('; ');
  if (code === 'EVIDENCE_INCOMPLETE') return absent.map((role) => runFor(state, facts.hypothesis, role)).join('; ');
  return remedies[code] ?? 'the numbers decide; another result is another trial';
}

/** The run that would give evidence of a portfolio in a role. */
function judgedRun(id: string, role: EvidenceRole): string {
  const opening = role === 'holdout' ? ` --open-holdout ${id}, once it is VALIDATED` : '';
  return `${role}: run with --portfolio-spec ${id} --validate-portfolio${opening}, and attach that`;
}

/** The planned run that would give evidence in a role. */
function runFor(state: GovernanceState, hypothesis: string | null, role: EvidenceRole): string {
  const open = [...state.experiments.values()].filter((experiment) => experiment.hypothesis === hypothesis && experiment.closed === null);
  for (const experiment of open) {
    const planned = experiment.runs.find((run) => run.role === role && !isDone(experiment, run.key));
    if (planned !== undefined) return `${role}: run ${planned.key} of experiment ${experiment.id}`;
    const done = experiment.attached.find(({ body }) => experiment.runs.some(({ key, role: own }) => key === body.planned_key && own === role));
    if (done !== undefined) return `${role}: attach run ${done.body.run_id} of experiment ${experiment.id} as evidence`;
  }
  return `${role}: no open experiment plans such a run`;
}

function isDone({ attached }: ExperimentRecord, key: string): boolean {
  return attached.some(({ body }) => body.planned_key === key);
}
