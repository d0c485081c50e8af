import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Files } from '../core/effects.ts';
import { AppError } from '../core/errors.ts';
import { codeRoot } from '../registry/discover.ts';
import type { BenchRecord, SkippedBench } from './record.ts';

export interface SuitesOutcome {
  readonly records: readonly BenchRecord[];
  readonly skipped: readonly SkippedBench[];
  /** Suites that ended with an error: above all a fast path that does not equal its naive twin. */
  readonly broken: readonly string[];
}

export interface SuitesRequest {
  readonly files: Files;
  /** Only suites or comparisons whose name holds this text. */
  readonly filter: string;
  readonly signal: AbortSignal;
  /** Called for every ratio as it is measured. */
  readonly onRecord: (suite: string, record: BenchRecord) => void;
}

const suffix = '.bench.js';

/**
 * Runs the built benchmark suites (bench/ of the repository), each in a process of its own.
 *
 * @throws E_USAGE when nothing matches the filter; E_ENVIRONMENT without a build; E_INTERRUPTED
 */
export async function runSuites(request: SuitesRequest): Promise<SuitesOutcome> {
  const folder = join(codeRoot().folder, 'bench');
  const suites = (await request.files.list(folder)).filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length));
  if (suites.length === 0)
    throw new AppError('E_ENVIRONMENT', { problem: 'the benchmarks are not built', remedy: 'In a clone, run npm run build first.' });
  const outcome = { records: [] as BenchRecord[], skipped: [] as SkippedBench[], broken: [] as string[] };
  const named = suites.filter((name) => name.includes(request.filter));
  for (const suite of named.length > 0 ? named : suites) {
    const only = named.length > 0 ? '' : request.filter;
    const isWhole = await runSuite(join(folder, `${suite}${suffix}`), only, request.signal, (message) => {
      if ('skipped' in message) outcome.skipped.push(message);
      else {
        outcome.records.push(message);
        request.onRecord(suite, message);
      }
    });
    if (request.signal.aborted) throw new AppError('E_INTERRUPTED');
    if (!isWhole) outcome.broken.push(suite);
  }
  if (outcome.records.length + outcome.skipped.length + outcome.broken.length === 0)
    throw new AppError('E_USAGE', { problem: `no benchmark is called ${JSON.stringify(request.filter)}; suites: ${suites.join(', ')}` });
  return outcome;
}

/** True when the suite ended by itself with 0. What it says on stderr is shown. */
function runSuite(file: string, only: string, signal: AbortSignal, onMessage: (message: BenchRecord | SkippedBench) => void): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = fork(file, ['--only', only], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], signal });
    child.on('message', (message) => onMessage(message as BenchRecord | SkippedBench));
    child.on('error', (error) => (signal.aborted ? resolve(false) : reject(error)));
    child.on('close', (code) => resolve(code === 0));
  });
}
