import { AppError } from '../../core/errors.ts';
import { requireFinite } from '../requireFinite.ts';
import { requireWhole } from '../requireWhole.ts';

/** When a sample's label begins and ends, both included, in any unit of time. */
export interface LabelInterval {
  readonly start: number;
  readonly end: number;
}

/** What is left for training once a test has been chosen. All are ascending indices of samples. */
export interface PurgedSplit {
  /** First start and latest end of each run of consecutive test samples. */
  readonly testWindows: readonly (readonly [start: number, end: number])[];
  readonly train: number[];
  /** Label meets a test window. */
  readonly purged: number[];
  /** Label meets none and starts within the embargo after one. */
  readonly embargoed: number[];
}

/**
 * Sorts samples that are not tested into training, purged and embargoed, for labels of any length.
 *
 * @param samples     in order of their start, read only
 * @param testSamples indices of the tested samples, any order, read only
 * @param embargo     time after a test window during which no training label may start: (end, end + embargo]
 * @throws E_INTERNAL on NaN, an interval that ends before it starts, starts that descend, an index out of range or a negative embargo
 * @formula purge where [start, end] meets a test window; embargo starts in (end, end + embargo] of one
 * @source Lopez de Prado 2018, chapter 7
 * @vector overfitting.purge.intervals
 */
export function purgeIntervals(samples: readonly LabelInterval[], testSamples: readonly number[], embargo: number): PurgedSplit {
  requireIntervals(samples);
  requireFinite([embargo], 'embargo');
  if (embargo < 0) throw new AppError('E_INTERNAL', { problem: `embargo must not be negative: ${embargo}` });
  const tested = new Set(testSamples);
  const testWindows = windowsOf(
    samples,
    [...tested].sort((a, b) => a - b),
  );
  const split: PurgedSplit = { testWindows, train: [], purged: [], embargoed: [] };
  for (const [index, { start, end }] of samples.entries()) {
    if (tested.has(index)) continue;
    if (testWindows.some(([from, to]) => start <= to && end >= from)) split.purged.push(index);
    else if (testWindows.some(([, to]) => start > to && start <= to + embargo)) split.embargoed.push(index);
    else split.train.push(index);
  }
  return split;
}

function windowsOf(samples: readonly LabelInterval[], tested: readonly number[]): [number, number][] {
  const windows: [number, number][] = [];
  for (const [place, index] of tested.entries()) {
    const sample = samples[index];
    if (sample === undefined) throw new AppError('E_INTERNAL', { problem: `there is no sample ${index} to test, only ${samples.length}` });
    const last = windows.at(-1);
    if (last !== undefined && tested[place - 1] === index - 1) last[1] = Math.max(last[1], sample.end);
    else windows.push([sample.start, sample.end]);
  }
  return windows;
}

function requireIntervals(samples: readonly LabelInterval[]): void {
  for (const [index, { start, end }] of samples.entries()) {
    requireFinite([start, end], `interval ${index}`);
    if (end < start) throw new AppError('E_INTERNAL', { problem: `interval ${index} ends at ${end}, before its start ${start}` });
    const before = samples[index - 1];
    if (before !== undefined && before.start > start) {
      throw new AppError('E_INTERNAL', { problem: `intervals must be in order of their start: ${start} follows ${before.start} at index ${index}` });
    }
  }
}

/**
 * Embargo to use when nothing else is known: 1 % of the observations, or the longest lookback of a feature that mixes
 * labels, whichever is longer.
 *
 * @param n               observations
 * @param longestLookback observations
 * @throws E_INTERNAL on counts that are not whole
 * @source statistics specification section 5
 */
export function defaultEmbargo(n: number, longestLookback: number): number {
  requireWhole(n, 'observations', 0);
  requireWhole(longestLookback, 'lookback', 0);
  return Math.max(Math.ceil(n / 100), longestLookback);
}
