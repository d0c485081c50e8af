import { barMs, barsPerDay } from '../../../core/time.ts';
import { firstBar } from './bars.ts';
import { type ReferenceFrame, requireColumn } from './frame.ts';
import { columnByPrefix, trailingPercentile, trendOf } from './marketState.ts';
import { firstComeQuartiles, quantileOf } from './sample.ts';

/** Options of the funding study, with the reference's names in our spelling; bars unless said. */
export interface FundingSettings {
  readonly fundingPctWindow: number;
  /** Percentiles, 0 to 100. */
  readonly extremePct: number;
  readonly accelPct: number;
  readonly accelLookback: number;
  readonly persistencePct: number;
  readonly persistenceBars: number;
  readonly normalizationPct: number;
  readonly normalizationLookback: number;
  readonly minEventSpacing: number;
  readonly eventLookahead: number;
  /** Moves as shares of the price. */
  readonly liquidationAbsReturn: number;
  readonly drawdownAbsReturn: number;
  readonly volBurstQuantile: number;
  readonly htfWindow: number;
  readonly htfLookback: number;
  readonly preWindow: number;
  readonly postWindow: number;
  readonly baselineSamplesPerEvent: number;
  readonly baselineSeed: number;
  readonly volAucHorizon: number;
  readonly liqAucHorizon: number;
  readonly phaseToleranceBars: number;
  readonly crossoverConfirmBars: number;
  readonly aucBootstrapIters: number;
  readonly accelQuantile: number;
  readonly accelPersistenceIntervals: number;
  readonly persistenceNormHorizon: number;
  readonly interactionMinRowsPerYear: number;
  readonly minHazardEvents: number;
}

export const fundingDefaults: FundingSettings = {
  fundingPctWindow: 2880,
  extremePct: 95,
  accelPct: 95,
  accelLookback: 32,
  persistencePct: 85,
  persistenceBars: 12,
  normalizationPct: 50,
  normalizationLookback: 96,
  minEventSpacing: 96,
  eventLookahead: 96,
  liquidationAbsReturn: 0.03,
  drawdownAbsReturn: 0.03,
  volBurstQuantile: 0.9,
  htfWindow: 384,
  htfLookback: 96,
  preWindow: 96,
  postWindow: 96,
  baselineSamplesPerEvent: 3,
  baselineSeed: 7,
  volAucHorizon: 8,
  liqAucHorizon: 96,
  phaseToleranceBars: 16,
  crossoverConfirmBars: 4,
  aucBootstrapIters: 2000,
  accelQuantile: 0.995,
  accelPersistenceIntervals: 2,
  persistenceNormHorizon: 96,
  interactionMinRowsPerYear: 150,
  minHazardEvents: 50,
};

/** What the study knows of each bar. All arrays [rows]. */
export interface FundingBars {
  readonly frame: ReferenceFrame;
  readonly close: Float64Array;
  readonly rv: Float64Array;
  /** Absolute funding rate, a share per settlement. */
  readonly rate: Float64Array;
  /** Its trailing percentile. */
  readonly percentile: Float64Array;
  /** Quartile of the volatility in the whole sample (S-01), 0 to 3; NaN where it is missing. */
  readonly volQuartile: Float64Array;
  readonly trend: Int8Array;
  /** Volatility percentile. */
  readonly rvPercentile: Float64Array;
  /** Volatility that counts as a burst: a quantile of the whole sample (S-01). */
  readonly burstLevel: number;
  /** [rows + 1] first bar at or after this one whose funding is back to normal; rows for never. */
  readonly nextNormal: Int32Array;
}

export const fundingTypes = ['funding_extreme_onset', 'funding_acceleration', 'funding_persistence_window', 'funding_normalization'] as const;

export type FundingType = (typeof fundingTypes)[number];

/**
 * Series of the funding study.
 *
 * @throws RangeError when the frame lacks close, funding_rate_scaled, rv_96 or a volatility percentile
 * @source research specification 4.8
 */
export function fundingBars(frame: ReferenceFrame, settings: FundingSettings): FundingBars {
  const close = requireColumn(frame, 'close');
  const rv = requireColumn(frame, 'rv_96');
  const rate = requireColumn(frame, 'funding_rate_scaled').map(Math.abs);
  const percentile = trailingPercentile(rate, settings.fundingPctWindow);
  const nextNormal = new Int32Array(frame.rows + 1).fill(frame.rows);
  for (let bar = frame.rows - 1; bar >= 0; bar--) nextNormal[bar] = percentile[bar]! <= settings.normalizationPct ? bar : nextNormal[bar + 1]!;
  return {
    frame,
    close,
    rv,
    rate,
    percentile,
    volQuartile: firstComeQuartiles(rv),
    trend: trendOf(close, settings),
    rvPercentile: columnByPrefix(frame, 'rv_pct_').values,
    burstLevel: quantileOf(rv, settings.volBurstQuantile),
    nextNormal,
  };
}

/** Quarter hour of the UTC day, 0 to 95. */
export function slotOf(ms: number): number {
  return Math.floor(ms / barMs) % barsPerDay;
}

/**
 * Bars on which events of a type begin, so far apart as asked. Acceleration asks for a window of increases without one pause, which never comes (S-14).
 *
 * @source research specification 4.8
 */
export function fundingTriggers(bars: FundingBars, type: FundingType, settings: FundingSettings): number[] {
  const holds = triggerOf(bars, type, settings);
  const kept: number[] = [];
  // The last bar has no future to measure.
  for (let bar = 1; bar < bars.frame.rows - 1; bar++) {
    if (kept.length > 0 && bar - kept.at(-1)! < settings.minEventSpacing) continue;
    if (holds(bar)) kept.push(bar);
  }
  return kept;
}

function triggerOf({ frame, rate, percentile }: FundingBars, type: FundingType, settings: FundingSettings): (bar: number) => boolean {
  const crosses = (values: Float64Array, level: number) => (bar: number) => values[bar]! >= level && values[bar - 1]! < level;
  if (type === 'funding_extreme_onset') return crosses(percentile, settings.extremePct);
  if (type === 'funding_acceleration') {
    const increase = rate.map((value, bar) => {
      const step = value - rate[bar - settings.accelLookback]!;
      return step > 0 ? step : Number.NaN;
    });
    return crosses(trailingPercentile(increase, settings.fundingPctWindow), settings.accelPct);
  }
  if (type === 'funding_persistence_window') {
    const run = new Int32Array(frame.rows);
    for (let bar = 0; bar < frame.rows; bar++) run[bar] = percentile[bar]! >= settings.persistencePct ? (run[bar - 1] ?? 0) + 1 : 0;
    return (bar) => run[bar] === settings.persistenceBars;
  }
  const { normalizationPct, normalizationLookback, extremePct } = settings;
  return (bar) =>
    percentile[bar]! <= normalizationPct &&
    percentile[bar - 1]! > normalizationPct &&
    firstBar({ from: Math.max(0, bar - normalizationLookback + 1), to: bar }, (earlier) => percentile[earlier]! >= extremePct) !== null;
}
