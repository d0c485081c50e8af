import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Table } from '../src/core/table.ts';
import { readColumnCache, writeColumnCache } from '../src/lake/columnCache.ts';
import { type DuckDb, openDuckDb } from '../src/lake/duckdb.ts';
import { readParquet } from '../src/lake/readParquet.ts';
import { createFiles, uniqueName } from '../src/lake/realEffects.ts';
import { parquetFormat, writeParquet } from '../src/lake/writeParquet.ts';
import { assertSameColumn, type Comparison, isAsked, runBench } from './harness.ts';
import { benchMarket, sixYears } from './market.ts';
import { benchProcesses } from './processes.ts';

const files = createFiles();
const effects = { files, uniqueName };

/** A features table of six years: two times, one flag, eleven doubles with warm-up gaps. */
function benchTable(): Table {
  const { high, low, close, logReturn } = benchMarket(sixYears);
  const map = (value: (i: number) => number) => Float64Array.from({ length: sixYears }, (_, i) => value(i));
  const start = Date.UTC(2020, 0, 1);
  const numbers: Record<string, Float64Array> = {
    timestamp: map((i) => start + i * 900_000),
    open: map((i) => (i === 0 ? close[0]! : close[i - 1]!)),
    high,
    low,
    close,
    volume: map((i) => Math.round((high[i]! - low[i]!) * 1e5) / 1e3),
    is_gap: map((i) => +(i % 5000 === 17)),
    funding_event_ts: map((i) => (i < 32 ? NaN : start + Math.floor(i / 32) * 28_800_000)),
    funding_rate_scaled: map((i) => Math.round(logReturn[i - (i % 32)]! * 1e6) / 1e8),
    ret_1: map((i) => Math.expm1(logReturn[i]!)),
    logret_1: logReturn,
    high_96: map((i) => (i < 95 ? NaN : high[i]! * 1.01)),
    low_96: map((i) => (i < 95 ? NaN : low[i]! * 0.99)),
    range_96: map((i) => (i < 95 ? NaN : high[i]! * 1.01 - low[i]! * 0.99)),
  };
  const typeOf = (name: string) => (name === 'timestamp' || name === 'funding_event_ts' ? 'timestamp' : name === 'is_gap' ? 'boolean' : 'double');
  return { columns: Object.keys(numbers).map((name) => ({ name, type: typeOf(name) })), rows: sixYears, numbers, texts: {} };
}

const sumOf = (name: string) => {
  if (name.endsWith('timestamp') || name.endsWith('_ts')) return `sum(epoch_ms("${name}")::DOUBLE)`;
  return name === 'is_gap' ? `sum("${name}"::DOUBLE)` : `sum("${name}")`;
};

/** DuckDB's own sums of the columns of a file. */
async function scan(db: DuckDb, table: Table, path: string): Promise<number[]> {
  return db.withConnection(async (connection) => {
    const result = await connection.run(`SELECT ${table.columns.map(({ name }) => sumOf(name)).join(', ')} FROM read_parquet($path)`, { path });
    return (await result.getRowsJson())[0] as number[];
  });
}

function assertSameTable(actual: Table | null, expected: Table): void {
  for (const { name } of expected.columns) assertSameColumn(actual!.numbers[name]!, expected.numbers[name]!);
}

async function prepareAll(folder: string) {
  const db = await openDuckDb({ allowedFolders: [folder] });
  const table = benchTable();
  const paths = { parquet: join(folder, 'a.parquet'), bare: join(folder, 'bare.parquet'), cols: join(folder, 'a.cols'), raw: join(folder, 'a.raw') };
  const { sha256 } = await writeParquet(db, effects, paths.parquet, table);
  await writeColumnCache(files, paths.cols, table, sha256, uniqueName);
  writeFileSync(paths.raw, Buffer.concat(table.columns.map(({ name }) => new Uint8Array(table.numbers[name]!.buffer))));
  await db.withConnection((connection) => connection.run('CREATE TABLE bare AS SELECT * FROM read_parquet($path)', { path: paths.parquet }));
  return { db, table, paths, key: sha256 };
}

/** All doubles of the flat file as columns, in one read. */
async function readRaw(path: string, table: Table): Promise<Table> {
  const { buffer } = await readFile(path);
  const numbers = Object.fromEntries(table.columns.map(({ name }, index) => [name, new Float64Array(buffer, index * table.rows * 8, table.rows)]));
  return { ...table, numbers };
}

