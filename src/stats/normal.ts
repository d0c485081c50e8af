import erfcinv from '@stdlib/math-base-special-erfcinv';
import cdf from '@stdlib/stats-base-dists-normal-cdf';

/**
 * Probability that a standard normal is at most x; the lower tail keeps its relative accuracy.
 *
 * @param x any number; NaN gives NaN
 * @formula erfc(-x / sqrt(2)) / 2
 * @source Cody 1969 through @stdlib
 * @vector numerics.normal.cdf
 */
export function normalCdf(x: number): number {
  return cdf(x, 0, 1);
}

/**
 * The x below which a standard normal falls with probability p, or null when p is not strictly between 0 and 1.
 *
 * @param p probability
 * @formula -sqrt(2) erfcinv(2 p)
 * @source Wichura 1988; erfcinv through @stdlib
 * @vector numerics.normal.quantile
 */
export function normalQuantile(p: number): number | null {
  if (!(p > 0 && p < 1)) return null;
  // Adding zero turns the -0 of p = 0.5 into 0.
  return -Math.SQRT2 * erfcinv(2 * p) + 0;
}
