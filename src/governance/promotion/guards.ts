import { specDigest } from '../documents/digest.ts';
import { budgetSpent, experimentSpent, holdoutOpenings, lineageOf } from '../lifecycle/families.ts';
import { findSubject, type GovernanceState, subjectKey } from '../lifecycle/state.ts';
import type { PromotedState } from '../lifecycle/states.ts';
import { type EvidenceRole, trustLevels } from '../records.ts';
import { valueOf } from './ledgerMetrics.ts';
import { edgesAreReady, sealedDaysAreNew, sealedDaysWereOpened } from './portfolioGuards.ts';
import type { Answer, Certificate, CheckedEvidence, PromotionCase } from './promotionCase.ts';

/** A condition that is no number of an artifact. Its code says what fails. */
export interface Guard {
  readonly code: string;
  /** The first state that asks for it; later ones ask as well. */
  readonly from: PromotedState;
  readonly isAsked?: (given: PromotionCase) => boolean;
  readonly answer: (given: PromotionCase) => Answer;
}

/** Roles of runs that use the subject itself. */
export const usingRoles: readonly EvidenceRole[] = ['validation', 'holdout', 'survivability', 'stress', 'placebo'];

const hasHypothesis = ({ subject }: PromotionCase) => subject.kind !== 'portfolio';
const isPortfolio = ({ subject }: PromotionCase) => subject.kind === 'portfolio';

/**
 * Every guard, in the order in which a subject meets them.
 *
 * @source governance specification 17.4; statistics specification 15
 */
export const guards: readonly Guard[] = [
  { code: 'SPEC_NOT_REGISTERED', from: 'CANDIDATE', answer: isRegistered },
  { code: 'HYP_NOT_REGISTERED', from: 'CANDIDATE', isAsked: hasHypothesis, answer: hasRegisteredHypothesis },
  { code: 'HYP_AFTER_RUN', from: 'CANDIDATE', isAsked: hasHypothesis, answer: precedesItsRuns },
  ...['ACTION_NOT_EXECUTABLE', 'CONDITION_NOT_CAUSAL', 'SIGNALS_MISMATCH'].map((code): Guard => ({
    code,
    from: 'CANDIDATE',
    answer: ({ facts }) => documentIs(facts.problems.filter((problem) => problem.code === code)),
  })),
  {
    code: 'SPEC_INVALID',
    from: 'CANDIDATE',
    answer: ({ facts }) =>
      documentIs(facts.problems.filter(({ code }) => !['ACTION_NOT_EXECUTABLE', 'CONDITION_NOT_CAUSAL', 'SIGNALS_MISMATCH'].includes(code))),
  },
  { code: 'EVIDENCE_INCOMPLETE', from: 'CANDIDATE', answer: hasRequiredRoles },
  { code: 'DIGEST_MISMATCH', from: 'CANDIDATE', answer: ({ evidence }) => allVerified(evidence, true) },
  { code: 'EVIDENCE_UNVERIFIED', from: 'CANDIDATE', answer: ({ evidence }) => allVerified(evidence, false) },
  { code: 'ACCOUNTING_NOT_EVIDENCE', from: 'VALIDATED', answer: hasAcceptedAccounting },
  { code: 'TRUST_TOO_LOW', from: 'VALIDATED', answer: wasCandidate },
  { code: 'POLICY_NOT_PLANNED', from: 'VALIDATED', isAsked: hasHypothesis, answer: isPlannedPolicy },
  { code: 'STUDY_NOT_PASSED', from: 'VALIDATED', answer: studiesPassed },
  { code: 'TRIAL_BUDGET_EXCEEDED', from: 'VALIDATED', isAsked: hasHypothesis, answer: isWithinBudget },
  { code: 'OVERLAY_NOT_BINDING', from: 'VALIDATED', isAsked: ({ subject }) => subject.kind === 'overlay', answer: binds },
  { code: 'EDGE_NOT_READY', from: 'VALIDATED', isAsked: isPortfolio, answer: edgesAreReady },
  { code: 'LOOK_AHEAD_FOUND', from: 'VALIDATED', isAsked: hasHypothesis, answer: certified('look-ahead') },
  { code: 'WARM_UP_TOO_SHORT', from: 'VALIDATED', isAsked: hasHypothesis, answer: certified('warm-up') },
  { code: 'HOLDOUT_REUSED', from: 'APPROVED', answer: (given) => (isPortfolio(given) ? sealedDaysAreNew(given) : isOpenedOnce(given)) },
  { code: 'HOLDOUT_FAILED', from: 'APPROVED', answer: (given) => (isPortfolio(given) ? sealedDaysWereOpened(given) : hasHoldout(given)) },
  { code: 'CODE_DRIFT', from: 'APPROVED', answer: codeIsSame },
  { code: 'DIGEST_DRIFT', from: 'CANDIDATE', answer: contentIsSame },
];

