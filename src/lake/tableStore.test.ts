import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { openDuckDb } from './duckdb.ts';
import { createFiles, uniqueName } from './realEffects.ts';
import { cachePath, createTableStore } from './tableStore.ts';
import { failingFiles, mixedTable, testFolder } from './testFixtures.ts';

const dataRoot = await testFolder();
const cacheRoot = join(dataRoot, 'cache');
const files = createFiles();
const db = await openDuckDb({ allowedFolders: [dataRoot] });
afterAll(() => db.close());
const store = createTableStore({ files, uniqueName, db: async () => db, dataRoot, cacheRoot });
const noDb = vi.fn(async () => {
  throw new Error('DuckDB was asked for');
});
const cacheOnly = createTableStore({ files, uniqueName, db: noDb, dataRoot, cacheRoot });
const [first, second] = [mixedTable(1000), mixedTable(500, Date.UTC(2025, 0, 1))];
const artifacts = [
  await store.write('lake/x/year=2024/x_2024.parquet', first),
  await store.write(join(dataRoot, 'lake/x/year=2025/x_2025.parquet'), second),
];

test('records path, hash, size, rows and time range', async () => {
  expect(artifacts[0]).toEqual({
    path: 'lake/x/year=2024/x_2024.parquet',
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    bytes: (await files.stat(join(dataRoot, 'lake/x/year=2024/x_2024.parquet')))!.size,
    rows: 1000,
    start: Date.UTC(2024, 0, 1),
    end: Date.UTC(2024, 0, 1) + 999 * 900_000,
  });
  expect(artifacts[1]!.path).toBe('lake/x/year=2025/x_2025.parquet');
  const untimed = { columns: [{ name: 'x', type: 'double' } as const], rows: 1, numbers: { x: Float64Array.of(1) }, texts: {} };
  expect(await store.write('lake/untimed.parquet', untimed)).toMatchObject({ start: null, end: null });
  expect(await store.write('lake/none.parquet', mixedTable(0))).toMatchObject({ rows: 0, start: null, end: null });
});

test('serves what was written from the cache, without DuckDB', async () => {
  expect(await cacheOnly.read([artifacts[0]!], first.columns)).toEqual(first);
  const both = await cacheOnly.read(artifacts, [
    { name: 'close', type: 'double' },
    { name: 'symbol', type: 'text' },
  ]);
  expect(both.rows).toBe(1500);
  expect(both.numbers['close']).toEqual(Float64Array.of(...first.numbers['close']!, ...second.numbers['close']!));
  expect(both.texts['symbol']).toEqual([...first.texts['symbol']!, ...second.texts['symbol']!]);
  expect(await cacheOnly.read([], first.columns)).toMatchObject({ rows: 0 });
  expect(noDb).not.toHaveBeenCalled();
});

test('reads Parquet when the cache is gone or damaged, and fills it with every column', async () => {
  const cache = cachePath(cacheRoot, artifacts[0]!.sha256);
  for (const spoil of [() => rm(cacheRoot, { recursive: true }), () => writeFile(cache, 'noise')]) {
    await spoil();
    const read = await store.read([artifacts[0]!], [{ name: 'close', type: 'double' }], { shared: true });
    expect(read.columns).toEqual([{ name: 'close', type: 'double' }]);
    expect(read.numbers['close']).toEqual(first.numbers['close']);
    expect(await cacheOnly.read([artifacts[0]!], first.columns)).toEqual(first);
  }
});

test('reads although the cache cannot be written', async () => {
  await rm(cacheRoot, { recursive: true });
  const full = createTableStore({ files: failingFiles(files, ['create'], 1, 'ENOSPC'), uniqueName, db: async () => db, dataRoot, cacheRoot });
  expect(await full.read([artifacts[0]!], first.columns)).toEqual(first);
});

test('refuses files that are absent, edited or without the column', async () => {
  const artifact = await store.write('lake/edited.parquet', mixedTable(10));
  await rm(cacheRoot, { recursive: true });
  await expect(store.read([artifact], [{ name: 'volume', type: 'double' }])).rejects.toMatchObject({
    code: 'E_ARTIFACT_DAMAGED',
    message: expect.stringContaining('volume'),
  });
  await rm(cacheRoot, { recursive: true, force: true });
  await writeFile(join(dataRoot, artifact.path), 'edited');
  await expect(store.read([artifact], mixedTable(1).columns)).rejects.toMatchObject({
    code: 'E_ARTIFACT_DAMAGED',
    message: expect.stringContaining('SHA-256'),
  });
  await rm(join(dataRoot, artifact.path));
  await expect(store.read([artifact], mixedTable(1).columns)).rejects.toMatchObject({
    code: 'E_ARTIFACT_DAMAGED',
    message: expect.stringContaining('missing'),
  });
});

test('refuses a file that has another number of rows than recorded', async () => {
  const short = { ...artifacts[0]!, rows: 999 };
  for (const list of [[short], [short, artifacts[1]!]])
    await expect(store.read(list, first.columns)).rejects.toMatchObject({
      code: 'E_ARTIFACT_DAMAGED',
      message: expect.stringContaining('1000 rows'),
    });
});

test('writes only inside the data root', async () => {
  await expect(store.write('../outside.parquet', first)).rejects.toMatchObject({ code: 'E_INTERNAL' });
});
