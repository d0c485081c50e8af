import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readColumnCache, writeColumnCache } from './columnCache.ts';
import { createFiles, uniqueName } from './realEffects.ts';
import { failingFiles, mixedTable, testFolder } from './testFixtures.ts';

const folder = await testFolder();
const files = createFiles();
const key = 'a'.repeat(64);
const table = mixedTable(1001);
const path = join(folder, 'columns', 'aa', `${key}.cols`);
await writeColumnCache(files, path, table, key, uniqueName);

test('gives back the same bits, text and column types', async () => {
  expect(await readColumnCache(files, path, key)).toEqual(table);
});

test('gives views into one buffer, or into one shared buffer', async () => {
  const plain = (await readColumnCache(files, path, key))!;
  expect(plain.numbers['close']!.buffer).toBe(plain.numbers['timestamp']!.buffer);
  const shared = (await readColumnCache(files, path, key, { shared: true }))!;
  expect(shared.numbers['close']!.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(shared).toEqual(table);
});

test('restricts and orders the columns', async () => {
  const columns = [
    { name: 'symbol', type: 'text' },
    { name: 'close', type: 'double' },
  ] as const;
  const read = (await readColumnCache(files, path, key, { columns }))!;
  expect(read.columns).toEqual(columns);
  expect(Object.keys(read.numbers)).toEqual(['close']);
  expect(await readColumnCache(files, path, key, { columns: [{ name: 'open', type: 'double' }] })).toBeNull();
  expect(await readColumnCache(files, path, key, { columns: [{ name: 'symbol', type: 'double' }] })).toBeNull();
});

test('keeps slices of larger arrays and tables without rows', async () => {
  const part = {
    columns: [{ name: 'x', type: 'double' }] as const,
    rows: 3,
    numbers: { x: Float64Array.of(0, 1, 2, 3, 4).subarray(1, 4) },
    texts: {},
  };
  await writeColumnCache(files, join(folder, 'part'), part, key, uniqueName);
  expect([...(await readColumnCache(files, join(folder, 'part'), key))!.numbers['x']!]).toEqual([1, 2, 3]);
  await writeColumnCache(files, join(folder, 'empty'), mixedTable(0), key, uniqueName);
  expect(await readColumnCache(files, join(folder, 'empty'), key)).toEqual(mixedTable(0));
});

test('works when the file arrives at an odd place in memory', async () => {
  const content = await readFile(path);
  const odd = Buffer.alloc(content.length + 1);
  content.copy(odd, 1);
  const shifted = { ...files, read: async () => odd.subarray(1) };
  expect(await readColumnCache(shifted, path, key)).toEqual(table);
});

test('is null when absent, unreadable or made from another source', async () => {
  expect(await readColumnCache(files, join(folder, 'absent'), key)).toBeNull();
  expect(await readColumnCache(files, path, 'b'.repeat(64))).toBeNull();
  expect(await readColumnCache(failingFiles(files, ['read'], 1, 'EIO'), path, key)).toBeNull();
});

test('is null and never throws whatever bit is flipped, wherever it is cut or continued', async () => {
  const content = await readFile(path);
  const damaged = join(folder, 'damaged');
  const check = async (bytes: Uint8Array, what: string) => {
    await writeFile(damaged, bytes);
    expect(await readColumnCache(files, damaged, key), what).toBeNull();
  };
  for (let i = 0; i < 400; i++) {
    const position = i < 100 ? i : Math.floor((i * content.length) / 400);
    if (position >= 20 && position < 24) continue; // padding, no meaning
    const flipped = Buffer.from(content);
    flipped[position]! ^= 1 << (i % 8);
    await check(flipped, `byte ${position}`);
  }
  for (const length of [0, 7, 8, 23, 24, 200, content.length - 8, content.length - 1]) await check(content.subarray(0, length), `length ${length}`);
  await check(Buffer.concat([content, Buffer.alloc(8)]), 'appended');
  await check(Buffer.alloc(content.length), 'zeros');
});
