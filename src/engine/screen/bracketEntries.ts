import type { CompiledBracket } from '../compileBracket.ts';
import { columnOf, type Frame } from '../frame.ts';

/** Reasons that every bracket can end with, before those of its own exit rules. Index 0 is a trade open at the end. */
export const builtInReasons = ['open', 'stop', 'trailing_stop', 'target', 'time'] as const;

/** What a bracket's rules allow from any row. No answer depends on trades before it, so all may be remembered. */
export interface BracketEntries {
  /** First row at or after this one on which the rules open a position: row + 1 for long, -(row + 1) for short, 0 for none. */
  next(from: number): number;
  /** Whether a position could be opened at this row, signal or not: the row decides and the stop is on the losing side. */
  allows(row: number, side: 1 | -1): boolean;
  /** Row on which a position opened at this row ends; the number of rows when it is open at the end. */
  exit(entry: number, side: 1 | -1): number;
}

/** The entries of a bracket on a frame, each looked for when it is asked for. */
export class FoundEntries implements BracketEntries {
  /** Why the position ended that `exit` was last asked about: index into the built-in reasons and the strategy's own. */
  reason = 0;
  readonly #bracket: CompiledBracket;
  readonly #frame: Frame;
  readonly #close: Float64Array;

  constructor(bracket: CompiledBracket, frame: Frame) {
    this.#bracket = bracket;
    this.#frame = frame;
    this.#close = columnOf(frame, 'close');
  }

  next(from: number): number {
    for (let row = from; ;) {
      const found = this.#bracket.nextEntry(row, this.#frame.rows);
      if (found === 0 || this.#hasUsableStop(Math.abs(found) - 1, found > 0 ? 1 : -1)) return found;
      row = Math.abs(found);
    }
  }

  allows(row: number, side: 1 | -1): boolean {
    return !this.#bracket.isBlocked(row) && this.#hasUsableStop(row, side);
  }

  exit(entry: number, side: 1 | -1): number {
    const bracket = this.#bracket;
    const { rows } = this.#frame;
    const [high, low, paid] = [columnOf(this.#frame, 'high'), columnOf(this.#frame, 'low'), this.#close[entry]!];
    const stop = bracket.stopPrice(entry, side);
    const target = bracket.targetPrice(entry, side, paid, stop);
    const maxHold = bracket.maxHoldBars(entry);
    const distance = Math.max(0, bracket.trailingDistance(entry));
    const isTrailing = distance === distance;
    let best = paid;
    this.reason = 0;
    for (let row = entry + 1; row < rows; row++) {
      if (bracket.isBlocked(row)) continue;
      const adverse = side === 1 ? low[row]! : high[row]!;
      const favorable = side === 1 ? high[row]! : low[row]!;
      let reason = 0;
      if (side * (adverse - stop) <= 0) reason = 1;
      else if (isTrailing && side * (adverse - (best - side * distance)) <= 0) reason = 2;
      else if (side * (favorable - target) >= 0) reason = 3;
      else if (row - entry >= maxHold) reason = 4;
      else {
        const rule = bracket.exitRule(row, side, entry);
        if (rule > 0) reason = builtInReasons.length + rule - 1;
      }
      if (reason > 0) {
        this.reason = reason;
        return row;
      }
      if (isTrailing && side * (favorable - best) > 0) best = favorable;
    }
    return rows;
  }

  #hasUsableStop(row: number, side: 1 | -1): boolean {
    return !this.#bracket.hasStop || side * (this.#close[row]! - this.#bracket.stopPrice(row, side)) > 0;
  }
}

/**
 * The same entries with every answer worked out once: for running one line under many overlays. What a run asks for lies together in
 * memory, entry by entry, because a study asks thousands of times.
 */
export class RememberedEntries implements BracketEntries {
  readonly #entries: BracketEntries;
  readonly #count: number;
  /** [2 entries] the entry as `next` gives it and its exit, side by side; exit 0 where it was not asked for yet. */
  readonly #table: Int32Array;
  /** Place of the entry asked for last: runs go forward in time. */
  #place = 0;

  constructor(entries: BracketEntries, rows: number) {
    const found = Int32Array.from(allEntries(entries, rows));
    this.#entries = entries;
    this.#count = found.length;
    this.#table = new Int32Array(2 * found.length);
    for (let place = 0; place < found.length; place++) this.#table[2 * place] = found[place]!;
  }

  next(from: number): number {
    if (this.#place > 0 && this.#row(this.#place - 1) >= from) this.#place = 0;
    this.#place = this.#firstFrom(from);
    return this.#place < this.#count ? this.#table[2 * this.#place]! : 0;
  }

  allows(row: number, side: 1 | -1): boolean {
    return this.#entries.allows(row, side);
  }

  exit(entry: number, side: 1 | -1): number {
    const at = 2 * this.#place;
    // A late entry without its signal is none of those found.
    if (this.#table[at] !== side * (entry + 1)) return this.#entries.exit(entry, side);
    // An exit is never on row 0.
    if (this.#table[at + 1] === 0) this.#table[at + 1] = this.#entries.exit(entry, side);
    return this.#table[at + 1]!;
  }

  #row(place: number): number {
    return Math.abs(this.#table[2 * place]!) - 1;
  }

  /** First place from the last one on whose row is at least this one; the number of entries for none. Looks near before it looks far. */
  #firstFrom(row: number): number {
    let [low, high, step] = [this.#place, this.#place, 1];
    while (high < this.#count && this.#row(high) < row) {
      low = high + 1;
      high += step;
      step *= 2;
    }
    high = Math.min(high, this.#count);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#row(middle) < row) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function* allEntries(entries: BracketEntries, rows: number): Generator<number> {
  for (let row = 0; row < rows;) {
    const found = entries.next(row);
    if (found === 0) return;
    yield found;
    row = Math.abs(found);
  }
}
