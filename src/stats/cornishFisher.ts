import { requireConfidence } from './expectedShortfall.ts';
import { normalQuantile } from './normal.ts';
import { requireFinite } from './requireFinite.ts';

/** Moments of per-period returns: sample deviation, skewness m3/m2^1.5 and Pearson kurtosis (normal = 3). */
export interface ReturnShape {
  readonly mean: number;
  readonly std: number;
  readonly skewness: number;
  readonly kurtosis: number;
}

/** Value at risk from moments, as positive loss fractions. */
export interface CornishFisher {
  /** Normal quantile of the lower tail, negative for a confidence above one half. */
  readonly z: number;
  readonly zCornishFisher: number;
  readonly valueAtRisk: number;
  readonly gaussianValueAtRisk: number;
  /** False outside the region where the expansion is a quantile; the value at risk is then meaningless. */
  readonly expansionIsMonotone: boolean;
}

/**
 * Value at risk from mean, deviation, skewness and kurtosis, with the flag that says whether it may be shown.
 *
 * @param shape      moments of per-period returns, finite
 * @param confidence strictly between 0 and 1, for example 0.99
 * @throws E_INTERNAL on NaN, Infinity or a confidence outside 0..1
 * @formula w = z + (z^2 - 1) S / 6 + (z^3 - 3 z) K / 24 - (2 z^3 - 5 z) S^2 / 36; VaR = -(mean + w std), K = kurtosis - 3
 * @source Cornish & Fisher 1938; Favre & Galeano 2002; Maillard 2012
 * @vector risk.cornishFisher
 */
export function cornishFisher(shape: ReturnShape, confidence: number): CornishFisher {
  const { mean, std, skewness: s, kurtosis } = shape;
  requireFinite([mean, std, s, kurtosis], 'moments');
  requireConfidence(confidence);
  // The mirror image of the upper tail keeps more digits than the quantile at 1-c.
  const z = -normalQuantile(confidence)!;
  const k = kurtosis - 3;
  const square = z * z;
  const adjusted = z + ((square - 1) * s) / 6 + ((square - 3) * z * k) / 24 - ((2 * square - 5) * z * s * s) / 36;
  return {
    z,
    zCornishFisher: adjusted,
    valueAtRisk: -(mean + adjusted * std),
    gaussianValueAtRisk: -(mean + z * std),
    expansionIsMonotone: isMonotone(s, k),
  };
}

/** The derivative A z^2 + B z + C of the expansion is positive everywhere. A normal (A = 0) falls outside by the specification. */
function isMonotone(s: number, k: number): boolean {
  const a = k / 8 - (s * s) / 6;
  const b = s / 3;
  const c = 1 - k / 8 + (5 * s * s) / 36;
  return a > 0 && b * b < 4 * a * c;
}
