import { canonicalJson, hashOf } from '../../core/canonicalJson.ts';
import type { EvidenceRole, SubjectRef, SubjectState } from '../records.ts';

/**
 * What can be written into the ledger: every look at data that could be chosen from later, and every step towards a decision. A reader
 * that does not know a kind leaves it out; it is part of the chain all the same.
 *
 * @source governance specification 17.3
 */
export type LedgerBody =
  | HypothesisRegisteredBody
  | { readonly t: 'HYPOTHESIS_CLOSED'; readonly hypothesis: string; readonly outcome: HypothesisOutcome; readonly reason: string }
  | ExperimentPlannedBody
  | { readonly t: 'EXPERIMENT_CLOSED'; readonly experiment: string; readonly outcome: ExperimentOutcome; readonly reason: string }
  | RunAttachedBody
  | TrialsBody
  | { readonly t: 'HOLDOUT_OPENED'; readonly hypothesis: string; readonly subject: string; readonly digest: string; readonly run_id: string }
  | SpecRegisteredBody
  | EvidenceAttachedBody
  | TransitionBody
  | { readonly t: 'CHECKPOINT'; readonly state_digest: string };

export const hypothesisOutcomes = ['SUPPORTED', 'REFUTED', 'INCONCLUSIVE', 'WITHDRAWN'] as const;
export type HypothesisOutcome = (typeof hypothesisOutcomes)[number];

export const experimentOutcomes = ['COMPLETE', 'ABANDONED'] as const;
export type ExperimentOutcome = (typeof experimentOutcomes)[number];

/** A claim, frozen before it is tested. The digest is of its whole document. */
export interface HypothesisRegisteredBody {
  readonly t: 'HYPOTHESIS_REGISTERED';
  readonly hypothesis: string;
  readonly digest: string;
  /** What the ledger itself must know to hold the hypothesis to its word. */
  readonly terms?: HypothesisTerms;
}

export interface HypothesisTerms {
  /** Hypotheses that share data and idea: their trials are pooled. */
  readonly family: string;
  /** Trials that it and the hypotheses it descends from may spend. */
  readonly max_trials: number;
  /** Days that nobody looks at before the last step, the last included. */
  readonly holdout: { readonly start: string; readonly end: string };
  /** Hypotheses that this one replaces: it inherits their trials. */
  readonly parents: readonly string[];
}

export interface ExperimentPlannedBody {
  readonly t: 'EXPERIMENT_PLANNED';
  readonly experiment: string;
  readonly hypothesis: string;
  readonly digest: string;
  readonly trial_budget: number;
  /** By what its results will be judged, fixed before there are any. */
  readonly policy?: { readonly id: string; readonly version: number; readonly digest: string; readonly subject: SubjectRef['kind'] };
  readonly runs: readonly { readonly key: string; readonly role: EvidenceRole }[];
}

/** A run that was made for an experiment, with the identities of what it looked at. */
export interface RunAttachedBody {
  readonly t: 'RUN_ATTACHED';
  readonly experiment: string;
  readonly run_id: string;
  readonly run_digest: string;
  /** Which planned run it is; null for one that nobody planned. */
  readonly planned_key: string | null;
  readonly trials: readonly string[];
}

export interface SpecRegisteredBody {
  readonly t: 'SPEC_REGISTERED';
  readonly subject: SubjectRef;
  /** Null for a portfolio, which rests on the hypotheses of its edges. */
  readonly hypothesis: string | null;
  /** Strategies whose unregistered backtests count among its trials. */
  readonly strategies: readonly string[];
}

export interface EvidenceAttachedBody {
  readonly t: 'EVIDENCE_ATTACHED';
  readonly evidence: string;
  readonly subject: SubjectRef;
  readonly role: EvidenceRole;
  readonly run_id: string;
  readonly run_digest: string;
  /** Digest of the whole record. */
  readonly digest: string;
  readonly trials: readonly string[];
}

export interface TransitionBody {
  readonly t: 'TRANSITION';
  readonly subject: SubjectRef;
  readonly from: SubjectState;
  readonly to: SubjectState;
  /** Digest of the decision that allows it; null where a reason is enough. */
  readonly decision: string | null;
  readonly reason: string;
  readonly override: { readonly reason: string; readonly expires: string; readonly failed_codes: readonly string[] } | null;
}

/** Results that were looked at: one backtest, one study, one policy study, one mode of a portfolio, or all cells of a sweep. */
export interface TrialsBody {
  readonly t: 'TRIALS';
  readonly hypothesis: string;
  readonly kind: 'backtest' | 'study' | 'policy' | 'portfolio' | 'sweep';
  /** Strategy, study or policy; of a portfolio its id and the mode. */
  readonly subject: string;
  /** Names of the overlays that acted in it; absent without any. */
  readonly overlays?: readonly string[];
  /** Identity of what was tried: the same digest again is the same trial, not another one. */
  readonly digest: string;
  /** How many results could have been chosen from. */
  readonly trials: number;
  readonly run_id: string;
  /** Days of data that were looked at, `YYYY-MM-DD`, the last included. */
  readonly window: { readonly start: string; readonly end: string };
  /** The figure that a chooser would look at; null where it is undefined. */
  readonly result: { readonly metric: string; readonly value: number | null; readonly verdict: string | null };
}

export interface LedgerEntry {
  /** 1, 2, 3, ... */
  readonly seq: number;
  /** ISO 8601, UTC; never before the entry above. */
  readonly at: string;
  readonly actor_role: string;
  /** Hash of the entry above; 64 zeros for the first. */
  readonly prev: string;
  readonly body: LedgerBody;
  /** SHA-256 of the canonical JSON of everything else. */
  readonly hash: string;
}

/** Where a chain ends. */
export interface LedgerHead {
  readonly seq: number;
  readonly hash: string;
}

export const emptyHead: LedgerHead = { seq: 0, hash: '0'.repeat(64) };

/** The entry that follows a head. */
export function nextEntry(head: LedgerHead, { at, actorRole, body }: { at: string; actorRole: string; body: LedgerBody }): LedgerEntry {
  const content = { seq: head.seq + 1, at, actor_role: actorRole, prev: head.hash, body };
  return { ...content, hash: hashOf(content) };
}

/** An entry as its line in the file. */
export function entryLine(entry: LedgerEntry): string {
  return canonicalJson(entry);
}
