/**
 * The words of governance: what can be approved, how far it has come, what supports it. Field names are those of the files and of
 * the ledger. Plain data; what may follow what is in lifecycle/, what counts is in promotion/.
 *
 * @source governance specification 17.2, 17.4, 17.5
 */

export type SubjectKind = 'edge' | 'overlay' | 'portfolio';

/** One version of something that can be approved. The digest is of its document without what the document claims about itself (status, evidence). */
export interface SubjectRef {
  readonly kind: SubjectKind;
  readonly id: string;
  readonly version: number;
  readonly digest: string;
}

/** How far a subject has come. Only the ledger says so; the status in a file is a claim. */
export const subjectStates = ['DRAFT', 'CANDIDATE', 'VALIDATED', 'APPROVED', 'SUSPENDED', 'REJECTED', 'ARCHIVED'] as const;
export type SubjectState = (typeof subjectStates)[number];

/**
 * How much stands behind the use of a subject in a run, ascending. `declared`: its file alone. `candidate`: the ledger has this digest as
 * CANDIDATE or VALIDATED, so that the run may become evidence. `recorded`: the ledger says APPROVED. `verified`: approved, and all evidence
 * re-hashed within the freshness of the policy.
 */
export const trustLevels = ['declared', 'candidate', 'recorded', 'verified'] as const;
export type TrustLevel = (typeof trustLevels)[number];
/** The level of each subject that a run uses, by `<kind>:<id>@<version>`. */
export type SubjectTrust = Readonly<Record<string, TrustLevel>>;

/** What a run was for. */
export const evidenceRoles = [
  'discovery',
  'phase1',
  'phase2',
  'validation',
  'holdout',
  'survivability',
  'stress',
  'counterfactual',
  'placebo',
] as const;
export type EvidenceRole = (typeof evidenceRoles)[number];

/** What is left of a piece of evidence when it is hashed again. */
export const evidenceHealths = [
  'VERIFIED',
  'MISSING_RUN',
  'MISSING_ARTIFACT',
  'DIGEST_MISMATCH',
  'OUTSIDE_PLAN',
  'STALE',
  'UNVERIFIED_LEGACY',
] as const;
export type EvidenceHealth = (typeof evidenceHealths)[number];

/** A file of a run: path relative to the data root. */
export interface ArtifactRef {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** A number in an artifact: which file, where in it (JSON pointer), in what unit. */
export interface MetricPointer {
  readonly metric: string;
  readonly path: string;
  readonly pointer: string;
  readonly unit: string;
  readonly value: number | null;
}

/** What was run, derived from the run itself, never typed. */
export interface EvidenceFacts {
  readonly window: { readonly start: string; readonly end: string };
  readonly symbols: readonly string[];
  readonly accounting: string;
  readonly cost_bps: number;
  readonly source: string;
  /** Digests of the resolved configuration, of the code behind all stages, and of all input files. */
  readonly config: string;
  readonly code: string;
  readonly inputs: string;
  /** Level at which the subject was used in the run. */
  readonly trust: TrustLevel;
  /** Entries that the ledger had when the run began; null where the run does not say. */
  readonly ledger_seq: number | null;
  /** Identities of what the run looked at, as the ledger counts trials. */
  readonly trials: readonly string[];
}

/** One run that speaks for or against a subject, in one role. */
export interface Evidence {
  readonly id: string;
  readonly subject: SubjectRef;
  readonly role: EvidenceRole;
  readonly run_id: string;
  /** Root over code, configuration, inputs and outputs of the run. */
  readonly run_digest: string;
  readonly artifacts: readonly ArtifactRef[];
  readonly metrics: readonly MetricPointer[];
  readonly facts: EvidenceFacts;
}

/** One line of a promotion policy. A missing value fails. */
export interface PromotionGate {
  readonly code: string;
  readonly metric: string;
  readonly unit: string;
  readonly role: EvidenceRole;
  readonly op: '<' | '<=' | '>' | '>=';
  readonly threshold: number;
}

/** A gate, answered. */
export interface PromotionResult {
  readonly code: string;
  /** Null where the gate does not apply: it neither passes nor fails, and the message says why. */
  readonly pass: boolean | null;
  readonly observed: number | null;
  readonly threshold: number | null;
  readonly unit: string;
  readonly evidence: string | null;
  /** `path#json-pointer` of the number. */
  readonly pointer: string | null;
  readonly message: string;
}

/** What a decision rests on besides its evidence. */
export interface DecisionBasis {
  /** Where the ledger ended when it was judged. */
  readonly ledger: { readonly seq: number; readonly hash: string };
  /** Trials of the family by then; null without a hypothesis. */
  readonly trials: number | null;
  /** Identities behind each piece of evidence; `source` names the seed of a simulated market. */
  readonly runs: readonly {
    readonly evidence: string;
    readonly run_id: string;
    readonly config: string;
    readonly code: string;
    readonly inputs: string;
    readonly source: string;
  }[];
  /** Daily returns of everything that was tried on the same days. */
  readonly returns: readonly { readonly path: string; readonly sha256: string }[];
  /** Random streams that the judgement drew from. */
  readonly streams: readonly string[];
}

export interface PromotionDecision {
  readonly id: string;
  readonly subject: SubjectRef;
  readonly from: SubjectState;
  readonly to: SubjectState;
  readonly policy: { readonly id: string; readonly digest: string };
  readonly evidence: readonly string[];
  readonly basis: DecisionBasis;
  readonly results: readonly PromotionResult[];
  readonly verdict: 'PASS_PROMOTION' | 'FAIL_PROMOTION';
  readonly override: { readonly reason: string; readonly expires: string; readonly failed_codes: readonly string[] } | null;
  readonly actor_role: string;
}
