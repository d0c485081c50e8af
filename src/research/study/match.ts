import type { StudyEvent } from './detect.ts';
import type { RowRange, StudySeries } from './frame.ts';

/** Events of one symbol with the controls found for each; rows of the symbol's frame. */
export interface MatchedSymbol {
  readonly symbol: string;
  readonly events: readonly StudyEvent[];
  /** Controls per event, in order of distance; empty where none lay inside the caliper. */
  readonly controls: readonly Int32Array[];
  /** Distance of each control, in calipers summed over the matching variables. */
  readonly distances: readonly Float64Array[];
}

/**
 * Finds controls for events of one symbol in one slice: bars with the same exact labels, every matching variable within
 * its caliper, a whole gap-free outcome window inside the slice, outside the span of every event, nearest first.
 *
 * A control serves at most `max_reuse` events, and two controls of one event lie at least `min_separation` bars apart.
 * Ties in distance go to the smaller value of the first variable, then to the earlier bar: no draw is involved, so
 * adding a symbol changes nothing here.
 *
 * @source research specification 10.2 (MatchingSpec), 10.5 (matching quality); statistics specification 8
 */
export class Matcher {
  readonly #series: StudySeries;
  readonly #range: RowRange;
  readonly #variables: readonly Float64Array[];
  readonly #calipers: readonly number[];
  /** [rows] number of the bar's cell of exact labels; -1 where no control may lie whatever the events. */
  readonly #cells: Int32Array;
  /** Rows by cell, each cell ascending in the first variable; `#offsets[c]` is where cell c begins. */
  readonly #sorted: Int32Array;
  readonly #offsets: Int32Array;
  readonly #labels: readonly Float64Array[];
  readonly #cellOf = new Map<string, number>();
  /** Round in which a row was last blocked or used, so that nothing has to be cleared between rounds. */
  readonly #blocked: Int32Array;
  readonly #usedRound: Int32Array;
  readonly #used: Uint8Array;
  #round = 0;

