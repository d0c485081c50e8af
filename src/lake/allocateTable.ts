import type { ColumnSpec, Table } from '../core/table.ts';

/** A table of zeros and nulls to be filled; `shared` puts its numbers on SharedArrayBuffers. */
export function allocateTable(columns: readonly ColumnSpec[], rows: number, { shared = false }: { readonly shared?: boolean } = {}): Table {
  const numbers: Record<string, Float64Array> = {};
  const texts: Record<string, (string | null)[]> = {};
  for (const { name, type } of columns) {
    if (type === 'text') texts[name] = new Array<string | null>(rows).fill(null);
    else numbers[name] = shared ? new Float64Array(new SharedArrayBuffer(rows * 8)) : new Float64Array(rows);
  }
  return { columns, rows, numbers, texts };
}

/** Copies all rows of a table into one of the same columns, from row `position` on. */
export function copyRows(part: Table, whole: Table, position: number): void {
  for (const { name, type } of whole.columns) {
    if (type !== 'text') whole.numbers[name]!.set(part.numbers[name]!, position);
    else for (let i = 0; i < part.rows; i++) (whole.texts[name] as (string | null)[])[position + i] = part.texts[name]![i]!;
  }
}
