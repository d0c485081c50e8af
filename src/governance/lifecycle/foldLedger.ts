import type { LedgerBody, LedgerEntry } from '../ledger/entry.ts';
import { emptyHead } from '../ledger/entry.ts';
import { authorityOf } from './states.ts';
import {
  type ExperimentRecord,
  type FoldProblem,
  type GovernanceState,
  type HoldoutOpening,
  type HypothesisRecord,
  type Mark,
  type Marked,
  stateDigest,
  subjectKey,
  type SubjectRecord,
} from './state.ts';

interface Fold {
  readonly subjects: Map<string, SubjectRecord>;
  readonly hypotheses: Map<string, HypothesisRecord>;
  readonly experiments: Map<string, ExperimentRecord>;
  readonly trials: GovernanceState['trials'][number][];
  readonly holdouts: HoldoutOpening[];
  readonly problems: FoldProblem[];
}

type BodyOf<T extends LedgerBody['t']> = Extract<LedgerBody, { readonly t: T }>;

/** What an entry did that it may not do; undefined when it had its effect. */
type Refusal = { readonly code: string; readonly message: string } | undefined;
type Handlers = { readonly [T in LedgerBody['t']]: (fold: Fold, body: BodyOf<T>, mark: Mark) => Refusal };

/**
 * What a ledger amounts to. Status is derived here and nowhere else: an entry that skips a step, names another content, or moves a subject
 * from where it is not, stays in the chain without an effect and is among the problems. Kinds of entries that are not known are left out.
 *
 * @param entries of a chain that has been checked (`readChain`)
 * @source governance specification 17.3, 17.4
 */
export function foldLedger(entries: readonly LedgerEntry[]): GovernanceState {
  const fold: Fold = { subjects: new Map(), hypotheses: new Map(), experiments: new Map(), trials: [], holdouts: [], problems: [] };
  for (const { seq, at, body } of entries) {
    if (typeof body !== 'object' || body === null || !Object.hasOwn(handlers, body.t)) continue;
    const refusal = take(fold, body, { seq, at });
    if (refusal !== undefined) fold.problems.push({ seq, ...refusal });
  }
  const last = entries.at(-1);
  return { head: last === undefined ? emptyHead : { seq: last.seq, hash: last.hash }, ...fold };
}

/** Lets an entry have its effect. One whose fields are not what its kind has is refused like any other that may not. */
function take(fold: Fold, body: LedgerBody, mark: Mark): Refusal {
  const handle = handlers[body.t] as (fold: Fold, body: LedgerBody, mark: Mark) => Refusal;
  try {
    return handle(fold, body, mark);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return refuse('ENTRY_MALFORMED', `its fields are not those of ${body.t}`);
  }
}

/** The state as it was before an entry was written: what a decision could know. */
export function foldBefore(entries: readonly LedgerEntry[], seq: number): GovernanceState {
  return foldLedger(entries.slice(0, seq - 1));
}

