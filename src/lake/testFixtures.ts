import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Files } from '../core/effects.ts';
import type { Table } from '../core/table.ts';

/** Test helper: a folder that is removed after the file's tests. */
export async function testFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lake-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Test helper: the same files with the n-th call (from 1) of the named operations failing with an errno. */
export function failingFiles(files: Files, operations: readonly (keyof Files | 'write' | 'sync')[], n: number, errno: string): Files {
  let count = 0;
  const guard = (operation: string) => {
    if (!(operations as readonly string[]).includes(operation)) return;
    count += 1;
    if (count === n) throw Object.assign(new Error(`${errno}: injected`), { code: errno });
  };
  const wrapped = Object.fromEntries(
    Object.entries(files).map(([name, work]) => [
      name,
      async (...args: unknown[]) => {
        guard(name);
        const result: unknown = await (work as (...args: unknown[]) => Promise<unknown>)(...args);
        if (name !== 'create') return result;
        const handle = result as Awaited<ReturnType<Files['create']>>;
        return {
          write: async (bytes: Uint8Array) => (guard('write'), handle.write(bytes)),
          sync: async () => (guard('sync'), handle.sync()),
          close: () => handle.close(),
        };
      },
    ]),
  );
  return wrapped as unknown as Files;
}

/** Test helper: a small table with every column type, NaN and null included. */
export function mixedTable(rows: number, start = Date.UTC(2024, 0, 1)): Table {
  const numbers: Record<string, Float64Array> = {
    timestamp: Float64Array.from({ length: rows }, (_, i) => start + i * 900_000),
    close: Float64Array.from({ length: rows }, (_, i) => (i % 7 === 3 ? NaN : 40_000 + Math.sin(i) * 100)),
    is_gap: Float64Array.from({ length: rows }, (_, i) => (i % 11 === 0 ? NaN : i % 2)),
    gap_len: Float64Array.from({ length: rows }, (_, i) => (i % 5 === 0 ? NaN : i - 100)),
    count: Float64Array.from({ length: rows }, (_, i) => (i % 4 === 0 ? NaN : 2 ** 52 + i)),
    side: Float64Array.from({ length: rows }, (_, i) => (i % 3) - 1),
    funding_event_ts: Float64Array.from({ length: rows }, (_, i) => (i < 32 ? NaN : start + Math.floor(i / 32) * 28_800_000 + 3)),
    empty: new Float64Array(rows).fill(NaN),
  };
  const texts = {
    symbol: Array.from({ length: rows }, (_, i) =>
      i % 6 === 0 ? null : i % 6 === 1 ? '' : i % 6 === 2 ? 'ein längerer Text, 文字 – "quoted"' : 'BTCUSDT',
    ),
  };
  return {
    columns: [
      { name: 'timestamp', type: 'timestamp' },
      { name: 'close', type: 'double' },
      { name: 'symbol', type: 'text' },
      { name: 'is_gap', type: 'boolean' },
      { name: 'gap_len', type: 'int32' },
      { name: 'count', type: 'int64' },
      { name: 'side', type: 'int8' },
      { name: 'funding_event_ts', type: 'timestamp' },
      { name: 'empty', type: 'double' },
    ],
    rows,
    numbers,
    texts,
  };
}
