import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Effects } from '../core/effects.ts';
import { AppError, type ErrorCode, type ErrorDetails, errorTable } from '../core/errors.ts';
import { lakePaths } from '../lake/paths.ts';
import { codeRoot } from '../registry/discover.ts';
import type { Artifact, Manifest, Stage } from '../stages/lib/stage.ts';
import { median, relativeSpread } from './record.ts';

/** What a stage did: the same on every machine, so a changed value is a changed pipeline and not a slow day. */
export interface StageWork {
  readonly files: number;
  readonly bytes: number;
  /** Rows written, or read by a stage that writes no table. */
  readonly rows: number;
}

/** Medians over rounds. */
export interface StageTimes {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** CPU time as a multiple of an empty process's: comparable between machines. */
  readonly empties: number;
  /** Of the process that ran this stage and nothing else. */
  readonly peakRssBytes: number;
  readonly rowsPerSecond: number;
  /** Half the distance of the quartiles of `empties`, as a fraction. */
  readonly noise: number;
}

export interface StageProfile {
  readonly id: string;
  readonly work: StageWork;
  readonly times: StageTimes;
}

export interface PipelineProfile {
  /** Of the outputs of the whole run: equal on every machine. */
  readonly treeHash: string;
  readonly emptyCpuMs: number;
  /** In pipeline order; last `whole`: one process that runs everything but the downloads. */
  readonly stages: readonly StageProfile[];
}

export interface ProfileRequest {
  readonly effects: Effects;
  /** Arguments of `backtest run` that say what is run. */
  readonly runArguments: readonly string[];
  /** The stages that these arguments ask for, in pipeline order. */
  readonly stages: readonly Pick<Stage, 'id' | 'readsSource'>[];
  readonly rounds: number;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
}

/** The stage id of the whole run in a profile. */
export const whole = 'whole';

interface Measurement {
  readonly id: string;
  readonly work: StageWork;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakRssBytes: number;
}

interface Environment {
  readonly stage_ms: Readonly<Record<string, number>>;
  readonly stage_cpu_ms: Readonly<Record<string, number>>;
  readonly cpu_ms: number;
  readonly peak_rss_bytes: number;
}

/** What `backtest run --json` says. */
interface RunDocument {
  readonly tree_hash: string;
}

/**
 * Runs the pipeline in a scratch lake, every stage in a process of its own and then, on the downloaded data, the whole run
 * in one, and measures each. Every round starts with an empty lake.
 *
 * @throws what the failing command threw; E_INTERRUPTED
 */
export async function profileStages(request: ProfileRequest): Promise<PipelineProfile> {
  const rounds: Round[] = [];
  while (rounds.length < request.rounds) {
    request.note(`round ${rounds.length + 1} of ${request.rounds}`);
    rounds.push(await profileRound(request));
  }
  const { treeHash, measured } = rounds[0]!;
  const different = rounds.find((round) => round.treeHash !== treeHash);
  if (different !== undefined)
    throw new AppError('E_INTERNAL', { problem: `two rounds of the same run gave the tree hashes ${treeHash} and ${different.treeHash}` });
  return {
    treeHash,
    emptyCpuMs: median(rounds.map(({ emptyCpuMs }) => emptyCpuMs)),
    stages: measured.map(({ id, work }) => ({ id, work, times: summarize(rounds, id, work) })),
  };
}

interface Round {
  readonly treeHash: string;
  readonly emptyCpuMs: number;
  readonly measured: readonly Measurement[];
}

