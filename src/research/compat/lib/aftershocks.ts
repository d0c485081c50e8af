import { firstBar, rangeShare, type Span, spanOf } from './bars.ts';
import { drawControls, nearestRanks, type Picks } from './draw.ts';
import { hourOf, sessionOf, yearOf } from './frame.ts';
import { firstComeQuartiles, meanOf, percentRanks } from './sample.ts';
import { shockEvent } from './shockRows.ts';
import { stampText } from './table.ts';
import { detectShocks, quietBars, type Shock, shockDefinition, type ShockSeries, shockThreshold } from './volShock.ts';

/** Bars x to y after a shock's exit. */
export interface Window {
  readonly x: number;
  readonly y: number;
}

/** What happens inside a window; times are bars after its first one, NaN for never. */
export interface WindowOutcomes {
  readonly secondary_shock_within: number;
  readonly time_to_secondary_shock: number;
  readonly realized_vol_mean: number;
  readonly range_expansion: number;
}

interface Placed {
  readonly symbol: string;
  readonly window_x: number;
  readonly window_y: number;
  readonly start_idx: number;
  readonly end_idx: number;
  readonly rv_rank: number;
}

/** One shock seen through one window. */
export interface AftershockEvent extends Placed, WindowOutcomes {
  readonly event_type: string;
  readonly parent_event_id: string;
  readonly enter_ts: string;
  readonly year: number;
  readonly session: string;
  readonly prior_shock_severity_q: number;
  readonly parent_relax_duration: number;
  readonly parent_time_to_relax: number;
  readonly parent_rv_peak: number;
}

export interface AftershockControl extends Placed, WindowOutcomes {
  /** The shock's, not the row's: four windows share it. */
  readonly event_id: string;
}

/** What one symbol contributes. */
export interface AftershockPart {
  readonly events: readonly AftershockEvent[];
  /** [events] null where the drawn window leaves the data. */
  readonly controls: readonly (AftershockControl | null)[];
  /** [events] outcomes of a second control, null likewise. */
  readonly placebos: readonly (WindowOutcomes | null)[];
}

/** How controls and "placebos" are drawn; the placebo is a second matched draw and not a shift in time (S-15). */
const controlDraw = { seed: 7, neighbors: 200 };
const placeboDraw = { seed: 11, neighbors: 300 };

/** Name of an event row in picks: its shock and its window; its placebo draw goes by `placebo/` and this. */
export function aftershockKey({ parent_event_id, window_x, window_y }: Pick<AftershockEvent, 'parent_event_id' | 'window_x' | 'window_y'>): string {
  return `${parent_event_id}/${window_x}-${window_y}`;
}

/**
 * Windows after every shock of one symbol, each with one control and one placebo. Shocks are those of the fixed 0.99 quantile, not of the calibrated one.
 *
 * @source research specification 4.2
 */
export function aftershockPart(series: ShockSeries, windows: readonly Window[], picks: Picks | undefined): AftershockPart {
  const threshold = shockThreshold(series, shockDefinition.shockQuantile);
  const shocks = detectShocks(series, threshold);
  const events = eventRows(series, { threshold, shocks, windows });
  const bars = quietBars(series, threshold, shocks);
  const ranks = percentRanks(bars.map((bar) => series.base[bar]!));
  const nearest = nearestRanks({ bars, ranks });
  const rankOf = new Map(bars.map((bar, place) => [bar, ranks[place]!]));
  const sessionAt = (bar: number) => sessionOf(hourOf(series.frame.openTime[bar]!));
  const drawSpan = (key: string, candidates: readonly number[], event: AftershockEvent, seed: number) => {
    const [bar] = drawControls(key, candidates, { wanted: 1, seed, picks });
    return bar === undefined ? null : { bar, span: spanAfter(series, bar, { x: event.window_x, y: event.window_y }) };
  };
  const controls = events.map((event) => {
    const drawn = drawSpan(aftershockKey(event), nearest(event.rv_rank, controlDraw.neighbors), event, controlDraw.seed);
    if (drawn === null || drawn.span === null) return null;
    const { symbol, window_x, window_y, parent_event_id } = event;
    const place = { start_idx: drawn.span.from, end_idx: drawn.span.to, rv_rank: rankOf.get(drawn.bar)! };
    return { event_id: parent_event_id, symbol, window_x, window_y, ...place, ...windowOutcomes(series, drawn.span, threshold) };
  });
  const placebos = events.map((event) => {
    const near = nearest(event.rv_rank, placeboDraw.neighbors);
    const same = near.filter((bar) => sessionAt(bar) === event.session);
    const drawn = drawSpan(`placebo/${aftershockKey(event)}`, same.length > 0 ? same : near, event, placeboDraw.seed);
    return drawn === null || drawn.span === null ? null : windowOutcomes(series, drawn.span, threshold);
  });
  return { events, controls, placebos };
}

/** One row per shock and window, shocks in order of time, windows inside. */
function eventRows(
  series: ShockSeries,
  { threshold, shocks, windows }: { threshold: number; shocks: readonly Shock[]; windows: readonly Window[] },
): AftershockEvent[] {
  const { symbol, openTime } = series.frame;
  const parents = shocks.map((shock, place) => shockEvent(series, threshold, { shock, place }));
  const severity = firstComeQuartiles(parents.map(({ rv_peak }) => rv_peak));
  const ranks = percentRanks(series.base);
  return parents.flatMap((parent, place) =>
    windows.flatMap((window) => {
      const span = spanAfter(series, parent.exit_idx, window);
      if (span === null) return [];
      const start = openTime[span.from]!;
      return {
        event_type: 'vol_aftershock_window',
        parent_event_id: parent.event_id,
        symbol,
        window_x: window.x,
        window_y: window.y,
        enter_ts: stampText(start),
        start_idx: span.from,
        end_idx: span.to,
        year: yearOf(start),
        session: sessionOf(hourOf(start)),
        prior_shock_severity_q: severity[place]! || 0,
        parent_relax_duration: parent.duration_bars,
        parent_time_to_relax: parent.time_to_relax,
        parent_rv_peak: parent.rv_peak,
        rv_rank: ranks[span.from]!,
        ...windowOutcomes(series, span, threshold),
      };
    }),
  );
}

/** The window after a bar, cut at the end of the data; null where nothing of it is left. */
function spanAfter({ frame }: ShockSeries, bar: number, { x, y }: Window): Span | null {
  const [from, to] = [Math.min(frame.rows - 1, bar + x), Math.min(frame.rows - 1, bar + y)];
  return to > from ? { from, to } : null;
}

function windowOutcomes(series: ShockSeries, span: Span, threshold: number): WindowOutcomes {
  const second = firstBar(span, (bar) => series.ratio[bar]! >= threshold);
  return {
    secondary_shock_within: second === null ? 0 : 1,
    time_to_secondary_shock: second === null ? Number.NaN : second - span.from,
    realized_vol_mean: meanOf(spanOf(series.rv, span)),
    range_expansion: rangeShare(series, span),
  };
}