function isRegistered({ state, subject }: PromotionCase): Answer {
  return state.subjects.has(subjectKey(subject))
    ? yes(`${subjectKey(subject)} is in the ledger`)
    : no(`${subjectKey(subject)} is not in the ledger; register it first`);
}

/** The content that the ledger has for this version is the content of the document. */
function contentIsSame({ state, subject }: PromotionCase): Answer {
  if (!state.subjects.has(subjectKey(subject))) return no('there is no registered content to compare with');
  return findSubject(state, subject) === null
    ? no(
        `the document of version ${subject.version}${subject.kind === 'portfolio' ? ', or one of its edges,' : ''} was edited after it was registered; an edited document is the next version`,
      )
    : yes('the document is the one that was registered');
}

function hasRegisteredHypothesis({ state, facts }: PromotionCase): Answer {
  if (facts.hypothesis === null) return no('it names no hypothesis');
  const found = state.hypotheses.get(facts.hypothesis);
  if (found === undefined) return no(`hypothesis ${facts.hypothesis} is not registered`);
  if (found.terms === null) return no(`hypothesis ${facts.hypothesis} was registered without budget and holdout`);
  if (found.closed !== null && found.closed.outcome !== 'SUPPORTED') return no(`hypothesis ${facts.hypothesis} is closed: ${found.closed.outcome}`);
  return yes(`hypothesis ${facts.hypothesis}, entry ${found.registered.seq}`);
}

/** Looking comes after saying what one looks for. What was only explored is not asked. */
function precedesItsRuns({ state, facts, evidence }: PromotionCase): Answer {
  const registered = facts.hypothesis === null ? undefined : state.hypotheses.get(facts.hypothesis)?.registered;
  if (registered === undefined) return no('there is no registered hypothesis to compare with');
  for (const { evidence: piece } of evidence) {
    if (piece.role === 'discovery') continue;
    const { ledger_seq, trials } = piece.facts;
    if (ledger_seq === null) return no(`run ${piece.run_id} does not say when it began`, piece.id);
    const first = firstLook(state, trials);
    if (ledger_seq < registered.seq || (first !== null && first < registered.seq))
      return no(`run ${piece.run_id} was looked at before entry ${registered.seq}, which registered ${facts.hypothesis!}`, piece.id);
  }
  return yes(`registered at entry ${registered.seq}, before every run`);
}

function firstLook(state: GovernanceState, digests: readonly string[]): number | null {
  return state.trials.find(({ body }) => digests.includes(body.digest))?.seq ?? null;
}

function documentIs(problems: readonly { readonly message: string }[]): Answer {
  return problems.length === 0 ? yes('the document has no such problem') : no(problems.map(({ message }) => message).join('; '));
}

/** Roles that a state and the ones before it need. */
export function requiredRoles({ policy, to }: Pick<PromotionCase, 'policy' | 'to'>): EvidenceRole[] {
  const { CANDIDATE, VALIDATED, APPROVED } = policy.required_roles;
  const asked = { CANDIDATE: [CANDIDATE], VALIDATED: [CANDIDATE, VALIDATED], APPROVED: [CANDIDATE, VALIDATED, APPROVED] }[to];
  return [...new Set(asked.flat())];
}