async function profileRound(request: ProfileRequest): Promise<Round> {
  const { effects, signal, note } = request;
  const root = join(tmpdir(), `backtest-bench-${effects.uniqueName()}`);
  const paths = lakePaths(root);
  const environment = async (runId: string) => JSON.parse((await effects.files.read(paths.environment(runId))).toString('utf8')) as Environment;
  const run = async (words: readonly string[]) =>
    JSON.parse(
      await runNode([join(codeRoot().folder, 'cli', 'main.js'), ...words, ...request.runArguments, '--data-root', root, '--json', '--quiet'], signal),
    ) as unknown;
  const measured: Measurement[] = [];
  const emptyCpuMs = Number(await runNode(['-e', printCpu], signal));
  try {
    for (const { id } of request.stages) {
      note(id);
      const { outputs, inputs } = (await run(['stage', id, '--run-id', 'staged'])) as Manifest;
      const { stage_ms: wall, stage_cpu_ms: cpu, peak_rss_bytes: peakRssBytes } = await environment('staged');
      measured.push({ id, work: workOf(inputs, outputs), wallMs: wall[id]!, cpuMs: cpu[id]!, peakRssBytes });
    }
    note(whole);
    const started = effects.clock.elapsed();
    const { tree_hash: treeHash } = (await run(['run', '--run-id', 'whole'])) as RunDocument;
    const wallMs = effects.clock.elapsed() - started;
    const { cpu_ms: cpuMs, peak_rss_bytes: peakRssBytes } = await environment('whole');
    // The raw data are there by now: ingest only looks at them again.
    const own = request.stages.filter(({ readsSource }) => readsSource !== true).map(({ id }) => id);
    const work = sumOfWork(measured.filter(({ id }) => own.includes(id)).map((one) => one.work));
    measured.push({ id: whole, work, wallMs, cpuMs, peakRssBytes });
    return { treeHash, emptyCpuMs, measured };
  } finally {
    await effects.files.remove(root);
  }
}

function workOf(inputs: readonly Artifact[], outputs: readonly Artifact[]): StageWork {
  const rowsOf = (files: readonly Artifact[]) => files.reduce((sum, { rows }) => sum + (rows ?? 0), 0);
  return { files: outputs.length, bytes: outputs.reduce((sum, { bytes }) => sum + bytes, 0), rows: rowsOf(outputs) || rowsOf(inputs) };
}

function sumOfWork(parts: readonly StageWork[]): StageWork {
  const sum = (key: keyof StageWork) => parts.reduce((total, part) => total + part[key], 0);
  return { files: sum('files'), bytes: sum('bytes'), rows: sum('rows') };
}

function summarize(rounds: readonly Round[], id: string, work: StageWork): StageTimes {
  const of = (value: (one: Measurement, round: Round) => number) =>
    rounds.map((round) =>
      value(
        round.measured.find((one) => one.id === id)!,
        round,
      ),
    );
  const empties = of(({ cpuMs }, { emptyCpuMs }) => cpuMs / emptyCpuMs);
  const wallMs = median(of((one) => one.wallMs));
  return {
    wallMs,
    cpuMs: median(of((one) => one.cpuMs)),
    empties: median(empties),
    peakRssBytes: median(of((one) => one.peakRssBytes)),
    rowsPerSecond: (work.rows / wallMs) * 1000,
    noise: relativeSpread(empties),
  };
}

/** CPU ms of a process that does nothing else. */
const printCpu = 'const { user, system } = process.cpuUsage(); process.stdout.write(String((user + system) / 1000));';

/** Stdout of a Node process. @throws the error that it reported as JSON, otherwise E_INTERNAL with what it said */
function runNode(words: readonly string[], signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    const stop = () => child.kill('SIGTERM');
    signal.addEventListener('abort', stop);
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (exit) => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted) reject(new AppError('E_INTERRUPTED'));
      else if (exit === 0) resolve(stdout);
      else reject(reported(stdout) ?? new AppError('E_INTERNAL', { problem: stderr.trim() || `a measured process ended with ${exit}` }));
    });
  });
}

function reported(stdout: string): AppError | null {
  try {
    const { error } = JSON.parse(stdout) as { error?: { code: ErrorCode; details: ErrorDetails } };
    return error === undefined || !(error.code in errorTable) ? null : new AppError(error.code, error.details);
  } catch {
    return null;
  }
}
