import { requireWhole } from '../requireWhole.ts';

/** First and last index, both included. */
export type IndexRange = readonly [first: number, last: number];

export interface WalkForwardPlan {
  /** Observations. */
  readonly n: number;
  /** Observations of a training span (of the first one, when anchored). */
  readonly train: number;
  readonly test: number;
  /** Observations from one test to the next; the length of a test when absent, so that tests neither overlap nor leave holes. */
  readonly step?: number;
  /** Observations left out between training and test: at least the horizon of the labels. */
  readonly gap: number;
  /** Training always starts at 0 and grows, instead of moving along. */
  readonly anchored: boolean;
}

export interface WalkForwardSplit {
  readonly train: IndexRange;
  readonly test: IndexRange;
}

/**
 * Training and test spans that walk through time, test always after training; an incomplete last test is dropped.
 *
 * @returns splits in time order; none when the first test does not fit
 * @throws E_INTERNAL on counts that are not whole, an empty training or test span, or a step of 0
 * @formula test k starts train + gap + k step
 * @source standard definition
 * @vector overfitting.walkForward
 */
export function walkForward({ n, train, test, step = test, gap, anchored }: WalkForwardPlan): WalkForwardSplit[] {
  requireWhole(n, 'observations', 0);
  requireWhole(train, 'training span', 1);
  requireWhole(test, 'test span', 1);
  requireWhole(step, 'step', 1);
  requireWhole(gap, 'gap', 0);
  const splits: WalkForwardSplit[] = [];
  for (let from = 0; from + train + gap + test <= n; from += step) {
    const first = from + train + gap;
    splits.push({ train: [anchored ? 0 : from, from + train - 1], test: [first, first + test - 1] });
  }
  return splits;
}
