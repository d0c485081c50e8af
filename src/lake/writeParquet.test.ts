import { execFileSync } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, expect, test } from 'vitest';
import type { Table } from '../core/table.ts';
import { openDuckDb } from './duckdb.ts';
import { createFiles, uniqueName } from './realEffects.ts';
import { readParquet } from './readParquet.ts';
import { failingFiles, mixedTable, testFolder } from './testFixtures.ts';
import { writeParquet } from './writeParquet.ts';

const folder = await testFolder();
const files = createFiles();
const effects = { files, uniqueName };
const db = await openDuckDb({ allowedFolders: [folder] });
afterAll(() => db.close());

test('gives back what was written, NaN and null included', async () => {
  const table = mixedTable(5000);
  const path = join(folder, "a 'quoted' [1]*", 'year=2024', 'mixed.parquet');
  const written = await writeParquet(db, effects, path, table);
  expect(written).toMatchObject({ path, rows: 5000 });
  expect(written.bytes).toBe((await files.stat(path))!.size);
  const read = await readParquet(db, [path], table.columns);
  expect(read).toEqual(table);
});

test('stores the types of the contract, times with their zone', async () => {
  const path = join(folder, 'types.parquet');
  await writeParquet(db, effects, path, mixedTable(10));
  const types = await db.withConnection(async (connection) => {
    const result = await connection.run('DESCRIBE SELECT * FROM read_parquet($path)', { path });
    return (await result.getRowsJson()).map(([name, type]) => `${String(name)} ${String(type)}`);
  });
  expect(types).toEqual([
    'timestamp TIMESTAMP WITH TIME ZONE',
    'close DOUBLE',
    'symbol VARCHAR',
    'is_gap BOOLEAN',
    'gap_len INTEGER',
    'count BIGINT',
    'side TINYINT',
    'funding_event_ts TIMESTAMP WITH TIME ZONE',
    'empty DOUBLE',
  ]);
});

test('writes NULL for NaN, and keeps infinities and negative zero', async () => {
  const path = join(folder, 'special.parquet');
  const table = numbersTable({ x: [NaN, 0, -0, Infinity, -Infinity, 5e-324, Number.MAX_VALUE] });
  await writeParquet(db, effects, path, table);
  const counts = await db.withConnection(async (connection) => {
    const result = await connection.run('SELECT count(*)::INT, count(x)::INT, count(*) FILTER (isnan(x))::INT FROM read_parquet($path)', { path });
    return result.getRowsJson();
  });
  expect(counts).toEqual([[7, 6, 0]]);
  const { x } = (await readParquet(db, [path], table.columns)).numbers;
  expect([...x!].every((value, i) => Object.is(value, table.numbers['x']![i]))).toBe(true);
});

test('keeps the sign of zero in a column that repeats few values', async () => {
  const path = join(folder, 'zeros.parquet');
  const table = numbersTable({ x: Array.from({ length: 50_000 }, (_, row) => [0, -0, 1, -0][row % 4]!) });
  await writeParquet(db, effects, path, table);
  const { x } = (await readParquet(db, [path], table.columns)).numbers;
  expect(x!.findIndex((value, row) => !Object.is(value, table.numbers['x']![row]))).toBe(-1);
});

test('writes a table without rows', async () => {
  const path = join(folder, 'empty.parquet');
  const table = mixedTable(0);
  expect((await writeParquet(db, effects, path, table)).rows).toBe(0);
  expect(await readParquet(db, [path], table.columns)).toEqual(table);
});

test('keeps the order and the bits of half a million rows', async () => {
  const table = walkTable(500_000);
  const path = join(folder, 'large.parquet');
  await writeParquet(db, effects, path, table);
  const read = await readParquet(db, [path], table.columns);
  for (const name of ['timestamp', 'a', 'b']) {
    const [found, expected] = [new BigUint64Array(read.numbers[name]!.buffer), new BigUint64Array(table.numbers[name]!.buffer)];
    expect(Buffer.compare(Buffer.from(found.buffer), Buffer.from(expected.buffer)), name).toBe(0);
  }
});

