import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openDuckDb } from './duckdb.ts';
import { parquetColumns, readParquet } from './readParquet.ts';
import { createFiles, uniqueName } from './realEffects.ts';
import { mixedTable, testFolder } from './testFixtures.ts';
import { writeParquet } from './writeParquet.ts';

const folder = await testFolder();
const effects = { files: createFiles(), uniqueName };
const db = await openDuckDb({ allowedFolders: [folder] });
afterAll(() => db.close());
const first = join(folder, 'z_first.parquet');
const second = join(folder, 'a_second.parquet');
const firstTable = mixedTable(3000);
const secondTable = mixedTable(2500, Date.UTC(2024, 6, 1));
await writeParquet(db, effects, first, firstTable);
await writeParquet(db, effects, second, secondTable);
const columns = firstTable.columns;
const copy = (path: string, sql: string) => db.withConnection((connection) => connection.run(`COPY (${sql}) TO '${path}' (FORMAT parquet)`));

test('reads files one after the other in the order given, for one and two threads', async () => {
  const two = await openDuckDb({ allowedFolders: [folder], threads: 2 });
  for (const instance of [db, two]) {
    const table = await readParquet(instance, [first, second], columns);
    expect(table.rows).toBe(5500);
    for (const { name, type } of columns) {
      if (type === 'text') expect(table.texts[name]).toEqual([...firstTable.texts[name]!, ...secondTable.texts[name]!]);
      else expect(table.numbers[name]).toEqual(Float64Array.of(...firstTable.numbers[name]!, ...secondTable.numbers[name]!));
    }
  }
  await two.close();
});

test('refuses files whose times go back, and does not sort them', async () => {
  await expect(readParquet(db, [second, first], columns)).rejects.toMatchObject({
    code: 'E_ARTIFACT_DAMAGED',
    message: expect.stringContaining('row 2500'),
  });
  expect((await readParquet(db, [second, first], [{ name: 'close', type: 'double' }])).rows).toBe(5500);
});

test('reads only the columns asked for, in the order asked', async () => {
  const table = await readParquet(
    db,
    [first],
    [
      { name: 'symbol', type: 'text' },
      { name: 'close', type: 'double' },
    ],
  );
  expect(table.columns.map(({ name }) => name)).toEqual(['symbol', 'close']);
  expect(Object.keys(table.numbers)).toEqual(['close']);
});

test('ignores columns that come from folder names or from pandas', async () => {
  const path = join(folder, 'pandas.parquet');
  await copy(path, `SELECT 1.5::DOUBLE AS close, 7::BIGINT AS __index_level_0__, [1, 2] AS list`);
  expect(await parquetColumns(db, path)).toEqual([{ name: 'close', type: 'double' }]);
  expect((await readParquet(db, [path], [{ name: 'close', type: 'double' }])).numbers['close']).toEqual(Float64Array.of(1.5));
});

test('reads times of any unit and integers of any width', async () => {
  const path = join(folder, 'widths.parquet');
  await copy(
    path,
    `SELECT TIMESTAMP_NS '2024-01-01 00:00:00' AS ns, TIMESTAMP '2024-01-01 00:00:00.003' AS us, 7::USMALLINT AS n, 1.25::DECIMAL(9,2) AS d`,
  );
  const types = await parquetColumns(db, path);
  expect(types).toEqual([
    { name: 'ns', type: 'timestamp' },
    { name: 'us', type: 'timestamp' },
    { name: 'n', type: 'int32' },
    { name: 'd', type: 'double' },
  ]);
  const { ns, us, n, d } = (await readParquet(db, [path], types)).numbers;
  expect([ns![0], us![0], n![0], d![0]]).toEqual([Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 1) + 3, 7, 1.25]);
});

test('puts numbers on shared memory when asked', async () => {
  const table = await readParquet(db, [first], columns, { shared: true });
  expect(table.numbers['close']!.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(table.numbers['close']).toEqual(firstTable.numbers['close']);
});

test('gives an empty table for no files', async () => {
  expect(await readParquet(db, [], columns)).toMatchObject({ rows: 0, columns });
});

test('names the file and the column that is missing', async () => {
  const narrow = join(folder, 'narrow.parquet');
  await copy(narrow, `SELECT 1.5::DOUBLE AS close`);
  const wanted = [
    { name: 'close', type: 'double' },
    { name: 'volume', type: 'double' },
  ] as const;
  await expect(readParquet(db, [narrow], wanted)).rejects.toMatchObject({
    code: 'E_ARTIFACT_DAMAGED',
    message: `${narrow}: column volume is missing`,
  });
  await expect(readParquet(db, [first, narrow], columns)).rejects.toMatchObject({ message: expect.stringContaining(`${narrow}: column timestamp`) });
});

test('reports absent, torn and foreign files and wrong types as damage', async () => {
  const torn = join(folder, 'torn.parquet');
  await writeFile(torn, (await readFile(first)).subarray(0, 2000));
  const foreign = join(folder, 'foreign.parquet');
  await writeFile(foreign, 'not parquet at all');
  const texts = join(folder, 'texts.parquet');
  await copy(texts, `SELECT 'abc' AS close`);
  for (const path of [torn, foreign, texts, join(folder, 'absent.parquet')]) {
    await expect(readParquet(db, [path], [{ name: 'close', type: 'double' }]), path).rejects.toMatchObject({
      code: 'E_ARTIFACT_DAMAGED',
      message: expect.stringContaining(path),
    });
  }
  await expect(parquetColumns(db, foreign)).rejects.toMatchObject({ code: 'E_ARTIFACT_DAMAGED' });
});
