import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256 } from '../../src/core/canonicalJson.ts';
import type { Files } from '../../src/core/effects.ts';
import { namedStream, nextIndex } from '../../src/core/random.ts';
import { readColumnCache } from '../../src/lake/columnCache.ts';
import { lakePaths } from '../../src/lake/paths.ts';
import { createEffects } from '../../src/lake/realEffects.ts';
import { checkFile } from '../../src/lake/verifyFiles.ts';
import { inspectManifest, inspectRunRecord } from '../../src/stages/lib/manifests.ts';
import { readProvenance } from '../../src/stages/lib/provenance.ts';
import type { RunRequest } from '../../src/stages/lib/runConfig.ts';
import type { RunOptions } from '../../src/stages/lib/runPipeline.ts';
import { createHttp } from '../../src/venues/http.ts';
import { CrashDisk, type DiskState, stateFiles } from './crashStates.ts';
import { runInProcess } from './pipeline.ts';
import { type DiskOperation, recordFiles } from './recordingFiles.ts';

/** A run with everything it did to the disk, and the disk before it. */
export interface Recording {
  readonly root: string;
  readonly before: DiskState;
  readonly log: readonly DiskOperation[];
  /** SHA-256 of every content that was ever published, by path. */
  readonly versions: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What readers made of the states after power cuts. */
export interface Verdict {
  states: number;
  /** Manifests, run records and provenance records that were read and found whole. */
  whole: number;
  /** Promises broken: a durable file in another shape than any published one, or torn data accepted. */
  readonly broken: string[];
  /** A record survived whose file did not, in words; the reader says so. */
  readonly noticed: string[];
}

/** Runs the pipeline in this process and records what it does to the disk. */
export async function recordRun(root: string, request: RunRequest, options: Partial<RunOptions> = {}): Promise<Recording> {
  const before = folderState(root);
  const real = createEffects({ http: createHttp() });
  const files = recordFiles(real.files);
  await runInProcess(request, { ...options, dataRoot: root, effects: { ...real, files } });
  return { root, before, log: files.log, versions: publishedVersions(before, files.log) };
}

/** Cuts the power so many times at random moments of the recorded run and lets readers judge what is left. */
export async function cutPower(recording: Recording, states: number, seed: number): Promise<Verdict> {
  const stream = namedStream(`seed=${seed}/test/power`);
  const verdict: Verdict = { states: 0, whole: 0, broken: [], noticed: [] };
  const moments = Array.from({ length: states }, () => 1 + nextIndex(stream, recording.log.length)).sort((a, b) => a - b);
  const disk = new CrashDisk(recording.before);
  let applied = 0;
  for (const moment of moments) {
    while (applied < moment) disk.apply(recording.log[applied++]!);
    const state = disk.cut(stream);
    verdict.states += 1;
    await judge(recording, state, verdict, `after operation ${moment} (${describe(recording.log[moment - 1]!)})`);
  }
  return verdict;
}

/** A state at a random moment, written into a folder: `root` becomes `target`. A lock that survived is of an earlier boot, as it would be. */
export function materialize(recording: Recording, target: string, seed: number): void {
  const stream = namedStream(`seed=${seed}/test/materialize`);
  const disk = new CrashDisk(recording.before);
  const moment = 1 + nextIndex(stream, recording.log.length);
  for (const operation of recording.log.slice(0, moment)) disk.apply(operation);
  for (const [path, content] of disk.cut(stream)) {
    if (!path.startsWith(`${recording.root}/`)) continue;
    const place = join(target, path.slice(recording.root.length + 1));
    mkdirSync(content === null ? place : dirname(place), { recursive: true });
    if (content !== null) writeFileSync(place, place.endsWith('.lock') ? earlierBoot(content) : content);
  }
}

function earlierBoot(lock: Buffer): string {
  return JSON.stringify({ ...(JSON.parse(lock.toString()) as object), boot: 'an-earlier-boot' });
}

async function judge(recording: Recording, state: DiskState, verdict: Verdict, when: string): Promise<void> {
  const files = stateFiles(state);
  const { root, versions } = recording;
  for (const [path, content] of state) {
    if (content === null || /\.tmp-|\.log$/.test(path)) continue;
    const isPublished = versions.get(path)?.has(sha256(content)) ?? false;
    if (path.startsWith(`${root}/cache/`)) {
      const key = path.slice(path.lastIndexOf('/') + 1, -'.cols'.length);
      if (!isPublished && (await readColumnCache(files, path, key)) !== null) verdict.broken.push(`${when}: torn ${path} is read from the cache`);
    } else if (!isPublished) verdict.broken.push(`${when}: ${path} is torn`);
  }
  for (const line of await judgeRecords(files, root, verdict)) verdict.noticed.push(`${when}: ${line}`);
}

/** Records whose files are absent or not what they say. */
async function judgeRecords(files: Files, root: string, verdict: Verdict): Promise<string[]> {
  const paths = lakePaths(root);
  const lines: string[] = [];
  const look = async (by: string, file: { path: string; sha256: string }) => {
    const problem = await checkFile(files, root, file);
    if (problem !== null) lines.push(`${by} names ${file.path}: ${problem.message}`);
  };
  for (const runId of await files.list(paths.runs())) {
    const record = await inspectRunRecord(files, paths, runId);
    if (record.state === 'whole') verdict.whole += 1;
    for (const name of await files.list(paths.run(runId))) {
      if (!/^[a-z_]+\.json$/.test(name) || ['run.json', 'environment.json'].includes(name)) continue;
      const manifest = await inspectManifest(files, paths, runId, name.slice(0, -'.json'.length));
      if (manifest.state !== 'whole') continue;
      verdict.whole += 1;
      for (const output of manifest.value.outputs) await look(`${runId}/${name}`, output);
    }
  }
  for await (const { path, objects, partition, problem } of readProvenance(files, root)) {
    if (problem !== null) lines.push(`${path}: ${problem}`);
    else verdict.whole += 1;
    for (const file of partition === null ? objects : [...objects, partition]) await look(path, file);
  }
  return lines;
}

/** Every file below a folder as it is, with the folders that lead to it. */
function folderState(root: string): DiskState {
  const state = new Map<string, Buffer | null>();
  for (let path = root; !state.has(path); path = dirname(path)) state.set(path, null);
  mkdirSync(root, { recursive: true });
  for (const name of readdirSync(root, { recursive: true }).map(String).sort()) {
    const path = join(root, name);
    state.set(path, statSync(path).isDirectory() ? null : readFileSync(path));
  }
  return state;
}

function publishedVersions(before: DiskState, log: readonly DiskOperation[]): Map<string, Set<string>> {
  const versions = new Map<string, Set<string>>();
  const add = (path: string, content: Buffer) => versions.set(path, (versions.get(path) ?? new Set()).add(sha256(content)));
  for (const [path, content] of before) if (content !== null) add(path, content);
  const paths = new Map<string, number>();
  const contents = new Map<number, Buffer[]>();
  for (const operation of log) {
    if (operation.type === 'create') {
      paths.set(operation.path, operation.id);
      contents.set(operation.id, []);
    }
    if (operation.type === 'write') contents.get(operation.id)!.push(operation.bytes);
    if (operation.type !== 'rename' && operation.type !== 'link') continue;
    const id = paths.get(operation.from)!;
    paths.set(operation.to, id);
    add(operation.to, Buffer.concat(contents.get(id)!));
  }
  return versions;
}

function describe(operation: DiskOperation): string {
  return `${operation.type} ${'path' in operation ? operation.path : 'to' in operation ? operation.to : operation.id}`;
}
