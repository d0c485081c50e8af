import type { PromotionPolicyDocument } from '../documents/policy.ts';
import type { GovernanceState } from '../lifecycle/state.ts';
import type { PromotedState } from '../lifecycle/states.ts';
import type { Evidence, EvidenceHealth, PromotionGate, PromotionResult, SubjectRef } from '../records.ts';
import type { SelectionNumbers } from './selection.ts';

/** A piece of evidence as it is found today: its record, and what hashing it again said. */
export interface CheckedEvidence {
  readonly evidence: Evidence;
  /** Entry of the ledger that attached it. */
  readonly seq: number;
  readonly at: string;
  readonly health: EvidenceHealth;
  /** What is wrong, one line each: artifacts by path. */
  readonly problems: readonly string[];
  /** Units behind the run, `kind/id`, and those whose code is another one now. */
  readonly units: readonly string[];
  readonly drift: readonly string[];
}

/**
 * The pieces that a judgement rests on. What became stale by age or by new code or data gives way to a newer sound piece in its role; what
 * is damaged or missing never does.
 */
export function standingEvidence(evidence: readonly CheckedEvidence[]): CheckedEvidence[] {
  const isOld = ({ health, drift }: CheckedEvidence) => health === 'STALE' || (health === 'VERIFIED' && drift.length > 0);
  const isSound = ({ health, drift }: CheckedEvidence) => health === 'VERIFIED' && drift.length === 0;
  return evidence.filter(
    (piece) => !isOld(piece) || !evidence.some((other) => isSound(other) && other.evidence.role === piece.evidence.role && other.seq > piece.seq),
  );
}

/** What a piece of evidence is worth beside everything else that was tried on its days. */
export interface CheckedSelection {
  readonly numbers: SelectionNumbers;
  /** Files that the returns come from. */
  readonly returns: readonly { readonly path: string; readonly sha256: string }[];
  readonly streams: readonly string[];
}

/** What a document says, in the words of promotion. */
export interface SubjectFacts {
  readonly hypothesis: string | null;
  /** What is wrong with the document itself, by code: `CONDITION_NOT_CAUSAL`, `ACTION_NOT_EXECUTABLE`, `SIGNALS_MISMATCH` and others. */
  readonly problems: readonly { readonly code: string; readonly message: string }[];
  /** Its own constraints as gates. A limit that the document leaves open has no threshold, which fails. */
  readonly limits: readonly (Omit<PromotionGate, 'threshold'> & { readonly threshold: number | null })[];
  /** Last day on which it may be used; null while open. */
  readonly validUntil: string | null;
  /** What it is made of and cannot be better than: the edges of a portfolio. */
  readonly parts: readonly SubjectRef[];
}

/** Everything that a promotion is judged on. The same case gives the same results for ever. */
export interface PromotionCase {
  /** As it was when the question was asked. */
  readonly state: GovernanceState;
  /** The document's identity today. */
  readonly subject: SubjectRef;
  readonly facts: SubjectFacts;
  readonly policy: PromotionPolicyDocument;
  /** All evidence attached to the subject. */
  readonly evidence: readonly CheckedEvidence[];
  readonly to: PromotedState;
  /** By id of the evidence; for those whose gates ask for it. */
  readonly selection?: ReadonlyMap<string, CheckedSelection>;
  /** What the code of today was found to do; null where it was not tried. */
  readonly certificates?: readonly Certificate[] | null;
}

/** One experiment on the code of a subject. */
export interface Certificate {
  readonly check: 'look-ahead' | 'warm-up';
  readonly pass: boolean;
  readonly detail: string;
}

/** The answer of one guard, without what all guards share. */
export interface Answer {
  /** Null where it does not apply. */
  readonly pass: boolean | null;
  readonly message: string;
  readonly observed?: number | null;
  readonly threshold?: number | null;
  readonly unit?: string;
  readonly evidence?: string | null;
  readonly pointer?: string | null;
}

export function resultOf(code: string, { pass, message, observed, threshold, unit, evidence, pointer }: Answer): PromotionResult {
  return {
    code,
    pass,
    observed: observed ?? null,
    threshold: threshold ?? null,
    unit: unit ?? '',
    evidence: evidence ?? null,
    pointer: pointer ?? null,
    message,
  };
}
