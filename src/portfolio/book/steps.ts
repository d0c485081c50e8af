/**
 * A column that changes rarely, as its changes: from row `at[i]` on the value is `to[i]`, before the first one it is 0. Rows ascend. Positions
 * of years of bars are a few hundred numbers this way, and a book is computed where something changes and nowhere else.
 */
export interface Steps {
  readonly at: Int32Array;
  readonly to: Float64Array;
}

export const noSteps: Steps = { at: new Int32Array(0), to: new Float64Array(0) };

/** Changes in the making; equal values in a row and several values on one row become one. */
export class StepWriter {
  readonly #at: number[] = [];
  readonly #to: number[] = [];

  /** The value from this row on. */
  set(row: number, value: number): void {
    const last = this.#at.length - 1;
    if (last >= 0 && this.#at[last] === row) {
      this.#at.pop();
      this.#to.pop();
    }
    if ((this.#to.at(-1) ?? 0) === value) return;
    this.#at.push(row);
    this.#to.push(value);
  }

  done(): Steps {
    return { at: Int32Array.from(this.#at), to: Float64Array.from(this.#to) };
  }
}

/**
 * The changes of a column.
 *
 * @param column [rows] 0 outside the spans
 * @param spans pairs (from, to) of rows in which it may differ from 0; all rows when left out
 * @param offset added to each row
 */
export function stepsOf(column: Float64Array, spans: Int32Array = Int32Array.of(0, column.length), offset = 0): Steps {
  const writer = new StepWriter();
  for (let span = 0; span < spans.length; span += 2) {
    const to = spans[span + 1]!;
    for (let row = spans[span]!; row < to; row++) writer.set(row + offset, column[row]!);
    if (to < column.length) writer.set(to + offset, column[to]!);
  }
  return writer.done();
}

/** The column of the changes, [rows]. */
export function columnOfSteps({ at, to }: Steps, rows: number): Float64Array {
  const column = new Float64Array(rows);
  for (let i = 0; i < at.length; i++) column.fill(to[i]!, Math.min(rows, at[i]!), Math.min(rows, at[i + 1] ?? rows));
  return column;
}

/** Changes of several columns in one list, by row and then column. */
export interface Changes {
  readonly row: Int32Array;
  readonly column: Int32Array;
  readonly value: Float64Array;
}

/** The changes of all columns in the order in which they happen. */
export function mergeSteps(columns: readonly Steps[]): Changes {
  const count = columns.reduce((sum, { at }) => sum + at.length, 0);
  const order: { row: number; column: number; value: number }[] = new Array(count);
  let n = 0;
  for (const [column, { at, to }] of columns.entries()) for (let i = 0; i < at.length; i++) order[n++] = { row: at[i]!, column, value: to[i]! };
  order.sort((a, b) => a.row - b.row || a.column - b.column);
  return {
    row: Int32Array.from(order, ({ row }) => row),
    column: Int32Array.from(order, ({ column }) => column),
    value: Float64Array.from(order, ({ value }) => value),
  };
}
