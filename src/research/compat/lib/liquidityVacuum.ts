import { rollingMedian } from '../../../stats/rolling/rollingMedian.ts';
import { firstBar, peakOf } from './bars.ts';
import { type ReferenceFrame, requireColumn } from './frame.ts';
import { quantileOf } from './sample.ts';
import { stampText } from './table.ts';

/** Frozen numbers of the vacuum definition v1, in bars unless said. */
export const vacuumDefinition = {
  version: 'v1',
  window: 480,
  /** Volume below this share of its median. */
  volumeShare: 0.5,
  /** Range above this multiple of its median. */
  rangeMultiple: 1.5,
  minBars: 3,
  maxBars: 96,
  cooldownBars: 12,
  horizonBars: 96,
  /** Range of one bar, as a share of the price, that counts as an expansion. */
  rangeExpansion: 0.02,
} as const;

/** Series of the vacuum definition, [rows], NaN until their windows are full. */
export interface VacuumSeries {
  readonly frame: ReferenceFrame;
  /** Size of the return of each bar. */
  readonly move: Float64Array;
  /** High less low as a share of the close. */
  readonly range: Float64Array;
  readonly rangeMedian: Float64Array;
  /** 1 where volume is thin and the range wide. */
  readonly isVacuum: Uint8Array;
}

/**
 * @param frame clean bars, with volume
 * @throws RangeError when the frame lacks high, low, close or volume
 * @source research specification 3.2
 */
export function vacuumSeries(frame: ReferenceFrame): VacuumSeries {
  const [high, low, close, volume] = ['high', 'low', 'close', 'volume'].map((name) => requireColumn(frame, name)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const { window, volumeShare, rangeMultiple } = vacuumDefinition;
  const median = (values: Float64Array) => {
    const out = new Float64Array(values.length);
    rollingMedian(values, window, out);
    return out;
  };
  const range = close.map((price, bar) => (price === 0 ? Number.NaN : (high[bar]! - low[bar]!) / price));
  const rangeMedian = median(range);
  const volumeMedian = median(volume);
  return {
    frame,
    move: close.map((price, bar) => Math.abs(price / close[bar - 1]! - 1)),
    range,
    rangeMedian,
    isVacuum: Uint8Array.from(range, (value, bar) =>
      Number(volume[bar]! / volumeMedian[bar]! < volumeShare && value > rangeMultiple * rangeMedian[bar]!),
    ),
  };
}

export interface VacuumEvent {
  readonly event_id: string;
  readonly symbol: string;
  readonly enter_idx: number;
  readonly exit_idx: number;
  readonly enter_ts: string;
  readonly exit_ts: string;
  readonly duration_bars: number;
  readonly max_range_pct: number;
  readonly t_range_peak: number;
  readonly half_life: number;
  readonly secondary_shock: number;
  readonly secondary_range_expansion: number;
  readonly auc_excess_range: number;
}

export const vacuumColumns =
  'event_id symbol enter_idx exit_idx enter_ts exit_ts duration_bars max_range_pct t_range_peak half_life secondary_shock secondary_range_expansion auc_excess_range';

/** A move's quantile over the whole sample (S-01); NaN without a return. */
export function vacuumThreshold({ move }: VacuumSeries, level: number): number {
  return quantileOf(move, level);
}

/**
 * Stretches of thin volume and wide ranges right after a large move; the definition almost contradicts itself (S-13).
 *
 * @param threshold size of the move; NaN gives none
 * @source research specification 3.2
 */
export function vacuumEvents(series: VacuumSeries, threshold: number): VacuumEvent[] {
  const { frame, move, isVacuum } = series;
  const { minBars, maxBars, cooldownBars } = vacuumDefinition;
  const events: VacuumEvent[] = [];
  for (let bar = 1; bar < frame.rows; bar++) {
    if (!(move[bar]! >= threshold && move[bar - 1]! < threshold)) continue;
    const last = Math.min(frame.rows - 1, bar + maxBars);
    const over = firstBar({ from: bar + 1, to: last }, (at) => isVacuum[at] === 0) ?? last + 1;
    if (over - bar - 1 < minBars) continue;
    events.push(vacuumEvent(series, threshold, { enter: bar + 1, exit: over - 1, place: events.length }));
    bar = over - 1 + cooldownBars;
  }
  return events;
}

function vacuumEvent(series: VacuumSeries, threshold: number, { enter, exit, place }: { enter: number; exit: number; place: number }): VacuumEvent {
  const { frame, move, range, rangeMedian } = series;
  const usual = rangeMedian[enter]! || 0;
  const span = { from: enter, to: exit };
  const after = { from: exit + 1, to: Math.min(frame.rows - 1, exit + vacuumDefinition.horizonBars) };
  const peak = peakOf(range, span)!;
  const half = firstBar(span, (bar) => range[bar]! <= usual + (range[peak]! - usual) / 2);
  const isAny = (holds: (bar: number) => boolean) => (firstBar(after, holds) === null ? 0 : 1);
  return {
    event_id: `lv_${vacuumDefinition.version}_${frame.symbol}_${String(place + 1).padStart(6, '0')}`,
    symbol: frame.symbol,
    enter_idx: enter,
    exit_idx: exit,
    enter_ts: stampText(frame.openTime[enter]!),
    exit_ts: stampText(frame.openTime[exit]!),
    duration_bars: exit - enter + 1,
    max_range_pct: range[peak]!,
    t_range_peak: peak - enter,
    half_life: half === null ? Number.NaN : half - enter,
    secondary_shock: isAny((bar) => move[bar]! >= threshold),
    secondary_range_expansion: isAny((bar) => range[bar]! >= vacuumDefinition.rangeExpansion),
    auc_excess_range: range.subarray(enter, after.to + 1).reduce((sum, value) => sum + (value > usual ? value - usual : 0), 0),
  };
}
