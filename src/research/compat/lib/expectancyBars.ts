import { mean, sampleStd } from '../../../stats/moments.ts';
import { quantileOfSorted } from '../../../stats/quantile.ts';
import { type ReferenceFrame, requireColumn } from './frame.ts';
import { columnByPrefix, trailingPercentile, type TrendSettings, trendOf } from './marketState.ts';
import { finiteOf } from './sample.ts';

/** Options that both expectancy studies share. */
export interface ExpectancySettings extends TrendSettings {
  /** Bars ahead. */
  readonly horizons: readonly number[];
  readonly fundingPctWindow: number;
  readonly minSamples: number;
  readonly tstatThreshold: number;
}

export const expectancyDefaults: ExpectancySettings = {
  horizons: [4, 16, 96],
  htfWindow: 384,
  htfLookback: 96,
  fundingPctWindow: 2880,
  minSamples: 100,
  tstatThreshold: 2,
};

export type FundingBucket = 'low' | 'mid' | 'high';

/** What the expectancy studies know of each bar. */
export interface ExpectancyBars {
  readonly frame: ReferenceFrame;
  readonly close: Float64Array;
  /** [rows] sign of the slow trend, 0 where missing. */
  readonly trend: Int8Array;
  /** [rows] where the signed funding rate ranks; null where that is undefined. */
  readonly bucket: readonly (FundingBucket | null)[];
  /** [rows] 1 where volatility and range are both compressed. */
  readonly isCompressed: Uint8Array;
  /** Names of the columns found by prefix. */
  readonly featureColumns: { readonly rv_pct: string; readonly range_med: string };
}

/**
 * @throws RangeError when the frame lacks close, range_96, funding_rate_scaled, a volatility percentile or a range median
 * @source research specification 5.1
 */
export function expectancyBars(frame: ReferenceFrame, settings: ExpectancySettings): ExpectancyBars {
  const close = requireColumn(frame, 'close');
  const range = requireColumn(frame, 'range_96');
  const rank = trailingPercentile(requireColumn(frame, 'funding_rate_scaled'), settings.fundingPctWindow);
  const rvPercentile = columnByPrefix(frame, 'rv_pct_');
  const rangeMedian = columnByPrefix(frame, 'range_med_');
  return {
    frame,
    close,
    trend: trendOf(close, settings),
    bucket: Array.from(rank, (value) => (Number.isNaN(value) ? null : value <= 20 ? 'low' : value >= 80 ? 'high' : 'mid')),
    isCompressed: Uint8Array.from(range, (value, bar) => Number(rvPercentile.values[bar]! <= 10 && value <= 0.8 * rangeMedian.values[bar]!)),
    featureColumns: { rv_pct: rvPercentile.name, range_med: rangeMedian.name },
  };
}

/**
 * Horizons in force: distinct, ascending.
 *
 * @throws RangeError for none, or one that is not a whole number from 1
 */
export function horizonsOf({ horizons }: Pick<ExpectancySettings, 'horizons'>): number[] {
  const wrong = horizons.find((bars) => !Number.isInteger(bars) || bars < 1);
  if (wrong !== undefined) throw new RangeError(`a horizon must be a whole number of bars from 1, not ${wrong}`);
  if (horizons.length === 0) throw new RangeError('name at least one horizon in bars');
  return [...new Set(horizons)].sort((a, b) => a - b);
}

/** Return from each close to the one a horizon later; NaN where one is missing. */
export function forwardReturns(close: Float64Array, horizon: number): Float64Array {
  return close.map((price, bar) => (close[bar + horizon] ?? Number.NaN) / price - 1);
}

export interface ReturnStatistics {
  readonly samples: number;
  readonly mean_return: number;
  readonly median_return: number;
  readonly std_return: number;
  readonly win_rate: number;
  readonly p05: number;
  readonly p25: number;
  readonly p75: number;
  readonly p95: number;
  readonly t_stat: number;
  readonly signal_to_noise: number;
}

/**
 * Statistics of returns as if they were independent, which overlapping windows are not (S-19). All 0 for none.
 *
 * @param returns any order, missing ones are left out, read only
 * @source research specification 5.1
 */
export function returnStatistics(returns: ArrayLike<number>): ReturnStatistics {
  const sorted = finiteOf(returns).sort();
  const at = (level: number) => quantileOfSorted(sorted, level) ?? 0;
  const center = mean(sorted) ?? 0;
  const deviation = sampleStd(sorted) ?? 0;
  const ratio = deviation > 0 ? center / deviation : 0;
  return {
    samples: sorted.length,
    mean_return: center,
    median_return: at(0.5),
    std_return: deviation,
    win_rate: sorted.length === 0 ? 0 : sorted.filter((value) => value > 0).length / sorted.length,
    p05: at(0.05),
    p25: at(0.25),
    p75: at(0.75),
    p95: at(0.95),
    t_stat: deviation > 0 ? center / (deviation / Math.sqrt(sorted.length)) : 0,
    signal_to_noise: ratio,
  };
}
