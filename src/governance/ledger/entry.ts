import { canonicalJson, hashOf } from '../../core/canonicalJson.ts';

/** What can be written into the ledger. Every kind of look at data that could be chosen from later is here. */
export type LedgerBody =
  | { readonly t: 'HYPOTHESIS_REGISTERED'; readonly hypothesis: string; readonly digest: string }
  | TrialsBody
  | { readonly t: 'HOLDOUT_OPENED'; readonly hypothesis: string; readonly subject: string; readonly digest: string; readonly run_id: string };

/** Results that were looked at: one backtest, one study, one policy study, or all cells of a sweep. */
export interface TrialsBody {
  readonly t: 'TRIALS';
  readonly hypothesis: string;
  readonly kind: 'backtest' | 'study' | 'policy' | 'sweep';
  /** Strategy, study or policy. */
  readonly subject: string;
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
