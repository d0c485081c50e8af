import { canonicalJson, hashOf } from '../../core/canonicalJson.ts';
import { emptyHead, type LedgerEntry, type LedgerHead } from './entry.ts';

/** Something wrong with a ledger, at an entry. */
export interface ChainProblem {
  /** Number of the line, from 1. */
  readonly line: number;
  readonly message: string;
}

export interface Chain {
  /** Entries up to the first problem. */
  readonly entries: readonly LedgerEntry[];
  readonly head: LedgerHead;
  readonly problems: readonly ChainProblem[];
  /** A last line without its end: what a crash in the middle of an append leaves. It was never part of the ledger. */
  readonly torn: string | null;
}

/**
 * Reads a ledger and recomputes its chain: numbers without a hole, each entry naming the hash of the one above, each hash that of its
 * content, times that do not run backwards. Reading stops at the first entry that is wrong, because nothing below it can be trusted.
 *
 * @param text the whole file; empty for a ledger that has not begun
 * @source governance specification 17.3
 */
export function readChain(text: string): Chain {
  const lines = text.split('\n');
  const torn = lines.pop()!;
  const entries: LedgerEntry[] = [];
  let head = emptyHead;
  let at = '';
  for (const [i, line] of lines.entries()) {
    const problem = problemOf(line, head, at);
    if (problem !== null) return { entries, head, problems: [{ line: i + 1, message: problem }], torn: torn === '' ? null : torn };
    const entry = JSON.parse(line) as LedgerEntry;
    entries.push(entry);
    head = { seq: entry.seq, hash: entry.hash };
    at = entry.at;
  }
  return { entries, head, problems: [], torn: torn === '' ? null : torn };
}

function problemOf(line: string, head: LedgerHead, at: string): string | null {
  let entry: LedgerEntry;
  try {
    entry = JSON.parse(line) as LedgerEntry;
  } catch {
    return 'the line is not JSON';
  }
  if (typeof entry !== 'object' || entry === null || typeof entry.hash !== 'string') return 'the line is not an entry';
  const { hash, ...content } = entry;
  if (hashOf(content) !== hash) return `entry ${entry.seq} was changed: its content does not have the hash that it states`;
  if (entry.prev !== head.hash || entry.seq !== head.seq + 1)
    return `expected entry ${head.seq + 1} after ${head.hash.slice(0, 12)}, found entry ${entry.seq} after ${entry.prev.slice(0, 12)}: an entry was removed, added or moved`;
  if (entry.at < at) return `entry ${entry.seq} is dated before the one above it`;
  return canonicalJson(entry) === line ? null : `entry ${entry.seq} is not written as it was`;
}

/** True when a chain contains a head that was recorded elsewhere: history before it has not been rewritten. */
export function contains(chain: Chain, recorded: LedgerHead): boolean {
  return recorded.seq === 0 || chain.entries[recorded.seq - 1]?.hash === recorded.hash;
}