function comparisons(prepared: () => ReturnType<typeof prepareAll>): Comparison[] {
  return [
    {
      id: 'I1',
      what: 'Parquet to typed arrays, 14 columns',
      unit: 'row',
      budget: { atMost: 2.6 },
      prepare: async () => {
        const { db, table, paths } = await prepared();
        return {
          subject: { name: 'readParquet', units: table.rows, run: async () => void (await readParquet(db, [paths.parquet], table.columns)) },
          baseline: { name: 'scan', units: table.rows, run: async () => void (await scan(db, table, paths.parquet)) },
          prove: async () => {
            const read = await readParquet(db, [paths.parquet], table.columns);
            assertSameTable(read, table);
            const own = table.columns.map(({ name }) => read.numbers[name]!.reduce((sum, value) => (value === value ? sum + value : sum), 0));
            assertSameColumn(Float64Array.from(own), Float64Array.from(await scan(db, table, paths.parquet)), 1e-6);
          },
        };
      },
    },
    {
      id: 'I2 raw',
      what: 'warm column cache to typed arrays',
      unit: 'row',
      budget: { atMost: 3 },
      isolated: true,
      rounds: 5,
      prepare: async () => {
        const { table, paths, key } = await prepared();
        return {
          subject: { name: 'readColumnCache', units: table.rows, run: async () => void (await readColumnCache(files, paths.cols, key)) },
          baseline: { name: 'raw', units: table.rows, run: async () => void (await readRaw(paths.raw, table)) },
          prove: async () => {
            assertSameTable(await readColumnCache(files, paths.cols, key), table);
            assertSameTable(await readRaw(paths.raw, table), table);
          },
        };
      },
    },
    {
      id: 'I2 parquet',
      what: 'column cache against Parquet',
      unit: 'row',
      budget: { atLeast: 5 },
      // In one process, freeing the vectors of one read would be charged to the other.
      isolated: true,
      rounds: 5,
      prepare: async () => {
        const { db, table, paths, key } = await prepared();
        return {
          subject: { name: 'readColumnCache', units: table.rows, run: async () => void (await readColumnCache(files, paths.cols, key)) },
          baseline: { name: 'readParquet', units: table.rows, run: async () => void (await readParquet(db, [paths.parquet], table.columns)) },
          prove: async () => assertSameTable(await readColumnCache(files, paths.cols, key), await readParquet(db, [paths.parquet], table.columns)),
        };
      },
    },
    {
      id: 'I4',
      what: 'writing Parquet from typed arrays, hash and flush included',
      unit: 'row',
      budget: { atMost: 1.6 },
      prepare: async () => {
        const { db, table, paths } = await prepared();
        const copy = () =>
          db.withConnection(async (connection) => void (await connection.run(`COPY bare TO $path (${parquetFormat})`, { path: paths.bare })));
        return {
          subject: { name: 'writeParquet', units: table.rows, run: async () => void (await writeParquet(db, effects, paths.parquet, table)) },
          baseline: { name: 'bare COPY', units: table.rows, run: copy },
          prove: async () => {
            await copy();
            await writeParquet(db, effects, paths.parquet, table);
            if (!readFileSync(paths.bare).equals(readFileSync(paths.parquet))) throw new Error('the files differ');
          },
        };
      },
    },
  ];
}

/** I7 runs this file again as a process of its own. */
async function serveColdQuery(path: string): Promise<void> {
  const db = await openDuckDb({ allowedFolders: [join(path, '..')] });
  const rows = await db.withConnection(async (connection) =>
    (await connection.run('SELECT * FROM read_parquet($path) LIMIT 1', { path })).getRowsJson(),
  );
  if (rows.length !== 1) throw new Error('no row');
  await db.close();
}

if (process.argv[2] === '--cold-query') {
  await serveColdQuery(process.argv[3]!);
} else {
  const folder = mkdtempSync(join(tmpdir(), 'lake-bench-'));
  try {
    let ready: ReturnType<typeof prepareAll> | null = null;
    const prepared = () => (ready ??= prepareAll(folder));
    await runBench(comparisons(prepared));
    const args = [process.argv[1]!, '--cold-query', join(folder, 'a.parquet')];
    const cold = { id: 'I7', what: 'first row of a Parquet query, cold process', budget: { atMost: 4.5 }, args };
    if (!process.argv.includes('--candidate') && isAsked(cold)) {
      await prepared();
      benchProcesses([cold]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
