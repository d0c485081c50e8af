import { firstBar, rangeShare, type Span, spanOf } from './bars.ts';
import { drawControls, nearestRanks, type Picks, type RankedPool } from './draw.ts';
import { type ReferenceFrame, requireColumn } from './frame.ts';
import { trailingMoments } from './rolling.ts';
import { meanOf, percentRanks, quantileOf } from './sample.ts';

/** Level of the large moves that windows are searched for. */
const tailQuantile = 0.95;

/** What the window analyzers derive from a frame, [rows], NaN is missing. */
export interface TailSeries {
  readonly frame: ReferenceFrame;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly ret: Float64Array;
  /** Absolute return. */
  readonly tailMove: Float64Array;
  readonly rv: Float64Array;
  /** Percentile rank of rv among all bars, later ones included (S-01). */
  readonly rvRank: Float64Array;
  /** A move of at least this is a large one; over the whole sample (S-01). */
  readonly tailThreshold: number;
}

/** What happens inside a window; NaN is "not seen". */
export interface TailOutcomes {
  readonly realized_vol_mean: number;
  readonly range_expansion: number;
  /** Share of the bars with a large move. */
  readonly tail_move_probability: number;
  readonly tail_move_within: number;
  readonly time_to_tail_move: number;
}

/** Columns of the outcomes. */
export const outcomeColumns = 'realized_vol_mean range_expansion tail_move_probability tail_move_within time_to_tail_move';

export interface TailControl extends TailOutcomes {
  readonly event_id: string;
  readonly symbol: string;
  readonly start_idx: number;
  readonly end_idx: number;
  readonly rv_rank: number;
}

/** @source research specification 4.3 */
export function tailSeries(frame: ReferenceFrame): TailSeries {
  const [high, low, close] = [requireColumn(frame, 'high'), requireColumn(frame, 'low'), requireColumn(frame, 'close')];
  const ret = requireColumn(frame, 'ret_1');
  const rv = frame.columns['rv_96'] ?? trailingMoments(requireColumn(frame, 'logret_1'), { window: 96, atLeast: 32 }).std;
  const tailMove = ret.map(Math.abs);
  return { frame, high, low, close, ret, tailMove, rv, rvRank: percentRanks(rv), tailThreshold: quantileOf(tailMove, tailQuantile) };
}

/** A bar and the bars after it, cut at the end of the data. */
export function windowFrom({ frame }: Pick<TailSeries, 'frame'>, bar: number, bars: number): Span {
  return { from: bar, to: Math.min(frame.rows - 1, bar + bars) };
}

/** `clockStart`: the age of the window's first bar, 0 or 1; the analyzers disagree. */
export function tailOutcomes(series: TailSeries, span: Span, clockStart: 0 | 1): TailOutcomes {
  const isTail = (bar: number) => series.tailMove[bar]! >= series.tailThreshold;
  const first = firstBar(span, isTail);
  const hits = spanOf(series.tailMove, span).filter((move) => move >= series.tailThreshold).length;
  return {
    realized_vol_mean: meanOf(spanOf(series.rv, span)),
    range_expansion: rangeShare(series, span),
    tail_move_probability: hits / (span.to - span.from + 1),
    tail_move_within: first === null ? 0 : 1,
    time_to_tail_move: first === null ? Number.NaN : first - span.from + clockStart,
  };
}

/** One control per event, drawn from the 200 bars of the pool that are nearest in volatility rank; null where the pool is empty. */
export function drawnControls(
  series: TailSeries,
  events: readonly { readonly event_id: string; readonly rv_rank: number }[],
  { pool, bars, clockStart, picks }: { pool: RankedPool; bars: number; clockStart: 0 | 1; picks: Picks | undefined },
): (TailControl | null)[] {
  const nearest = nearestRanks(pool);
  const rankOf = new Map(pool.bars.map((bar, place) => [bar, pool.ranks[place]!]));
  return events.map(({ event_id, rv_rank }) => {
    const [bar] = drawControls(event_id, nearest(rv_rank, 200), { wanted: 1, seed: 0, picks });
    if (bar === undefined) return null;
    const span = windowFrom(series, bar, bars);
    const place = { start_idx: span.from, end_idx: span.to, rv_rank: rankOf.get(bar)! };
    return { event_id, symbol: series.frame.symbol, ...place, ...tailOutcomes(series, span, clockStart) };
  });
}
