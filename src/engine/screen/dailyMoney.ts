import { standardProfile } from '../../core/profile.ts';
import { barMs, barsPerDay, dayMs } from '../../core/time.ts';
import type { DailySums } from '../dailySums.ts';
import type { Frame } from '../frame.ts';
import type { PositionPath } from '../overlay/path.ts';
import { closeReturns } from './closeReturns.ts';

/**
 * Money of position paths on one symbol by UTC day, in time that depends on the number of stretches and not of bars: what a unit position
 * earns between two rows is a difference of running sums. Equal to accountMoney under the standard profile but for rounding.
 */
export class DailyMoney {
  /** [rows + 1] what a unit long position has earned before row i: price moves and funding, summed. */
  readonly #earned: Float64Array;
  readonly #rows: number;
  readonly #costFraction: number;
  /** Day of row 0, and bars of that day before it. */
  readonly #firstDay: number;
  readonly #lead: number;

  constructor(frame: Frame, costFraction: number) {
    const returns = closeReturns(frame, standardProfile.gapReturn);
    this.#rows = frame.rows;
    this.#costFraction = costFraction;
    this.#earned = new Float64Array(frame.rows + 1);
    for (let row = 0; row < frame.rows; row++) {
      const move = returns[row]!;
      this.#earned[row + 1] = this.#earned[row]! + (move === move ? move : 0) - frame.fundingRate[row]!;
    }
    const start = frame.openTime[0] ?? 0;
    this.#firstDay = Math.floor(start / dayMs);
    this.#lead = Math.round((start - this.#firstDay * dayMs) / barMs);
  }

  /** Adds a path; what falls on days outside the sums is left out. */
  add({ count, from, to, position }: PositionPath, into: DailySums): void {
    for (let i = 0; i < count; i++) {
      const size = position[i]!;
      const [start, end] = [from[i]!, to[i]!];
      const before = i > 0 && to[i - 1] === start ? position[i - 1]! : 0;
      this.#charge(start, Math.abs(size - before), into);
      const continues = i + 1 < count && from[i + 1] === end;
      if (!continues && end < this.#rows) this.#charge(end, Math.abs(size), into);
      this.#earn({ first: start + 1, last: Math.min(end, this.#rows - 1), size }, into);
    }
  }

  #charge(row: number, change: number, into: DailySums): void {
    const day = this.#dayOf(row) - into.firstDay;
    if (day < 0 || day >= into.cost.length) return;
    into.cost[day]! += change * this.#costFraction;
    into.turnover += change;
  }

  #earn({ first, last, size }: { readonly first: number; readonly last: number; readonly size: number }, into: DailySums): void {
    const firstRow = this.#rowOf(into.firstDay);
    const endRow = this.#rowOf(into.firstDay + into.gross.length);
    const end = Math.min(last + 1, endRow);
    for (let row = Math.max(first, firstRow); row < end;) {
      const day = this.#dayOf(row);
      const until = Math.min(end, this.#rowOf(day + 1));
      into.gross[day - into.firstDay]! += size * (this.#earned[until]! - this.#earned[row]!);
      into.exposure += Math.abs(size) * (until - row);
      row = until;
    }
  }

  #dayOf(row: number): number {
    return this.#firstDay + Math.floor((row + this.#lead) / barsPerDay);
  }

  /** First row of a day; may lie before the first row or after the last. */
  #rowOf(day: number): number {
    return (day - this.#firstDay) * barsPerDay - this.#lead;
  }
}
