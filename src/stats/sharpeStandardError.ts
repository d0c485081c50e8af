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
 * @source Lo 2002; Mertens 2002
 * @vector sharpe.standardError
 */
export function sharpeStandardError(sharpe: number, shape: SampleShape): { iidNormal: number | null; nonNormal: number | null } {
  const { n, skewness, kurtosis } = shape;
  if (n < 2) return { iidNormal: null, nonNormal: null };
  const spread = 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe;
  return { iidNormal: Math.sqrt((1 + (sharpe * sharpe) / 2) / n), nonNormal: Math.sqrt(Math.max(0, spread) / (n - 1)) };
}
