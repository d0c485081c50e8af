import { hashOf } from '../../core/canonicalJson.ts';
import type {
  EvidenceAttachedBody,
  ExperimentOutcome,
  ExperimentPlannedBody,
  HypothesisOutcome,
  HypothesisTerms,
  LedgerHead,
  RunAttachedBody,
  TransitionBody,
  TrialsBody,
} from '../ledger/entry.ts';
import type { EvidenceRole, SubjectKind, SubjectRef, SubjectState } from '../records.ts';

/** Where in the ledger something was written. */
export interface Mark {
  readonly seq: number;
  readonly at: string;
}

/** Something of the ledger with its place. */
export type Marked<Body> = Mark & { readonly body: Body };

export interface SubjectRecord {
  readonly ref: SubjectRef;
  readonly hypothesis: string | null;
  readonly strategies: readonly string[];
  readonly registered: Mark;
  readonly state: SubjectState;
  /** When it came into this state. */
  readonly since: Mark;
  /** Transitions that counted, in order. */
  readonly transitions: readonly Marked<TransitionBody>[];
  readonly evidence: readonly Marked<EvidenceAttachedBody>[];
}

export type HypothesisState = 'REGISTERED' | 'TESTING' | HypothesisOutcome;

export interface HypothesisRecord {
  readonly id: string;
  readonly digest: string;
  readonly registered: Mark;
  /** Null for one that was registered without terms: it has no budget and no holdout, so nothing can be promoted under it. */
  readonly terms: HypothesisTerms | null;
  readonly closed: { readonly outcome: HypothesisOutcome; readonly reason: string } | null;
}

export interface ExperimentRecord {
  readonly id: string;
  readonly hypothesis: string;
  readonly digest: string;
  readonly planned: Mark;
  readonly budget: number;
  /** Null for one that was planned without naming it. */
  readonly policy: NonNullable<ExperimentPlannedBody['policy']> | null;
  readonly runs: readonly { readonly key: string; readonly role: EvidenceRole }[];
  readonly attached: readonly Marked<RunAttachedBody>[];
  readonly closed: { readonly outcome: ExperimentOutcome; readonly reason: string } | null;
}

export interface HoldoutOpening extends Mark {
  readonly hypothesis: string;
  /** What was looked at: a study, an edge, a portfolio. */
  readonly subject: string;
  readonly run_id: string;
}

/** An entry that is in the chain and was not allowed to have an effect. */
export interface FoldProblem {
  readonly seq: number;
  readonly code: string;
  readonly message: string;
}

/** Everything that the ledger says, in the order in which it said it. */
export interface GovernanceState {
  readonly head: LedgerHead;
  /** By `subjectKey`. */
  readonly subjects: ReadonlyMap<string, SubjectRecord>;
  readonly hypotheses: ReadonlyMap<string, HypothesisRecord>;
  readonly experiments: ReadonlyMap<string, ExperimentRecord>;
  readonly trials: readonly Marked<TrialsBody>[];
  readonly holdouts: readonly HoldoutOpening[];
  readonly problems: readonly FoldProblem[];
}

/** One version of a subject, as commands and maps name it. */
export function subjectKey({ kind, id, version }: Pick<SubjectRef, 'kind' | 'id' | 'version'>): string {
  return `${kind}:${id}@${version}`;
}

/** The subject of exactly this content, or null when the ledger does not know it. */
export function findSubject(state: GovernanceState, ref: SubjectRef): SubjectRecord | null {
  const found = state.subjects.get(subjectKey(ref));
  return found?.ref.digest === ref.digest ? found : null;
}

/** All versions of a subject that the ledger knows, ascending. */
export function versionsOf(state: GovernanceState, kind: SubjectKind, id: string): SubjectRecord[] {
  return [...state.subjects.values()].filter(({ ref }) => ref.kind === kind && ref.id === id).sort((a, b) => a.ref.version - b.ref.version);
}

/** The decision that a subject's state rests on: its last transition, when that was one. */
export function standingDecision({ transitions }: SubjectRecord): Marked<TransitionBody> | null {
  const last = transitions.at(-1);
  return last === undefined || last.body.decision === null ? null : last;
}

/** Digest of what a ledger amounts to: what a checkpoint holds. */
export function stateDigest({ subjects, hypotheses, experiments, trials, holdouts }: GovernanceState): string {
  const sorted = <T>(rows: Iterable<T>) => [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return hashOf({
    subjects: sorted([...subjects.values()].map(({ ref, state, evidence }) => [ref, state, evidence.length])),
    hypotheses: sorted([...hypotheses.values()].map(({ id, digest, closed }) => [id, digest, closed?.outcome ?? null])),
    experiments: sorted([...experiments.values()].map(({ id, digest, attached, closed }) => [id, digest, attached.length, closed?.outcome ?? null])),
    trials: trials.length,
    holdouts: holdouts.length,
  });
}
