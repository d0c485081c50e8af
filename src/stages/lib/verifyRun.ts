import { isAppError } from '../../core/errors.ts';
import { type Finding, sortFindings } from '../../core/findings.ts';
import type { Unsealed } from '../../lake/sealedJson.ts';
import { type AuditTools, fault, remark } from './auditTools.ts';
import { inspectManifest, inspectRunRecord, runTreeHash, type RunRecord } from './manifests.ts';
import { openContext, type OpenContext } from './openContext.ts';
import type { Artifact, Manifest } from './stage.ts';
import { verifyIdentities } from './verifyIdentities.ts';
import { verifyKey, verifyStage } from './verifyStage.ts';

/** What verification found out about one run; any finding of severity error is a failure. */
export interface RunAudit {
  readonly runId: string;
  readonly status: RunRecord['status'] | 'damaged';
  readonly stages: number;
  readonly findings: readonly Finding[];
}

/**
 * Checks everything that can be checked of one run without running it again: its record and manifests, every output's
 * bytes and rows, where inputs came from, content keys, table contracts, accounting identities and the tree hash.
 */
export async function verifyRun(tools: AuditTools, runId: string): Promise<RunAudit> {
  const { files } = tools.effects;
  const subject = `runs/${runId}/run.json`;
  const found = await inspectRunRecord(files, tools.paths, runId);
  if (found.state === 'absent' && (await hasNoManifest(tools, runId)))
    return {
      runId,
      status: 'running',
      stages: 0,
      findings: [remark('NOT_FINISHED', subject, 'the run was stopped before its first record; give the run command again')],
    };
  if (found.state !== 'whole') {
    const message = found.state === 'absent' ? 'expected a run record, found none' : found.problem;
    return { runId, status: 'damaged', stages: 0, findings: [fault(found.state === 'newer' ? 'SCHEMA_NEWER' : 'RECORD_DAMAGED', subject, message)] };
  }
  const record = found.value;
  const findings = recordFindings(record, runId);
  if (findings.length > 0) return { runId, status: 'damaged', stages: 0, findings };
  const manifests: Manifest[] = [];
  for (const stage of record.stages) {
    const manifest = await inspectManifest(files, tools.paths, runId, stage);
    if (manifest.state === 'whole') manifests.push(manifest.value);
    else findings.push(...manifestFault(record, stage, manifest));
  }
  const opened = await contextOf(tools, record, findings);
  try {
    const whole = new Set<string>();
    const earlier = new Map<string, Artifact>();
    if (record.status === 'running' && opened !== null) findings.push(...(await dropStale(opened, record, manifests)));
    for (const manifest of manifests) {
      findings.push(...(await verifyStage(tools, { record, manifest, earlier, whole, context: opened?.context ?? null })));
      for (const output of manifest.outputs) earlier.set(output.path, output);
    }
    if (opened !== null) findings.push(...(await keyFindings(opened, record, manifests)));
    findings.push(...(await verifyIdentities(tools, record, manifests, whole)));
  } finally {
    await opened?.close();
  }
  findings.push(...treeFindings(record, manifests));
  return { runId, status: record.status, stages: manifests.length, findings: sortFindings(findings) };
}

/** The shape of a record; its checksum has been checked, so this guards against other programs. */
function recordFindings(record: RunRecord, runId: string): Finding[] {
  const subject = `runs/${runId}/run.json`;
  if (record.run_id !== runId) return [fault('RECORD_DAMAGED', subject, `expected run id ${runId}, found ${String(record.run_id)}`)];
  const isShaped =
    ['running', 'done'].includes(record.status) &&
    Array.isArray(record.stages) &&
    record.stages.every((stage) => /^[a-z][a-z0-9_]*$/.test(stage)) &&
    Array.isArray(record.config?.symbols) &&
    Array.isArray(record.config.strategies);
  return isShaped ? [] : [fault('RECORD_DAMAGED', subject, 'expected status, stages and configuration')];
}

function manifestFault(record: RunRecord, stage: string, found: Exclude<Unsealed<Manifest>, { state: 'whole' }>): Finding[] {
  const subject = `runs/${record.run_id}/${stage}.json`;
  if (found.state === 'newer') return [fault('SCHEMA_NEWER', subject, found.problem)];
  if (found.state === 'damaged') return [fault('MANIFEST_DAMAGED', subject, found.problem)];
  return record.status === 'done'
    ? [fault('MANIFEST_MISSING', subject, 'the run is finished, but this stage has no manifest')]
    : [remark('NOT_FINISHED', subject, 'the stage has not run; give the run command again to continue')];
}

/** The run's context, or null (and a remark) when its strategies or plugins are not to be had here. */
async function contextOf(tools: AuditTools, record: RunRecord, findings: Finding[]): Promise<OpenContext | null> {
  const { effects, dataRoot, plugins, registry, signal } = tools;
  const parts = { effects, dataRoot, plugins, registry, signal, runId: record.run_id, config: record.config };
  try {
    return await openContext({ ...parts, archiveUrl: null, upstream: {}, note: () => {} });
  } catch (error) {
    if (!isAppError(error)) throw error;
    findings.push(remark('CODE_ABSENT', record.run_id, `content keys were not recomputed: ${error.message}`));
    return null;
  }
}

/**
 * A run that is being made again still has the manifests of what it replaces: from the first stage whose key is another one
 * now, they are taken off the list, because the run command will not use them either.
 */
async function dropStale(opened: OpenContext, record: RunRecord, manifests: Manifest[]): Promise<Finding[]> {
  const upstream: Record<string, Manifest> = {};
  for (const [index, stage] of record.stages.entries()) {
    const at = manifests.findIndex((candidate) => candidate.stage === stage);
    const known = manifests[at];
    const isCurrent = known !== undefined && (await verifyKey({ ...opened.context, upstream: { ...upstream } }, record, known)).length === 0;
    if (isCurrent) {
      upstream[stage] = known;
      continue;
    }
    const later = new Set(record.stages.slice(index));
    const stale = manifests.filter((manifest) => later.has(manifest.stage));
    for (const manifest of stale) manifests.splice(manifests.indexOf(manifest), 1);
    const message = 'the manifest belongs to what the run replaces; give the run command again to continue';
    return stale.map((manifest) => remark('NOT_FINISHED', `runs/${record.run_id}/${manifest.stage}.json`, message));
  }
  return [];
}

/** True when a run's folder holds logs at most. */
async function hasNoManifest(tools: AuditTools, runId: string): Promise<boolean> {
  const names = await tools.effects.files.list(tools.paths.run(runId));
  return !names.some((name) => name.endsWith('.json'));
}

async function keyFindings(opened: OpenContext, record: RunRecord, manifests: readonly Manifest[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  const upstream: Record<string, Manifest> = {};
  for (const manifest of manifests) {
    findings.push(...(await verifyKey({ ...opened.context, upstream: { ...upstream } }, record, manifest)));
    upstream[manifest.stage] = manifest;
  }
  return findings;
}

function treeFindings(record: RunRecord, manifests: readonly Manifest[]): Finding[] {
  if (record.status !== 'done' || manifests.length !== record.stages.length) return [];
  const subject = `runs/${record.run_id}/run.json`;
  try {
    const tree = runTreeHash(manifests);
    if (tree === record.tree_hash) return [];
    const message = `expected tree hash ${String(record.tree_hash)}, the manifests give ${tree}`;
    return [fault('TREE_HASH_DIFFERS', subject, message, { observed: tree, allowed: record.tree_hash })];
  } catch (error) {
    if (!isAppError(error)) throw error;
    return [fault('TREE_HASH_DIFFERS', subject, error.message)];
  }
}
