import { AppError } from '../core/errors.ts';
import { expectedMaximum } from './expectedMaximum.ts';
import { probabilisticSharpe } from './probabilisticSharpe.ts';
import { requirePeriods } from './sharpe.ts';
import type { SampleShape } from './sharpeStandardError.ts';

/** What was tried before one result was chosen. */
export interface TrialCount {
  /** Trials, counted by the ledger; fractional for an effective number. */
  readonly trials: number;
  /** Variance across the trials of their per-period Sharpe ratios; null while there are fewer than 2. */
  readonly trialSharpeVariance: number | null;
}

/** A Sharpe ratio judged against the best that as many worthless trials would have shown. */
export interface DeflatedSharpe {
  /** Per-period Sharpe ratio that the best of the trials is expected to show without any skill. */
  readonly sharpeThreshold: number | null;
  /** Distance to it in standard errors. */
  readonly z: number | null;
  /** Probability in 0..1 that the true Sharpe ratio exceeds the threshold. */
  readonly dsr: number | null;
}

/**
 * Probabilistic Sharpe ratio of a chosen result against the expected best of the trials it was chosen from.
 *
 * @param sharpe per-period Sharpe ratio of the chosen result (not annualized)
 * @param tried  number of trials and variance of their per-period Sharpe ratios; one trial deflates nothing
 * @param shape  shape of the chosen result's returns
 * @returns      nulls without a count of at least 1, for several trials without a variance, for fewer than 2 observations
 * @throws E_INTERNAL on NaN, Infinity or a negative variance
 * @formula DSR = PSR(SR0), SR0 = sqrt(V) expectedMaximum(N)
 * @source Bailey & Lopez de Prado 2014
 * @vector sharpe.deflated
 */
export function deflatedSharpe(sharpe: number, tried: TrialCount, shape: SampleShape): DeflatedSharpe {
  const sharpeThreshold = expectedBest(tried);
  if (sharpeThreshold === null) return { sharpeThreshold, z: null, dsr: null };
  const { z, psr } = probabilisticSharpe(sharpe, sharpeThreshold, shape);
  return { sharpeThreshold, z, dsr: psr };
}

/** A deflated Sharpe ratio whose inputs came annualized. */
export interface AnnualDeflatedSharpe extends DeflatedSharpe {
  readonly sharpePerPeriod: number;
}

/** Inputs as papers and fact sheets print them. The count and the shape stay those of the periods. */
export interface AnnualTrials extends SampleShape {
  readonly sharpeAnnual: number;
  readonly periodsPerYear: number;
  readonly trialSharpeVarianceAnnual: number;
  readonly trials: number;
}

/**
 * Deflated Sharpe ratio from annualized inputs, which are brought back to the periods that were counted first.
 *
 * @param input annualized Sharpe ratio and trial variance; n, skewness and kurtosis of the periods
 * @throws E_INTERNAL on NaN, Infinity, a negative variance or a factor that is not positive
 * @formula SR / sqrt(q) and V / q, q periods in a year, then as per period
 * @source Bailey & Lopez de Prado 2014
 * @vector sharpe.deflated.paper
 */
export function deflatedSharpeAnnual(input: AnnualTrials): AnnualDeflatedSharpe {
  const { sharpeAnnual, periodsPerYear, trialSharpeVarianceAnnual, trials } = input;
  requirePeriods(periodsPerYear);
  const sharpePerPeriod = sharpeAnnual / Math.sqrt(periodsPerYear);
  const tried = { trials, trialSharpeVariance: trialSharpeVarianceAnnual / periodsPerYear };
  return { sharpePerPeriod, ...deflatedSharpe(sharpePerPeriod, tried, input) };
}

/**
 * Years of record that keep the expected best annual Sharpe ratio of N worthless trials down to the one given.
 *
 * @param trials          N, at least 1
 * @param maxAnnualSharpe annual Sharpe ratio that luck alone should not exceed
 * @returns               null below 1 trial or for a ratio that is not positive
 * @formula (expectedMaximum(N) / SR)^2 years
 * @source Bailey, Borwein, Lopez de Prado & Zhu 2014
 * @vector sharpe.minBacktestLength
 */
export function minBacktestLength(trials: number, maxAnnualSharpe: number): number | null {
  const best = expectedMaximum(trials);
  if (best === null || !(maxAnnualSharpe > 0)) return null;
  const ratio = best / maxAnnualSharpe;
  return ratio * ratio;
}

function expectedBest({ trials, trialSharpeVariance }: TrialCount): number | null {
  if (trialSharpeVariance !== null && !(trialSharpeVariance >= 0)) {
    throw new AppError('E_INTERNAL', { problem: `variance of trial Sharpe ratios must not be ${trialSharpeVariance}` });
  }
  const best = expectedMaximum(trials);
  if (best === null || trials === 1) return best;
  return trialSharpeVariance === null ? null : Math.sqrt(trialSharpeVariance) * best;
}
