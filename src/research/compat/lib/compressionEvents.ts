import { firstBar } from './bars.ts';
import { type ExpectancyBars, expectancyBars, type ExpectancySettings, type FundingBucket } from './expectancyBars.ts';
import { type ReferenceFrame, requireColumn, yearOf } from './frame.ts';
import { firstComeQuartiles } from './sample.ts';

export interface TrapSettings extends ExpectancySettings {
  /** Bars. */
  readonly maxEventDuration: number;
  readonly expansionLookahead: number;
  readonly mfeHorizon: number;
}

export interface TrapBars extends ExpectancyBars {
  readonly high: Float64Array;
  readonly low: Float64Array;
  /** [rows] 1 above the highest high of the 96 bars before, -1 below their lowest low, 0 between. */
  readonly breakout: Int8Array;
  /** [rows] quartile of the volatility in the whole sample (S-01); NaN where missing. */
  readonly volQuartile: Float64Array;
}

/** A stretch of compression, as the bar on which it began saw the market. */
export interface CompressionEvent {
  readonly start: number;
  readonly end: number;
  readonly end_reason: 'breakout' | 'compression_off' | 'max_duration';
  readonly symbol: string;
  readonly trend_state: number;
  readonly funding_bucket: FundingBucket | 'na';
  readonly year: number;
  readonly vol_q: string;
  readonly bull_bear: 'bull' | 'bear';
}

/** An event with what followed at one horizon; NaN is missing. */
export interface CompressionRow extends CompressionEvent {
  readonly horizon: number;
  readonly breakout_dir: number;
  readonly breakout_aligns_htf: boolean | null;
  /** Bars from the onset to the breakout. */
  readonly time_to_expansion_bars: number;
  readonly mfe_post_end: number;
  readonly event_return: number;
  readonly event_directional_return: number;
}

const trendBars = 96;

/**
 * @throws RangeError when the frame lacks a column of the study
 * @source research specification 5.2
 */
export function trapBars(frame: ReferenceFrame, settings: TrapSettings): TrapBars {
  const bars = expectancyBars(frame, settings);
  const [highest, lowest] = [requireColumn(frame, 'high_96'), requireColumn(frame, 'low_96')];
  const sideOf = (price: number, bar: number) => (price > highest[bar - 1]! ? 1 : price < lowest[bar - 1]! ? -1 : 0);
  return {
    ...bars,
    high: requireColumn(frame, 'high'),
    low: requireColumn(frame, 'low'),
    breakout: Int8Array.from(bars.close, sideOf),
    volQuartile: firstComeQuartiles(requireColumn(frame, 'rv_96')),
  };
}

/** Stretches of compression in order of time; the next one begins after the end of the last. */
export function compressionEvents(bars: TrapBars, { maxEventDuration }: Pick<TrapSettings, 'maxEventDuration'>): CompressionEvent[] {
  const { frame, isCompressed } = bars;
  const events: CompressionEvent[] = [];
  for (let bar = 1; bar < frame.rows; bar++) {
    if (isCompressed[bar] === 0 || isCompressed[bar - 1] === 1) continue;
    const last = Math.min(frame.rows - 1, bar + maxEventDuration - 1);
    const end = firstBar({ from: bar, to: last }, (at) => bars.breakout[at] !== 0 || isCompressed[at] === 0);
    events.push({
      start: bar,
      end: end ?? last,
      end_reason: end === null ? 'max_duration' : bars.breakout[end] !== 0 ? 'breakout' : 'compression_off',
      ...onsetOf(bars, bar),
    });
    bar = end ?? last;
  }
  return events;
}

function onsetOf({ frame, close, trend, bucket, volQuartile }: TrapBars, bar: number) {
  return {
    symbol: frame.symbol,
    trend_state: trend[bar]!,
    funding_bucket: bucket[bar] ?? ('na' as const),
    year: yearOf(frame.openTime[bar]!),
    vol_q: Number.isNaN(volQuartile[bar]) ? 'na' : `Q${volQuartile[bar]! + 1}`,
    bull_bear: close[bar]! / close[bar - trendBars]! - 1 >= 0 ? ('bull' as const) : ('bear' as const),
  };
}

/** Rows of events at every horizon that the data reach. */
export function compressionRows(bars: TrapBars, events: readonly CompressionEvent[], settings: TrapSettings): CompressionRow[] {
  const { frame, close } = bars;
  return events.flatMap((event) => {
    const expansion = expansionOf(bars, event, settings);
    return settings.horizons
      .filter((horizon) => event.end + horizon < frame.rows)
      .map((horizon) => {
        const move = close[event.end + horizon]! / close[event.end]! - 1;
        return {
          ...event,
          horizon,
          ...expansion,
          event_return: move,
          event_directional_return: event.trend_state === 0 ? Number.NaN : move * event.trend_state,
        };
      });
  });
}

/** The breakout that ends or follows an event, and how far the price goes its way after the end. */
function expansionOf({ frame, close, high, low, breakout }: TrapBars, event: CompressionEvent, settings: TrapSettings) {
  const search = { from: event.end + 1, to: Math.min(frame.rows - 1, event.end + settings.expansionLookahead) };
  const at = event.end_reason === 'breakout' ? event.end : firstBar(search, (bar) => breakout[bar] !== 0);
  const direction = at === null ? 0 : breakout[at]!;
  const [from, to] = [event.end + 1, Math.min(frame.rows, event.end + settings.mfeHorizon + 1)];
  const farthest = (values: Float64Array) =>
    values.subarray(from, to).reduce((most, value) => (Number.isNaN(most) || value * direction > most * direction ? value : most), Number.NaN);
  const entry = close[event.end]!;
  return {
    breakout_dir: direction,
    breakout_aligns_htf: at === null || event.trend_state === 0 ? null : direction === event.trend_state,
    time_to_expansion_bars: at === null ? Number.NaN : at - event.start,
    mfe_post_end: direction > 0 ? farthest(high) / entry - 1 : direction < 0 ? entry / farthest(low) - 1 : Number.NaN,
  };
}
