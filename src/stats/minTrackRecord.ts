import { AppError } from '../core/errors.ts';
import { normalQuantile } from './normal.ts';
import { requireFinite } from './requireFinite.ts';
import { requirePeriods } from './sharpe.ts';
import { type SampleShape, sharpeVariance } from './sharpeStandardError.ts';

/** Length of record that settles a claim. */
export interface TrackRecord {
  /** Observations needed; a fraction, so that lengths compare before they are rounded up. */
  readonly observations: number | null;
  readonly years: number | null;
}

/** The claim to be settled, beside the Sharpe ratio and its benchmark. */
export interface TrackRecordClaim extends Omit<SampleShape, 'n'> {
  /** Probability demanded, from one half to below 1, for example 0.95. */
  readonly confidence: number;
  readonly periodsPerYear: number;
}

/**
 * Length of record after which the probabilistic Sharpe ratio reaches the confidence, should ratio and shape persist.
 *
 * @param sharpe    per-period Sharpe ratio (not annualized)
 * @param benchmark per-period benchmark to be exceeded
 * @returns         nulls when the ratio does not exceed the benchmark: no record is long enough
 * @throws E_INTERNAL on NaN, Infinity, a confidence outside 0.5..1 or a factor that is not positive
 * @formula 1 + (1 - g3 SR + (g4 - 1) / 4 SR^2) (z(c) / (SR - b))^2 observations, z the normal quantile
 * @source Bailey & Lopez de Prado 2012
 * @vector sharpe.minTrackRecord
 */
export function minTrackRecord(sharpe: number, benchmark: number, claim: TrackRecordClaim): TrackRecord {
  const { confidence, periodsPerYear } = claim;
  requireFinite([benchmark], 'benchmark');
  requirePeriods(periodsPerYear);
  if (!(confidence >= 0.5 && confidence < 1)) {
    throw new AppError('E_INTERNAL', { problem: `confidence of a track record must lie between 0.5 and 1, not ${confidence}` });
  }
  const variance = sharpeVariance(sharpe, claim);
  if (sharpe <= benchmark || variance === null) return { observations: null, years: null };
  const distance = normalQuantile(confidence)! / (sharpe - benchmark);
  const observations = 1 + variance * distance * distance;
  return { observations, years: observations / periodsPerYear };
}
