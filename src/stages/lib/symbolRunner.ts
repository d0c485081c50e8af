import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isAppError, AppError, type ErrorCode, type ErrorDetails } from '../../core/errors.ts';
import { barMs } from '../../core/time.ts';
import { codeRoot } from '../../registry/discover.ts';
import { windowOf } from './runConfig.ts';
import type { Stage, StageContext, StageProgress, SymbolResult } from './stage.ts';

/** Runs a stage's independent symbols; results come in symbol order, whoever finished first. */
export interface SymbolRunner {
  run(context: StageContext, stage: Stage, plugins: readonly string[]): Promise<SymbolResult[]>;
  close(): Promise<void>;
}

/** Plain data of one piece of work, as a worker receives it. */
export interface SymbolTask {
  readonly stage: string;
  readonly symbol: string;
  readonly runId: string;
  readonly config: StageContext['config'];
  readonly dataRoot: string;
  readonly plugins: readonly string[];
  readonly upstream: StageContext['upstream'];
}

/** A worker answers with a value: a thrown error would lose its code on the way. */
export type SymbolAnswer =
  | { readonly result: SymbolResult }
  | { readonly code: ErrorCode; readonly details: ErrorDetails }
  | { readonly message: string };

/** Below this many bars starting workers costs more than they save. */
const minBarsForWorkers = 150_000;

/**
 * The same where nobody asked for a number: two symbols of six years end 0.4 s of 4 s sooner on two threads, and take a
 * tenth more CPU and half as much memory again.
 */
const minBarsUnasked = 800_000;

/** Symbols in this thread, or in worker threads where there are several and enough work for them. */
export function openSymbolRunner(work: { readonly workers: number | null; readonly symbols: number; readonly days: number }): SymbolRunner {
  const worker = join(codeRoot().folder, 'stages', 'lib', 'worker.js');
  const bars = work.symbols * work.days * 96;
  const threads = Math.min(work.workers ?? (bars >= minBarsUnasked ? availableParallelism() : 1), work.symbols);
  const isWorthIt = threads > 1 && bars >= minBarsForWorkers && existsSync(worker);
  return isWorthIt ? threadRunner(worker, threads) : inlineRunner();
}

function inlineRunner(): SymbolRunner {
  return {
    async run(context, stage) {
      const results: SymbolResult[] = [];
      for (const symbol of context.config.symbols) {
        if (context.signal.aborted) throw new AppError('E_INTERRUPTED');
        context.note(symbol, barsDone(context, results.length));
        results.push(await stage.perSymbol!(context, symbol));
      }
      return results;
    },
    close: () => Promise.resolve(),
  };
}

function threadRunner(worker: string, threads: number): SymbolRunner {
  const pool = import('piscina').then(
    ({ Piscina }) => new Piscina({ filename: pathToFileURL(worker).href, minThreads: threads, maxThreads: threads, concurrentTasksPerWorker: 1 }),
  );
  return {
    async run(context, stage, plugins) {
      const opened = await pool;
      const { runId, config, paths, upstream } = context;
      let done = 0;
      const answers = await Promise.all(
        config.symbols.map(async (symbol) => {
          const task: SymbolTask = { stage: stage.id, symbol, runId, config, dataRoot: paths.root, plugins, upstream };
          const answer = (await opened.run(task, { signal: context.signal })) as SymbolAnswer;
          context.note(symbol, barsDone(context, ++done));
          return answer;
        }),
      ).catch((error: unknown) => {
        throw context.signal.aborted && !isAppError(error) ? new AppError('E_INTERRUPTED', {}, { cause: error }) : error;
      });
      return answers.map(unwrap);
    },
    close: async () => (await pool).destroy(),
  };
}

/** Bars of the symbols that are done, of all; the run's days, whatever is missing in them. */
function barsDone({ config }: StageContext, symbols: number): StageProgress {
  const { start, end } = windowOf(config);
  const bars = (end - start) / barMs;
  return { done: symbols * bars, total: config.symbols.length * bars, unit: 'bars' };
}

function unwrap(answer: SymbolAnswer): SymbolResult {
  if ('result' in answer) return answer.result;
  if ('code' in answer) throw new AppError(answer.code, answer.details);
  throw new AppError('E_INTERNAL', { problem: answer.message });
}
