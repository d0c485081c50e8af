/**
 * A table in memory: named columns of equal length. Numbers, booleans (0/1) and times (epoch ms) are
 * Float64Array with NaN for missing; text is an array with null for missing. The type says how a column
 * is stored in Parquet.
 */
export type ColumnType = 'timestamp' | 'double' | 'int64' | 'int32' | 'int8' | 'boolean' | 'text';

export interface ColumnSpec {
  readonly name: string;
  readonly type: ColumnType;
}

export type TextColumn = readonly (string | null)[];

export interface Table {
  readonly columns: readonly ColumnSpec[];
  readonly rows: number;
  readonly numbers: Readonly<Record<string, Float64Array>>;
  readonly texts: Readonly<Record<string, TextColumn>>;
}

/** Numeric columns by name, all of one length. */
export type Columns = Readonly<Record<string, Float64Array>>;

/** Rows [from, to) of a table; numeric columns are views on the same memory. */
export function sliceTable(table: Table, from: number, to: number): Table {
  const numbers: Record<string, Float64Array> = {};
  const texts: Record<string, TextColumn> = {};
  for (const { name, type } of table.columns) {
    if (type === 'text') texts[name] = table.texts[name]!.slice(from, to);
    else numbers[name] = table.numbers[name]!.subarray(from, to);
  }
  return { columns: table.columns, rows: to - from, numbers, texts };
}
