import type { ReferenceAnalyzer, ReferenceOptions } from './lib/analyzer.ts';
import { firstBar } from './lib/bars.ts';
import { type ReferenceFrame, yearOf } from './lib/frame.ts';
import { trailingMedian } from './lib/rolling.ts';
import { percentRanks, quantileOf } from './lib/sample.ts';
import { type ReferenceFile, stampText, tableOf } from './lib/table.ts';
import { tailTables, toTailMove } from './lib/tailTables.ts';
import { drawnControls, outcomeColumns, tailOutcomes, type TailSeries, tailSeries, windowFrom } from './lib/tailWindows.ts';
import { windowFiles } from './lib/windowFiles.ts';

export interface RefillLagOptions {
  readonly windowEnd: number;
  readonly impulseQuantile: number;
  /** Bars after the impulse within which ranges may become small again. */
  readonly refillHorizon: number;
  /** Small: at most so many times the median range. */
  readonly refillMultiple: number;
}

const id = 'liquidity_refill_lag_window';
const defaults: RefillLagOptions = { windowEnd: 48, impulseQuantile: 0.99, refillHorizon: 8, refillMultiple: 1.25 };

/**
 * The reference's study of impulses after which ranges stay wide. An event is only known after its refill horizon, yet measured from the impulse
 * (S-02); the impulse is itself a large move, so that the first large move is always at age 0 and the events' hazard table is empty (S-03).
 *
 * @source research specification 4.4
 */
export const liquidityRefillLagWindow: ReferenceAnalyzer<RefillLagOptions> = { id, files };

function files(frames: readonly ReferenceFrame[], options: ReferenceOptions & Partial<RefillLagOptions>): ReferenceFile[] {
  const settings = { ...defaults, ...options };
  const parts = frames.map((frame) => symbolPart(tailSeries(frame), settings));
  const events = parts.flatMap((part) => part.events);
  const matched = parts.flatMap((part) => part.controls);
  const controls = matched.filter((control) => control !== null);
  const parameters = 'impulse_threshold refill_horizon refill_mult';
  return windowFiles({
    id,
    title: 'Window after an impulse without refill (phase 1)',
    runId: settings.runId,
    window: { x: 0, y: settings.windowEnd },
    events: events.length,
    controls: controls.length,
    outputs: {
      events: tableOf(
        `${id}_events.csv`,
        `event_type event_id symbol anchor_ts start_idx end_idx year ${parameters} rv_rank ${outcomeColumns}`,
        events,
      ),
      controls: tableOf(`${id}_controls.csv`, `event_id symbol start_idx end_idx rv_rank ${outcomeColumns}`, controls),
      ...tailTables({ id, events, controls: matched, ages: settings.windowEnd, timeOf: toTailMove, by: 'symbol' }),
    },
    settings: { impulse_quantile: settings.impulseQuantile, refill_horizon: settings.refillHorizon, refill_mult: settings.refillMultiple },
  });
}

function symbolPart(series: TailSeries, settings: RefillLagOptions & ReferenceOptions) {
  const { frame, high, low, close, tailMove, rvRank } = series;
  const { windowEnd, picks } = settings;
  const impulse = quantileOf(tailMove, settings.impulseQuantile);
  const rangeFraction = close.map((price, bar) => (high[bar]! - low[bar]!) / price);
  const rangeBase = trailingMedian(rangeFraction, { window: 96, atLeast: 32 });
  const events = [];
  for (let bar = 0; bar < frame.rows; bar++) {
    if (!(tailMove[bar]! >= impulse) || Number.isNaN(rangeBase[bar])) continue;
    const level = rangeBase[bar]! * settings.refillMultiple;
    const refilled = firstBar(windowFrom(series, bar, settings.refillHorizon), (later) => rangeFraction[later]! <= level);
    if (refilled !== null) continue;
    const span = windowFrom(series, bar, windowEnd);
    events.push({
      event_type: id,
      event_id: `lrl_${frame.symbol}_${String(bar).padStart(6, '0')}`,
      symbol: frame.symbol,
      anchor_ts: stampText(frame.openTime[bar]!),
      start_idx: span.from,
      end_idx: span.to,
      year: yearOf(frame.openTime[bar]!),
      impulse_threshold: impulse,
      refill_horizon: settings.refillHorizon,
      refill_mult: settings.refillMultiple,
      rv_rank: rvRank[bar]!,
      ...tailOutcomes(series, span, 0),
    });
    bar = span.to;
  }
  const quiet = Array.from(tailMove.keys()).filter((bar) => tailMove[bar]! < impulse && !Number.isNaN(rangeBase[bar]));
  // Ranked among themselves, while events are ranked among all bars (S-34).
  const pool = { bars: quiet, ranks: percentRanks(quiet.map((bar) => series.rv[bar]!)) };
  return { events, controls: drawnControls(series, events, { pool, bars: windowEnd, clockStart: 0, picks }) };
}
