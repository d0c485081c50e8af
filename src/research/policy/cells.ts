import { sha256 } from '../../core/canonicalJson.ts';
import type { DailySums } from '../../engine/dailySums.ts';
import type { BoundOverlay } from '../../engine/overlay/overlay.ts';
import { changedStretches, differingRows, type PositionPath } from '../../engine/overlay/path.ts';
import { type BookRun, cellOverlay, type PolicySymbol, type SliceBook } from './book.ts';
import type { CompiledAction, CompiledCondition, CompiledPolicy } from './compile.ts';
import { type Measure, measure } from './measure.ts';
import type { BindingRow } from './result.ts';

/** A condition times an action on every symbol of the book. */
export interface Cell {
  readonly id: string;
  readonly condition: CompiledCondition;
  readonly action: CompiledAction;
  readonly overlays: readonly BoundOverlay[];
  /** The earlier cell that takes the same positions, `baseline`, or null. */
  readonly sameAs: string | null;
}

/** A cell on one slice: what bound, what changed, what it was worth. */
export interface CellOnSlice {
  readonly bindings: readonly BindingRow[];
  readonly bound: number;
  readonly trades: number;
  readonly changedTrades: number;
  readonly changedBars: number;
  readonly conditionShare: number;
  readonly missingShare: number;
  readonly symbols: readonly DailySums[];
  readonly total: DailySums;
  readonly measure: Measure;
}

/**
 * All cells, conditions first. Cells that take the same positions on every slice looked at are one trial: the later ones name the first,
 * and those that change nothing the baseline. Only positions are compared here, no money.
 */
export function makeCells(policy: CompiledPolicy, symbols: readonly PolicySymbol[], books: readonly SliceBook[]): Cell[] {
  const known = new Map<string, string>([[signature(books.map(({ baseline }) => baseline)), 'baseline']]);
  return policy.conditions.flatMap((condition) =>
    policy.actions.map((action) => {
      const id = `${condition.id}.${action.id}`;
      const overlays = symbols.map((symbol) => cellOverlay(symbol, condition, action));
      const key = signature(books.map((book) => book.run(overlays)));
      const sameAs = known.get(key) ?? null;
      if (sameAs === null) known.set(key, id);
      return { id, condition, action, overlays, sameAs };
    }),
  );
}

/** A cell run on one slice. */
export function cellOnSlice(cell: Cell, book: SliceBook): CellOnSlice {
  const run = book.run(cell.overlays);
  const bindings = bindingRows(cell, book, run);
  const total = (of: (row: BindingRow) => number): number => bindings.reduce((sum, row) => sum + of(row), 0);
  return {
    bindings,
    bound: run.records.reduce((sum, { bound }) => sum + bound, 0),
    trades: total(({ trades }) => trades),
    changedTrades: total(({ changed_trades: changed }) => changed),
    changedBars: total(({ changed_bars: changed }) => changed),
    ...shares(cell, book),
    symbols: run.symbols,
    total: run.total,
    measure: measure(run.total, book.baseline.total),
  };
}

/** Stretches of a path that begin on a slice's rows. */
export function tradesWithin({ count, from }: PositionPath, range: { readonly from: number; readonly to: number }): number {
  let trades = 0;
  for (let i = 0; i < count; i++) if (from[i]! >= range.from && from[i]! < range.to) trades++;
  return trades;
}

function bindingRows(cell: Cell, book: SliceBook, run: BookRun): BindingRow[] {
  let line = 0;
  return book.symbols.flatMap(({ lines, frame }, s) =>
    lines.map(({ strategy }): BindingRow => {
      const [path, base, record] = [run.paths[line]!, book.baseline.paths[line]!, run.records[line]!];
      const range = book.ranges[s]!;
      const [counts] = record.statistics();
      line++;
      return {
        cell: cell.id,
        slice: book.slice.id,
        strategy,
        symbol: frame.symbol,
        trades: tradesWithin(path, range),
        changed_trades: changedStretches(base, path, range),
        changed_bars: differingRows(base, path, range),
        intents: record.intents,
        passed: record.passed,
        blocked_entries: counts!.blockedEntries,
        blocked_runs: counts!.blockedRuns,
        delayed_entries: counts!.delayedEntries,
        delay_bars_total: counts!.delayBarsTotal,
        expired_entries: counts!.expiredEntries,
        resized_entries: counts!.resizedEntries,
        flattened_positions: counts!.flattenedPositions,
      };
    }),
  );
}

/** Shares of the slice's bars on which the overlay acts, and on which its condition cannot be told although there is a bar. */
function shares({ condition, overlays }: Cell, { symbols, ranges }: SliceBook): { conditionShare: number; missingShare: number } {
  let [held, missing, bars] = [0, 0, 0];
  symbols.forEach(({ frame, values }, s) => {
    const column = values.of(condition.formula);
    const { holds } = overlays[s]!;
    const { from, to } = ranges[s]!;
    for (let row = from; row < to; row++) {
      if (frame.isGap[row] === 1) continue;
      bars++;
      held += holds[row]!;
      const value = column[row]!;
      if (value !== value) missing++;
    }
  });
  return bars === 0 ? { conditionShare: 0, missingShare: 1 } : { conditionShare: held / bars, missingShare: missing / bars };
}

function signature(runs: readonly BookRun[]): string {
  const bytes = (column: Int32Array | Float64Array): Uint8Array => new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
  const parts = runs.flatMap(({ paths }) => paths.flatMap(({ from, to, position }) => [bytes(from), bytes(to), bytes(position), separator]));
  return sha256(Buffer.concat(parts));
}

/** Keeps the end of one line's path from reading as the beginning of the next one's. */
const separator = new Uint8Array(32).fill(255);
