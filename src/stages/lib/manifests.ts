import { canonicalJson, hashOf } from '../../core/canonicalJson.ts';
import type { Effects } from '../../core/effects.ts';
import { AppError } from '../../core/errors.ts';
import type { SubjectTrust } from '../../governance/records.ts';
import { type LakePaths } from '../../lake/paths.ts';
import { readSealed, sealJson, type Unsealed } from '../../lake/sealedJson.ts';
import { treeHash } from '../../lake/treeHash.ts';
import { checkFile, type RecordedFile } from '../../lake/verifyFiles.ts';
import { writeAtomic } from '../../lake/writeAtomic.ts';
import type { RunConfig } from './runConfig.ts';
import type { Manifest, Stage, StageContext } from './stage.ts';
import type { TrialFacts } from '../../governance/ledger/trials.ts';

/** What a run is, beside its stage manifests. */
export interface RunRecord {
  readonly run_id: string;
  readonly status: 'running' | 'done';
  readonly config: RunConfig;
  /** Why the run has this id when an earlier one with the same configuration exists. */
  readonly reason: string | null;
  readonly stages: readonly string[];
  /** What the ledger said when the run ended. */
  readonly trials?: TrialFacts;
  /** What the ledger said before its policy studies ran: trials of their hypotheses besides their own, by policy study. */
  readonly prior_trials?: Readonly<Record<string, number>>;
  /** What stood behind each subject that it uses when it began, by `<kind>:<id>@<version>`. Absent where it uses none. */
  readonly trust?: SubjectTrust;
  /** Tree hash of every file that the manifests name; null while the run is not done. */
  readonly tree_hash: string | null;
}

type Store = Pick<Effects, 'files' | 'uniqueName'>;

/** Layout version of manifests and run records; a newer one is refused. */
const schema = 1;

/** A stage's manifest, or null when there is none. @throws E_ARTIFACT_DAMAGED when it is not what was written; E_ENVIRONMENT for a newer schema */
export async function readManifest(files: Effects['files'], paths: LakePaths, runId: string, stage: string): Promise<Manifest | null> {
  return valueOf(await inspectManifest(files, paths, runId, stage), `runs/${runId}/${stage}.json`);
}

/** A run's record, or null when there is none. @throws as readManifest */
export async function readRunRecord(files: Effects['files'], paths: LakePaths, runId: string): Promise<RunRecord | null> {
  return valueOf(await inspectRunRecord(files, paths, runId), `runs/${runId}/run.json`);
}

/** A run's record, or null when there is none that can be used: for a forced run, which replaces whatever is there. */
export async function findRunRecord(files: Effects['files'], paths: LakePaths, runId: string): Promise<RunRecord | null> {
  const found = await inspectRunRecord(files, paths, runId);
  return found.state === 'whole' ? found.value : null;
}

/** A stage's manifest with what is wrong with it as a value. */
export async function inspectManifest(files: Effects['files'], paths: LakePaths, runId: string, stage: string): Promise<Unsealed<Manifest>> {
  const found = await readSealed<Manifest>(files, paths.stageManifest(runId, stage), schema);
  if (found.state !== 'whole' || (found.value.stage === stage && found.value.run_id === runId)) return found;
  return { state: 'damaged', problem: `expected the manifest of stage ${stage} of ${runId}, found another document` };
}

export async function inspectRunRecord(files: Effects['files'], paths: LakePaths, runId: string): Promise<Unsealed<RunRecord>> {
  const found = await readSealed<RunRecord>(files, paths.runRecord(runId), schema);
  if (found.state !== 'whole' || (found.value.run_id === runId && Array.isArray(found.value.stages))) return found;
  return { state: 'damaged', problem: `expected the record of run ${runId}, found another document` };
}

/** A fresh manifest as reading it back would give it: later stages must not see which stages ran in this process. */
export function inStoredOrder(manifest: Manifest): Manifest {
  return JSON.parse(canonicalJson(manifest)) as Manifest;
}

