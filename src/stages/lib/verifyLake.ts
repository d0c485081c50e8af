import { AppError } from '../../core/errors.ts';
import { type Finding, sortFindings } from '../../core/findings.ts';
import { type AuditOptions, openAudit, remark } from './auditTools.ts';
import { collectGarbage } from './collectGarbage.ts';
import { runIds, unknownRun } from './readRun.ts';
import { type RunAudit, verifyRun } from './verifyRun.ts';
import { verifyRaw } from './verifyRaw.ts';

export interface LakeAudit {
  readonly runs: readonly RunAudit[];
  /** Raw lake and garbage; empty when one run was asked for. */
  readonly findings: readonly Finding[];
  readonly files: number;
  readonly bytes: number;
}

/**
 * Verifies one run, or every run, the raw lake and what lies about unreferenced. Nothing is changed and no lock is
 * taken. Memory is bounded by the largest single table.
 *
 * @throws E_RUN_UNKNOWN when the run asked for is not there; E_INTERRUPTED
 */
export async function verifyLake(options: AuditOptions & { readonly runId: string | null }): Promise<LakeAudit> {
  const { effects, runId } = options;
  const tools = await openAudit(options);
  try {
    const known = await runIds(effects.files, tools.paths);
    if (runId !== null && !known.includes(runId)) throw unknownRun(runId, known);
    const findings: Finding[] = runId === null ? await verifyRaw(tools) : [];
    const runs: RunAudit[] = [];
    for (const id of runId === null ? known : [runId]) {
      if (options.signal.aborted) break;
      runs.push(await verifyRun(tools, id));
    }
    if (runId === null) {
      const { items, kept } = await collectGarbage(effects, options.dataRoot);
      findings.push(...items.map(({ path, bytes, reason }) => remark('GARBAGE', path, reason, { observed: bytes })));
      findings.push(...kept.map(({ path, reason }) => remark('NOT_JUDGED', path, reason)));
    }
    if (options.signal.aborted) throw new AppError('E_INTERRUPTED');
    return { runs, findings: sortFindings(findings), ...tools.totals() };
  } finally {
    await tools.close();
  }
}
