import { prettyJson } from '../../core/canonicalJson.ts';
import type { Effects, Files } from '../../core/effects.ts';
import { AppError } from '../../core/errors.ts';
import { type Chain, contains, readChain } from '../../governance/ledger/chain.ts';
import { emptyHead, entryLine, type LedgerBody, type LedgerEntry, type LedgerHead, nextEntry } from '../../governance/ledger/entry.ts';
import type { LakePaths } from '../../lake/paths.ts';
import { writeAtomic } from '../../lake/writeAtomic.ts';

/** The ledger of a data root, and the head that was anchored beside it after the last append. */
export interface LedgerState {
  readonly chain: Chain;
  readonly anchor: LedgerHead;
}

/** What an append takes, and in which role it is made. */
export interface LedgerWriter extends Pick<Effects, 'files' | 'clock' | 'uniqueName'> {
  /** `researcher` when left out. */
  readonly actorRole?: string;
}

/** The ledger as it lies there, with whatever is wrong with it as values. */
export async function inspectLedger(files: Files, paths: LakePaths): Promise<LedgerState> {
  const text = (await files.stat(paths.ledger())) === null ? '' : (await files.read(paths.ledger())).toString('utf8');
  return { chain: readChain(text), anchor: await readAnchor(files, paths) };
}

/** The ledger for reading. @throws E_LEDGER when its chain is broken or its end is gone */
export async function readLedger(files: Files, paths: LakePaths): Promise<Chain> {
  const { chain, anchor } = await inspectLedger(files, paths);
  const [problem] = chain.problems;
  if (problem !== undefined) throw new AppError('E_LEDGER', { problem: `line ${problem.line}: ${problem.message}` });
  if (!contains(chain, anchor))
    throw new AppError('E_LEDGER', { problem: `it ends at entry ${chain.head.seq}, but entry ${anchor.seq} has been written` });
  return chain;
}

/**
 * Writes entries at the end, all or none, then anchors the new head. The caller holds the lake's lock.
 *
 * @returns the new entries; none for no bodies
 * @throws E_LEDGER when what is there cannot be trusted: nothing is appended to a broken chain
 */
export async function appendLedger(effects: LedgerWriter, paths: LakePaths, bodies: readonly LedgerBody[]): Promise<LedgerEntry[]> {
  if (bodies.length === 0) return [];
  const chain = await readLedger(effects.files, paths);
  const last = chain.entries.at(-1);
  // A clock that was set back must not make a valid ledger invalid.
  const at = [new Date(effects.clock.now()).toISOString(), last?.at ?? ''].sort().at(-1)!;
  const added: LedgerEntry[] = [];
  for (const body of bodies) added.push(nextEntry(added.at(-1) ?? chain.head, { at, actorRole: effects.actorRole ?? 'researcher', body }));
  const text = [...chain.entries, ...added].map((entry) => `${entryLine(entry)}\n`).join('');
  await writeAtomic(effects.files, paths.ledger(), text, effects.uniqueName);
  const { seq, hash } = added.at(-1)!;
  await writeAtomic(effects.files, anchorPath(paths), prettyJson({ seq, hash }), effects.uniqueName);
  return added;
}

async function readAnchor(files: Files, paths: LakePaths): Promise<LedgerHead> {
  if ((await files.stat(anchorPath(paths))) === null) return emptyHead;
  try {
    const { seq, hash } = JSON.parse((await files.read(anchorPath(paths))).toString('utf8')) as LedgerHead;
    if (Number.isInteger(seq) && typeof hash === 'string') return { seq, hash };
  } catch {
    // Falls through: an anchor that cannot be read is as good as a contradiction.
  }
  throw new AppError('E_LEDGER', { problem: 'governance/checkpoints/head.json is not a ledger head' });
}

function anchorPath(paths: LakePaths): string {
  return `${paths.checkpoints()}/head.json`;
}
