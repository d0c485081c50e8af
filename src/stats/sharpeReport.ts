import { autocorrelatedSharpeError } from './autocorrelatedSharpeError.ts';
import { type DeflatedSharpe, deflatedSharpe, type TrialCount } from './deflatedSharpe.ts';
import { minTrackRecord, type TrackRecord } from './minTrackRecord.ts';
import { moments } from './moments.ts';
import { probabilisticSharpe } from './probabilisticSharpe.ts';
import { sharpe } from './sharpe.ts';
import { type SampleShape, sharpeStandardError } from './sharpeStandardError.ts';

/** What was tried before this result was chosen: counted by the ledger, measured by `trialSpread`. */
export interface TriedBefore extends TrialCount {
  /** Independent trials that the counted ones amount to; null where their correlation is not known. */
  readonly effectiveTrials: number | null;
}

export interface SharpeReportOptions {
  /** 365 when absent: the returns are those of days. */
  readonly periodsPerYear?: number;
  /** Per-period Sharpe ratio to be exceeded; 0 when absent. */
  readonly benchmark?: number;
  /** Probability at which a track record is long enough; 0.95 when absent. */
  readonly confidence?: number;
  /** Neighbors counted for autocorrelation; Newey and West's number when absent. */
  readonly lags?: number;
  /** Absent or null: nothing was counted, so nothing is deflated. */
  readonly tried?: TriedBefore | null;
}

/** A Sharpe ratio and everything that says how far to believe it. All per period unless annualized by name; null is undefined. */
export interface SharpeReport {
  readonly n: number;
  readonly periodsPerYear: number;
  readonly perPeriod: number | null;
  readonly annualized: number | null;
  readonly skewness: number | null;
  readonly kurtosis: number | null;
  readonly standardError: SharpeErrors;
  readonly benchmark: number;
  readonly psr: number | null;
  readonly minTrackRecord: TrackRecord;
  /** By the number of trials counted. */
  readonly deflated: DeflatedSharpe;
  /** By their effective number. */
  readonly deflatedEffective: DeflatedSharpe;
}

/** Standard errors of the per-period Sharpe ratio, from the most to the least trusting. */
export interface SharpeErrors {
  readonly iidNormal: number | null;
  readonly nonNormal: number | null;
  readonly autocorrelated: number | null;
  readonly lags: number;
}

const defaults = { periodsPerYear: 365, benchmark: 0, confidence: 0.95, tried: null };
const notDeflated: DeflatedSharpe = { sharpeThreshold: null, z: null, dsr: null };

/**
 * Sharpe ratio of a return series with its standard errors, the probability that it exceeds a benchmark, the record that
 * would settle it, and the same probability after the trials it was chosen from.
 *
 * @param returns simple decimal returns per period (days) in time order, finite, read only
 * @returns       nulls where a part is undefined: fewer than 2 returns, no variance, no benchmark exceeded, no trials counted
 * @throws E_INTERNAL on NaN, Infinity or options outside their range
 * @source Lo 2002; Bailey & Lopez de Prado 2012, 2014
 * @vector sharpe.deflated
 */
export function sharpeReport(returns: ArrayLike<number>, options: SharpeReportOptions = {}): SharpeReport {
  const { periodsPerYear, benchmark, confidence, tried, lags } = { ...defaults, lags: undefined, ...options };
  const { perPeriod, annualized } = sharpe(returns, periodsPerYear);
  const { n, skewness, kurtosis } = moments(returns);
  const correlated = autocorrelatedSharpeError(returns, lags);
  const common = { n, periodsPerYear, perPeriod, annualized, skewness, kurtosis, benchmark };
  if (perPeriod === null || skewness === null || kurtosis === null) {
    const standardError = { iidNormal: null, nonNormal: null, autocorrelated: null, lags: correlated.lags };
    const never = { observations: null, years: null };
    return { ...common, standardError, psr: null, minTrackRecord: never, deflated: notDeflated, deflatedEffective: notDeflated };
  }
  const shape = { n, skewness, kurtosis };
  return {
    ...common,
    standardError: { ...sharpeStandardError(perPeriod, shape), autocorrelated: correlated.standardError, lags: correlated.lags },
    psr: probabilisticSharpe(perPeriod, benchmark, shape).psr,
    minTrackRecord: minTrackRecord(perPeriod, benchmark, { skewness, kurtosis, confidence, periodsPerYear }),
    deflated: deflate(perPeriod, shape, tried),
    deflatedEffective: deflate(perPeriod, shape, tried === null ? null : { ...tried, trials: tried.effectiveTrials }),
  };
}

function deflate(perPeriod: number, shape: SampleShape, tried: { trials: number | null; trialSharpeVariance: number | null } | null): DeflatedSharpe {
  if (tried === null || tried.trials === null) return notDeflated;
  return deflatedSharpe(perPeriod, { trials: tried.trials, trialSharpeVariance: tried.trialSharpeVariance }, shape);
}
