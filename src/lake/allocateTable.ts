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

/** Tables with the same columns, one after the other; a single table is returned as it is, without a copy. */
export function concatTables(columns: readonly ColumnSpec[], tables: readonly Table[], options: { readonly shared?: boolean } = {}): Table {
  if (tables.length === 1) return tables[0]!;
  const whole = allocateTable(
    columns,
    tables.reduce((sum, { rows }) => sum + rows, 0),
    options,
  );
  let position = 0;
  for (const part of tables) {
    for (const { name, type } of columns) {
      if (type !== 'text') whole.numbers[name]!.set(part.numbers[name]!, position);
      else for (let i = 0; i < part.rows; i++) (whole.texts[name] as (string | null)[])[position + i] = part.texts[name]![i]!;
    }
    position += part.rows;
  }
  return whole;
}
