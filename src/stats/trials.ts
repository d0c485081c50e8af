import { AppError } from '../core/errors.ts';
import { isZeroDispersion, mean, moments, sampleStd } from './moments.ts';
import { requireFinite } from './requireFinite.ts';
import { perPeriodSharpe } from './sharpe.ts';
import { sumOver } from './sums.ts';

/** What the returns of the trials say about each other. The number of trials itself comes from the ledger. */
export interface TrialSpread {
  /** Trials given. */
  readonly measured: number;
  /** Of these, trials without variance: they have no Sharpe ratio and correlate with nothing. */
  readonly flat: number;
  /** Variance across trials of their per-period Sharpe ratios; null with fewer than 2 of them. */
  readonly trialSharpeVariance: number | null;
  /** Mean over all pairs of trials of their correlation; null with fewer than 2 trials that have one. */
  readonly meanCorrelation: number | null;
}

/**
 * Number of independent trials that correlated ones amount to. Correlation has already narrowed the variance across the
 * trials, so a deflated Sharpe ratio by this number is the more lenient one: of near copies without skill (rho 0.95, ten
 * trials) 9 % exceed 0.95, and 5 % by the number counted.
 *
 * @param meanCorrelation rho, mean pairwise correlation of the trials' returns
 * @param trials          M, trials counted
 * @returns               between 1 and M for a rho of 0 to 1; slightly above M for a negative one
 * @formula rho + (1 - rho) M
 * @source Bailey & Lopez de Prado 2014
 * @vector sharpe.effectiveTrials
 */
export function effectiveTrials(meanCorrelation: number, trials: number): number {
  return meanCorrelation + (1 - meanCorrelation) * trials;
}

/**
 * Variance of the trials' Sharpe ratios and mean correlation of their returns.
 *
 * @param returns [trials] columns of equal length, simple decimal returns per period, finite, read only
 * @throws E_INTERNAL on NaN, Infinity or columns of different lengths
 * @source Bailey & Lopez de Prado 2014
 * @vector sharpe.effectiveTrials
 */
export function trialSpread(returns: readonly ArrayLike<number>[]): TrialSpread {
  requireSameLength(returns);
  const sharpes = returns.map((column) => perPeriodSharpe(column));
  return {
    measured: returns.length,
    flat: sharpes.filter((sharpe) => sharpe === null).length,
    trialSharpeVariance: trialSharpeVariance(sharpes),
    meanCorrelation: meanCorrelation(returns),
  };
}

/**
 * Variance across trials of their per-period Sharpe ratios, as a ledger keeps them.
 *
 * @param sharpes one per trial, read only; trials without a ratio (null) are left out
 * @returns       null with fewer than 2 ratios
 * @throws E_INTERNAL on NaN or Infinity
 * @source Bailey & Lopez de Prado 2014
 * @vector sharpe.deflated
 */
export function trialSharpeVariance(sharpes: readonly (number | null)[]): number | null {
  return moments(sharpes.filter((sharpe) => sharpe !== null)).varianceSample;
}

/**
 * Mean over all pairs of columns of their correlation, in one pass over the columns: the columns of unit length add up to a
 * vector whose squared length is the number of columns plus the sum over ordered pairs.
 *
 * @param columns [columns] of equal length, finite, read only; columns without variance are left out
 * @returns       null with fewer than 2 columns that vary
 * @throws E_INTERNAL on NaN, Infinity or columns of different lengths
 * @formula (|sum of unit columns|^2 - M) / (M (M - 1))
 * @source standard definition
 * @vector sharpe.effectiveTrials
 */
export function meanCorrelation(columns: readonly ArrayLike<number>[]): number | null {
  const rows = requireSameLength(columns);
  const total = new Float64Array(rows);
  const lost = new Float64Array(rows);
  let count = 0;
  for (const column of columns) {
    requireFinite(column, 'values');
    const center = mean(column);
    const deviation = sampleStd(column);
    if (center === null || deviation === null || isZeroDispersion(deviation, column)) continue;
    count++;
    const length = deviation * Math.sqrt(rows - 1);
    for (let i = 0; i < rows; i++) addTo(total, lost, i, (column[i]! - center) / length);
  }
  if (count < 2) return null;
  const squared = sumOver(rows, (i) => (total[i]! + lost[i]!) * (total[i]! + lost[i]!));
  return (squared - count) / (count * (count - 1));
}

/** One step of Neumaier's sum, kept per row. */
function addTo(total: Float64Array, lost: Float64Array, row: number, value: number): void {
  const sum = total[row]!;
  const next = sum + value;
  lost[row]! += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
  total[row] = next;
}

/**
 * The common length of the columns; 0 for none.
 *
 * @param columns columns of one table, read only
 * @throws E_INTERNAL when they differ
 * @source statistics specification section 5
 */
export function requireSameLength(columns: readonly ArrayLike<number>[]): number {
  const rows = columns[0]?.length ?? 0;
  const odd = columns.findIndex((column) => column.length !== rows);
  if (odd < 0) return rows;
  throw new AppError('E_INTERNAL', { problem: `column ${odd} has ${columns[odd]!.length} rows, the first one ${rows}` });
}
