import { requireFinite } from './requireFinite.ts';
import { neumaierSum, sumOver } from './sums.ts';

/** Shape of a sample. Dispersion divides by n-1; skewness and kurtosis use population moments (a normal has kurtosis 3). */
export interface Moments {
  readonly n: number;
  readonly mean: number | null;
  readonly varianceSample: number | null;
  readonly stdSample: number | null;
  readonly skewness: number | null;
  readonly kurtosis: number | null;
}

/** A deviation this small against the largest value is rounding, not dispersion. */
const zeroDispersion = 1e-12;

/**
 * Arithmetic mean, or null for no values.
 *
 * @param values finite numbers, read only
 * @formula sum(x) / n
 * @source standard definition
 * @vector numerics.moments
 */
export function mean(values: ArrayLike<number>): number | null {
  return values.length === 0 ? null : neumaierSum(values) / values.length;
}

/**
 * Sample standard deviation (divides by n-1, two passes), or null for fewer than 2 values.
 *
 * @param values finite numbers, read only
 * @formula sqrt(sum((x - mean)^2) / (n - 1))
 * @source standard definition
 * @vector numerics.moments
 */
export function sampleStd(values: ArrayLike<number>): number | null {
  const center = mean(values);
  if (center === null || values.length < 2) return null;
  return Math.sqrt(centralSum(values, center, 2) / (values.length - 1));
}

/**
 * True when a deviation counts as zero: at most 1e-12 of the largest absolute value.
 *
 * @param deviation standard or downside deviation, in the unit of the values
 * @param values    the numbers it was taken from, read only
 * @source statistics specification section 1
 * @vector edge.undefined
 */
export function isZeroDispersion(deviation: number, values: ArrayLike<number>): boolean {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
  return deviation <= zeroDispersion * largest;
}

/**
 * Count, mean, sample variance and deviation, skewness m3/m2^1.5 and Pearson kurtosis m4/m2^2.
 *
 * @param values finite numbers, read only
 * @returns      null for each field that needs more values or a non-zero variance than there is
 * @throws E_INTERNAL on NaN or Infinity
 * @formula variance = sum((x - mean)^2) / (n - 1); m_k = sum((x - mean)^k) / n; skewness = m3 / m2^1.5; kurtosis = m4 / m2^2
 * @source standard definitions
 * @vector numerics.moments
 */
export function moments(values: ArrayLike<number>): Moments {
  requireFinite(values, 'values');
  const n = values.length;
  const center = mean(values);
  if (center === null || n < 2) {
    return { n, mean: center, varianceSample: null, stdSample: null, skewness: null, kurtosis: null };
  }
  const squares = centralSum(values, center, 2);
  const varianceSample = squares / (n - 1);
  const stdSample = Math.sqrt(varianceSample);
  if (isZeroDispersion(stdSample, values)) {
    return { n, mean: center, varianceSample, stdSample, skewness: null, kurtosis: null };
  }
  const m2 = squares / n;
  const skewness = centralSum(values, center, 3) / n / (m2 * Math.sqrt(m2));
  const kurtosis = centralSum(values, center, 4) / n / (m2 * m2);
  return { n, mean: center, varianceSample, stdSample, skewness, kurtosis };
}

function centralSum(values: ArrayLike<number>, center: number, power: 2 | 3 | 4): number {
  return sumOver(values.length, (i) => {
    const deviation = values[i]! - center;
    const square = deviation * deviation;
    return power === 2 ? square : power === 3 ? square * deviation : square * square;
  });
}
