import type { Files } from '../../core/effects.ts';
import type { LedgerHead } from '../../governance/ledger/entry.ts';
import type { LakePaths } from '../../lake/paths.ts';

/** Ledger heads that runs found when they began: history before them cannot be rewritten unnoticed. Runs without one are left out. */
export async function recordedHeads(files: Files, paths: LakePaths): Promise<{ readonly runId: string; readonly head: LedgerHead }[]> {
  const heads: { runId: string; head: LedgerHead }[] = [];
  for (const runId of await files.list(paths.runs())) {
    const path = `${paths.runs()}/${runId}/environment.json`;
    if ((await files.stat(path))?.isFile !== true) continue;
    const head = headIn((await files.read(path)).toString('utf8'));
    if (head !== null) heads.push({ runId, head });
  }
  return heads;
}

function headIn(text: string): LedgerHead | null {
  try {
    const { ledger } = JSON.parse(text) as { ledger?: LedgerHead };
    return ledger !== undefined && Number.isInteger(ledger.seq) && typeof ledger.hash === 'string' ? ledger : null;
  } catch {
    return null;
  }
}