  constructor(series: StudySeries, range: RowRange) {
    const { study, frame } = series;
    this.#series = series;
    this.#range = range;
    this.#variables = study.nearest.map(({ of }) => series.of(of));
    this.#calipers = study.nearest.map(({ caliper }) => caliper);
    this.#labels = study.exact.map((formula) => series.of(formula));
    this.#blocked = new Int32Array(frame.rows);
    this.#usedRound = new Int32Array(frame.rows);
    this.#used = new Uint8Array(frame.rows);
    this.#cells = this.#number();
    ({ sorted: this.#sorted, offsets: this.#offsets } = this.#sort());
  }

  /** Whether an anchor can be measured and matched at all in this slice: whole window, labels and variables present. */
  isEligible(row: number): boolean {
    return this.#isWhole(row) && this.#cellAt(row) >= 0;
  }

  /** Controls for events in their order. */
  match(events: readonly StudyEvent[]): MatchedSymbol {
    const round = ++this.#round;
    const { exclude } = this.#series.study.document.matching;
    for (const { trigger, exit } of events) {
      const from = Math.max(0, trigger - exclude.before);
      const to = Math.min(this.#series.frame.rows - 1, exit + exclude.after);
      this.#blocked.fill(round, from, to + 1);
    }
    const found = events.map((event) => this.#nearest(event, round));
    return {
      symbol: this.#series.frame.symbol,
      events,
      controls: found.map(({ rows }) => Int32Array.from(rows)),
      distances: found.map(({ distances }) => Float64Array.from(distances)),
    };
  }

  #nearest({ anchor }: StudyEvent, round: number): { rows: number[]; distances: number[] } {
    const cell = this.#cellAt(anchor);
    if (cell < 0) return { rows: [], distances: [] };
    const { k, min_separation: apart } = this.#series.study.document.matching;
    const first = this.#variables[0]!;
    const own = first[anchor]!;
    const caliper = this.#calipers[0]!;
    const [begin, end] = [this.#offsets[cell]!, this.#offsets[cell + 1]!];
    let above = this.#lowerBound(begin, end, own);
    let below = above - 1;
    const rows: number[] = [];
    const distances: number[] = [];
    while (below >= begin || above < end) {
      const down = below >= begin ? own - first[this.#sorted[below]!]! : Number.POSITIVE_INFINITY;
      const up = above < end ? first[this.#sorted[above]!]! - own : Number.POSITIVE_INFINITY;
      const reach = Math.min(down, up) / caliper;
      // Nothing further along the first variable can be nearer than the worst one kept.
      if (reach > 1 || (rows.length === k && reach >= distances[k - 1]!)) break;
      const row = down <= up ? this.#sorted[below--]! : this.#sorted[above++]!;
      if (!this.#isFree(row, anchor, round)) continue;
      const distance = this.#distance(row, anchor);
      if (distance !== null) insert(rows, distances, { row, distance, k, apart });
    }
    for (const row of rows) {
      this.#used[row] = this.#usedRound[row] === round ? this.#used[row]! + 1 : 1;
      this.#usedRound[row] = round;
    }
    return { rows, distances };
  }

  #isFree(row: number, anchor: number, round: number): boolean {
    if (this.#blocked[row] === round) return false;
    const { max_reuse: reuse, max_days_apart: days } = this.#series.study.document.matching;
    if (this.#usedRound[row] === round && this.#used[row]! >= reuse) return false;
    return days === undefined || Math.abs(row - anchor) <= days * 96;
  }

  /** Sum of differences in calipers, or null where one of them is larger than its own. */
  #distance(row: number, anchor: number): number | null {
    let sum = 0;
    for (let v = 0; v < this.#variables.length; v++) {
      const part = Math.abs(this.#variables[v]![row]! - this.#variables[v]![anchor]!) / this.#calipers[v]!;
      if (!(part <= 1)) return null;
      sum += part;
    }
    return sum;
  }

  #isWhole(row: number): boolean {
    const end = row + this.#series.study.horizon;
    return row >= this.#range.from && end < this.#range.to && this.#series.nextGap[row]! > end;
  }

  #cellAt(row: number): number {
    if (this.#cells[row]! >= 0) return this.#cells[row]!;
    // The event's own bar need not be one on which a control may lie.
    for (const variable of this.#variables) if (Number.isNaN(variable[row]!)) return -1;
    return this.#cellOf.get(this.#key(row)) ?? -1;
  }

  #key(row: number): string {
    let key = '';
    for (const labels of this.#labels) key += `${labels[row]!}|`;
    return key;
  }

  #number(): Int32Array {
    const cells = new Int32Array(this.#series.frame.rows).fill(-1);
    const { where } = this.#series.study;
    const allowed = where === null ? null : this.#series.of(where);
    for (let row = this.#range.from; row < this.#range.to; row++) {
      if (!this.#isWhole(row) || (allowed !== null && allowed[row] !== 1)) continue;
      if (this.#variables.some((values) => Number.isNaN(values[row]!)) || this.#labels.some((values) => Number.isNaN(values[row]!))) continue;
      const key = this.#key(row);
      let cell = this.#cellOf.get(key);
      if (cell === undefined) this.#cellOf.set(key, (cell = this.#cellOf.size));
      cells[row] = cell;
    }
    return cells;
  }

  #sort(): { sorted: Int32Array; offsets: Int32Array } {
    const cells = this.#cellOf.size;
    const offsets = new Int32Array(cells + 1);
    for (const cell of this.#cells) if (cell >= 0) offsets[cell + 1]!++;
    for (let cell = 0; cell < cells; cell++) offsets[cell + 1]! += offsets[cell]!;
    const sorted = new Int32Array(offsets[cells]!);
    const next = offsets.slice();
    this.#cells.forEach((cell, row) => {
      if (cell >= 0) sorted[next[cell]!++] = row;
    });
    const first = this.#variables[0]!;
    for (let cell = 0; cell < cells; cell++) sorted.subarray(offsets[cell], offsets[cell + 1]).sort((a, b) => first[a]! - first[b]! || a - b);
    return { sorted, offsets };
  }

  #lowerBound(begin: number, end: number, value: number): number {
    const first = this.#variables[0]!;
    let [low, high] = [begin, end];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (first[this.#sorted[middle]!]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Keeps the k nearest rows in ascending distance; of two that lie too near each other, the nearer in distance stays. */
function insert(rows: number[], distances: number[], { row, distance, k, apart }: { row: number; distance: number; k: number; apart: number }): void {
  for (let i = 0; i < rows.length; i++) if (distances[i]! <= distance && Math.abs(rows[i]! - row) < apart) return;
  let place = rows.length;
  while (place > 0 && distances[place - 1]! > distance) place--;
  if (place >= k) return;
  rows.splice(place, 0, row);
  distances.splice(place, 0, distance);
  for (let i = rows.length - 1; i > place; i--) {
    if (Math.abs(rows[i]! - row) >= apart) continue;
    rows.splice(i, 1);
    distances.splice(i, 1);
  }
  if (rows.length > k) {
    rows.pop();
    distances.pop();
  }
}
