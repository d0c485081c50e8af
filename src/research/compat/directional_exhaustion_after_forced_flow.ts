import type { ReferenceAnalyzer, ReferenceOptions } from './lib/analyzer.ts';
import { firstBar } from './lib/bars.ts';
import { type ReferenceFrame, yearOf } from './lib/frame.ts';
import { quantileOf } from './lib/sample.ts';
import { type ReferenceFile, stampText, tableOf } from './lib/table.ts';
import { tailTables, toTailMove } from './lib/tailTables.ts';
import { drawnControls, outcomeColumns, tailOutcomes, type TailSeries, tailSeries, windowFrom } from './lib/tailWindows.ts';
import { windowFiles } from './lib/windowFiles.ts';

export interface ExhaustionOptions {
  readonly windowEnd: number;
  readonly anchorMode: 'taker_imbalance' | 'liquidation_cluster';
  readonly anchorQuantile: number;
}

const id = 'directional_exhaustion_after_forced_flow';
const defaults: ExhaustionOptions = { windowEnd: 32, anchorMode: 'taker_imbalance', anchorQuantile: 0.99 };
const liquidationColumns = ['liquidation_volume', 'liq_volume', 'liquidation_notional'];

/**
 * The reference's study of forced flow that goes no further. Whether a bar is an event is decided by the whole window that is measured (S-02); without
 * taker volume the imbalance is the absolute return under the same label (S-12), which is a large move itself (S-03); controls may be events (S-35).
 *
 * @source research specification 4.6
 */
export const directionalExhaustionAfterForcedFlow: ReferenceAnalyzer<ExhaustionOptions> = { id, files };

function files(frames: readonly ReferenceFrame[], options: ReferenceOptions & Partial<ExhaustionOptions>): ReferenceFile[] {
  const settings = { ...defaults, ...options };
  const parts = frames.map((frame) => symbolPart(tailSeries(frame), settings));
  const events = parts.flatMap((part) => part.events);
  const matched = parts.flatMap((part) => part.controls);
  const controls = matched.filter((control) => control !== null);
  return windowFiles({
    id,
    title: 'Window after forced flow without a new extreme (phase 1)',
    runId: settings.runId,
    window: { x: 0, y: settings.windowEnd },
    events: events.length,
    controls: controls.length,
    outputs: {
      events: tableOf(
        `${id}_events.csv`,
        `event_type event_id symbol anchor_ts start_idx end_idx year anchor_mode anchor_quantile direction rv_rank ${outcomeColumns}`,
        events,
      ),
      controls: tableOf(`${id}_controls.csv`, `event_id symbol start_idx end_idx rv_rank ${outcomeColumns}`, controls),
      ...tailTables({ id, events, controls: matched, ages: settings.windowEnd, timeOf: toTailMove, by: 'symbol' }),
    },
    settings: { anchor_mode: settings.anchorMode, anchor_quantile: settings.anchorQuantile },
  });
}

function symbolPart(series: TailSeries, settings: ExhaustionOptions & ReferenceOptions) {
  const { frame, high, low, rvRank } = series;
  const { windowEnd, picks } = settings;
  const directions = anchorDirections(series, settings);
  const events = [];
  for (let bar = 0; bar < frame.rows; bar++) {
    const direction = directions[bar]!;
    if (Number.isNaN(direction)) continue;
    const span = windowFrom(series, bar, windowEnd);
    const isNewExtreme = (later: number) => (direction > 0 ? high[later]! > high[bar]! : direction < 0 && low[later]! < low[bar]!);
    if (firstBar(span, isNewExtreme) === null) {
      events.push({
        event_type: id,
        event_id: `deff_${frame.symbol}_${String(bar).padStart(6, '0')}`,
        symbol: frame.symbol,
        anchor_ts: stampText(frame.openTime[bar]!),
        start_idx: span.from,
        end_idx: span.to,
        year: yearOf(frame.openTime[bar]!),
        anchor_mode: settings.anchorMode,
        anchor_quantile: settings.anchorQuantile,
        direction,
        rv_rank: rvRank[bar]!,
        ...tailOutcomes(series, span, 1),
      });
    }
    // An anchor that is rejected blocks the bars after it as an event does.
    bar = span.to;
  }
  const pool = { bars: Array.from(rvRank.keys()), ranks: rvRank };
  return { events, controls: drawnControls(series, events, { pool, bars: windowEnd, clockStart: 1, picks }) };
}

/** Direction of the flow at anchors; NaN elsewhere. */
function anchorDirections({ frame, ret, tailMove }: TailSeries, { anchorMode, anchorQuantile }: ExhaustionOptions): Float64Array {
  const signOfReturn = (bar: number) => Math.sign(ret[bar]!);
  const atLeast = (flow: Float64Array) => {
    const level = quantileOf(flow, anchorQuantile);
    return flow.map((value, bar) => (value >= level ? signOfReturn(bar) : Number.NaN));
  };
  if (anchorMode === 'liquidation_cluster') {
    const flow = liquidationColumns.map((name) => frame.columns[name]).find((column) => column !== undefined);
    return flow === undefined ? new Float64Array(frame.rows).fill(Number.NaN) : atLeast(flow);
  }
  const { taker_base_volume: taker, volume } = frame.columns;
  if (taker === undefined || volume === undefined) return atLeast(tailMove);
  const imbalance = taker.map((bought, bar) => bought / volume[bar]!);
  const [high, low] = [quantileOf(imbalance, anchorQuantile), quantileOf(imbalance, 1 - anchorQuantile)];
  return imbalance.map((value) => (value >= high ? 1 : value <= low ? -1 : Number.NaN));
}
