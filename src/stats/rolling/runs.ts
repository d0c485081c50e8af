import { AppError } from '../../core/errors.ts';

/**
 * The stretches of a column that hold numbers, as flat pairs [start, end) in ascending order; a window has a value
 * exactly when it lies inside one stretch.
 *
 * @param values [bars], read only; NaN is missing, infinities count as numbers
 * @returns      [2 x stretches] indices: start, end, start, end, ...
 * @source       core-pipeline specification section 9.3: a window that contains a missing value gives missing
 */
export function numberRuns(values: Float64Array): number[] {
  const runs: number[] = [];
  const length = values.length;
  let i = 0;
  while (i < length) {
    while (i < length && Number.isNaN(values[i])) i++;
    if (i === length) break;
    runs.push(i);
    while (i < length && !Number.isNaN(values[i])) {
      i++;
      // A sum is a number only if all its terms are, so eight bars are passed in one comparison.
      while (i + 8 <= length && !Number.isNaN(sumOfEight(values, i))) i += 8;
    }
    runs.push(i);
  }
  return runs;
}

/**
 * The stretches of a column that hold finite numbers, as flat pairs [start, end) in ascending order.
 *
 * @param values [bars], read only; NaN and infinities both end a stretch
 * @returns      [2 x stretches] indices: start, end, start, end, ...
 * @source       core-pipeline specification section 9.3
 */
export function finiteRuns(values: Float64Array): number[] {
  const runs: number[] = [];
  const length = values.length;
  let i = 0;
  while (i < length) {
    while (i < length && !Number.isFinite(values[i])) i++;
    if (i === length) break;
    runs.push(i);
    while (i < length && Number.isFinite(values[i])) {
      i++;
      while (i + 8 <= length && Number.isFinite(sumOfEight(values, i))) i += 8;
    }
    runs.push(i);
  }
  return runs;
}

/** Sum of the eight values from i on: not finite when one of them is not. */
function sumOfEight(values: Float64Array, i: number): number {
  const early = values[i]! + values[i + 1]! + (values[i + 2]! + values[i + 3]!);
  return early + (values[i + 4]! + values[i + 5]! + (values[i + 6]! + values[i + 7]!));
}

/**
 * Nothing; throws E_INTERNAL when a rolling kernel is called with a window that is not a whole number of at least
 * one bar, or with an output of another length or in the same memory as its input.
 */
export function checkRolling(values: Float64Array, window: number, out: Float64Array): void {
  if (!Number.isInteger(window) || window < 1) {
    throw new AppError('E_INTERNAL', { problem: `a rolling window is a whole number of bars from 1, found ${window}` });
  }
  if (out.length !== values.length) {
    throw new AppError('E_INTERNAL', { problem: `a rolling output needs ${values.length} places, found ${out.length}` });
  }
  if (out.buffer === values.buffer && out.byteOffset === values.byteOffset && out.length > 0) {
    throw new AppError('E_INTERNAL', { problem: 'a rolling output must not be its own input' });
  }
}
