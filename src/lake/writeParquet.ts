import { dirname, resolve } from 'node:path';
import type { Files } from '../core/effects.ts';
import { AppError, isAppError } from '../core/errors.ts';
import type { ColumnSpec, ColumnType, Table } from '../core/table.ts';
import { checkTable } from './checkTable.ts';
import { type DuckDb, quoteName } from './duckdb.ts';
import { makeFolderDurably, publishTemp, removeQuietly, tempPathFor } from './writeAtomic.ts';

export interface WrittenParquet {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number;
}

/** How a column of doubles (or text) becomes the type it has in the file. */
const storedAs: Record<ColumnType, (column: string) => string> = {
  // Not epoch_ms(...)::TIMESTAMPTZ: that cast asks the time-zone library for every value, 15 times slower.
  timestamp: (column) => `make_timestamptz(${column}::BIGINT * 1000)`,
  double: (column) => column,
  int64: (column) => `${column}::BIGINT`,
  int32: (column) => `${column}::INTEGER`,
  int8: (column) => `${column}::TINYINT`,
  boolean: (column) => `${column}::BOOLEAN`,
  text: (column) => column,
};

/**
 * Fixed so that equal tables give equal bytes on any machine, process and thread count. No dictionaries: one holds 0 and
 * -0 as the same value, and looking for what repeats in columns of prices cost a third of the writing.
 */
export const parquetFormat =
  'FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, DICTIONARY_SIZE_LIMIT 0, ROW_GROUP_SIZE 122880, PARQUET_VERSION v2';

/**
 * Publishes a table as one Parquet file, rows in the order given, NaN and null as NULL. Several writes may be in
 * flight; the table must not change meanwhile.
 *
 * @param path inside one of the DuckDB's allowed folders; replaced in one step when it exists
 * @throws E_DISK_FULL, E_PERMISSION, E_FILE; E_INTERNAL when the table contradicts its own column types or its
 *         `timestamp` column goes back in time
 */
export async function writeParquet(
  db: DuckDb,
  { files, uniqueName }: { readonly files: Files; readonly uniqueName: () => string },
  path: string,
  table: Table,
): Promise<WrittenParquet> {
  checkTable(table, path);
  await makeFolderDurably(files, dirname(path));
  const temp = resolve(tempPathFor(path, uniqueName));
  const id = db.source.add(table);
  try {
    await db.withConnection((connection) =>
      connection.run(
        `COPY (SELECT ${table.columns.map((column) => expression(column, table.coded?.[column.name]?.dictionary)).join(', ')} FROM lake_rows(${id})) TO $temp (${parquetFormat})`,
        { temp },
      ),
    );
  } catch (error) {
    await removeQuietly(files, temp);
    throw writeError(path, error);
  } finally {
    db.source.remove(id);
  }
  const { bytes, sha256 } = await publishTemp(files, temp, path);
  return { path, sha256, bytes, rows: table.rows };
}

function expression({ name, type }: ColumnSpec, dictionary: readonly string[] | undefined): string {
  const column = quoteName(name);
  if (dictionary !== undefined) {
    const words = dictionary.map((word) => `'${word.replaceAll("'", "''")}'`).join(', ');
    return `([${words}]::VARCHAR[])[${column}::INTEGER + 1] AS ${column}`;
  }
  return `${storedAs[type](column)} AS ${column}`;
}

/** DuckDB reports failures as text only. */
function writeError(path: string, cause: unknown): AppError {
  if (isAppError(cause)) return cause;
  const problem = cause instanceof Error ? cause.message : String(cause);
  if (/no space left|disk quota/i.test(problem)) return new AppError('E_DISK_FULL', { path }, { cause });
  if (/permission (denied|error)|read-only file system|operation not permitted/i.test(problem))
    return new AppError('E_PERMISSION', { action: 'write', path }, { cause });
  if (/out of memory/i.test(problem)) {
    return new AppError(
      'E_ENVIRONMENT',
      { problem: `not enough memory to write ${path}: ${problem}`, remedy: 'Close other programs or run fewer workers.' },
      { cause },
    );
  }
  return new AppError('E_FILE', { action: 'write', path, problem }, { cause });
}