test('writes the same bytes with one and two threads, alone and among other writes, and in other processes', async () => {
  const table = walkTable(300_000);
  const alone = (await writeParquet(db, effects, join(folder, 'alone.parquet'), table)).sha256;
  const two = await openDuckDb({ allowedFolders: [folder], threads: 2 });
  const withTwo = await writeParquet(two, effects, join(folder, 'two.parquet'), table);
  await two.close();
  const among = await Promise.all(Array.from({ length: 6 }, (_, i) => writeParquet(db, effects, join(folder, `among-${i}.parquet`), table)));
  const script = await bundleChild();
  const children = ['1', '2'].map((threads) =>
    execFileSync(process.execPath, [script, folder, threads], { encoding: 'utf8', env: { ...process.env, TZ: 'Pacific/Chatham' } }).trim(),
  );
  expect(new Set([alone, withTwo.sha256, ...among.map(({ sha256 }) => sha256), ...children])).toEqual(new Set([alone]));
});

test('refuses tables that could not be read back, and leaves nothing behind', async () => {
  const bad: [string, Table][] = [
    ['half.parquet', numbersTable({ n: [1.5] }, 'int32')],
    ['wide.parquet', numbersTable({ n: [128] }, 'int8')],
    ['flag.parquet', numbersTable({ n: [2] }, 'boolean')],
    ['time.parquet', numbersTable({ timestamp: [2, 1] }, 'timestamp')],
    ['none.parquet', numbersTable({ timestamp: [NaN] }, 'timestamp')],
    ['length.parquet', { ...numbersTable({ x: [1, 2] }), rows: 3 }],
    ['twice.parquet', numbersTable({ x: [1], X: [1] })],
    ['columns.parquet', numbersTable({})],
  ];
  for (const [name, table] of bad) {
    await expect(writeParquet(db, effects, join(folder, name), table), name).rejects.toMatchObject({ code: 'E_INTERNAL' });
    expect(await files.stat(join(folder, name))).toBeNull();
  }
});

test('removes its temp file when DuckDB or the publication fails', async () => {
  const target = join(folder, 'failing');
  await mkdir(target);
  for (const operation of ['read', 'syncPath', 'rename'] as const) {
    const failing = { files: failingFiles(files, [operation], 1, 'EIO'), uniqueName };
    await expect(writeParquet(db, failing, join(target, 'x.parquet'), numbersTable({ x: [1] }))).rejects.toThrow('EIO');
    expect(await readdir(target)).toEqual([]);
  }
  const outside = await testFolder();
  await expect(writeParquet(db, effects, join(outside, 'x.parquet'), numbersTable({ x: [1] }))).rejects.toMatchObject({ code: 'E_PERMISSION' });
  expect(await readdir(outside)).toEqual([]);
});

function numbersTable(columns: Record<string, number[]>, type: Table['columns'][number]['type'] = 'double'): Table {
  const names = Object.keys(columns);
  const numbers = Object.fromEntries(names.map((name) => [name, Float64Array.from(columns[name]!)]));
  return { columns: names.map((name) => ({ name, type })), rows: columns[names[0]!]?.length ?? 0, numbers, texts: {} };
}

/** Every value from integer arithmetic, so that a child process makes the same table. */
function walkTable(rows: number): Table {
  const numbers = { timestamp: new Float64Array(rows), a: new Float64Array(rows), b: new Float64Array(rows) };
  let state = 1;
  for (let i = 0; i < rows; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    numbers.timestamp[i] = 1_577_836_800_000 + i * 900_000;
    numbers.a[i] = (state >> 8) / 1000;
    numbers.b[i] = state % 9 === 0 ? NaN : state / 3;
  }
  const columns = [{ name: 'timestamp', type: 'timestamp' } as const, { name: 'a', type: 'double' } as const, { name: 'b', type: 'double' } as const];
  return { columns, rows, numbers, texts: {} };
}

async function bundleChild(): Promise<string> {
  const entry = `
    import { openDuckDb } from './duckdb.ts';
    import { createFiles, uniqueName } from './realEffects.ts';
    import { writeParquet } from './writeParquet.ts';
    ${walkTable.toString()}
    const [folder, threads] = process.argv.slice(2);
    const db = await openDuckDb({ allowedFolders: [folder], threads: Number(threads) });
    const written = await writeParquet(db, { files: createFiles(), uniqueName }, folder + '/child-' + threads + '.parquet', walkTable(300000));
    console.log(written.sha256);
    await db.close();`;
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    write: false,
    external: ['@duckdb/*'],
    logLevel: 'silent',
  });
  const api = createRequire(import.meta.url).resolve('@duckdb/node-api');
  const script = join(folder, 'child.mjs');
  await writeFile(script, outputFiles[0]!.text.replaceAll('"@duckdb/node-api"', JSON.stringify(api)));
  return script;
}
