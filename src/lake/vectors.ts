import type { DuckDBDataChunk, DuckDBVarCharVector } from '@duckdb/node-api';
import type { TextColumn } from '../core/table.ts';
import type { DuckDbBindings, RawVector } from './duckdbModule.ts';

/**
 * The crossing between columns in memory and DuckDB's vectors of up to 2,048 rows, and the one place where NaN
 * becomes NULL and NULL becomes NaN. Whole vectors are copied; the slots under NULL hold garbage, so validity decides.
 */
export const rowsPerVector = 2048;

const mask = new Uint8Array(rowsPerVector / 8);
const scratch = new Float64Array(rowsPerVector);

/** Writes `values` into column `index` of a chunk whose row count is `values.length` (at most 2,048); NaN becomes NULL. */
export function fillNumbers(bindings: DuckDbBindings, chunk: DuckDBDataChunk, index: number, values: Float64Array): void {
  const vector = bindings.data_chunk_get_vector(chunk.chunk, index);
  const source = values.buffer instanceof ArrayBuffer ? values : scratch.subarray(0, values.length);
  if (source !== values) source.set(values); // the native copy takes no shared memory
  bindings.copy_data_to_vector(vector, 0, source.buffer as ArrayBuffer, source.byteOffset, source.byteLength);
  if (countMissing(values) > 0) markMissing(bindings, vector, values);
}

/** In a function of its own: a loop with code after it that rarely runs is compiled in vain again and again. */
function countMissing(values: Float64Array): number {
  let missing = 0;
  for (let i = 0; i < values.length; i++) missing += +(values[i] !== values[i]);
  return missing;
}

/** Writes rows [from, from + count) of a text column; null becomes NULL. */
export function fillTexts(chunk: DuckDBDataChunk, index: number, values: TextColumn, from: number, count: number): void {
  const vector = chunk.getColumnVector(index) as DuckDBVarCharVector;
  for (let i = 0; i < count; i++) vector.setItem(i, values[from + i] ?? null);
  vector.flush();
}

/** Copies column `index`, `count` DOUBLEs, to `target` from row `from` on; NULL becomes NaN. */
export function takeNumbers(
  bindings: DuckDbBindings,
  chunk: DuckDBDataChunk,
  index: number,
  count: number,
  target: Float64Array,
  from: number,
): void {
  const vector = bindings.data_chunk_get_vector(chunk.chunk, index);
  const bytes = bindings.vector_get_data(vector, count * 8);
  target.set(new Float64Array(bytes.buffer, bytes.byteOffset, count), from);
  const bits = bindings.vector_get_validity(vector, Math.ceil(count / 64) * 8);
  if (!bits) return;
  for (let i = 0; i < count; i += 8) {
    const byte = bits[i >> 3]!;
    if (byte === 255) continue;
    const end = Math.min(8, count - i);
    for (let k = 0; k < end; k++) if ((byte & (1 << k)) === 0) target[from + i + k] = NaN;
  }
}

/** Copies column `index` of a chunk of VARCHARs to `target` from row `from` on; NULL becomes null. */
export function takeTexts(chunk: DuckDBDataChunk, index: number, target: (string | null)[], from: number): void {
  const vector = chunk.getColumnVector(index) as DuckDBVarCharVector;
  for (let i = 0; i < vector.itemCount; i++) target[from + i] = vector.getItem(i);
}

function markMissing(bindings: DuckDbBindings, vector: RawVector, values: Float64Array): void {
  mask.fill(255);
  for (let i = 0; i < values.length; i++) if (values[i] !== values[i]) mask[i >> 3]! &= ~(1 << (i & 7));
  bindings.vector_ensure_validity_writable(vector);
  bindings.copy_data_to_vector_validity(vector, 0, mask.buffer, 0, Math.ceil(values.length / 64) * 8);
}
