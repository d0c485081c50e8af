import { prettyJson } from '../../core/canonicalJson.ts';
import { checkEvidenceRun } from '../../governance/compat/promotionCheck.ts';
import type { JsonObject } from '../../governance/compat/values.ts';
import { specDigest } from '../../governance/documents/digest.ts';
import type { OverlayDocument } from '../../governance/documents/overlay.ts';
import { type CheckReason, type VerdictFile, verdictMarkdown } from '../../governance/promotion/verdictFile.ts';
import { writeAtomic } from '../../lake/writeAtomic.ts';
import { isAppError } from '../../core/errors.ts';
import { auditSubject } from './governanceAudit.ts';
import { type Judgement, judgeSubject, type JudgeOptions } from './governanceDecide.ts';
import type { GovernanceTools } from './governanceState.ts';
import type { FoundSubject } from './governanceSubjects.ts';
import { readFinishedRun } from './readRun.ts';

/** The verdict of a judgement, and where it was written. */
export interface WrittenVerdict {
  readonly file: VerdictFile;
  /** Below the data root. */
  readonly paths: readonly string[];
}

/** The verdict of a judgement: every result that fails is a reason. */
export async function verdictOf(tools: GovernanceTools, subject: FoundSubject, { given, evaluation }: Judgement): Promise<VerdictFile> {
  const trust = subject.record === null ? 'declared' : (await auditSubject(tools, subject.record)).trust;
  const runOf = (id: string | null) => given.evidence.find(({ evidence }) => evidence.id === id)?.evidence.run_id ?? 'spec';
  const reasons = evaluation.results
    .filter(({ pass }) => pass === false)
    .map(({ code, evidence, message }): CheckReason => ({ code, scope: runOf(evidence), reason: message }));
  return {
    overlay: subject.ref.id,
    verdict: evaluation.verdict,
    reasons,
    checked_evidence_runs: given.evidence.length,
    from: evaluation.from,
    to: evaluation.to,
    results: evaluation.results,
    policy_digest: specDigest(given.policy),
    ledger_head: tools.state.head,
    trust,
  };
}

/** Writes both verdict files of a subject: a view that can be made again at any time. */
export async function writeVerdict(tools: GovernanceTools, { ref }: FoundSubject, file: VerdictFile): Promise<WrittenVerdict> {
  const folder = `reports/promotion/${ref.kind}_${ref.id}`;
  const { files, uniqueName } = tools.audit.effects;
  const texts = { [`${folder}/promotion_verdict.json`]: prettyJson(file), [`${folder}/promotion_verdict.md`]: verdictMarkdown(file) };
  for (const [path, text] of Object.entries(texts)) await writeAtomic(files, `${tools.paths.root}/${path}`, text, uniqueName);
  return { file, paths: Object.keys(texts) };
}

/**
 * The check of the reference system on an overlay, with the judgement of its next step beside it: every run that is attached, or that the
 * file claims, is held against the overlay's own demands. The verdict passes when nothing speaks against either.
 *
 * @source governance specification 5, 17.8
 */
export async function overlayVerdict(tools: GovernanceTools, subject: FoundSubject, options: JudgeOptions): Promise<VerdictFile> {
  const judgement = await judgeSubject(tools, subject, options);
  const judged = await verdictOf(tools, subject, judgement);
  const document = subject.spec === null ? null : (subject.spec.document as OverlayDocument);
  const claimed = document?.run_ids_evidence.map(({ run_id }) => run_id) ?? [];
  const runs = [...new Set([...judgement.given.evidence.map(({ evidence }) => evidence.run_id), ...claimed])].sort();
  const isStanding = subject.record?.state === 'APPROVED';
  const reasons: CheckReason[] = isStanding ? [] : [...judged.reasons];
  if (isStanding && judged.trust !== 'verified')
    reasons.push({ code: 'EVIDENCE_UNVERIFIED', scope: 'spec', reason: `the approval is ${judged.trust}, not verified; audit why names the reason` });
  for (const run of runs) {
    const summary = await summaryOf(tools, run);
    if (summary === null) reasons.push({ code: 'EVIDENCE_SUMMARY_MISSING', scope: run || 'unknown', reason: 'no such run is finished here' });
    else if (document !== null)
      reasons.push(...runReasons(document, summary).map((reason) => ({ ...reason, scope: run, summary_path: tradesFolder(run) })));
  }
  return { ...judged, reasons, checked_evidence_runs: runs.length, verdict: reasons.length === 0 ? 'PASS_PROMOTION' : 'FAIL_PROMOTION' };
}

/** The reference's reasons, but for one: evidence that is better than asked for is no reason. */
function runReasons(document: OverlayDocument, summary: JsonObject): { code: string; reason: string }[] {
  const { name, objective, cost_bps_validated: costBps, constraints, stability } = document;
  const check = { summary, overlay: name, objectiveMetric: objective.target_metric, costBps, constraints, stability };
  return checkEvidenceRun(check)
    .filter(({ code }) => code !== 'CI_MISMATCH' || stability.effect_ci_excludes_0)
    .map(({ code, text }) => ({ code, reason: text }));
}

const tradesFolder = (runId: string) => `lake/trades/backtests/${runId}`;

/** What a run has of a summary; null when there is no such finished run. */
async function summaryOf(tools: GovernanceTools, runId: string): Promise<JsonObject | null> {
  if (!/^[a-z0-9][a-z0-9_-]{0,63}$/.test(runId)) return null;
  const { files } = tools.audit.effects;
  try {
    await readFinishedRun(files, tools.paths, runId);
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
  const read = async (name: string): Promise<Record<string, unknown>> => {
    const path = `${tools.paths.root}/${tradesFolder(runId)}/${name}`;
    try {
      if ((await files.stat(path))?.isFile !== true) return {};
      return JSON.parse((await files.read(path)).toString('utf8')) as Record<string, unknown>;
    } catch {
      return {};
    }
  };
  const [metrics, risk, fees, bindings] = [
    await read('metrics.json'),
    await read('risk_metrics.json'),
    await read('fee_sensitivity.json'),
    await read('overlay_bindings.json'),
  ];
  return {
    max_drawdown: metrics['max_drawdown'] ?? null,
    risk_metrics: risk['risk_metrics'] ?? {},
    stability_checks: risk['stability_checks'] ?? {},
    fee_sensitivity: feeRows(fees),
    overlay_bindings: bindings['overlay_bindings'] ?? {},
  };
}

/** Both forms of the fee file: a list of records, and the reference's mapping. */
function feeRows(fees: unknown): { fee_bps_per_side: number; net_return: unknown }[] {
  const rows = typeof fees === 'object' && fees !== null ? (Object.values(fees) as Record<string, unknown>[]) : [];
  return rows.flatMap((row) => {
    const cost = row['cost_bps'] ?? row['fee_bps_per_side'];
    return typeof cost === 'number' ? [{ fee_bps_per_side: cost, net_return: row['net_return'] ?? null }] : [];
  });
}
