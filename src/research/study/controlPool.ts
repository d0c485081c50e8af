import { ascendingOrder, orderScratch } from '../../stats/rolling/ascendingOrder.ts';
import type { RowRange, StudySeries } from './frame.ts';

/** Whether a row and the whole outcome window after it lie in the slice, without a gap. */
export function isWhole({ study, nextGap }: StudySeries, { from, to }: RowRange, row: number): boolean {
  const end = row + study.horizon;
  return row >= from && end < to && nextGap[row]! > end;
}

const unknown = -2;

/**
 * The rows of one symbol and slice on which a control may lie whatever the events, by cell of exact labels, each cell ascending in the
 * first matching variable and then in time. Columns by place in that order, so that a search reads memory from one end to the other.
 */
export class ControlPool {
  /** Cell c holds the places offsets[c] .. offsets[c + 1] - 1. */
  readonly offsets: Int32Array;
  /** [places] */
  readonly rows: Int32Array;
  /** [variables][places] */
  readonly values: readonly Float64Array[];
  readonly #series: StudySeries;
  readonly #range: RowRange;
  readonly #variables: readonly Float64Array[];
  readonly #labels: readonly LabelNumbers[];
  /** [rows] cell of an anchor; -1 where it cannot be matched or measured. */
  readonly #cells: Int32Array;
  /** [rows] first place of the anchor's cell with a value at least its own; -1 unknown. */
  readonly #places: Int32Array;

  constructor(series: StudySeries, range: RowRange) {
    const { study, frame } = series;
    this.#series = series;
    this.#range = range;
    this.#variables = study.nearest.map(({ of }) => series.of(of));
    this.#labels = study.exact.map((formula) => new LabelNumbers(series.of(formula)));
    this.#cells = new Int32Array(frame.rows).fill(unknown);
    this.#places = new Int32Array(frame.rows).fill(-1);
    const members = this.#members();
    ({ offsets: this.offsets, rows: this.rows } = this.#sort(members));
    this.values = this.#variables.map((values) => gather(values, this.rows));
  }

  /** The cell that an anchor finds controls in; -1 where its window is cut, a variable is missing or nothing has its labels. */
  cellOf(row: number): number {
    let cell = this.#cells[row]!;
    if (cell === unknown) cell = this.#cells[row] = isWhole(this.#series, this.#range, row) && this.#hasVariables(row) ? this.#labelCell(row) : -1;
    return cell;
  }

  /** Where the anchor's own value would stand in its cell. */
  placeOf(row: number, cell: number): number {
    let place = this.#places[row]!;
    if (place < 0) place = this.#places[row] = this.#lowerBound(cell, this.#variables[0]![row]!);
    return place;
  }

  #hasVariables(row: number): boolean {
    for (const variable of this.#variables) if (Number.isNaN(variable[row]!)) return false;
    return true;
  }

  /** Numbers of the labels joined one by one; -1 for labels that no member of the pool has. */
  #labelCell(row: number): number {
    let cell = this.rows.length === 0 ? -1 : 0;
    for (let l = 0; l < this.#labels.length && cell >= 0; l++) cell = this.#labels[l]!.find(cell, row);
    return cell;
  }

  /** Rows of the pool ascending, and the number of each one's cell. */
  #members(): { rows: Int32Array; cells: Int32Array } {
    const { where } = this.#series.study;
    const allowed = where === null ? null : this.#series.of(where);
    const { from, to } = this.#range;
    const [rows, cells] = [new Int32Array(to - from), new Int32Array(to - from)];
    let count = 0;
    for (let row = from; row < to; row++) {
      if (!isWhole(this.#series, this.#range, row) || (allowed !== null && allowed[row] !== 1) || !this.#hasVariables(row)) continue;
      let cell = 0;
      for (let l = 0; l < this.#labels.length && cell >= 0; l++) cell = this.#labels[l]!.number(cell, row);
      if (cell < 0) continue;
      rows[count] = row;
      cells[count++] = cell;
      this.#cells[row] = cell;
    }
    return { rows: rows.subarray(0, count), cells: cells.subarray(0, count) };
  }

  #sort({ rows, cells }: { rows: Int32Array; cells: Int32Array }): { offsets: Int32Array; rows: Int32Array } {
    const first = this.#variables[0]!;
    const values = gather(first, rows);
    const order = rows.length === 0 ? new Int32Array(0) : ascendingOrder(values, { from: 0, count: rows.length }, orderScratch(rows.length));
    const offsets = new Int32Array(cells.reduce((most, cell) => Math.max(most, cell + 1), 0) + 1);
    for (let i = 0; i < cells.length; i++) offsets[cells[i]! + 1]!++;
    for (let cell = 1; cell < offsets.length; cell++) offsets[cell]! += offsets[cell - 1]!;
    const next = offsets.slice();
    const sorted = new Int32Array(rows.length);
    for (let i = 0; i < rows.length; i++) {
      const member = order[i]!;
      const place = next[cells[member]!]!++;
      sorted[place] = rows[member]!;
      const before = place === offsets[cells[member]!] ? Number.NaN : first[sorted[place - 1]!]!;
      const isTie = values[member] === before;
      this.#places[rows[member]!] = isTie ? this.#places[sorted[place - 1]!]! : place;
    }
    return { offsets, rows: sorted };
  }

  #lowerBound(cell: number, value: number): number {
    const values = this.values[0]!;
    let [low, high] = [this.offsets[cell]!, this.offsets[cell + 1]!];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function gather(values: Float64Array, rows: Int32Array): Float64Array {
  const out = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) out[i] = values[rows[i]!]!;
  return out;
}

/** Whole numbers from 0 for each pair of a number so far and a value of one label. */
class LabelNumbers {
  readonly #values: Float64Array;
  /** [number so far] number by value. */
  readonly #numbers: Map<number, number>[] = [];
  #count = 0;

  constructor(values: Float64Array) {
    this.#values = values;
  }

  /** -1 where the label is missing. */
  number(before: number, row: number): number {
    if (Number.isNaN(this.#values[row]!)) return -1;
    const numbers = (this.#numbers[before] ??= new Map<number, number>());
    let number = numbers.get(this.#values[row]!);
    if (number === undefined) numbers.set(this.#values[row]!, (number = this.#count++));
    return number;
  }

  /** -1 for a pair that was never numbered. */
  find(before: number, row: number): number {
    return this.#numbers[before]?.get(this.#values[row]!) ?? -1;
  }
}
