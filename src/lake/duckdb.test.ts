import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openDuckDb, quoteName } from './duckdb.ts';
import { testFolder } from './testFixtures.ts';

const folder = await testFolder();
const db = await openDuckDb({ allowedFolders: [folder] });
afterAll(() => db.close());
const run = (sql: string) => db.withConnection(async (connection) => (await connection.run(sql)).getRowsJson());

test('works in UTC with one thread', async () => {
  expect(await run(`SELECT current_setting('TimeZone'), current_setting('threads')`)).toEqual([['UTC', '1']]);
});

test('refuses files elsewhere, network, extensions and changes of its configuration', async () => {
  await mkdir(join(folder, 'inside'), { recursive: true });
  await run(`COPY (SELECT 1 AS a) TO '${join(folder, 'inside', 'x.parquet')}' (FORMAT parquet)`);
  for (const sql of [
    `SELECT * FROM read_text('/etc/passwd')`,
    `SELECT * FROM read_parquet('${folder}/../other/x.parquet')`,
    `COPY (SELECT 1 AS a) TO '${folder}-other.parquet' (FORMAT parquet)`,
    `SELECT * FROM read_parquet('http://127.0.0.1:1/x.parquet')`,
    `INSTALL httpfs`,
    `LOAD httpfs`,
    `ATTACH '/tmp/other.duckdb'`,
    `SET threads=4`,
    `SET enable_external_access=true`,
  ]) {
    await expect(run(sql), sql).rejects.toThrow();
  }
});

test('is one instance for equal options, open until the last holder closes it', async () => {
  const other = await openDuckDb({ allowedFolders: [folder, folder] });
  expect(other.source).toBe(db.source);
  await other.close();
  await other.close();
  await expect(other.withConnection(async () => 1)).rejects.toMatchObject({ code: 'E_INTERNAL' });
  expect(await run('SELECT 1')).toEqual([[1]]);
  const separate = await openDuckDb({ allowedFolders: [join(folder, 'inside')] });
  expect(separate.source).not.toBe(db.source);
  await separate.close();
});

test('reports an error of the row source as the error of the query', async () => {
  await expect(run('SELECT * FROM lake_rows(12345)')).rejects.toThrow('no table 12345 is offered');
});

test('says what to do when it cannot start', async () => {
  await expect(openDuckDb({ allowedFolders: [folder], memoryLimit: 'much' })).rejects.toMatchObject({ code: 'E_ENVIRONMENT' });
});

test('quotes identifiers and refuses what cannot be one', () => {
  expect(quoteName('a"b')).toBe('"a""b"');
  expect(() => quoteName('')).toThrow('cannot be a column name');
});
