import { createRequire } from 'node:module';
import type { DuckDBDataChunk } from '@duckdb/node-api';

/** The DuckDB module; loading it takes over 100 ms of CPU, so only functions that need it do. */
export type DuckDbApi = typeof import('@duckdb/node-api');

/** A native vector; only handed from one call to the next. */
export type RawVector = object & { readonly __vector?: never };

/**
 * The native calls below DuckDB's own classes. Moving a vector takes two of them, where the classes spend about ten
 * (asking for its type, wrapping its memory): half of the time of a whole read or write.
 */
export interface DuckDbBindings {
  data_chunk_get_vector(chunk: DuckDBDataChunk['chunk'], column: number): RawVector;
  vector_get_data(vector: RawVector, bytes: number): Uint8Array;
  /** One bit per row, set when valid; null when all rows are. */
  vector_get_validity(vector: RawVector, bytes: number): Uint8Array | null;
  vector_ensure_validity_writable(vector: RawVector): void;
  copy_data_to_vector(vector: RawVector, offset: number, source: ArrayBuffer, sourceOffset: number, bytes: number): void;
  copy_data_to_vector_validity(vector: RawVector, offset: number, source: ArrayBuffer, sourceOffset: number, bytes: number): void;
}

export interface DuckDbModule {
  readonly api: DuckDbApi;
  readonly bindings: DuckDbBindings;
}

/**
 * Loads DuckDB. By `require`, because `import` first parses its hundred CommonJS files for export names; the bindings
 * are found from where the api package would find them.
 */
export function loadDuckDb(): DuckDbModule {
  const require = createRequire(import.meta.url);
  const api = require('@duckdb/node-api') as DuckDbApi;
  const bindings = createRequire(require.resolve('@duckdb/node-api'))('@duckdb/node-bindings') as DuckDbBindings;
  return { api, bindings };
}
