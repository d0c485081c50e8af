import { monthOf } from '../core/time.ts';
import { qualityFlags } from './barQuality.ts';

/** What one UTC month of one symbol's bars holds, in bars. */
export interface MonthCoverage {
  /** `YYYY-MM` */
  readonly month: string;
  readonly bars: number;
  /** Bars that are not there or not usable. */
  readonly missing: number;
  /** Flat bars without volume, as published for outages; part of the missing ones. */
  readonly flatEmpty: number;
  /** Bars with a funding settlement at or before them, and bars without a rate in force. */
  readonly fundingKnown: number;
  readonly fundingMissing: number;
}

/** Clean bars and aligned funding of one symbol, all [rows]. */
export interface CoverageColumns {
  readonly openTime: Float64Array;
  readonly isGap: Float64Array;
  readonly quality: Float64Array;
  /** NaN where none is in force. */
  readonly fundingEventTime: Float64Array;
  readonly fundingRate: Float64Array;
}

/** Coverage by month, in time order; a month without bars is left out. */
export function monthlyCoverage(columns: CoverageColumns): MonthCoverage[] {
  const { openTime, isGap, quality, fundingEventTime, fundingRate } = columns;
  const months: MonthCoverage[] = [];
  for (let from = 0; from < openTime.length;) {
    const { end, label } = monthOf(openTime[from]!);
    let [missing, flatEmpty, fundingKnown, fundingMissing] = [0, 0, 0, 0];
    let row = from;
    for (; row < openTime.length && openTime[row]! < end; row++) {
      if (isGap[row] === 1) missing++;
      if ((quality[row]! & qualityFlags.flatEmpty) !== 0) flatEmpty++;
      if (!Number.isNaN(fundingEventTime[row]!)) fundingKnown++;
      if (Number.isNaN(fundingRate[row]!)) fundingMissing++;
    }
    months.push({ month: label, bars: row - from, missing, flatEmpty, fundingKnown, fundingMissing });
    from = row;
  }
  return months;
}
