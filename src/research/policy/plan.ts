import { barsPerDay } from '../../core/time.ts';
import type { SliceBook } from './book.ts';
import type { PolicyInput } from './input.ts';

/** How the days of a slice are resampled. */
export interface ResamplePlan {
  readonly draws: number;
  readonly stream: string;
  /** Shortest mean block, in days: as long as an event is followed. */
  readonly leastBlock: number;
}

/** Root of the random streams of a policy study: another document or parent draws anew. */
export function streamOf({ policy, seed }: Pick<PolicyInput, 'policy' | 'seed'>): string {
  return `seed=${seed}/policy/${policy.digest}`;
}

/** The plan for a slice: blocks as long as the parent study follows an event. */
export function resamplePlan(input: PolicyInput, { slice }: SliceBook): ResamplePlan {
  const { document, parent } = input.policy;
  return {
    draws: document.inference.draws,
    stream: `${streamOf(input)}/bootstrap/${slice.id}`,
    leastBlock: 1 + Math.ceil(parent.horizon / barsPerDay),
  };
}
