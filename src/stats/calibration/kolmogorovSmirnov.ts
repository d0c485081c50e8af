import { AppError } from '../../core/errors.ts';
import { requireFinite } from '../requireFinite.ts';
import { requireWhole } from '../requireWhole.ts';
import { sumOver } from '../sums.ts';
import { logBinomialTerms } from './binomial.ts';

/** Distance of a sample from the uniform distribution and the chance of one at least as large. */
export interface UniformityTest {
  readonly n: number;
  /** Largest distance between the share of values up to x and x itself. */
  readonly distance: number | null;
  readonly p: number | null;
}

/** Above this size the matrix is slow and the corrected limit close. */
const exactUpTo = 2000;

/**
 * Are these p-values uniform on 0..1, as p-values must be when nothing is there?
 *
 * @param values [n] each 0..1, in any order, read only
 * @returns      null for no values
 * @throws E_INTERNAL on a value outside 0..1
 * @source Kolmogorov 1933; Marsaglia, Tsang & Wang 2003
 */
export function kolmogorovSmirnov(values: ArrayLike<number>): UniformityTest {
  requireFinite(values, 'values');
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  if (n === 0) return { n, distance: null, p: null };
  if (sorted[0]! < 0 || sorted[n - 1]! > 1)
    throw new AppError('E_INTERNAL', { problem: 'values compared with the uniform distribution lie in 0..1' });
  let distance = 0;
  for (let i = 0; i < n; i++) distance = Math.max(distance, (i + 1) / n - sorted[i]!, sorted[i]! - i / n);
  return { n, distance, p: kolmogorovTail(distance, n) };
}

/**
 * Chance that n uniform values lie at least `distance` from their distribution.
 * Correct to seven digits up to 2,000 values and to four beyond.
 *
 * @param distance Kolmogorov-Smirnov distance, 0..1
 * @param n        sample size, at least 1
 * @throws E_INTERNAL on a size that is not whole
 * @source Marsaglia, Tsang & Wang 2003; Birnbaum & Tingey 1951; Vrbik 2018
 */
export function kolmogorovTail(distance: number, n: number): number {
  requireWhole(n, 'sample size', 1);
  if (distance <= 0.5 / n) return 1;
  if (distance >= 1) return 0;
  // Where the tail is thin, both sides at once hardly ever happen (a share e^-6nd^2 of it): twice the one-sided chance.
  const isThin = n * distance * distance > (n <= exactUpTo ? 3 : 1.7);
  if (isThin || distance >= 0.5) return Math.min(1, 2 * oneSidedTail(distance, n));
  return n <= exactUpTo ? 1 - insideBand(distance, n) : limitTail(Math.sqrt(n) * distance, n);
}

/** Exact chance that the sample lies at least `distance` above the distribution somewhere. */
function oneSidedTail(distance: number, n: number): number {
  const logWays = logBinomialTerms(n);
  const last = Math.floor(n * (1 - distance));
  return sumOver(last + 1, (j) => {
    const above = distance + j / n;
    // At the last term the remaining share is 0 to the power n - j; rounding must not make it negative.
    const rest = Math.max(0, 1 - above);
    const logRest = n === j ? 0 : (n - j) * Math.log(rest);
    return distance * Math.exp(logWays[j]! + (j - 1) * Math.log(above) + logRest);
  });
}

/** Chance that the distance is smaller: a middle entry of the n-th power of a band matrix. */
function insideBand(distance: number, n: number): number {
  const k = Math.floor(n * distance) + 1;
  const size = 2 * k - 1;
  const power = matrixPower({ cells: bandMatrix(size, k - n * distance), exponent: 0 }, n, size);
  let inside = power.cells[(k - 1) * size + k - 1]!;
  let { exponent } = power;
  for (let i = 1; i <= n; i++) {
    inside *= i / n;
    if (inside > small) continue;
    inside /= small;
    exponent -= 1;
  }
  // The chance is inside * large^exponent; once the two scales have met again it is an ordinary number.
  return Math.min(1, inside * scaleTo(exponent));
}

/** Matrices and products are kept in range by factors of 2^460, counted in an exponent. */
const large = 2 ** 460;
const small = 1 / large;

function scaleTo(exponent: number): number {
  let scale = 1;
  for (let i = 0; i < Math.abs(exponent); i++) scale *= exponent > 0 ? large : small;
  return scale;
}

/** Ones on and below the superdiagonal, over factorials, with the first column and last row corrected for the fraction h. */
function bandMatrix(size: number, h: number): Float64Array {
  const powers = new Float64Array(size + 1).fill(1);
  for (let i = 1; i <= size; i++) powers[i] = powers[i - 1]! * h;
  let corner = 0;
  if (2 * h > 1) {
    corner = 1;
    for (let i = 0; i < size; i++) corner *= 2 * h - 1;
  }
  const cells = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < Math.min(size, row + 2); column++) {
      let cell = 1;
      if (column === 0) cell -= powers[row + 1]!;
      if (row === size - 1) cell -= powers[size - column]!;
      if (row === size - 1 && column === 0) cell += corner;
      for (let factor = 2; factor <= row - column + 1; factor++) cell /= factor;
      cells[row * size + column] = cell;
    }
  }
  return cells;
}

interface Scaled {
  readonly cells: Float64Array;
  /** The matrix is cells * large^exponent. */
  readonly exponent: number;
}

function matrixPower(base: Scaled, power: number, size: number): Scaled {
  if (power === 1) return base;
  const half = matrixPower(base, Math.floor(power / 2), size);
  const square = product(half, half, size);
  return power % 2 === 0 ? square : product(square, base, size);
}

function product(a: Scaled, b: Scaled, size: number): Scaled {
  const cells = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let k = 0; k < size; k++) {
      const factor = a.cells[row * size + k]!;
      if (factor === 0) continue;
      for (let column = 0; column < size; column++) cells[row * size + column]! += factor * b.cells[k * size + column]!;
    }
  }
  const exponent = a.exponent + b.exponent;
  const middle = (size - 1) / 2;
  if (cells[middle * size + middle]! < large) return { cells, exponent };
  return { cells: cells.map((cell) => cell * small), exponent: exponent + 1 };
}

/** Kolmogorov's limit at an argument shifted for the sample size, by the series that converges there. */
function limitTail(root: number, n: number): number {
  const x = root + 1 / (6 * Math.sqrt(n)) + (root - 1) / (4 * n);
  if (x < 1) {
    const below = sumOver(4, (j) => Math.exp((-(2 * j + 1) * (2 * j + 1) * Math.PI * Math.PI) / (8 * x * x)));
    return 1 - (Math.sqrt(2 * Math.PI) / x) * below;
  }
  return 2 * sumOver(6, (j) => (j % 2 === 0 ? 1 : -1) * Math.exp(-2 * (j + 1) * (j + 1) * x * x));
}
