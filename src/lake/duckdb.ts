import { resolve } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { AppError } from '../core/errors.ts';
import { type DuckDbModule, loadDuckDb } from './duckdbModule.ts';
import { registerTableSource, type TableSource } from './tableSource.ts';

export interface DuckDbOptions {
  /** Folders DuckDB may read and write; everything else, network included, is refused. Absolute or relative to the process. */
  readonly allowedFolders: readonly string[];
  /**
   * Threads per query. Default 1: each connection still works on its own thread, aggregates are reproducible, and
   * writing costs least CPU (a second thread spins while it waits for rows from JavaScript).
   */
  readonly threads?: number;
  /** DuckDB's notation. Default 2GB; nothing is spilled to disk. */
  readonly memoryLimit?: string;
}

/** A shared in-memory DuckDB with a locked configuration: UTC, no extensions, no files outside the allowed folders. */
export interface DuckDb extends DuckDbModule {
  /** Where writers put the rows that a COPY reads. */
  readonly source: TableSource;
  /** Runs work on a connection of its own and closes it afterwards. */
  withConnection<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  /** Gives this holder's share back; the last one closes the instance. Closing twice is fine. */
  close(): Promise<void>;
}

interface Opened {
  readonly module: DuckDbModule;
  readonly instance: DuckDBInstance;
  readonly source: TableSource;
}

interface Shared {
  readonly opened: Promise<Opened>;
  holders: number;
}

const instances = new Map<string, Shared>();
const defaults = { threads: 1, memoryLimit: '2GB' } as const;

/**
 * Opens the process's DuckDB, or another share of it when it is already open with the same options.
 *
 * @throws E_ENVIRONMENT when DuckDB cannot be loaded or set up
 */
export async function openDuckDb(options: DuckDbOptions): Promise<DuckDb> {
  const settings = { ...defaults, ...options, allowedFolders: [...new Set(options.allowedFolders.map((folder) => resolve(folder)))].sort() };
  const key = JSON.stringify([settings.allowedFolders, settings.threads, settings.memoryLimit]);
  let shared = instances.get(key);
  if (shared === undefined) {
    shared = { opened: openInstance(settings), holders: 0 };
    instances.set(key, shared);
  }
  shared.holders += 1;
  try {
    return share(key, shared, await shared.opened);
  } catch (cause) {
    if (instances.get(key) === shared) instances.delete(key);
    const problem = `DuckDB cannot be started: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new AppError('E_ENVIRONMENT', { problem, remedy: 'Run npm install again in the project folder (optional packages included).' }, { cause });
  }
}

/** SQL text of an identifier. Names come from fixed lists or table columns; quotes inside are doubled. */
export function quoteName(name: string): string {
  if (name === '' || name.includes('\0')) throw new AppError('E_INTERNAL', { problem: `${JSON.stringify(name)} cannot be a column name` });
  return `"${name.replaceAll('"', '""')}"`;
}

function share(key: string, shared: Shared, { module, instance, source }: Opened): DuckDb {
  let isOpen = true;
  return {
    ...module,
    source,
    async withConnection(work) {
      if (!isOpen) throw new AppError('E_INTERNAL', { problem: 'DuckDB was used after it was closed' });
      const connection = await instance.connect();
      try {
        return await work(connection);
      } finally {
        connection.closeSync();
      }
    },
    async close() {
      if (!isOpen) return;
      isOpen = false;
      shared.holders -= 1;
      if (shared.holders > 0) return;
      if (instances.get(key) === shared) instances.delete(key);
      instance.closeSync();
    },
  };
}

async function openInstance({ allowedFolders, threads, memoryLimit }: Required<DuckDbOptions>): Promise<Opened> {
  const module = loadDuckDb();
  const instance = await module.api.DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    memory_limit: memoryLimit,
    threads: String(threads),
  });
  const connection = await instance.connect();
  try {
    const source = registerTableSource(module, connection);
    const folders = allowedFolders.map((folder) => `'${folder.replaceAll("'", "''")}'`).join(', ');
    await connection.run(
      [
        "SET GLOBAL TimeZone='UTC'",
        "SET GLOBAL temp_directory=''",
        `SET GLOBAL allowed_directories=[${folders}]`,
        'SET GLOBAL enable_external_access=false',
        'SET GLOBAL lock_configuration=true',
      ].join('; '),
    );
    return { module, instance, source };
  } finally {
    connection.closeSync();
  }
}
