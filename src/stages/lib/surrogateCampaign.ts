import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Feature } from '../../core/define.ts';
import { AppError } from '../../core/errors.ts';
import { codeRoot } from '../../registry/discover.ts';
import type { StudyFrame } from '../../research/study/frame.ts';
import { type SurrogateAnswer, type SurrogateJob, surrogateLab, type SurrogatePlan } from './surrogateJob.ts';
import type { SurrogateTask } from './surrogateWorker.ts';

/** Answers many jobs; answers come in the order of the jobs, whoever finished first. */
export interface SurrogateCampaign {
  run(plan: SurrogatePlan, jobs: readonly SurrogateJob[], onDone: (done: number) => void): Promise<SurrogateAnswer[]>;
  close(): Promise<void>;
}

/**
 * A pool of threads for surrogate markets, or this thread alone where one is asked for or nothing is built. Columns are shared
 * with the workers, not copied.
 */
export function openCampaign({
  workers,
  features,
  signal,
}: {
  readonly workers: number | null;
  readonly features: ReadonlyMap<string, Feature>;
  readonly signal: AbortSignal;
}): SurrogateCampaign {
  const file = join(codeRoot().folder, 'stages', 'lib', 'surrogateWorker.js');
  const threads = workers ?? availableParallelism();
  return threads > 1 && existsSync(file) ? threaded(file, threads, signal) : inline(features, signal);
}

function inline(features: ReadonlyMap<string, Feature>, signal: AbortSignal): SurrogateCampaign {
  return {
    async run(plan, jobs, onDone) {
      const answer = surrogateLab(plan, features);
      const answers: SurrogateAnswer[] = [];
      for (const job of jobs) {
        if (signal.aborted) throw new AppError('E_INTERRUPTED');
        answers.push(answer(job));
        onDone(answers.length);
        // Lets a signal through between two markets.
        await new Promise((next) => setImmediate(next));
      }
      return answers;
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
    async run(plan, jobs, onDone) {
      const opened = await pool;
      const shared = { ...plan, frames: plan.frames.map(sharedFrame) };
      const number = ++plans;
      let done = 0;
      const answers: SurrogateAnswer[] = [];
      const waiting = jobs.entries();
      // One more than the threads, so that none waits for its next job.
      const feed = async (): Promise<void> => {
        for (const [at, job] of waiting) {
          const task: SurrogateTask = { number, plan: shared, job };
          answers[at] = (await opened.run(task, { signal })) as SurrogateAnswer;
          onDone(++done);
        }
      };
      try {
        await Promise.all(Array.from({ length: threads + 1 }, feed));
      } catch (error) {
        throw signal.aborted ? new AppError('E_INTERRUPTED', {}, { cause: error }) : error;
      }
      return answers;
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
