import { AppError } from '../core/errors.ts';
import { formatTime } from '../core/time.ts';

export interface OrderedRows {
  /** Columns in ascending order of time, without repeats; views of the given ones when nothing had to move. */
  readonly columns: Float64Array[];
  readonly rows: number;
  readonly duplicatesDropped: number;
  /** Rows whose time was before that of the row above them in the file. */
  readonly outOfOrderRows: number;
}

/**
 * Rows sorted by time with identical repeats dropped and counted.
 *
 * @param columns all columns of the file; `columns[0]` is the time, epoch ms. Only the first `rows` values count
 * @throws E_DATA_CONFLICT when two rows of one time differ in any column
 */
export function orderRows(columns: readonly Float64Array[], rows: number, name: { symbol: string; dataset: string; file: string }): OrderedRows {
  const time = columns[0]!;
  let outOfOrderRows = 0;
  let isStrict = true;
  for (let i = 1; i < rows; i++) {
    if (time[i]! < time[i - 1]!) outOfOrderRows++;
    if (!(time[i]! > time[i - 1]!)) isStrict = false;
  }
  if (isStrict) return { columns: columns.map((column) => column.subarray(0, rows)), rows, duplicatesDropped: 0, outOfOrderRows };

  const order = Array.from({ length: rows }, (_, i) => i).sort((a, b) => time[a]! - time[b]! || a - b);
  const kept: number[] = [];
  for (const row of order) {
    const last = kept.at(-1);
    if (last === undefined || time[last] !== time[row]) {
      kept.push(row);
      continue;
    }
    if (columns.some((column) => !Object.is(column[last], column[row]))) {
      throw new AppError('E_DATA_CONFLICT', { ...name, detail: `${name.file} has two different rows for ${formatTime(time[row]!)}` });
    }
  }
  return {
    columns: columns.map((column) => Float64Array.from(kept, (row) => column[row]!)),
    rows: kept.length,
    duplicatesDropped: rows - kept.length,
    outOfOrderRows,
  };
}
