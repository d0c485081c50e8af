import type { Effects, Files } from '../../core/effects.ts';
import { formatTime } from '../../core/time.ts';
import type { SpecBook } from '../../governance/documents/book.ts';
import { contains } from '../../governance/ledger/chain.ts';
import type { LedgerEntry } from '../../governance/ledger/entry.ts';
import { foldLedger } from '../../governance/lifecycle/foldLedger.ts';
import type { GovernanceState } from '../../governance/lifecycle/state.ts';
import { acquireLock } from '../../lake/lock.ts';
import { type LakePaths, lakePaths } from '../../lake/paths.ts';
import { type AuditTools, openAudit } from './auditTools.ts';
import { loadSpecBook } from './governanceSpecs.ts';
import { inspectLedger, readLedger } from './ledgerFile.ts';
import { loadPortfolioShelf, type PortfolioShelf } from './portfolioSubject.ts';
import { recordedHeads } from './recordedHeads.ts';
import { type SpecFolders, specFolders } from './specs.ts';

/** What the ledger of a data root says, with whatever is wrong with it as values. */
export interface LedgerReading {
  readonly entries: readonly LedgerEntry[];
  readonly state: GovernanceState;
  /** What breaks the chain, or contradicts what was recorded elsewhere. */
  readonly problems: readonly string[];
  /** What is worth saying and breaks nothing: a line that a crash cut short, entries that were not allowed to have an effect. */
  readonly notes: readonly string[];
}

/** Reads, checks and folds the ledger: the chain itself, its anchor, the heads that runs found, and what its entries were allowed to do. */
export async function readGovernance(files: Files, paths: LakePaths): Promise<LedgerReading> {
  const { chain, anchor } = await inspectLedger(files, paths);
  const state = foldLedger(chain.entries);
  const problems = chain.problems.map(({ line, message }) => `line ${line}: ${message}`);
  if (chain.problems.length === 0) {
    if (!contains(chain, anchor)) problems.push(`entry ${anchor.seq} (${anchor.hash.slice(0, 12)}) has been written and is gone`);
    for (const { runId, head } of await recordedHeads(files, paths))
      if (!contains(chain, head)) problems.push(`run ${runId} began after entry ${head.seq} (${head.hash.slice(0, 12)}), which is not in the chain`);
  }
  const notes = chain.torn === null ? [] : ['the last line is cut short; it was never part of the ledger and goes with the next entry'];
  for (const { seq, code, message } of state.problems) notes.push(`entry ${seq} has no effect: ${code}: ${message}`);
  return { entries: chain.entries, state, problems, notes };
}

/** What every governance command works with: one state of the files, read once. */
export interface GovernanceTools extends LedgerReading {
  readonly audit: AuditTools;
  readonly paths: LakePaths;
  readonly book: SpecBook;
  readonly portfolios: PortfolioShelf;
  /** Where the documents came from. */
  readonly folders: SpecFolders;
  /** ISO 8601. */
  readonly now: string;
}

export interface GovernanceOptions {
  readonly effects: Effects;
  readonly dataRoot: string;
  readonly plugins: readonly string[];
  /** Folder of `--specs`, or null. */
  readonly specs: string | null;
  readonly signal: AbortSignal;
}

/** Reads documents and ledger, does something with them, and closes what was opened. */
export async function withGovernance<T>(options: GovernanceOptions, use: (tools: GovernanceTools) => Promise<T>): Promise<T> {
  const { effects, dataRoot, plugins, specs, signal } = options;
  const audit = await openAudit({ effects, dataRoot, plugins, isDeep: false, signal });
  try {
    const folders = specFolders(effects.files, specs);
    const book = await loadSpecBook(folders, audit.registry);
    const portfolios = await loadPortfolioShelf(folders, book);
    const reading = await readGovernance(effects.files, audit.paths);
    return await use({ ...reading, audit, paths: audit.paths, book, portfolios, folders, now: formatTime(effects.clock.now()) });
  } finally {
    await audit.close();
  }
}

/** The same, for answers that mean nothing while entries cannot be read. @throws E_LEDGER when the chain is broken or its end is gone */
export function withWholeLedger<T>(options: GovernanceOptions, use: (tools: GovernanceTools) => Promise<T>): Promise<T> {
  return withGovernance(options, async (tools) => {
    await readLedger(options.effects.files, tools.paths);
    return use(tools);
  });
}

/** The same under the lake's lock: nothing is written between reading and appending. @throws E_LOCKED, E_LEDGER */
export async function changeGovernance<T>(
  options: GovernanceOptions & { readonly lockTimeoutMs: number },
  use: (tools: GovernanceTools) => Promise<T>,
): Promise<T> {
  const { files, clock, uniqueName } = options.effects;
  const path = lakePaths(options.dataRoot).lock();
  const lock = await acquireLock({ files, clock, path, uniqueName, timeoutMs: options.lockTimeoutMs, signal: options.signal });
  try {
    return await withWholeLedger(options, use);
  } finally {
    await lock.release();
  }
}
