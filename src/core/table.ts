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

/** Text with few distinct values: an index into the dictionary per row, NaN for missing. */
export interface CodedText {
  readonly codes: Float64Array;
  readonly dictionary: readonly string[];
}

export interface Table {
  readonly columns: readonly ColumnSpec[];
  readonly rows: number;
  readonly numbers: Readonly<Record<string, Float64Array>>;
  readonly texts: Readonly<Record<string, TextColumn>>;
  /** Text columns to write that are not in `texts`; tables that were read have none. */
  readonly coded?: Readonly<Record<string, CodedText>>;
}

/** Numeric columns by name, all of one length. */
export type Columns = Readonly<Record<string, Float64Array>>;

/** Rows [from, to) of a table; numeric columns are views on the same memory. */
export function sliceTable(table: Table, from: number, to: number): Table {
  const numbers: Record<string, Float64Array> = {};
  const texts: Record<string, TextColumn> = {};
  const coded: Record<string, CodedText> = {};
  for (const { name, type } of table.columns) {
    const text = table.coded?.[name];
    if (text !== undefined) coded[name] = { codes: text.codes.subarray(from, to), dictionary: text.dictionary };
    else if (type === 'text') texts[name] = table.texts[name]!.slice(from, to);
    else numbers[name] = table.numbers[name]!.subarray(from, to);
  }
  return { columns: table.columns, rows: to - from, numbers, texts, coded };
}
