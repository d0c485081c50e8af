import { AppError } from '../../core/errors.ts';
import { inspectLock } from '../../lake/lock.ts';
import { type LakePaths, lakePaths } from '../../lake/paths.ts';
import { walkFiles } from '../../lake/walkFiles.ts';
import { writeDerived } from '../../lake/writeAtomic.ts';
import { readProvenance } from './provenance.ts';
import { outputsOfRun, readFinishedRun, type StoredRun } from './readRun.ts';
import { type RunOptions, runPipeline } from './runPipeline.ts';
import { changedUnits } from './verifyStage.ts';

export interface Reproduction {
  readonly runId: string;
  readonly isEqual: boolean;
  /** Tree hashes of the stored run and of the run made now. */
  readonly stored: string | null;
  readonly made: string | null;
  /** Files whose content differs or that only one of the runs has, in path order. */
  readonly differing: readonly { readonly path: string; readonly stored: string | null; readonly made: string | null }[];
  /** Units whose code is not what the manifests recorded, `<stage> <kind>/<id>`. */
  readonly changedCode: readonly string[];
}

export type ReproduceOptions = Pick<
  RunOptions,
  'dataRoot' | 'plugins' | 'archiveUrl' | 'workers' | 'lockTimeoutMs' | 'effects' | 'signal' | 'progress'
>;

/**
 * Runs a finished run's configuration again in a data root of its own below the cache, from the lake's raw partitions
 * (hard links, copies where links are not possible) and with nothing else of the lake, and compares every output. The
 * data root is removed afterwards.
 *
 * @throws E_RUN_UNKNOWN, E_USAGE when the run is not finished, E_LOCKED when it is being reproduced already, and what
 *         the pipeline throws
 */
export async function reproduceRun(options: ReproduceOptions, runId: string): Promise<Reproduction> {
  const { effects } = options;
  const paths = lakePaths(options.dataRoot);
  const run = await readFinishedRun(effects.files, paths, runId);
  const inner = lakePaths(`${paths.cache()}/reproduce-${runId}`);
  const lock = await inspectLock(effects.files, inner.lock());
  if (lock.state === 'held') throw new AppError('E_LOCKED', { holder: `process ${lock.pid}, which reproduces ${runId}` });
  await effects.files.remove(inner.root);
  try {
    await lendRaw(options, paths, inner, run);
    const made = await runPipeline({
      ...options,
      dataRoot: inner.root,
      config: run.record.config,
      runId,
      force: false,
      ...(run.record.trials === undefined ? {} : { trials: run.record.trials }),
      ...(run.record.prior_trials === undefined ? {} : { priorTrials: run.record.prior_trials }),
      ...(run.record.trust === undefined ? {} : { trust: run.record.trust }),
    });
    return compare(run, { record: made.record, manifests: made.manifests });
  } finally {
    await effects.files.remove(inner.root);
  }
}

/**
 * The raw partitions that the run read, with the received bytes, provenance records and ingest manifests: with
 * unchanged code ingest then finds its work done and asks nobody on the network.
 */
async function lendRaw({ effects }: ReproduceOptions, from: LakePaths, to: LakePaths, run: StoredRun): Promise<void> {
  const ingests = run.manifests.filter(({ outputs }) => outputs.length > 0 && outputs.every(({ path }) => path.startsWith('lake/raw/')));
  const kept = await supersededOf(from, effects, ingests);
  const symbols = run.record.config.symbols.map((symbol) => `/perp/${symbol}/`);
  for await (const { path } of walkFiles(effects.files, from.root, 'lake/raw'))
    if (symbols.some((part) => path.includes(part))) await lend(effects, `${from.root}/${kept.get(path) ?? path}`, `${to.root}/${path}`);
  for (const { run_id: id, stage } of ingests) await lend(effects, from.stageManifest(id, stage), to.stageManifest(id, stage));
}

/** For raw partitions that were replaced since the run: where the revision that it used is kept. */
async function supersededOf(from: LakePaths, { files }: ReproduceOptions['effects'], ingests: StoredRun['manifests']): Promise<Map<string, string>> {
  const used = new Map(ingests.flatMap(({ outputs }) => outputs.map(({ path, sha256 }) => [path, sha256])));
  const kept = new Map<string, string>();
  for await (const { partition, objects } of readProvenance(files, from.root)) {
    const wanted = partition === null ? undefined : used.get(partition.path);
    const copy = wanted === partition?.sha256 ? undefined : objects.find(({ sha256 }) => sha256 === wanted);
    if (copy !== undefined) kept.set(partition!.path, copy.path);
  }
  return kept;
}

async function lend({ files, uniqueName }: ReproduceOptions['effects'], from: string, to: string): Promise<void> {
  await files.makeFolder(to.slice(0, to.lastIndexOf('/')));
  try {
    await files.link(from, to);
  } catch {
    // Another file system, or one without hard links.
    await writeDerived(files, to, [await files.read(from)], uniqueName);
  }
}

function compare(stored: StoredRun, made: StoredRun): Reproduction {
  const [before, after] = [stored, made].map(({ manifests }) => new Map(outputsOfRun(manifests).map(({ path, sha256 }) => [path, sha256]))) as [
    Map<string, string>,
    Map<string, string>,
  ];
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return {
    runId: stored.record.run_id,
    isEqual: stored.record.tree_hash === made.record.tree_hash,
    stored: stored.record.tree_hash,
    made: made.record.tree_hash,
    differing: paths
      .filter((path) => before.get(path) !== after.get(path))
      .map((path) => ({ path, stored: before.get(path) ?? null, made: after.get(path) ?? null })),
    changedCode: stored.manifests.flatMap(({ stage, units }) =>
      changedUnits(units, made.manifests.find((manifest) => manifest.stage === stage)?.units ?? []).map((unit) => `${stage} ${unit}`),
    ),
  };
}
