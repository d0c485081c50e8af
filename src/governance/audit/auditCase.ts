import type { PromotionPolicyDocument } from '../documents/policy.ts';
import type { GovernanceState, SubjectRecord } from '../lifecycle/state.ts';
import type { CheckedEvidence } from '../promotion/promotionCase.ts';
import type { PromotionDecision, SubjectRef, SubjectState, TrustLevel } from '../records.ts';

/** The decision that a subject's state rests on, as it is found today. */
export interface CheckedDecision {
  /** Entry of the ledger that made it count. */
  readonly seq: number;
  readonly at: string;
  readonly digest: string;
  /** Null when its file is gone or is not what the ledger holds. */
  readonly decision: PromotionDecision | null;
  /** Null when the policy of that digest is not to be had. */
  readonly policy: PromotionPolicyDocument | null;
  /** What speaks against it, one line each; results that come out differently when judged again are among it. */
  readonly problems: readonly string[];
}

/** The document of a subject as it lies in its folder today. */
export interface CheckedDocument {
  readonly ref: SubjectRef;
  readonly path: string;
  /** What the file claims; null for a portfolio, whose file claims nothing. */
  readonly status: string | null;
  readonly validUntil: string | null;
  /** Families, symbols and clusters that an approval covers. */
  readonly eventFamily: string | null;
  readonly symbols: readonly string[];
  readonly cluster: string | null;
}

/** An edge of a portfolio as it stands today. */
export interface AuditedPart {
  readonly ref: SubjectRef;
  /** Null when the ledger does not know this content. */
  readonly state: SubjectState | null;
  readonly trust: TrustLevel;
  /** As far as the portfolio's policy asks, and verified where approved. */
  readonly isSound: boolean;
}

/** Everything that is known about one subject today. */
export interface AuditedSubject {
  readonly record: SubjectRecord;
  readonly decision: CheckedDecision | null;
  readonly evidence: readonly CheckedEvidence[];
  /** The edges of a portfolio; none for other subjects. */
  readonly parts: readonly AuditedPart[];
  /** Null when its folder has no document of that name. */
  readonly document: CheckedDocument | null;
  readonly trust: TrustLevel;
}

export interface AuditCase {
  readonly state: GovernanceState;
  /** What is wrong with the chain itself, one line each. */
  readonly chain: readonly string[];
  readonly subjects: readonly AuditedSubject[];
  /** Documents of subjects that the ledger does not know. */
  readonly unregistered: readonly CheckedDocument[];
  readonly now: string;
}

/** A statement and what it rests on. `ok` is null for what can be neither right nor wrong. */
export interface AuditNode {
  readonly text: string;
  readonly ok: boolean | null;
  readonly children: readonly AuditNode[];
}

export const leaf = (text: string, ok: boolean | null = null): AuditNode => ({ text, ok, children: [] });

/** True unless something in a tree is wrong. */
export function holds({ ok, children }: AuditNode): boolean {
  return ok !== false && children.every(holds);
}

/** A tree as text: branches drawn, what is wrong marked. */
export function renderTree(root: AuditNode): string {
  const lines = [mark(root)];
  const walk = ({ children }: AuditNode, indent: string): void => {
    for (const [i, child] of children.entries()) {
      const isLast = i === children.length - 1;
      lines.push(`${indent}${isLast ? '└' : '├'} ${mark(child)}`);
      walk(child, `${indent}${isLast ? '  ' : '│ '}`);
    }
  };
  walk(root, '');
  return lines.join('\n');
}

function mark({ text, ok }: AuditNode): string {
  return ok === false ? `✗ ${text}` : text;
}

/** Day of an instant, so many days later. */
export function dayAfter(at: string, days: number): string {
  return new Date(Date.parse(at) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Whole and broken days between two instants. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}
