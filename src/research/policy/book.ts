import { barsPerDay, dayMs } from '../../core/time.ts';
import type { Rehearsal } from '../../engine/accounting.ts';
import { addSums, clearSums, type DailySums, emptySums } from '../../engine/dailySums.ts';
import type { Frame } from '../../engine/frame.ts';
import { type BoundOverlay, bindOverlay } from '../../engine/overlay/overlay.ts';
import { copyPath, type PositionPath } from '../../engine/overlay/path.ts';
import type { OverlayRecord } from '../../engine/overlay/record.ts';
import { FormulaValues } from '../../formula/evaluate.ts';
import type { RowRange } from '../study/frame.ts';
import type { SliceId } from '../study/result.ts';
import type { Slice } from '../study/slices.ts';
import type { StudySymbol } from '../study/studySymbol.ts';
import type { CompiledAction, CompiledCondition, CompiledPolicy } from './compile.ts';
import { eventColumns } from './eventColumns.ts';

/** A slice in whole UTC days. */
export interface PolicySlice {
  readonly id: SliceId;
  /** Days since 1970-01-01. */
  readonly firstDay: number;
  readonly days: number;
}

/** One symbol of the book: its lines without a policy, and what conditions read. */
export interface PolicySymbol {
  readonly frame: Frame;
  readonly lines: readonly Rehearsal[];
  readonly values: FormulaValues;
  /** Strata of the parent study, [rows] each. */
  readonly strata: readonly { readonly id: string; readonly values: Float64Array }[];
}

/** The book on one slice: money by day, per symbol and together, and the path of every line (symbol by symbol). */
export interface BookRun {
  readonly symbols: readonly DailySums[];
  readonly total: DailySums;
  readonly paths: readonly PositionPath[];
  readonly records: readonly OverlayRecord[];
}

/** The days of a study's slice that lie in it as a whole. */
export function wholeDays({ id, start, end }: Slice): PolicySlice {
  const firstDay = Math.ceil(start / dayMs);
  return { id, firstDay, days: Math.max(0, Math.floor(end / dayMs) - firstDay) };
}

/** The symbols of a policy's book; frames and studied symbols in one order. */
export function policySymbol(policy: CompiledPolicy, frame: Frame, { series, events }: StudySymbol): PolicySymbol {
  const columns = { ...frame.columns, ...eventColumns(events, frame.rows) };
  const costFraction = policy.document.costs.cost_bps / 10_000;
  return {
    frame,
    lines: policy.baseline.map(({ strategy, params }) => policy.accounting.rehearse(frame, strategy, { params, costFraction })),
    values: new FormulaValues({ rows: frame.rows, openTime: frame.openTime, columns }),
    strata: policy.parent.strata.map(({ id, of }) => ({ id, values: series.of(of) })),
  };
}

/** The overlay of a cell on a symbol, over all its rows. */
export function cellOverlay(symbol: PolicySymbol, condition: CompiledCondition, action: CompiledAction): BoundOverlay {
  const release = action.release === null ? {} : { release: symbol.values.of(action.release) };
  return bindOverlay(
    { id: `${condition.id}.${action.id}`, effect: action.effect },
    { condition: symbol.values.of(condition.formula), ...release },
    symbol.frame.isGap,
  );
}

/** Rows of a slice in a frame, from the first whole day of both to the last. */
export function sliceRows({ openTime, rows }: Frame, { firstDay, days }: PolicySlice): RowRange {
  const start = openTime[0] ?? 0;
  const row = (day: number): number => (day * dayMs - start) / (dayMs / barsPerDay);
  const from = Math.max(row(firstDay), row(Math.ceil(start / dayMs)));
  const to = Math.min(row(firstDay + days), row(Math.floor((start + (rows * dayMs) / barsPerDay) / dayMs)));
  return { from: Math.min(from, rows), to: Math.max(Math.min(from, rows), to) };
}

/** The book of a policy on one slice, run as often as asked. */
export class SliceBook {
  readonly slice: PolicySlice;
  readonly symbols: readonly PolicySymbol[];
  readonly ranges: readonly RowRange[];
  readonly baseline: BookRun;
  /** Memory of draws: conditions moved, and sums. */
  readonly #moved: readonly Uint8Array[];
  readonly #scratch: { readonly symbol: DailySums; readonly total: DailySums };

  constructor(symbols: readonly PolicySymbol[], slice: PolicySlice) {
    this.slice = slice;
    this.symbols = symbols;
    this.ranges = symbols.map(({ frame }) => sliceRows(frame, slice));
    this.#moved = symbols.map(({ frame }) => new Uint8Array(frame.rows));
    const sums = (): DailySums => emptySums(slice.firstDay, slice.days);
    this.#scratch = { symbol: sums(), total: sums() };
    this.baseline = this.#run(null);
  }

  /** Number of lines; each has the same notional. */
  get lines(): number {
    return this.symbols.reduce((sum, { lines }) => sum + lines.length, 0);
  }

  /** The book under overlays that act inside the slice only, one per symbol. */
  run(overlays: readonly BoundOverlay[]): BookRun {
    return this.#run(overlays.map((overlay, s) => ({ ...overlay, holds: within(overlay.holds, this.ranges[s]!) })));
  }

  /**
   * Money of the book when the overlays act so many days later, around the slice: a random throttle with the same share of bars, in the
   * same clusters, at the same times of day, on all symbols together. The sums are overwritten by the next call.
   */
  runMoved(overlays: readonly BoundOverlay[], days: number): DailySums {
    const total = clearSums(this.#scratch.total);
    this.symbols.forEach(({ lines }, s) => {
      const holds = this.#moved[s]!;
      moveAround(overlays[s]!.holds, this.ranges[s]!, { by: days * barsPerDay, into: holds });
      const moved = [{ ...overlays[s]!, holds }];
      // By symbol first, as in `run`: a throttle that changes nothing then gives the same bits.
      const own = clearSums(this.#scratch.symbol);
      for (const line of lines) line.run(moved, own, { within: this.ranges[s]! });
      addSums(total, own);
    });
    return total;
  }

  #run(overlays: readonly BoundOverlay[] | null): BookRun {
    const paths: PositionPath[] = [];
    const records: OverlayRecord[] = [];
    const symbols = this.symbols.map(({ lines }, s) => {
      const sums = emptySums(this.slice.firstDay, this.slice.days);
      for (const line of lines) {
        const { path, record } = line.run(overlays === null ? [] : [overlays[s]!], sums, { within: this.ranges[s]! });
        paths.push(copyPath(path));
        records.push(record);
      }
      return sums;
    });
    const total = symbols.reduce((sum, own) => addSums(sum, own), emptySums(this.slice.firstDay, this.slice.days));
    return { symbols, total, paths, records };
  }
}

function within(holds: Uint8Array, { from, to }: RowRange): Uint8Array {
  const inside = new Uint8Array(holds.length);
  inside.set(holds.subarray(from, to), from);
  return inside;
}

/** Rows from..to-1 moved later by so many, those that leave at the end entering at the start; the rest of `into` stays 0. */
function moveAround(holds: Uint8Array, { from, to }: RowRange, { by, into }: { readonly by: number; readonly into: Uint8Array }): void {
  if (to <= from) return;
  const split = to - (by % (to - from));
  into.set(holds.subarray(split, to), from);
  into.set(holds.subarray(from, split), from + (to - split));
}