const handlers: Handlers = {
  HYPOTHESIS_REGISTERED: (fold, { hypothesis, digest, terms }, mark) => {
    if (fold.hypotheses.has(hypothesis))
      return refuse('HYPOTHESIS_REPEATED', `hypothesis ${hypothesis} is registered already; a change is a new one`);
    fold.hypotheses.set(hypothesis, { id: hypothesis, digest, registered: mark, terms: terms ?? null, closed: null });
    return undefined;
  },
  HYPOTHESIS_CLOSED: (fold, { hypothesis, outcome, reason }) =>
    change(fold.hypotheses, hypothesis, (known) =>
      known.closed === null
        ? { ...known, closed: { outcome, reason } }
        : refuse('HYPOTHESIS_CLOSED_TWICE', `hypothesis ${hypothesis} is closed already`),
    ),
  EXPERIMENT_PLANNED: (fold, { experiment, hypothesis, digest, trial_budget, policy = null, runs }, mark) => {
    if (fold.experiments.has(experiment)) return refuse('EXPERIMENT_REPEATED', `experiment ${experiment} is planned already`);
    if (!fold.hypotheses.has(hypothesis))
      return refuse('HYP_NOT_REGISTERED', `experiment ${experiment} tests ${hypothesis}, which is not registered`);
    const record = { id: experiment, hypothesis, digest, planned: mark, budget: trial_budget, policy, runs, attached: [], closed: null };
    fold.experiments.set(experiment, record);
    return undefined;
  },
  EXPERIMENT_CLOSED: (fold, { experiment, outcome, reason }) =>
    change(fold.experiments, experiment, (known) =>
      known.closed === null
        ? { ...known, closed: { outcome, reason } }
        : refuse('EXPERIMENT_CLOSED_TWICE', `experiment ${experiment} is closed already`),
    ),
  RUN_ATTACHED: (fold, body, mark) =>
    change(fold.experiments, body.experiment, (known) =>
      known.closed === null
        ? { ...known, attached: [...known.attached, { ...mark, body }] }
        : refuse('EXPERIMENT_CLOSED_TWICE', `run ${body.run_id} came after experiment ${body.experiment} was closed`),
    ),
  TRIALS: (fold, body, mark) => {
    fold.trials.push({ ...mark, body });
    return undefined;
  },
  HOLDOUT_OPENED: (fold, { hypothesis, subject, run_id }, mark) => {
    fold.holdouts.push({ ...mark, hypothesis, subject, run_id });
    return undefined;
  },
  SPEC_REGISTERED: registerSubject,
  EVIDENCE_ATTACHED: (fold, body, mark) =>
    change(fold.subjects, subjectKey(body.subject), (known) =>
      known.ref.digest === body.subject.digest
        ? { ...known, evidence: [...known.evidence, { ...mark, body }] }
        : refuse('DIGEST_DRIFT', `evidence ${body.evidence} is for another content of ${subjectKey(body.subject)}`),
    ),
  TRANSITION: (fold, body, mark) => change(fold.subjects, subjectKey(body.subject), (known) => move(known, { ...mark, body })),
  CHECKPOINT: (fold, { state_digest }) =>
    stateDigest({ head: emptyHead, ...fold }) === state_digest
      ? undefined
      : refuse('CHECKPOINT_DIFFERS', 'what the entries above amount to is not what the checkpoint holds'),
};

function registerSubject(fold: Fold, { subject, hypothesis, strategies }: BodyOf<'SPEC_REGISTERED'>, mark: Mark): Refusal {
  const key = subjectKey(subject);
  const known = fold.subjects.get(key);
  if (known !== undefined) return refuse('VERSION_REUSED', `${key} is registered already; another content is another version`);
  fold.subjects.set(key, {
    ref: subject,
    hypothesis,
    strategies,
    registered: mark,
    state: 'DRAFT',
    since: mark,
    transitions: [],
    evidence: [],
  });
  return undefined;
}

function move(known: SubjectRecord, transition: Marked<BodyOf<'TRANSITION'>>): SubjectRecord | Refusal {
  const { subject, from, to, decision, reason } = transition.body;
  const key = subjectKey(subject);
  if (subject.digest !== known.ref.digest) return refuse('DIGEST_DRIFT', `the transition is of another content of ${key}`);
  if (from !== known.state) return refuse('TRANSITION_NOT_ALLOWED', `${key} is ${known.state}, the transition begins at ${from}`);
  const authority = authorityOf(from, to);
  if (authority === null) return refuse('TRANSITION_NOT_ALLOWED', `nothing goes from ${from} to ${to}`);
  if (authority === 'decision' && decision === null) return refuse('DECISION_MISSING', `${from} to ${to} takes a decision`);
  if (authority === 'reason' && reason.trim() === '') return refuse('REASON_MISSING', `${from} to ${to} takes a reason`);
  return { ...known, state: to, since: { seq: transition.seq, at: transition.at }, transitions: [...known.transitions, transition] };
}

/** Replaces a record, unless there is none or the change is refused. */
function change<T extends object>(records: Map<string, T>, key: string, next: (known: T) => T | Refusal): Refusal {
  const known = records.get(key);
  if (known === undefined) return refuse('NOT_REGISTERED', `${key} is not registered`);
  const changed = next(known);
  if (changed === undefined || isRefusal(changed)) return changed;
  records.set(key, changed);
  return undefined;
}

function isRefusal(value: object): value is NonNullable<Refusal> {
  return 'code' in value && 'message' in value;
}

function refuse(code: string, message: string): NonNullable<Refusal> {
  return { code, message };
}
