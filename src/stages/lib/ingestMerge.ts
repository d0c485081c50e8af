import type { Table } from '../../core/table.ts';
import { formatTime } from '../../core/time.ts';
import { type SourceName, sourcePriority, type SourceRange } from './ingestRecord.ts';

/** Raw rows of one source, ascending and without repeats. The tables of one merge have the same columns. */
export interface Part {
  readonly source: SourceName;
  readonly table: Table;
}

export interface Merged {
  /** Rows in time order with a text column `source`. */
  readonly table: Table;
  /** Times at which a lower source has other values than the row that was kept; epoch ms, ascending. */
  readonly disagreements: readonly number[];
}

/**
 * One table of all parts: monthly before daily before REST where two have a row for one time, in the order given
 * among parts of one source. Nothing is overwritten: an overlap is compared.
 *
 * @param compared columns that must agree where parts overlap; none for rows that are events of their own, which never do
 * @param columns  columns of the result, `source` included
 */
export function mergeParts(parts: readonly Part[], compared: readonly string[], columns: Table['columns']): Merged {
  const ordered = sourcePriority.flatMap((source) => parts.filter((part) => part.source === source && part.table.rows > 0));
  if (ordered.length === 1) return { table: withSource(ordered[0]!, columns), disagreements: [] };
  const apart = inSequence(ordered);
  if (apart !== null) return { table: joinTables(apart, columns), disagreements: [] };
  if (compared.length === 0) return { table: sortByTime(joinTables(ordered, columns)), disagreements: [] };
  const kept = new Map<number, { part: Part; row: number }>();
  const disagreements: number[] = [];
  for (const part of ordered) {
    const times = part.table.numbers['timestamp']!;
    for (let row = 0; row < part.table.rows; row++) {
      const known = kept.get(times[row]!);
      if (known === undefined) kept.set(times[row]!, { part, row });
      else if (!rowsAgree(known.part.table, known.row, part.table, row, compared)) disagreements.push(times[row]!);
    }
  }
  const picked = [...kept].sort(([a], [b]) => a - b).map(([, place]) => place);
  const numbers: Record<string, Float64Array> = {};
  for (const { name, type } of columns) {
    if (type !== 'text') numbers[name] = Float64Array.from(picked, ({ part, row }) => part.table.numbers[name]![row]!);
  }
  const table = { columns, rows: picked.length, numbers, texts: { source: picked.map(({ part }) => part.source) } };
  return { table, disagreements: [...new Set(disagreements)].sort((a, b) => a - b) };
}

/** Parts by time, when each ends before the next begins: nothing to compare, and rows that share a time stay. */
function inSequence(parts: readonly Part[]): Part[] | null {
  const first = ({ table }: Part) => table.numbers['timestamp']![0]!;
  const last = ({ table }: Part) => table.numbers['timestamp']![table.rows - 1]!;
  const sorted = [...parts].sort((a, b) => first(a) - first(b));
  return sorted.every((part, i) => i === 0 || last(sorted[i - 1]!) < first(part)) ? sorted : null;
}

function joinTables(parts: readonly Part[], columns: Table['columns']): Table {
  const rows = parts.reduce((sum, { table }) => sum + table.rows, 0);
  const numbers: Record<string, Float64Array> = {};
  for (const { name, type } of columns) {
    if (type === 'text') continue;
    const column = new Float64Array(rows);
    let at = 0;
    for (const { table } of parts) {
      column.set(table.numbers[name]!.subarray(0, table.rows), at);
      at += table.rows;
    }
    numbers[name] = column;
  }
  return { columns, rows, numbers, texts: { source: parts.flatMap(({ source, table }) => new Array<string>(table.rows).fill(source)) } };
}

/** Rows by time, those that share one in the order given. */
function sortByTime(table: Table): Table {
  const times = table.numbers['timestamp']!;
  const rows = [...times.keys()].sort((a, b) => times[a]! - times[b]! || a - b);
  return pickRows(table, rows);
}

/** The table as it is written: its sources as codes, which costs a tenth of writing texts. */
export function withCodedSource(table: Table): Table {
  const codes = Float64Array.from(table.texts['source']!, (source) => sourcePriority.indexOf(source as SourceName));
  return { ...table, texts: {}, coded: { source: { codes, dictionary: sourcePriority } } };
}

/** Rows of a stored partition by their source. */
export function splitBySource(table: Table): Part[] {
  const sources = table.texts['source']!;
  return sourcePriority.flatMap((source) => {
    const rows = [...sources.keys()].filter((row) => sources[row] === source);
    return rows.length === 0 ? [] : [{ source, table: pickRows(table, rows) }];
  });
}

/** Rows of the table outside [from, to). */
export function withoutRange(table: Table, from: number, to: number): Table {
  const times = table.numbers['timestamp']!;
  return pickRows(
    table,
    [...times.keys()].filter((row) => times[row]! < from || times[row]! >= to),
  );
}

/** Unbroken stretches of one source in row order. */
export function sourceRanges(table: Table): SourceRange[] {
  const times = table.numbers['timestamp']!;
  const sources = table.texts['source']!;
  const ranges: SourceRange[] = [];
  for (let from = 0; from < table.rows;) {
    let to = from;
    while (to < table.rows && sources[to] === sources[from]) to++;
    ranges.push({ source: sources[from] as SourceName, from: formatTime(times[from]!), to: formatTime(times[to - 1]!), rows: to - from });
    from = to;
  }
  return ranges;
}

/** True when two tables have the same rows of the same sources. */
export function isSameTable(a: Table, b: Table): boolean {
  if (a.rows !== b.rows) return false;
  return a.columns.every(({ name, type }) =>
    type === 'text'
      ? a.texts[name]!.every((value, row) => value === b.texts[name]?.[row])
      : a.numbers[name]!.every((value, row) => Object.is(value, b.numbers[name]?.[row])),
  );
}

/** Times at which both tables have a row and the rows differ. */
export function disagreeingTimes(a: Table, b: Table, compared: readonly string[]): number[] {
  const rowOf = new Map([...a.numbers['timestamp']!].map((time, row) => [time, row]));
  return [...b.numbers['timestamp']!].filter((time, row) => rowOf.has(time) && !rowsAgree(a, rowOf.get(time)!, b, row, compared));
}

function rowsAgree(a: Table, rowOfA: number, b: Table, rowOfB: number, compared: readonly string[]): boolean {
  return compared.every((name) => a.numbers[name]![rowOfA] === b.numbers[name]![rowOfB]);
}

function withSource({ source, table }: Part, columns: Table['columns']): Table {
  return { columns, rows: table.rows, numbers: table.numbers, texts: { source: new Array<string>(table.rows).fill(source) } };
}

function pickRows(table: Table, rows: readonly number[]): Table {
  const numbers = Object.fromEntries(
    Object.entries(table.numbers).map(([name, values]) => [name, Float64Array.from(rows, (row) => values[row]!)] as const),
  );
  const texts = Object.fromEntries(Object.entries(table.texts).map(([name, values]) => [name, rows.map((row) => values[row]!)] as const));
  return { columns: table.columns, rows: rows.length, numbers, texts };
}
