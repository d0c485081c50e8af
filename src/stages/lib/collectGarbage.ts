import type { Effects, Files } from '../../core/effects.ts';
import { findLeftovers, type Garbage } from '../../lake/leftovers.ts';
import { type LakePaths, lakePaths } from '../../lake/paths.ts';
import { isTempName } from '../../lake/writeAtomic.ts';
import { walkFiles } from '../../lake/walkFiles.ts';
import { inspectManifest, inspectRunRecord } from './manifests.ts';
import { readProvenance } from './provenance.ts';

export interface GarbageReport {
  /** In path order. */
  readonly items: readonly Garbage[];
  /** Runs whose files were not judged, and why. */
  readonly kept: readonly { readonly path: string; readonly reason: string }[];
}

const runName = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/**
 * What may be removed: leftovers of interrupted processes, files of a run that no manifest of that run names, cached
 * columns whose table is gone. Raw rows, received bytes, records, manifests and logs are never in it, nor anything of
 * a run whose manifests cannot be read. For removal the caller must hold the writer lock.
 */
export async function collectGarbage(effects: Pick<Effects, 'files'>, dataRoot: string): Promise<GarbageReport> {
  const { files } = effects;
  const paths = lakePaths(dataRoot);
  const items: Garbage[] = await findLeftovers(files, paths.root);
  const kept: { path: string; reason: string }[] = [];
  const hashes = new Set<string>();
  for await (const { partition } of readProvenance(files, paths.root)) if (partition !== null) hashes.add(partition.sha256);
  const places = await placesOfRuns(files, paths);
  for (const runId of await runNames(files, paths, places)) {
    const named = await namedByRun(files, paths, runId);
    if (named.problem !== null) kept.push({ path: `runs/${runId}`, reason: named.problem });
    else items.push(...(await unnamedFiles(files, paths, { runId, places, named: named.paths })));
    for (const hash of named.hashes) hashes.add(hash);
  }
  for await (const file of walkFiles(files, paths.root, 'cache/columns')) {
    const hash = /\/([0-9a-f]{64})\.cols$/.exec(file.path)?.[1];
    if (hash !== undefined && !hashes.has(hash)) items.push({ ...file, reason: 'cached columns of a table that no manifest names' });
  }
  return { items: items.sort((a, b) => (a.path < b.path ? -1 : 1)), kept };
}

/** Removes what was collected, then the folders that became empty. */
export async function removeGarbage(effects: Pick<Effects, 'files'>, dataRoot: string, items: readonly Garbage[]): Promise<void> {
  const { root } = lakePaths(dataRoot);
  const folders = new Set<string>();
  for (const { path } of items) {
    await effects.files.remove(`${root}/${path}`);
    for (let at = parentOf(path); at.includes('/'); at = parentOf(at)) folders.add(at);
  }
  // Deepest first, so that a folder of empty folders goes too.
  for (const folder of [...folders].sort((a, b) => b.length - a.length))
    if ((await effects.files.list(`${root}/${folder}`)).length === 0) await effects.files.remove(`${root}/${folder}`);
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The folders below the data root in which runs have folders of their own. */
async function placesOfRuns(files: Files, { root }: LakePaths): Promise<string[]> {
  const places = ['lake/runs', 'lake/trades/backtests', 'reports/edge_candidates', 'reports/portfolio', 'reports/runs', 'runs'];
  for (const kind of ['reports/policies', 'reports/studies'])
    for (const id of await foldersIn(files, `${root}/${kind}`))
      for (const version of await foldersIn(files, `${root}/${kind}/${id}`)) places.push(`${kind}/${id}/${version}`);
  return places;
}

/** Names of the folders in a folder; whatever a user has put beside them is passed over. */
async function foldersIn(files: Files, folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const name of await files.list(folder)) if ((await files.stat(`${folder}/${name}`))?.isDirectory === true) names.push(name);
  return names;
}

/** Calibrations lie beside the runs of their study; runs share them. */
const isRunName = (name: string) => runName.test(name) && name !== 'calibration';

async function runNames(files: Files, { root }: LakePaths, places: readonly string[]): Promise<string[]> {
  const names = new Set<string>();
  for (const place of places) for (const name of await foldersIn(files, `${root}/${place}`)) if (isRunName(name)) names.add(name);
  return [...names].sort();
}

interface Named {
  readonly paths: ReadonlySet<string>;
  readonly hashes: readonly string[];
  readonly problem: string | null;
}

/** Every file that a manifest in the run's folder names, whether or not the record still lists its stage. */
async function namedByRun(files: Files, paths: LakePaths, runId: string): Promise<Named> {
  const named = new Set<string>();
  const hashes: string[] = [];
  let problem: string | null = null;
  const note = (name: string, text: string) => (problem ??= `nothing of this run is collected: ${name}: ${text}`);
  for (const name of await files.list(paths.run(runId))) {
    const stage = /^([a-z][a-z0-9_]*)\.json$/.exec(name)?.[1];
    if (stage === undefined || stage === 'environment') continue;
    const found = stage === 'run' ? await inspectRunRecord(files, paths, runId) : await inspectManifest(files, paths, runId, stage);
    if (found.state === 'damaged' || found.state === 'newer') note(name, found.problem);
    if (found.state !== 'whole' || !('outputs' in found.value)) continue;
    for (const { path, sha256 } of found.value.outputs) {
      named.add(path);
      hashes.push(sha256);
    }
  }
  return { paths: named, hashes, problem };
}

interface RunFiles {
  readonly runId: string;
  readonly places: readonly string[];
  readonly named: ReadonlySet<string>;
}

async function unnamedFiles(files: Files, paths: LakePaths, { runId, places, named }: RunFiles): Promise<Garbage[]> {
  const found: Garbage[] = [];
  for (const place of places) {
    for await (const file of walkFiles(files, paths.root, `${place}/${runId}`)) {
      const isRecord = place === 'runs' && /^runs\/[^/]+\/[a-z][a-z0-9_]*\.(json|log)$/.test(file.path);
      if (named.has(file.path) || isRecord || isTempName(file.path)) continue;
      found.push({ ...file, reason: `no manifest of run ${runId} names it` });
    }
  }
  return found;
}
