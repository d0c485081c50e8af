import type { Files } from '../../core/effects.ts';
import { AppError } from '../../core/errors.ts';
import { didYouMean } from '../../core/suggest.ts';
import type { LakePaths } from '../../lake/paths.ts';
import { readManifest, readRunRecord, type RunRecord } from './manifests.ts';
import type { Artifact, Manifest } from './stage.ts';

/** How many known runs an error names. */
const shownRuns = 10;

export interface StoredRun {
  readonly record: RunRecord;
  /** In stage order; a stage that has not run has none. */
  readonly manifests: readonly Manifest[];
}

/** Names below `runs/` that may be run ids, sorted. */
export async function runIds(files: Files, paths: LakePaths): Promise<string[]> {
  return (await files.list(paths.runs())).filter((name) => /^[a-z0-9][a-z0-9_-]{0,63}$/.test(name));
}

/**
 * A run with its manifests.
 *
 * @throws E_RUN_UNKNOWN naming the known runs; E_ARTIFACT_DAMAGED when record or manifests are not what was written
 */
export async function readRun(files: Files, paths: LakePaths, runId: string): Promise<StoredRun> {
  const record = await readRunRecord(files, paths, runId);
  if (record === null) throw unknownRun(runId, await runIds(files, paths));
  const manifests: Manifest[] = [];
  for (const stage of record.stages) {
    const manifest = await readManifest(files, paths, runId, stage);
    if (manifest !== null) manifests.push(manifest);
  }
  return { record, manifests };
}

/** The error about a run that is not there, with the nearest of those that are and the first of all. */
export function unknownRun(runId: string, known: readonly string[]): AppError {
  const shown = known.slice(0, shownRuns).join(', ') + (known.length > shownRuns ? ` and ${known.length - shownRuns} more` : '');
  return new AppError('E_RUN_UNKNOWN', { runId, suggestion: didYouMean(runId, known), available: shown || 'none' });
}

/** As readRun, for what needs a whole run. @throws E_USAGE when the run is not finished */
export async function readFinishedRun(files: Files, paths: LakePaths, runId: string): Promise<StoredRun> {
  const run = await readRun(files, paths, runId);
  const absent = run.record.stages.filter((stage) => !run.manifests.some((manifest) => manifest.stage === stage));
  if (run.record.status === 'done' && absent.length === 0) return run;
  throw new AppError('E_USAGE', {
    problem: `run ${runId} is not finished${absent.length === 0 ? '' : ` (no manifest of ${absent.join(', ')})`}; give its run command again first`,
  });
}

/** Every file that the manifests name as an output, once, in path order. */
export function outputsOfRun(manifests: readonly Manifest[]): Artifact[] {
  const byPath = new Map(manifests.flatMap(({ outputs }) => outputs.map((output) => [output.path, output])));
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