/** One run in one role is one piece of evidence, however often it is attached. */
function hasRequiredRoles(given: PromotionCase): Answer {
  const required = requiredRoles(given);
  const found = new Set(given.evidence.map(({ evidence }) => evidence.role));
  const absent = required.filter((role) => !found.has(role));
  const counts = { observed: required.length - absent.length, threshold: required.length, unit: 'count' };
  return absent.length === 0
    ? { pass: true, message: `evidence in every role: ${required.join(', ') || 'none is asked for'}`, ...counts }
    : { pass: false, message: `no evidence in ${absent.length === 1 ? 'role' : 'roles'} ${absent.join(', ')}`, ...counts };
}

function allVerified(evidence: readonly CheckedEvidence[], areMismatches: boolean): Answer {
  const bad = evidence.filter(({ health }) => health !== 'VERIFIED' && (health === 'DIGEST_MISMATCH') === areMismatches);
  if (bad.length === 0) return yes(areMismatches ? 'no artifact differs from its hash' : `${evidence.length} pieces of evidence hash as recorded`);
  const [first] = bad as [CheckedEvidence];
  return no(bad.map(({ evidence: piece, health, problems }) => `${piece.id} is ${health}: ${problems[0] ?? ''}`).join('; '), first.evidence.id);
}

function hasAcceptedAccounting({ policy, evidence }: PromotionCase): Answer {
  const accepted = policy.accepted_accountings.map(({ accounting }) => accounting);
  const bad = evidence.find(({ evidence: piece }) => usingRoles.includes(piece.role) && !accepted.includes(piece.facts.accounting));
  return bad === undefined
    ? yes(`accepted: ${policy.accepted_accountings.map(({ accounting, label }) => `${accounting} (${label})`).join(', ')}`)
    : no(`${bad.evidence.id} was computed by ${bad.evidence.facts.accounting}; the policy accepts ${accepted.join(', ')}`, bad.evidence.id);
}

function wasCandidate({ evidence }: PromotionCase): Answer {
  const enough = trustLevels.indexOf('candidate');
  const bad = evidence.find(({ evidence: piece }) => usingRoles.includes(piece.role) && trustLevels.indexOf(piece.facts.trust) < enough);
  return bad === undefined
    ? yes('every run used the subject as a candidate at least')
    : no(`run ${bad.evidence.run_id} used the subject on its file's word (${bad.evidence.facts.trust}); such a run is no evidence`, bad.evidence.id);
}

/** Where experiments fixed the policy beforehand, no other one judges, and not another content of it. */
function isPlannedPolicy({ state, facts, policy, subject }: PromotionCase): Answer {
  const planned = [...state.experiments.values()].flatMap(({ hypothesis, policy: named }) =>
    hypothesis === facts.hypothesis && named !== null && named.subject === subject.kind ? [named] : [],
  );
  if (planned.length === 0) return yes('no experiment fixed another policy');
  const digest = specDigest(policy);
  return planned.some((named) => named.digest === digest)
    ? yes(`${policy.id}@${policy.version} was fixed by an experiment`)
    : no(`the experiments fixed ${planned.map(({ id, version }) => `${id}@${version}`).join(', ')}, not this ${policy.id}@${policy.version}`);
}

/** A first or second phase is passed, not merely run. */
function studiesPassed({ evidence }: PromotionCase): Answer {
  const asked: Partial<Record<EvidenceRole, string>> = { phase1: 'study_passed', phase2: 'policy_passed' };
  for (const { evidence: piece } of evidence) {
    const metric = asked[piece.role];
    if (metric === undefined || valueOf(piece, metric) === 1) continue;
    const missing = piece.metrics.every((pointer) => pointer.metric !== metric);
    return no(`run ${piece.run_id} has ${missing ? 'no study of that phase' : 'a study that does not pass'} (${piece.role})`, piece.id);
  }
  return yes('every study that is cited passes');
}

function isWithinBudget({ state, facts }: PromotionCase): Answer {
  const terms = facts.hypothesis === null ? undefined : (state.hypotheses.get(facts.hypothesis)?.terms ?? undefined);
  if (terms === undefined) return no('there is no registered budget');
  const lineage = lineageOf(state, facts.hypothesis!);
  for (const experiment of state.experiments.values()) {
    const { trials } = experimentSpent(state, experiment);
    if (lineage.has(experiment.hypothesis) && trials > experiment.budget)
      return {
        pass: false,
        observed: trials,
        threshold: experiment.budget,
        unit: 'count',
        message: `experiment ${experiment.id} spent ${trials} of ${experiment.budget} trials`,
      };
  }
  const { trials } = budgetSpent(state, facts.hypothesis!);
  const message = `${facts.hypothesis!} spent ${trials} of ${terms.max_trials} trials, what it inherits included`;
  return { pass: trials <= terms.max_trials, observed: trials, threshold: terms.max_trials, unit: 'count', message };
}

