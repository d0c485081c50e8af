import { hashOf, prettyJson } from '../../core/canonicalJson.ts';
import type { Effects } from '../../core/effects.ts';
import { AppError } from '../../core/errors.ts';
import { type LakePaths } from '../../lake/paths.ts';
import { treeHash } from '../../lake/treeHash.ts';
import { writeAtomic } from '../../lake/writeAtomic.ts';
import type { RunConfig } from './runConfig.ts';
import type { Manifest, Stage, StageContext } from './stage.ts';

/** What a run is, beside its stage manifests. */
export interface RunRecord {
  readonly run_id: string;
  readonly status: 'running' | 'done';
  readonly config: RunConfig;
  /** Why the run has this id when an earlier one with the same configuration exists. */
  readonly reason: string | null;
  readonly stages: readonly string[];
  /** Tree hash of every file that the manifests name; null while the run is not done. */
  readonly tree_hash: string | null;
}

type Store = Pick<Effects, 'files' | 'uniqueName'>;

/** A stage's manifest, or null when there is none. @throws E_ARTIFACT_DAMAGED when it is not readable */
export async function readManifest(files: Effects['files'], paths: LakePaths, runId: string, stage: string): Promise<Manifest | null> {
  return readJson<Manifest>(files, paths.stageManifest(runId, stage), `runs/${runId}/${stage}.json`);
}

export async function readRunRecord(files: Effects['files'], paths: LakePaths, runId: string): Promise<RunRecord | null> {
  return readJson<RunRecord>(files, paths.runRecord(runId), `runs/${runId}/run.json`);
}

export async function writeManifest(store: Store, paths: LakePaths, manifest: Manifest): Promise<void> {
  await writeAtomic(store.files, paths.stageManifest(manifest.run_id, manifest.stage), Buffer.from(prettyJson(manifest)), store.uniqueName);
}

export async function writeRunRecord(store: Store, paths: LakePaths, record: RunRecord): Promise<void> {
  await writeAtomic(store.files, paths.runRecord(record.run_id), Buffer.from(prettyJson(record)), store.uniqueName);
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
  return { key: hashOf({ stage: stage.id, parameters: stage.parameters(context.config), units, inputs }), units };
}

/** True when every output of a manifest is there. Content is checked by whoever reads it. */
export async function hasOutputs(files: Effects['files'], paths: LakePaths, manifest: Manifest): Promise<boolean> {
  const found = await Promise.all(manifest.outputs.map(({ path }) => files.stat(`${paths.root}/${path}`)));
  return found.every((stat) => stat !== null && stat.isFile);
}

/** Hash over the path and content hash of every file that the manifests of a run name. */
export function runTreeHash(manifests: readonly Manifest[]): string {
  return treeHash(manifests.flatMap((manifest) => manifest.outputs));
}

async function readJson<T>(files: Effects['files'], path: string, shown: string): Promise<T | null> {
  if ((await files.stat(path)) === null) return null;
  try {
    return JSON.parse((await files.read(path)).toString('utf8')) as T;
  } catch (cause) {
    throw new AppError('E_ARTIFACT_DAMAGED', { path: shown, problem: 'it is not readable JSON' }, { cause });
  }
}
