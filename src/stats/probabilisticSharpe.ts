import { normalCdf } from './normal.ts';
import { requireFinite } from './requireFinite.ts';
import { type SampleShape, sharpeVariance } from './sharpeStandardError.ts';

/** How far a Sharpe ratio lies above a benchmark. */
export interface ProbabilisticSharpe {
  /** Distance in standard errors. */
  readonly z: number | null;
  /** Probability in 0..1 that the true Sharpe ratio exceeds the benchmark. */
  readonly psr: number | null;
}

/**
 * Probability that the true Sharpe ratio exceeds a benchmark, given sample length and shape.
 *
 * @param sharpe    per-period Sharpe ratio (not annualized)
 * @param benchmark per-period benchmark
 * @param shape     observation count, skewness m3/m2^1.5, Pearson kurtosis (normal = 3)
 * @returns         nulls for fewer than 2 observations, or where the shape leaves the estimate no variance
 * @throws E_INTERNAL on NaN or Infinity
 * @formula PSR(b) = Phi((SR - b) sqrt(n - 1) / sqrt(1 - g3 SR + (g4 - 1) / 4 SR^2)), g3 skewness, g4 kurtosis
 * @source Bailey & Lopez de Prado 2012
 * @vector sharpe.probabilistic
 */
export function probabilisticSharpe(sharpe: number, benchmark: number, shape: SampleShape): ProbabilisticSharpe {
  requireFinite([benchmark, shape.n], 'benchmark and count');
  const variance = sharpeVariance(sharpe, shape);
  if (shape.n < 2 || variance === null || variance === 0) return { z: null, psr: null };
  const z = ((sharpe - benchmark) * Math.sqrt(shape.n - 1)) / Math.sqrt(variance);
  return { z, psr: normalCdf(z) };
}
