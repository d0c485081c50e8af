import { AppError } from '../../core/errors.ts';
import { normalCdf } from '../normal.ts';
import { requireFinite } from '../requireFinite.ts';
import { requireWhole } from '../requireWhole.ts';
import { neumaierSum, sumOver } from '../sums.ts';

/** Sums are scaled down beyond it, far from overflow. */
const huge = 2 ** 600;

/**
 * Chance that a chi-square variable is at least x: a finite sum of Poisson terms for whole degrees of freedom.
 *
 * @param x       statistic; 0 or less gives 1
 * @param degrees degrees of freedom, a whole number of at least 1
 * @throws E_INTERNAL on a statistic that is not a number or degrees that are not whole
 * @source Abramowitz & Stegun 1964, 26.4.4 and 26.4.5
 */
export function chiSquareTail(x: number, degrees: number): number {
  requireWhole(degrees, 'degrees of freedom', 1);
  if (Number.isNaN(x)) throw new AppError('E_INTERNAL', { problem: 'a chi-square statistic must be a number, not NaN' });
  if (x <= 0) return 1;
  const half = x / 2;
  const isOdd = degrees % 2 === 1;
  // Terms half^a e^-half / Gamma(a + 1) for a = 0, 1, ... or 1/2, 3/2, ..., relative to e^scale, because e^-half alone may vanish.
  let scale = -half;
  let term = isOdd ? Math.sqrt((4 * half) / Math.PI) : 1;
  let sum = 0;
  for (let a = isOdd ? 0.5 : 0; a <= degrees / 2 - 1; a++) {
    sum += term;
    term *= half / (a + 1);
    if (term < huge) continue;
    sum /= huge;
    term /= huge;
    scale += Math.log(huge);
  }
  const body = sum === 0 ? 0 : Math.exp(Math.log(sum) + scale);
  return Math.min(1, body + (isOdd ? 2 * normalCdf(-Math.sqrt(x)) : 0));
}

/** Pearson's test of counts against equal chances. */
export interface ChiSquareUniform {
  readonly chiSquare: number | null;
  readonly degrees: number;
  readonly p: number | null;
}

/**
 * Are all cells equally likely? For p-values that come in steps, such as (1 + count)/(B + 1), where Kolmogorov-Smirnov is conservative.
 *
 * @param counts [cells] how often each cell came up, whole numbers, read only; expect at least 5 a cell
 * @returns      null for fewer than 2 cells or no observations
 * @throws E_INTERNAL on counts that are negative or not numbers
 * @source Pearson 1900
 */
export function chiSquareUniform(counts: ArrayLike<number>): ChiSquareUniform {
  requireFinite(counts, 'counts');
  for (let i = 0; i < counts.length; i++) requireWhole(counts[i]!, 'count', 0);
  const degrees = Math.max(0, counts.length - 1);
  const expected = neumaierSum(counts) / counts.length;
  if (degrees === 0 || expected === 0) return { chiSquare: null, degrees, p: null };
  const chiSquare = sumOver(counts.length, (i) => ((counts[i]! - expected) * (counts[i]! - expected)) / expected);
  return { chiSquare, degrees, p: chiSquareTail(chiSquare, degrees) };
}
