/** Files of the reference analyzers: tables with a fixed header, and texts. */

/** Null is missing: an empty field in CSV. */
export type Cell = string | number | boolean | null;

export interface ReferenceTable {
  readonly name: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export interface ReferenceText {
  readonly name: string;
  readonly text: string;
}

export type ReferenceFile = ReferenceTable | ReferenceText;

/**
 * Rows as a table. The header is the reference's, and is there when there are no rows (weakness E-01). A number that is not finite is missing.
 *
 * @param name   file name
 * @param header columns in the order of the file, with spaces between
 * @param rows   records that have these columns
 * @throws RangeError when a row lacks a column
 */
export function tableOf(name: string, header: string, rows: readonly object[]): ReferenceTable {
  const columns = header.split(' ');
  return { name, header: columns, rows: rows.map((row) => columns.map((column) => cellOf(row, column))) };
}

/** JSON in two-space indent, keys in the order given; what is not finite becomes null (weakness E-02). */
export function jsonFile(name: string, value: unknown): ReferenceText {
  const strict = (_key: string, part: unknown) => (typeof part === 'number' && !Number.isFinite(part) ? null : part);
  return { name, text: `${JSON.stringify(value, strict, 2)}\n` };
}

/** Path of a report below the data root; the reference writes absolute ones (weakness E-03). */
export function reportPath(event: string, runId: string, file: string): string {
  return `reports/${event}/${runId}/${file}`;
}

/** `YYYY-MM-DD HH:MM:SS+00:00` of an epoch ms. */
export function stampText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}+00:00`;
}

function cellOf(row: object, column: string): Cell {
  const value: unknown = (row as Readonly<Record<string, unknown>>)[column];
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  throw new RangeError(`a row has no column ${column}`);
}
