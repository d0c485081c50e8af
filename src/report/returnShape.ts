import { expectedShortfall } from '../stats/expectedShortfall.ts';
import { moments } from '../stats/moments.ts';
import { normalCdf } from '../stats/normal.ts';

/** Shape and tails of a sample of daily returns. */
export interface ReturnShape {
  readonly days: number;
  readonly mean: number | null;
  readonly deviation: number | null;
  readonly skewness: number | null;
  /** Pearson's; 3 for a normal. */
  readonly kurtosis: number | null;
  /** Days further than three deviations from the mean, and how many a normal of this mean and deviation would have. */
  readonly far: { readonly observed: number; readonly expected: number } | null;
  readonly tails: readonly Tail[];
}

/** Losses as positive fractions. */
export interface Tail {
  readonly confidence: number;
  readonly valueAtRisk: number | null;
  readonly expectedShortfall: number | null;
  /** Days that the mean is taken over, possibly fractional. */
  readonly observations: number;
}

const confidences = [0.95, 0.99] as const;
/** Deviations from the mean beyond which a day counts as far. */
const farDeviations = 3;

/** Moments and tail losses of daily returns; null where the sample is too small or does not vary. */
export function returnShape(returns: Float64Array): ReturnShape {
  const { n, mean, stdSample: deviation, skewness, kurtosis } = moments(returns);
  const hasSpread = mean !== null && deviation !== null && skewness !== null;
  const far = hasSpread
    ? {
        observed: returns.reduce((count, value) => count + (Math.abs(value - mean) > farDeviations * deviation ? 1 : 0), 0),
        expected: 2 * n * normalCdf(-farDeviations),
      }
    : null;
  const tails = confidences.map((confidence) => {
    const { valueAtRisk, expectedShortfall: shortfall, tailObservations } = expectedShortfall(returns, confidence);
    return { confidence, valueAtRisk, expectedShortfall: shortfall, observations: tailObservations };
  });
  return { days: n, mean, deviation, skewness, kurtosis, far, tails };
}

/** Points of the normal curve per deviation, and deviations that it is drawn for on each side. */
const [curvePoints, curveReach] = [8, 4];

/**
 * The normal of the sample's mean and deviation as points (return, days that a bin of this width around it would hold), to be drawn
 * over a histogram; null without spread.
 */
export function normalCurve({ days, mean, deviation, skewness }: ReturnShape, width: number): [value: number, days: number][] | null {
  if (mean === null || deviation === null || skewness === null) return null;
  const below = (edge: number) => normalCdf((edge - mean) / deviation);
  return Array.from({ length: 2 * curvePoints * curveReach + 1 }, (_, at) => {
    const value = mean + (at / curvePoints - curveReach) * deviation;
    return [value, days * (below(value + width / 2) - below(value - width / 2))];
  });
}