export async function writeManifest(store: Store, paths: LakePaths, manifest: Manifest): Promise<void> {
  await writeAtomic(store.files, paths.stageManifest(manifest.run_id, manifest.stage), sealJson(manifest, schema), store.uniqueName);
}

/** Takes a stage's manifest away before its outputs are replaced: without it a half-replaced stage is absent, not damaged. */
export async function retireManifest(files: Effects['files'], paths: LakePaths, runId: string, stage: string): Promise<void> {
  const path = paths.stageManifest(runId, stage);
  if ((await files.stat(path)) === null) return;
  await files.remove(path);
  await files.syncPath(paths.run(runId));
}

/**
 * Takes a finished run apart before it is replaced: first its record says so, then its manifests go. So whenever the
 * replacement stops, what is left is an unfinished run and never a mixture of two.
 */
export async function retireRun(store: Store, paths: LakePaths, record: RunRecord): Promise<void> {
  await writeRunRecord(store, paths, { ...record, status: 'running', tree_hash: null });
  for (const stage of record.stages) await retireManifest(store.files, paths, record.run_id, stage);
}

export async function writeRunRecord(store: Store, paths: LakePaths, record: RunRecord): Promise<void> {
  await writeAtomic(store.files, paths.runRecord(record.run_id), sealJson(record, schema), store.uniqueName);
}

/** Content key of a stage and the code behind it: equal keys give equal outputs. */
export async function stageKey(context: StageContext, stage: Stage): Promise<{ key: string; units: Manifest['units'] }> {
  const ids = [`stage/${stage.id}`, ...(stage.units?.(context) ?? [])];
  const units = await Promise.all(
    [...new Set(ids)].map(async (name) => {
      const [kind, id] = name.split('/') as [Parameters<typeof context.registry.find>[0], string];
      return { id: name, fingerprint: await context.registry.fingerprint(kind, id) };
    }),
  );
  const inputs = Object.fromEntries(stage.after.map((id) => [id, context.upstream[id]?.outputs.map(({ path, sha256 }) => [path, sha256]) ?? null]));
  const parts = { stage: stage.id, parameters: stage.parameters(context.config, context), units, inputs };
  const externals = (await stage.externals?.(context)) ?? [];
  return { key: hashOf(externals.length === 0 ? parts : { ...parts, externals: externals.map(({ path, sha256 }) => [path, sha256]) }), units };
}

/**
 * True when every output of a manifest is there with the recorded content; false when one is gone (the stage then
 * runs again).
 *
 * @throws E_ARTIFACT_DAMAGED naming an output whose size or SHA-256 is not the recorded one
 */
export async function hasOutputs(files: Effects['files'], paths: LakePaths, manifest: Manifest): Promise<boolean> {
  for (const { path } of manifest.outputs) if ((await files.stat(`${paths.root}/${path}`))?.isFile !== true) return false;
  for (const output of manifest.outputs) await requireContent(files, paths, output);
  return true;
}

/** @throws E_ARTIFACT_DAMAGED unless the file is there with the recorded size and SHA-256 */
export async function requireContent(files: Effects['files'], paths: LakePaths, artifact: RecordedFile): Promise<void> {
  const problem = await checkFile(files, paths.root, artifact);
  if (problem !== null) throw new AppError('E_ARTIFACT_DAMAGED', { path: artifact.path, problem: problem.message });
}

/** Hash over the path and content hash of every file that the manifests of a run name. */
export function runTreeHash(manifests: readonly Manifest[]): string {
  return treeHash(manifests.flatMap((manifest) => manifest.outputs));
}

function valueOf<T>(found: Unsealed<T>, path: string): T | null {
  if (found.state === 'whole') return found.value;
  if (found.state === 'absent') return null;
  if (found.state === 'damaged') throw new AppError('E_ARTIFACT_DAMAGED', { path, problem: found.problem });
  throw new AppError('E_ENVIRONMENT', {
    problem: `${path}: ${found.problem}`,
    remedy: 'Use the version of backtest that wrote the run, or a newer one.',
  });
}