/** Bound means that the positions differ from those without the overlay, on every piece of evidence that uses it. */
function binds({ evidence }: PromotionCase): Answer {
  const using = evidence.filter(({ evidence: piece }) => usingRoles.includes(piece.role));
  if (using.length === 0) return no('no run with the overlay is attached');
  const shares = using.map(({ evidence: piece }) => ({ piece, share: valueOf(piece, 'changed_share') }));
  const worst = shares.reduce((a, b) => ((b.share ?? -1) < (a.share ?? -1) ? b : a));
  const answer = { observed: worst.share, threshold: 0, unit: 'fraction', evidence: worst.piece.id };
  if (worst.share === null) return { ...answer, pass: false, message: `run ${worst.piece.run_id} does not say which bars the overlay changed` };
  return worst.share > 0
    ? { ...answer, pass: true, message: `changed at least ${worst.share} of all bars in every run` }
    : { ...answer, pass: false, message: `changed no bar of run ${worst.piece.run_id}` };
}

/** The experiments on the code of today came out well: not that no look-ahead was seen, but that it was looked for. */
function certified(check: Certificate['check']): Guard['answer'] {
  return ({ certificates }) => {
    const own = (certificates ?? []).filter((certificate) => certificate.check === check);
    if (own.length === 0) return no(`its code could not be tried for ${check}`);
    const bad = own.find(({ pass }) => !pass);
    return bad === undefined ? yes(own.map(({ detail }) => detail).join('; ')) : no(bad.detail);
  };
}

function isOpenedOnce({ state, facts }: PromotionCase): Answer {
  const openings = facts.hypothesis === null ? [] : holdoutOpenings(state, facts.hypothesis);
  const counts = { observed: openings.length, threshold: 1, unit: 'count' };
  const text = openings.map(({ run_id, seq }) => `run ${run_id} (entry ${seq})`).join(', ');
  if (openings.length > 1) return { ...counts, pass: false, message: `the holdout was opened more than once: ${text}` };
  return { ...counts, pass: true, message: openings.length === 0 ? 'the holdout has not been opened' : `opened once, by ${text}` };
}

/** The sealed days were opened by the evidence itself. Its numbers are judged by the policy's gates. */
function hasHoldout({ state, facts, policy, evidence }: PromotionCase): Answer {
  const sealed = facts.hypothesis === null ? undefined : state.hypotheses.get(facts.hypothesis)?.terms?.holdout;
  if (sealed === undefined) return no('there is no registered holdout');
  if (!policy.gates.some(({ role }) => role === 'holdout')) return no('the policy has no gate for the holdout');
  const pieces = evidence.filter(({ evidence: piece }) => piece.role === 'holdout');
  if (pieces.length === 0) return no('the holdout has not been opened');
  const [opening] = holdoutOpenings(state, facts.hypothesis!);
  for (const { evidence: piece } of pieces) {
    const { start, end } = piece.facts.window;
    if (start < sealed.start || end > sealed.end)
      return no(`run ${piece.run_id} covers ${start} to ${end}, the holdout is ${sealed.start} to ${sealed.end}`, piece.id);
    if (opening === undefined || opening.run_id !== piece.run_id)
      return no(`the ledger does not have run ${piece.run_id} as the one that opened the holdout`, piece.id);
  }
  return yes('the holdout was opened by the evidence itself');
}

function codeIsSame({ evidence }: PromotionCase): Answer {
  const bad = evidence.find(({ drift }) => drift.length > 0);
  return bad === undefined
    ? yes('the code behind the evidence is the code of today')
    : no(`code changed since run ${bad.evidence.run_id}: ${bad.drift.join(', ')}`, bad.evidence.id);
}

function yes(message: string): Answer {
  return { pass: true, message };
}

function no(message: string, evidence: string | null = null): Answer {
  return { pass: false, message, evidence };
}
