import { AppError } from '../core/errors.ts';
import type { Table } from '../core/table.ts';

/** Largest magnitude each whole-number type can hold (int64 as far as doubles are exact); times as far as dates go. */
const wholeLimits: Readonly<Record<string, number>> = { timestamp: 8.64e15, int64: 2 ** 53, int32: 2 ** 31 - 1, int8: 127, boolean: 1 };

/**
 * Refuses a table that could not be read back as it is: columns absent or of another length, fractions in a
 * whole-number column, values beyond a type, or a `timestamp` column that is missing values or goes back.
 *
 * @throws E_INTERNAL naming the path and the column
 */
export function checkTable(table: Table, path: string): void {
  const refuse = (problem: string): never => {
    throw new AppError('E_INTERNAL', { problem: `table for ${path}: ${problem}` });
  };
  if (table.columns.length === 0) refuse('it has no columns');
  const names = new Set<string>();
  for (const { name, type } of table.columns) {
    if (names.has(name.toLowerCase())) refuse(`column ${name} is there twice`);
    names.add(name.toLowerCase());
    const length = type === 'text' ? (table.coded?.[name]?.codes ?? table.texts[name])?.length : table.numbers[name]?.length;
    if (length !== table.rows) refuse(`column ${name} has ${length ?? 'no'} values for ${table.rows} rows`);
    const limit = wholeLimits[type];
    if (limit !== undefined) {
      const row = firstUnfit(table.numbers[name]!, limit, type === 'boolean');
      if (row !== -1) refuse(`column ${name} is ${type}, but row ${row} holds ${table.numbers[name]![row]}`);
    }
  }
  const disorder = firstDisorder(table);
  if (disorder !== -1) refuse(`time is missing or goes back at row ${disorder}`);
}

/** Row at which a column named `timestamp` is missing or lies before the row above; -1 when there is none. */
export function firstDisorder(table: Table): number {
  const isTimed = table.columns.some(({ name, type }) => name === 'timestamp' && type === 'timestamp');
  return !isTimed || table.rows === 0 ? -1 : firstStepBack(table.numbers['timestamp']!);
}

function firstStepBack(times: Float64Array): number {
  if (Number.isNaN(times[0])) return 0;
  for (let i = 1; i < times.length; i++) if (!(times[i]! >= times[i - 1]!)) return i;
  return -1;
}

/** First row whose value is neither missing nor a whole number within the limit (0 or 1 for booleans); -1 if none. */
function firstUnfit(values: Float64Array, limit: number, isBoolean: boolean): number {
  const low = isBoolean ? 0 : -limit;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value !== value) continue;
    if (Math.floor(value) !== value || value < low || value > limit) return i;
  }
  return -1;
}
