import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AppError } from '../../core/errors.ts';
import { codeRoot } from '../../registry/discover.ts';
import type { StudyFrame } from '../../research/study/frame.ts';
import type { SurrogateAnswer, SurrogateJob, SurrogatePlan } from './surrogateJob.ts';
import { surrogateLab, type SurrogateUnits } from './surrogateLab.ts';
import type { SurrogateTask } from './surrogateWorker.ts';

/** Told of each job as it is done, whichever comes first; what it returns is waited for. */
export type OnAnswer = (at: number, answers: SurrogateAnswer[]) => Promise<void>;

/** Answers many jobs. */
export interface SurrogateCampaign {
  /** @throws E_INTERRUPTED when the signal comes; jobs told of by then are done */
  run(plan: SurrogatePlan, jobs: readonly SurrogateJob[], onAnswer: OnAnswer): Promise<void>;
  close(): Promise<void>;
}

/**
 * A pool of threads for surrogate markets, or this thread alone where one is asked for, nothing is built, or plugins are in play. Columns are
 * shared with the workers, not copied. Answers do not depend on the number of threads.
 */
export function openCampaign({
  workers,
  units,
  hasPlugins,
  signal,
}: {
  readonly workers: number | null;
  readonly units: SurrogateUnits;
  readonly hasPlugins: boolean;
  readonly signal: AbortSignal;
}): SurrogateCampaign {
  const file = join(codeRoot().folder, 'stages', 'lib', 'surrogateWorker.js');
  const threads = workers ?? availableParallelism();
  return threads > 1 && !hasPlugins && existsSync(file) ? threaded(file, threads, signal) : inline(units, signal);
}

function inline(units: SurrogateUnits, signal: AbortSignal): SurrogateCampaign {
  return {
    async run(plan, jobs, onAnswer) {
      const answer = surrogateLab(plan, units);
      for (const [at, job] of jobs.entries()) {
        if (signal.aborted) throw new AppError('E_INTERRUPTED');
        await onAnswer(at, answer(job));
        // Lets a signal through between two markets.
        await new Promise((next) => setImmediate(next));
      }
    },
    close: () => Promise.resolve(),
  };
}

function threaded(file: string, threads: number, signal: AbortSignal): SurrogateCampaign {
  const pool = import('piscina').then(
    ({ Piscina }) => new Piscina({ filename: pathToFileURL(file).href, minThreads: threads, maxThreads: threads, concurrentTasksPerWorker: 1 }),
  );
  let plans = 0;
  return {
    async run(plan, jobs, onAnswer) {
      const opened = await pool;
      const shared = { ...plan, frames: plan.frames.map(sharedFrame) };
      const number = ++plans;
      const waiting = jobs.entries();
      // One more than the threads, so that none waits for its next job.
      const feed = async (): Promise<void> => {
        for (const [at, job] of waiting) {
          const task: SurrogateTask = { number, plan: shared, job };
          await onAnswer(at, (await opened.run(task, { signal })) as SurrogateAnswer[]);
        }
      };
      try {
        await Promise.all(Array.from({ length: threads + 1 }, feed));
      } catch (error) {
        throw signal.aborted ? new AppError('E_INTERRUPTED', {}, { cause: error }) : error;
      }
    },
    close: async () => (await pool).destroy(),
  };
}

/** The frame with every column in memory that threads share. */
function sharedFrame(frame: StudyFrame): StudyFrame {
  const share = (column: Float64Array): Float64Array => {
    const copy = new Float64Array(new SharedArrayBuffer(column.byteLength));
    copy.set(column);
    return copy;
  };
  const isGap = new Uint8Array(new SharedArrayBuffer(frame.isGap.byteLength));
  isGap.set(frame.isGap);
  return {
    ...frame,
    openTime: share(frame.openTime),
    isGap,
    columns: Object.fromEntries(Object.entries(frame.columns).map(([name, column]) => [name, share(column)])),
  };
}
