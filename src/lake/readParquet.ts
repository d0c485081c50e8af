import { resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { AppError, isAppError } from '../core/errors.ts';
import type { ColumnSpec, ColumnType, Table } from '../core/table.ts';
import { allocateTable } from './allocateTable.ts';
import { firstDisorder } from './checkTable.ts';
import { type DuckDb, quoteName } from './duckdb.ts';
import { takeNumbers, takeTexts } from './vectors.ts';

/** How a stored column is read: everything but text as doubles, times as epoch ms. */
const readAs: Record<ColumnType, (column: string) => string> = {
  timestamp: (column) => `epoch_ms(${column})::DOUBLE`,
  double: (column) => `${column}::DOUBLE`,
  int64: (column) => `${column}::DOUBLE`,
  int32: (column) => `${column}::DOUBLE`,
  int8: (column) => `${column}::DOUBLE`,
  boolean: (column) => `${column}::DOUBLE`,
  text: (column) => `${column}::VARCHAR`,
};

/**
 * Rows of Parquet files, file after file in the order given, as one table with exactly the columns asked for.
 * NULL is NaN (null in text). Other columns of the files, and folder names such as `year=2024`, are ignored.
 *
 * @param paths   inside the DuckDB's allowed folders; none gives an empty table
 * @param options `shared` puts the numbers on SharedArrayBuffers, for worker threads
 * @throws E_ARTIFACT_DAMAGED naming the file when it is absent, unreadable, lacks a column, holds another type, or
 *         when a column `timestamp` of type timestamp is missing values or goes back in time
 */
export async function readParquet(
  db: DuckDb,
  paths: readonly string[],
  columns: readonly ColumnSpec[],
  options: { readonly shared?: boolean } = {},
): Promise<Table> {
  const list = paths.map((path) => resolve(path));
  if (list.length === 0) return allocateTable(columns, 0, options);
  const table = await db.withConnection(async (connection) => {
    try {
      return await readRows(db, connection, list, columns, options);
    } catch (error) {
      throw isAppError(error) ? error : await diagnose(connection, list, columns, error);
    }
  });
  const disorder = firstDisorder(table);
  if (disorder !== -1)
    throw new AppError('E_ARTIFACT_DAMAGED', { path: list.join(', '), problem: `time is missing or goes back at row ${disorder}` });
  return table;
}

/** The columns of one file that a table can hold, in file order; pandas index columns are left out. */
export async function parquetColumns(db: DuckDb, path: string): Promise<ColumnSpec[]> {
  const file = resolve(path);
  return db.withConnection(async (connection) => {
    try {
      const result = await connection.run(`DESCRIBE SELECT * FROM read_parquet($file, hive_partitioning=false)`, { file });
      const rows = (await result.getRowsJson()) as [string, string][];
      return rows.flatMap(([name, type]) => {
        const known = columnTypeOf(type);
        return known === null || name.startsWith('__index_level_') ? [] : [{ name, type: known }];
      });
    } catch (error) {
      throw await diagnose(connection, [file], [], error);
    }
  });
}

async function readRows(
  db: DuckDb,
  connection: DuckDBConnection,
  paths: string[],
  columns: readonly ColumnSpec[],
  options: { readonly shared?: boolean },
): Promise<Table> {
  const list = db.api.listValue(paths);
  const counted = await connection.run('SELECT sum(num_rows)::DOUBLE FROM parquet_file_metadata($list)', { list });
  const rows = Number((await counted.getRowsJson())[0]![0]);
  const table = allocateTable(columns, rows, options);
  if (columns.length === 0) return table;
  const expressions = columns.map(({ name, type }) => readAs[type](quoteName(name))).join(', ');
  const result = await connection.stream(`SELECT ${expressions} FROM read_parquet($list, hive_partitioning=false)`, { list });
  let position = 0;
  for (let chunk = await result.fetchChunk(); chunk !== null; chunk = await result.fetchChunk()) {
    const count = chunk.rowCount;
    if (count === 0) break;
    if (position + count > rows) throw new Error(`more than the ${rows} rows that the file footers promise`);
    columns.forEach(({ name, type }, index) => {
      if (type === 'text') takeTexts(chunk, index, table.texts[name] as (string | null)[], position);
      else takeNumbers(db.bindings, chunk, index, count, table.numbers[name]!, position);
    });
    position += count;
  }
  if (position !== rows) throw new Error(`${position} rows were found, the file footers promise ${rows}`);
  return table;
}

/** Finds out which file failed and why; reading itself then needs no checks of its own. */
async function diagnose(connection: DuckDBConnection, paths: string[], columns: readonly ColumnSpec[], cause: unknown): Promise<AppError> {
  const damaged = (path: string, problem: string) => new AppError('E_ARTIFACT_DAMAGED', { path, problem }, { cause });
  for (const file of paths) {
    try {
      const result = await connection.run('SELECT name FROM parquet_schema($file)', { file });
      const names = new Set((await result.getRowsJson()).map(([name]) => String(name).toLowerCase()));
      const absent = columns.filter(({ name }) => !names.has(name.toLowerCase())).map(({ name }) => name);
      if (absent.length > 0) return damaged(file, `column ${absent.join(', ')} is missing`);
    } catch (error) {
      return damaged(file, firstLine(error));
    }
  }
  return damaged(paths.join(', '), firstLine(cause));
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
}

function columnTypeOf(type: string): ColumnType | null {
  if (type.startsWith('TIMESTAMP')) return 'timestamp';
  if (type.startsWith('DECIMAL')) return 'double';
  const known: Readonly<Record<string, ColumnType>> = {
    DOUBLE: 'double',
    FLOAT: 'double',
    HUGEINT: 'int64',
    UBIGINT: 'int64',
    BIGINT: 'int64',
    UINTEGER: 'int64',
    INTEGER: 'int32',
    USMALLINT: 'int32',
    SMALLINT: 'int32',
    UTINYINT: 'int32',
    TINYINT: 'int8',
    BOOLEAN: 'boolean',
    VARCHAR: 'text',
  };
  return known[type] ?? null;
}
