import type { Feature, Unit } from '../../core/define.ts';
import type { Strategy } from '../../core/intent.ts';
import { openRegistry } from '../../registry/discover.ts';
import type { SurrogateAnswer, SurrogateJob, SurrogatePlan } from './surrogateJob.ts';
import { surrogateLab } from './surrogateLab.ts';

/** One market of one plan, as a worker thread receives it. Plans are numbered, so that one stays compiled between jobs. */
export interface SurrogateTask {
  readonly number: number;
  readonly plan: SurrogatePlan;
  readonly job: SurrogateJob;
}

let current: { number: number; answer: (job: SurrogateJob) => SurrogateAnswer[] } | null = null;

/** Entry of a worker thread. */
export default async function runSurrogate({ number, plan, job }: SurrogateTask): Promise<SurrogateAnswer[]> {
  if (current?.number !== number) {
    const registry = openRegistry();
    const units = { features: await registry.loadAll<Feature>('feature'), strategies: await registry.loadAll<Strategy & Unit>('strategy') };
    current = { number, answer: surrogateLab(plan, units) };
  }
  return current.answer(job);
}
