import { isAppError } from '../../core/errors.ts';
import type { Finding } from '../../core/findings.ts';
import { isInsidePath } from '../../lake/verifyFiles.ts';
import { type AuditTools, fault, fileFault, remark } from './auditTools.ts';
import { shippedName } from './certificateFiles.ts';
import { type RunRecord, stageKey } from './manifests.ts';
import type { Artifact, Manifest, Stage, StageContext } from './stage.ts';
import { contractOf } from './tableContracts.ts';
import { verifyTable, verifyText } from './verifyTables.ts';

export interface StageAudit {
  readonly record: RunRecord;
  readonly manifest: Manifest;
  /** Outputs of the stages before this one, by path. */
  readonly earlier: ReadonlyMap<string, Artifact>;
  /** Receives the paths of outputs whose bytes are as recorded. */
  readonly whole: Set<string>;
  readonly context: StageContext | null;
}

/** One manifest: its fields, its inputs' origin, its outputs' bytes, and what is in them. */
export async function verifyStage(tools: AuditTools, audit: StageAudit): Promise<Finding[]> {
  const { manifest, record } = audit;
  const subject = `runs/${record.run_id}/${manifest.stage}.json`;
  const problem = fieldProblem(record, manifest);
  if (problem !== null) return [fault('MANIFEST_DAMAGED', subject, problem)];
  const findings: Finding[] = inputFindings(tools, audit, subject);
  for (const output of manifest.outputs) {
    if (tools.signal.aborted) break;
    const isRaw = output.path.startsWith('lake/raw/');
    const kept = isRaw && tools.rawHashes.get(output.path) !== output.sha256 ? tools.superseded.get(output.sha256) : undefined;
    if (kept !== undefined) findings.push(remark('RAW_SUPERSEDED', output.path, `replaced since; the revision that this run used is ${kept}`));
    const difference = await tools.check(kept === undefined ? output : { ...output, path: kept });
    if (difference !== null) {
      findings.push(fileFault(output.path, difference));
      continue;
    }
    audit.whole.add(output.path);
    if (isRaw && kept === undefined && tools.rawHashes.get(output.path) !== output.sha256)
      findings.push(fault('PROVENANCE_MISSING', output.path, `no provenance record says where this raw partition of ${record.run_id} came from`));
    // Raw tables are judged once, with their provenance.
    if (isRaw) continue;
    if (output.path.endsWith('.parquet'))
      findings.push(...(await verifyTable(tools, output, contractOf(manifest.stage, output.path, audit.context))));
    else findings.push(...(await verifyText(tools, output)));
  }
  return findings;
}

/** What is wrong with a manifest's fields, in words; null when they are as they must be. */
function fieldProblem(record: RunRecord, manifest: Manifest): string | null {
  if (manifest.run_id !== record.run_id) return `expected run id ${record.run_id}, found ${String(manifest.run_id)}`;
  if (manifest.status !== 'done') return `expected status done, found ${String(manifest.status)}`;
  if (!/^[0-9a-f]{64}$/.test(manifest.key ?? '')) return 'expected a key of 64 hex digits';
  for (const name of ['requested', 'effective', 'parameters', 'counts'] as const)
    if (typeof manifest[name] !== 'object' || manifest[name] === null) return `expected field ${name}`;
  for (const name of ['units', 'inputs', 'outputs', 'findings'] as const)
    if (!Array.isArray(manifest[name])) return `expected a list in field ${name}`;
  for (const { path, sha256, bytes } of [...manifest.inputs, ...manifest.outputs]) {
    if (!isInsidePath(path)) return `its path ${JSON.stringify(path)} is not below the data root`;
    if (!/^[0-9a-f]{64}$/.test(sha256)) return `expected a SHA-256 for ${path}`;
    if (!Number.isInteger(bytes)) return `expected the size of ${path}`;
  }
  return null;
}

/** Inputs must be outputs of earlier stages, or raw partitions with provenance, with the same content. */
function inputFindings(tools: AuditTools, { manifest, earlier }: StageAudit, subject: string): Finding[] {
  return manifest.inputs.flatMap(({ path, sha256 }) => {
    const origin = earlier.get(path)?.sha256 ?? tools.rawHashes.get(path);
    if (origin === sha256 || tools.superseded.has(sha256) || isExternal(path)) return [];
    if (origin === undefined)
      return [fault('INPUT_UNKNOWN', subject, `it read ${path}, which no earlier stage wrote and no provenance record names`)];
    return [fault('INPUT_DIFFERS', subject, `it read ${path} as ${sha256}, its writer recorded ${origin}`, { observed: sha256, allowed: origin })];
  });
}

/** Calibrations and the program's certificate belong to no run; the stage's key, which is checked as well, holds their content. */
function isExternal(path: string): boolean {
  return path === shippedName || /^reports\/studies\/[^/]+\/v\d+\/calibration\//.test(path);
}

/** The content key again. Changed code is a remark; the same code with another key is a failure. */
export async function verifyKey(context: StageContext, record: RunRecord, manifest: Manifest): Promise<Finding[]> {
  const subject = `runs/${record.run_id}/${manifest.stage}.json`;
  let now: Awaited<ReturnType<typeof stageKey>>;
  try {
    now = await stageKey(
      { ...context, trials: record.trials ?? null, priorTrials: record.prior_trials ?? {}, trust: record.trust ?? {} },
      await context.registry.load<Stage>('stage', manifest.stage),
    );
  } catch (error) {
    if (!isAppError(error)) throw error;
    return [remark('CODE_ABSENT', subject, `its key was not recomputed: ${error.message}`)];
  }
  const changed = changedUnits(manifest.units, now.units);
  if (changed.length > 0) return [remark('CODE_CHANGED', subject, `code changed since the stage ran: ${changed.join(', ')}`)];
  if (now.key === manifest.key) return [];
  const message = 'parameters, inputs and code give another key than the recorded one';
  return [fault('KEY_DIFFERS', subject, message, { observed: now.key, allowed: manifest.key })];
}

/** Ids of the units whose fingerprints differ between two lists, those in only one of them included. */
export function changedUnits(before: Manifest['units'], after: Manifest['units']): string[] {
  const [old, now] = [before, after].map((units) => new Map(units.map(({ id, fingerprint }) => [id, fingerprint]))) as [
    Map<string, string>,
    Map<string, string>,
  ];
  return [...new Set([...old.keys(), ...now.keys()])].filter((id) => old.get(id) !== now.get(id)).sort();
}
