import type { Feature } from '../../core/define.ts';
import { openRegistry } from '../../registry/discover.ts';
import { type SurrogateAnswer, type SurrogateJob, surrogateLab, type SurrogatePlan } from './surrogateJob.ts';

/** One market of one plan, as a worker thread receives it. Plans are numbered, so that one stays compiled between jobs. */
export interface SurrogateTask {
  readonly number: number;
  readonly plan: SurrogatePlan;
  readonly job: SurrogateJob;
}

let current: { number: number; answer: (job: SurrogateJob) => SurrogateAnswer } | null = null;

/** Entry of a worker thread. */
export default async function runSurrogate({ number, plan, job }: SurrogateTask): Promise<SurrogateAnswer> {
  if (current?.number !== number) current = { number, answer: surrogateLab(plan, await openRegistry().loadAll<Feature>('feature')) };
  return current.answer(job);
}
