import { barMs } from '../core/time.ts';
import type { Line } from './accounting.ts';
import { latencyBars } from './latencySensitivity.ts';

/** Sums of lines on one common time grid, all [rows]. Fractions of the unit notional of a line. */
export interface Book {
  readonly rows: number;
  readonly openTime: Float64Array;
  readonly pnl: Float64Array;
  readonly gross: Float64Array;
  readonly cost: Float64Array;
  readonly funding: Float64Array;
  /** Pnl under each delay of engine/latencySensitivity.ts. */
  readonly delayedPnl: readonly Float64Array[];
  /** Sum of the symbols' market returns, position-free (the reference's `portfolio_ret`). */
  readonly marketReturn: Float64Array;
  /** Sum of absolute positions: how many lines are in the market. */
  readonly grossExposure: Float64Array;
  readonly netExposure: Float64Array;
  /** Sum of absolute position changes. */
  readonly turnover: Float64Array;
}

export interface BookLine {
  readonly line: Line;
  readonly openTime: Float64Array;
}

/**
 * Adds lines bar by bar in the order given; a line that lacks a bar counts as zero there.
 *
 * @source core-pipeline specification 15.5
 */
export function sumBook(lines: readonly BookLine[]): Book {
  const starts = lines.filter(({ openTime }) => openTime.length > 0).map(({ openTime }) => openTime[0]!);
  const ends = lines.filter(({ openTime }) => openTime.length > 0).map(({ openTime }) => openTime[openTime.length - 1]!);
  const start = starts.length === 0 ? 0 : Math.min(...starts);
  const rows = starts.length === 0 ? 0 : (Math.max(...ends) - start) / barMs + 1;
  const column = () => new Float64Array(rows);
  const book: Book = {
    rows,
    openTime: column(),
    pnl: column(),
    gross: column(),
    cost: column(),
    funding: column(),
    delayedPnl: latencyBars.map(column),
    marketReturn: column(),
    grossExposure: column(),
    netExposure: column(),
    turnover: column(),
  };
  for (let row = 0; row < rows; row++) book.openTime[row] = start + row * barMs;
  for (const { line, openTime } of lines) {
    const offset = openTime.length === 0 ? 0 : (openTime[0]! - start) / barMs;
    add(book.pnl, line.money.pnl, offset);
    add(book.gross, line.money.gross, offset);
    add(book.cost, line.money.cost, offset);
    add(book.funding, line.money.funding, offset);
    line.delayedPnl.forEach((pnl, delay) => add(book.delayedPnl[delay]!, pnl, offset));
    add(book.netExposure, line.money.position, offset);
    addReturns(book.marketReturn, line.returns, offset);
    addExposure(book, line.money.position, offset);
  }
  return book;
}

/**
 * Equity [rows] of additive pnl on an initial capital.
 *
 * @param within where pnl may differ from zero (pairs of rows), and memory to write to; both only save time
 * @formula E_t = K (1 + sum(pnl up to t)), K the initial capital
 * @source core-pipeline specification 16.6
 */
export function additiveEquity(pnl: Float64Array, initial: number, within: { spans?: Int32Array; out?: Float64Array } = {}): Float64Array {
  const equity = within.out ?? new Float64Array(pnl.length);
  const spans = within.spans ?? Int32Array.of(0, pnl.length);
  let sum = 0;
  let filled = 0;
  for (let span = 0; span < spans.length; span += 2) {
    const to = spans[span + 1]!;
    let row = Math.max(filled, spans[span]!);
    equity.fill(initial * (1 + sum), filled, row);
    for (; row < to; row++) {
      sum += pnl[row]!;
      equity[row] = initial * (1 + sum);
    }
    filled = Math.max(filled, to);
  }
  return equity.fill(initial * (1 + sum), filled);
}

function add(total: Float64Array, part: Float64Array, offset: number): void {
  for (let row = 0; row < part.length; row++) total[row + offset]! += part[row]!;
}

function addReturns(total: Float64Array, part: Float64Array, offset: number): void {
  for (let row = 0; row < part.length; row++) {
    const value = part[row]!;
    if (value === value) total[row + offset]! += value;
  }
}

function addExposure(book: Book, position: Float64Array, offset: number): void {
  let previous = 0;
  for (let row = 0; row < position.length; row++) {
    const now = position[row]!;
    book.grossExposure[row + offset]! += Math.abs(now);
    book.turnover[row + offset]! += Math.abs(now - previous);
    previous = now;
  }
}
