import { join, resolve } from 'node:path';
import { sha256 } from '../core/canonicalJson.ts';
import type { Files } from '../core/effects.ts';
import { AppError } from '../core/errors.ts';
import type { ColumnSpec, Table } from '../core/table.ts';
import { allocateTable, copyRows } from './allocateTable.ts';
import { readColumnCache, writeColumnCache } from './columnCache.ts';
import type { DuckDb } from './duckdb.ts';
import { relativePath } from './paths.ts';
import { parquetColumns, readParquet } from './readParquet.ts';
import { writeParquet } from './writeParquet.ts';

/** A published table as manifests record it. `path` is relative to the data root; times are epoch ms. */
export interface TableArtifact {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number;
  /** First and last `timestamp`, null without such a column or without rows. */
  readonly start: number | null;
  readonly end: number | null;
}

/** What finds a published table again, and how long it is. */
export type StoredTable = Pick<TableArtifact, 'path' | 'sha256'> & { readonly rows: number | null };

export interface TableStoreParts {
  readonly files: Files;
  readonly uniqueName: () => string;
  /** Called only when Parquet has to be read or written. */
  readonly db: () => Promise<DuckDb>;
  readonly dataRoot: string;
  /** Folder of derived data, safe to delete. */
  readonly cacheRoot: string;
}

export interface TableStore {
  /**
   * Publishes a table as Parquet and fills its column cache (unless no later stage reads it: `isCached: false`).
   *
   * @param path absolute, or relative to the data root
   * @throws as writeParquet; E_INTERNAL for a path outside the data root
   */
  write(path: string, table: Table, options?: { readonly isCached?: boolean }): Promise<TableArtifact>;
  /**
   * Rows of the artifacts in the order given, with exactly the columns asked for: from the column cache where it
   * holds this content, else from Parquet whose SHA-256 is checked first (and then the cache is filled).
   *
   * @throws E_ARTIFACT_DAMAGED naming a file that is absent, has another hash or lacks a column
   */
  read(artifacts: readonly StoredTable[], columns: readonly ColumnSpec[], options?: { readonly shared?: boolean }): Promise<Table>;
}

/** The lake's tables: written once, addressed by content, read without loading DuckDB whenever the cache has them. */
export function createTableStore(parts: TableStoreParts): TableStore {
  return {
    async write(path, table, { isCached = true } = {}) {
      const absolute = resolve(parts.dataRoot, path);
      const recorded = relativePath(parts.dataRoot, absolute);
      const { sha256, bytes, rows } = await writeParquet(await parts.db(), parts, absolute, table);
      if (isCached) await writeColumnCache(parts.files, cachePath(parts.cacheRoot, sha256), table, sha256, parts.uniqueName);
      return { path: recorded, sha256, bytes, rows, ...timeRange(table) };
    },
    async read(artifacts, columns, options = {}) {
      if (artifacts.length === 1) return readOne(parts, artifacts[0]!, columns, options);
      // Allocated once and filled file by file, so that only one file's rows are in memory twice.
      const whole = allocateTable(columns, sumOfRows(artifacts), options);
      let position = 0;
      for (const artifact of artifacts) {
        const part = await readOne(parts, artifact, columns, {});
        copyRows(part, whole, position);
        position += part.rows;
      }
      return whole;
    },
  };
}

/** Where the column cache of an artifact lies. */
export function cachePath(cacheRoot: string, sha256: string): string {
  return join(cacheRoot, 'columns', sha256.slice(0, 2), `${sha256}.cols`);
}

const sumOfRows = (artifacts: readonly StoredTable[]) => artifacts.reduce((sum, { rows }) => sum + (rows ?? 0), 0);

async function readOne(
  parts: TableStoreParts,
  artifact: StoredTable,
  columns: readonly ColumnSpec[],
  options: { readonly shared?: boolean },
): Promise<Table> {
  const table = await readAny(parts, artifact, columns, options);
  if (table.rows === artifact.rows) return table;
  throw new AppError('E_ARTIFACT_DAMAGED', { path: artifact.path, problem: `it has ${table.rows} rows, recorded were ${artifact.rows ?? 'none'}` });
}

async function readAny(
  parts: TableStoreParts,
  artifact: StoredTable,
  columns: readonly ColumnSpec[],
  options: { readonly shared?: boolean },
): Promise<Table> {
  const cache = cachePath(parts.cacheRoot, artifact.sha256);
  const cached = await readColumnCache(parts.files, cache, artifact.sha256, { columns, ...options });
  if (cached !== null) return cached;
  const path = resolve(parts.dataRoot, artifact.path);
  await checkContent(parts.files, path, artifact);
  const db = await parts.db();
  const requested = new Set(columns.map(({ name }) => name));
  const others = (await parquetColumns(db, path)).filter(({ name }) => !requested.has(name));
  const table = await readParquet(db, [path], [...columns, ...others], options);
  try {
    await writeColumnCache(parts.files, cache, table, artifact.sha256, parts.uniqueName);
  } catch {
    // A full or read-only disk must not stop reading; the next read goes to Parquet again.
  }
  return { ...table, columns };
}

/** @throws E_ARTIFACT_DAMAGED when the file is absent or its content is not what the manifest recorded */
async function checkContent(files: Files, path: string, artifact: StoredTable): Promise<void> {
  if ((await files.stat(path)) === null) throw new AppError('E_ARTIFACT_DAMAGED', { path: artifact.path, problem: 'the file is missing' });
  const found = sha256(await files.read(path));
  if (found === artifact.sha256) return;
  throw new AppError('E_ARTIFACT_DAMAGED', { path: artifact.path, problem: `SHA-256 is ${found}, recorded was ${artifact.sha256}` });
}

function timeRange(table: Table): { start: number | null; end: number | null } {
  const isTimed = table.columns.some(({ name, type }) => name === 'timestamp' && type === 'timestamp');
  if (!isTimed || table.rows === 0) return { start: null, end: null };
  const times = table.numbers['timestamp']!;
  return { start: times[0]!, end: times[table.rows - 1]! };
}
