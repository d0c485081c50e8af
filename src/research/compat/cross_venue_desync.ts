import type { ReferenceAnalyzer, ReferenceOptions } from './lib/analyzer.ts';
import { firstBar, type Span } from './lib/bars.ts';
import { nearestRanks } from './lib/draw.ts';
import { type ReferenceFrame, requireColumn, yearOf } from './lib/frame.ts';
import { trailingMoments } from './lib/rolling.ts';
import { quantileOf } from './lib/sample.ts';
import { type ReferenceFile, stampText, tableOf } from './lib/table.ts';
import { tailTables } from './lib/tailTables.ts';
import { outcomeColumns, tailOutcomes, type TailSeries, tailSeries, windowFrom } from './lib/tailWindows.ts';
import { windowFiles } from './lib/windowFiles.ts';

export interface DesyncOptions {
  /** Feature tables of the spot market, one per symbol that has one. Without them there is nothing to see, and the files are empty. */
  readonly spot: readonly ReferenceFrame[];
}

/** Both legs on the bars that both have. */
interface Legs {
  readonly series: TailSeries;
  readonly basis: Float64Array;
  /** Deviations of the basis from its trailing mean. */
  readonly basisZ: Float64Array;
  /** Perpetual return less spot return. */
  readonly leadLag: Float64Array;
}

const id = 'cross_venue_desync';
const windowEnd = 32;
const anchorMode = 'basis_shock';
const anchorQuantile = 0.99;
const revertZ = 0.5;
const basisLookback = 96;
/** Values of the lookback that must be there. */
const basisAtLeast = 24;

/**
 * The reference's study of a basis that does not come back. Only events that fail to revert are kept, so reversion is never observed (S-02, S-03), and
 * the nearest control is the event itself, so every difference is 0 (S-09).
 *
 * @source research specification 4.7
 */
export const crossVenueDesync: ReferenceAnalyzer<DesyncOptions> = { id, files };

function files(frames: readonly ReferenceFrame[], { runId, spot = [] }: ReferenceOptions & Partial<DesyncOptions>): ReferenceFile[] {
  const parts = frames.flatMap((frame) => {
    const other = spot.find(({ symbol }) => symbol === frame.symbol);
    return other === undefined ? [] : [symbolPart(joinLegs(frame, other))];
  });
  const events = parts.flatMap((part) => part.events);
  const matched = parts.flatMap((part) => part.controls);
  const controls = matched.filter((control) => control !== null);
  return windowFiles({
    id,
    title: 'Window after a basis shock that does not revert (phase 1)',
    runId,
    window: { x: 0, y: windowEnd },
    events: events.length,
    controls: controls.length,
    outputs: {
      events: tableOf(
        `${id}_events.csv`,
        `event_type event_id symbol anchor_ts start_idx end_idx year anchor_mode anchor_quantile basis_z basis lead_lag revert_z time_to_revert rv_rank ${outcomeColumns}`,
        events,
      ),
      controls: tableOf(`${id}_controls.csv`, `event_id symbol start_idx end_idx rv_rank time_to_revert ${outcomeColumns}`, controls),
      ...tailTables({ id, events, controls: matched, ages: windowEnd, timeOf: (row) => row.time_to_revert, by: 'symbol' }),
    },
    settings: { anchor_mode: anchorMode, anchor_quantile: anchorQuantile, basis_lookback: basisLookback, revert_z: revertZ },
  });
}

function symbolPart({ series, basis, basisZ, leadLag }: Legs) {
  const { frame, rvRank } = series;
  const distance = basisZ.map(Math.abs);
  const shock = quantileOf(distance, anchorQuantile);
  const timeToRevert = ({ from, to }: Span) => (firstBar({ from: from + 1, to }, (bar) => distance[bar]! <= revertZ) ?? from + windowEnd + 1) - from;
  const outcomes = (span: Span) => ({ time_to_revert: timeToRevert(span), ...tailOutcomes(series, span, 1) });
  const events = [];
  for (let bar = 0; bar < frame.rows; bar++) {
    if (!(distance[bar]! >= shock)) continue;
    const span = windowFrom(series, bar, windowEnd);
    const place = { start_idx: span.from, end_idx: span.to, rv_rank: rvRank[bar]! };
    const event = { symbol: frame.symbol, year: yearOf(frame.openTime[bar]!), ...place, ...outcomes(span) };
    if (event.time_to_revert > windowEnd) {
      events.push({
        event_type: id,
        event_id: `cvd_${frame.symbol}_${String(bar).padStart(6, '0')}`,
        anchor_ts: stampText(frame.openTime[bar]!),
        anchor_mode: anchorMode,
        anchor_quantile: anchorQuantile,
        basis_z: basisZ[bar]!,
        basis: basis[bar]!,
        lead_lag: leadLag[bar]!,
        revert_z: revertZ,
        ...event,
      });
    }
    // An anchor that is rejected blocks the bars after it as an event does.
    bar = span.to;
  }
  const nearest = nearestRanks({ bars: Array.from(rvRank.keys()), ranks: rvRank });
  const controls = events.map(({ event_id, symbol, rv_rank }) => {
    const [bar] = nearest(rv_rank, 1);
    if (bar === undefined || Number.isNaN(rv_rank)) return null;
    const span = windowFrom(series, bar, windowEnd);
    return { event_id, symbol, start_idx: span.from, end_idx: span.to, rv_rank: rvRank[bar]!, ...outcomes(span) };
  });
  return { events, controls };
}

/** The perpetual's frame on the bars that the spot market has as well, with the basis between them. */
function joinLegs(perp: ReferenceFrame, spot: ReferenceFrame): Legs {
  const spotBar = new Map(Array.from(spot.openTime, (time, bar) => [time, bar]));
  const shared = Array.from(perp.openTime.keys()).filter((bar) => spotBar.has(perp.openTime[bar]!));
  const pick = (column: Float64Array) => Float64Array.from(shared, (bar) => column[bar]!);
  const openTime = pick(perp.openTime);
  const columns = Object.fromEntries(Object.entries(perp.columns).map(([name, column]) => [name, pick(column)]));
  const series = tailSeries({ symbol: perp.symbol, rows: shared.length, openTime, columns });
  const fromSpot = (name: string) => openTime.map((time) => requireColumn(spot, name)[spotBar.get(time)!]!);
  const [spotClose, spotReturn] = [fromSpot('close'), fromSpot('ret_1')];
  const basis = series.close.map((price, bar) => price / spotClose[bar]! - 1);
  const { mean, std } = trailingMoments(basis, { window: basisLookback, atLeast: basisAtLeast });
  const basisZ = basis.map((value, bar) => (std[bar]! > 0 ? (value - mean[bar]!) / std[bar]! : Number.NaN));
  return { series, basis, basisZ, leadLag: series.ret.map((value, bar) => value - spotReturn[bar]!) };
}
