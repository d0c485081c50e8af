import { requireFinite } from './requireFinite.ts';

/** Shape of a return sample. */
export interface SampleShape {
  /** Observations. */
  readonly n: number;
  /** m3 / m2^1.5; 0 for a normal. */
  readonly skewness: number;
  /** Pearson's m4 / m2^2; 3 for a normal. */
  readonly kurtosis: number;
}

/**
 * Standard errors of a per-period Sharpe ratio of independent returns: for normal returns, and for returns of
 * the given shape; null for fewer than 2 observations.
 *
 * @param sharpe per-period Sharpe ratio (not annualized)
 * @throws E_INTERNAL on NaN or Infinity
 * @formula iidNormal = sqrt((1 + SR^2 / 2) / n); nonNormal = sqrt((1 - g3 SR + (g4 - 1) / 4 SR^2) / (n - 1)), g3 skewness, g4 kurtosis
 * @source Lo 2002; Mertens 2002
 * @vector sharpe.standardError
 */
export function sharpeStandardError(sharpe: number, shape: SampleShape): { iidNormal: number | null; nonNormal: number | null } {
  const variance = sharpeVariance(sharpe, shape);
  if (shape.n < 2) return { iidNormal: null, nonNormal: null };
  return {
    iidNormal: Math.sqrt((1 + (sharpe * sharpe) / 2) / shape.n),
    nonNormal: variance === null ? null : Math.sqrt(variance / (shape.n - 1)),
  };
}

/**
 * What one observation contributes to the variance of a per-period Sharpe ratio. It is never negative for moments of a
 * sample (g4 >= 1 + g3^2); null where the moments given cannot belong to one.
 *
 * @param sharpe per-period Sharpe ratio
 * @param shape  skewness and Pearson kurtosis; the count is not used
 * @throws E_INTERNAL on NaN or Infinity
 * @formula 1 - g3 SR + (g4 - 1) / 4 SR^2, g3 skewness, g4 kurtosis
 * @source Mertens 2002
 * @vector sharpe.standardError
 */
export function sharpeVariance(sharpe: number, shape: Omit<SampleShape, 'n'>): number | null {
  const { skewness, kurtosis } = shape;
  requireFinite([sharpe, skewness, kurtosis], 'Sharpe ratio, skewness and kurtosis');
  const square = ((kurtosis - 1) / 4) * sharpe * sharpe;
  const variance = 1 - skewness * sharpe + square;
  if (variance >= 0) return variance;
  // Of two opposite payoffs the variance is exactly zero, and its three terms round.
  return variance >= -1e-12 * (1 + square) ? 0 : null;
}
