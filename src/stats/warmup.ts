import { AppError } from '../core/errors.ts';
import { finiteOrNull, requireFinite } from './requireFinite.ts';
import { requireWhole } from './requireWhole.ts';

/** How much the last value of a recursion owes to where the recursion began. */
export interface StartSensitivity {
  /** Last value of the recursion over all values. */
  readonly reference: number | null;
  readonly byStart: readonly StartDifference[];
}

export interface StartDifference {
  readonly start: number;
  /** Last value of the recursion begun at `start`; null when nothing is left there. */
  readonly last: number | null;
  /** |last - reference| / |reference|; null where either is undefined or the reference is 0. */
  readonly relativeDifference: number | null;
}

/**
 * Last value of a recursion from later starts: a unit's warm-up is long enough when a start that far back makes no difference
 * beyond its tolerance.
 *
 * @param values finite numbers in time order, read only
 * @param starts indices to begin at
 * @param last   last value of the recursion over the values given; null or NaN while undefined
 * @throws E_INTERNAL on NaN, Infinity or a start that is not a whole number
 * @formula |last(x_s..x_n) - last(x_0..x_n)| / |last(x_0..x_n)|
 * @source statistics specification section 14
 * @vector lookahead.warmup
 */
export function startSensitivity(
  values: readonly number[] | Float64Array,
  starts: readonly number[],
  last: (values: readonly number[] | Float64Array) => number | null,
): StartSensitivity {
  requireFinite(values, 'values');
  const lastFrom = (start: number) => finiteOrNull(last(values.slice(start)) ?? Number.NaN);
  const reference = lastFrom(0);
  const byStart = starts.map((start) => {
    requireWhole(start, 'start', 0);
    const value = lastFrom(start);
    const isComparable = value !== null && reference !== null && reference !== 0;
    return { start, last: value, relativeDifference: isComparable ? Math.abs(value - reference) / Math.abs(reference) : null };
  });
  return { reference, byStart };
}

/**
 * Exponential average of weight 2/(span + 1), begun with the first value.
 *
 * @param values finite numbers in time order, read only
 * @param span   at least 1
 * @throws E_INTERNAL on a span below 1
 * @formula e_t = a x_t + (1 - a) e_{t-1}, e_0 = x_0, a = 2 / (span + 1)
 * @source standard definition
 * @vector lookahead.warmup
 */
export function exponentialAverage(values: ArrayLike<number>, span: number): Float64Array {
  const weight = weightOf(span);
  const averages = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    averages[i] = i === 0 ? values[0]! : weight * values[i]! + (1 - weight) * averages[i - 1]!;
  }
  return averages;
}

/**
 * Bars after which an exponential average has forgotten its first value: the fewest k with (1 - a)^k within the tolerance.
 *
 * @param span      at least 1
 * @param tolerance share of the first value that may remain
 * @returns         null for a tolerance that is not positive
 * @throws E_INTERNAL on a span below 1
 * @formula smallest k with (1 - a)^k <= tolerance, a = 2 / (span + 1)
 * @source statistics specification section 14
 * @vector lookahead.warmup
 */
export function exponentialMemory(span: number, tolerance: number): number | null {
  const kept = 1 - weightOf(span);
  if (!(tolerance > 0)) return null;
  let bars = 0;
  for (let left = 1; left > tolerance; left *= kept) bars++;
  return bars;
}

function weightOf(span: number): number {
  if (span >= 1 && span < Infinity) return 2 / (span + 1);
  throw new AppError('E_INTERNAL', { problem: `span of an exponential average must be at least 1, not ${span}` });
}
