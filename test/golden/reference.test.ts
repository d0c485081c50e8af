import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ColumnSpec, Table } from '../../src/core/table.ts';
import { barMs } from '../../src/core/time.ts';
import { openDuckDb } from '../../src/lake/duckdb.ts';
import { lakePaths } from '../../src/lake/paths.ts';
import { readParquet } from '../../src/lake/readParquet.ts';
import { cleanBarColumns } from '../../src/stages/clean.ts';
import { contextColumns } from '../../src/stages/context.ts';
import { columnsOf } from '../../src/stages/lib/artifacts.ts';
import type { RunOutcome } from '../../src/stages/lib/runPipeline.ts';
import { expectClose, readCsv, readJson } from '../support/compare.ts';
import { removeFolders, runInProcess, temporaryFolder } from '../support/pipeline.ts';
import { type ArchiveServer, goldenFolder, noteMissing, serveArchive } from '../support/shared.ts';

const symbols = ['BTCUSDT', 'ETHUSDT'];
const featureTolerance = { relative: 1e-9, absolute: 1e-12 };
const moneyTolerance = { relative: 1e-9, absolute: 1e-12 };
const start = Date.UTC(2021, 0, 1);
const featureColumns = columnsOf(
  'timestamp:timestamp open high low close funding_event_ts:timestamp funding_rate_scaled ret_1 logret_1 rv_96 rv_pct_2880 high_96 low_96 range_96 range_med_480',
);

if (goldenFolder === null) noteMissing('comparison with the reference system');

describe.runIf(goldenFolder !== null)('the reference system’s numbers, 2021-2022', () => {
  const golden = goldenFolder!;
  const dataRoot = temporaryFolder();
  const paths = lakePaths(dataRoot);
  let archive: ArchiveServer;
  const runs: Record<string, RunOutcome> = {};

  const run = async (name: string, strategies: string[]) => {
    const request = { symbols, start: '2021-01-01', end: '2022-12-31', strategies, compat: 'reference' };
    runs[name] = await runInProcess(request, { dataRoot, archiveUrl: archive.url });
  };

  beforeAll(async () => {
    archive = (await serveArchive())!;
    for (const id of ['vol_compression_v1', 'vol_compression_momentum_v1', 'vol_compression_reversion_v1']) await run(id, [id]);
    await run('combined3', ['vol_compression_v1', 'vol_compression_momentum_v1', 'vol_compression_reversion_v1']);
  }, 120_000);

  afterAll(async () => {
    await archive.close();
    removeFolders();
  });

  const read = async (stage: string, part: string, columns: readonly ColumnSpec[], name = 'vol_compression_v1'): Promise<Table> => {
    const db = await openDuckDb({ allowedFolders: [dataRoot] });
    try {
      const files = runs[name]!.manifests.find((manifest) => manifest.stage === stage)!.outputs.filter(({ path }) => path.includes(part));
      return await readParquet(db, files.map(({ path }) => join(dataRoot, path)).sort(), columns);
    } finally {
      await db.close();
    }
  };

  it.each(symbols)('features of %s are within tolerance, percentile ranks exact', async (symbol) => {
    const features = await read('features', `/${symbol}/`, featureColumns);
    const bars = await read('clean', `/${symbol}/bars_15m/`, cleanBarColumns);
    expect(features.rows).toBe(70_080);
    const rows = [...readCsv(join(golden, `features/${symbol}.sample.csv`)), ...readCsv(join(golden, `features/${symbol}.edges.csv`))];
    for (const row of rows) {
      const index = Number(row['index']);
      expect(features.numbers['timestamp']![index]).toBe(Date.parse(row['timestamp']!));
      expect(bars.numbers['is_gap']![index]).toBe(Number(row['is_gap']));
      expect(bars.numbers['gap_len']![index]).toBe(Number(row['gap_len']));
      for (const { name, type } of featureColumns.slice(1)) {
        const actual = features.numbers[name]![index]!;
        const expected = row[name]!;
        if (type === 'timestamp') expect(actual).toBe(Date.parse(expected));
        else if (name === 'rv_pct_2880' && expected !== '') expect(actual, `${symbol} ${index} rank`).toBe(Number(expected));
        else expectClose(actual, expected, featureTolerance, `${symbol} row ${index} ${name}`);
      }
    }
  });

  it.each(symbols)('feature statistics of %s agree column by column and month by month', async (symbol) => {
    const features = await read('features', `/${symbol}/`, featureColumns);
    interface Stats {
      nan: number;
      sum: number;
      min: number;
      max: number;
      months_count_sum?: Record<string, [number, number]>;
    }
    const stats = readJson<{ columns: Record<string, Stats> }>(join(golden, `features/${symbol}.stats.json`)).columns;
    for (const [name, expected] of Object.entries(stats)) {
      const values = features.numbers[name];
      if (values === undefined || expected.months_count_sum === undefined) continue;
      const byMonth: Record<string, [number, number]> = {};
      for (let row = 0; row < features.rows; row++) {
        if (Number.isNaN(values[row]!)) continue;
        const month = (byMonth[new Date(features.numbers['timestamp']![row]!).toISOString().slice(0, 7)] ??= [0, 0]);
        month[0]++;
        month[1] += values[row]!;
      }
      for (const [month, [count, sum]] of Object.entries(expected.months_count_sum)) {
        expect(byMonth[month]?.[0] ?? 0, `${name} ${month}`).toBe(count);
        if (count > 0) expectClose(byMonth[month]![1], sum, { relative: 1e-9, absolute: 1e-9 }, `${symbol} ${name} ${month}`);
      }
    }
  });

  it.each(symbols)('funding-persistence events of %s are exact', async (symbol) => {
    const context = await read('context', `/${symbol}/`, contextColumns);
    const { numbers, texts } = context;
    const events: Record<string, string | number>[] = [];
    for (let row = 0; row < context.rows; row++) {
      const id = texts['fp_event_id']![row];
      if (id === null || id === undefined) continue;
      if (numbers['fp_age_bars']![row] === 1)
        events.push({ event_id: id, first: numbers['timestamp']![row]!, bars: 0, norm_due: 0, last: 0, severity: 0 });
      const event = events.at(-1)!;
      event['bars'] = Number(event['bars']) + 1;
      event['norm_due'] = Number(event['norm_due']) + numbers['fp_norm_due']![row]!;
      event['last'] = numbers['timestamp']![row]!;
      event['severity'] = Number(event['severity']) + numbers['fp_severity']![row]!;
    }
    const expected = readCsv(join(golden, `context/${symbol}.events.csv`));
    expect(events.length).toBe(expected.length);
    expected.forEach((row, index) => {
      const event = events[index]!;
      expect([event['event_id'], event['first'], event['last'], event['bars'], event['norm_due']]).toEqual([
        row['event_id'],
        Date.parse(row['first_bar']!),
        Date.parse(row['last_bar']!),
        Number(row['bars']),
        Number(row['norm_due_bars']),
      ]);
      expectClose(Number(event['severity']), row['sum_severity']!, featureTolerance, `${symbol} ${row['event_id']} severity`);
    });
    for (const row of readCsv(join(golden, `context/${symbol}.sample.csv`))) {
      const index = Number(row['index']);
      for (const name of ['fp_active', 'fp_age_bars', 'fp_norm_due']) expect(numbers[name]![index]).toBe(Number(row[name]));
      for (const name of ['fp_enter_ts', 'fp_exit_ts']) expect(numbers[name]![index]).toEqual(row[name] === '' ? Number.NaN : Date.parse(row[name]!));
      expectClose(numbers['fp_severity']![index]!, row['fp_severity']!, featureTolerance, `${symbol} ${index} severity`);
    }
  });

  describe.each(['vol_compression_v1', 'vol_compression_momentum_v1', 'vol_compression_reversion_v1'])('%s', (id) => {
    it('has the same position on every bar', async () => {
      const table = await read('backtest', `strategy_returns_${id}`, columnsOf('timestamp:timestamp symbol:text pos'), id);
      for (const symbol of symbols) {
        const positions: number[] = [];
        for (let row = 0; row < table.rows; row++) if (table.texts['symbol']![row] === symbol) positions.push(table.numbers['pos']![row]!);
        const expected: number[] = [];
        for (const run of readCsv(join(golden, `strategies/${id}/positions_${symbol}.csv`)))
          expected.push(...new Array<number>(Number(run['bars'])).fill(Number(run['pos'])));
        expect(positions.length).toBe(expected.length);
        expect(positions).toEqual(expected);
      }
    });

    it('has the same trades', () => {
      for (const symbol of symbols) {
        const actual = readCsv(paths.tradesOf(runs[id]!.runId, symbol));
        const expected = readCsv(join(golden, `strategies/${id}/trades_${symbol}.csv`));
        expect(actual.length).toBe(expected.length);
        expected.forEach((row, index) => {
          const trade = actual[index]!;
          for (const name of ['symbol', 'direction', 'exit_reason']) expect(trade[name], `${symbol} ${index} ${name}`).toBe(row[name]);
          for (const name of ['entry_time', 'exit_time']) expect(Date.parse(trade[name]!)).toBe(Date.parse(row[name]!.replace(' ', 'T')));
          for (const name of ['entry_price', 'exit_price', 'qty', 'stop_price', 'target_price'])
            expect(Number(trade[name]), `${symbol} ${index} ${name}`).toBe(Number(row[name]));
          for (const name of ['pnl', 'r_multiple']) expectClose(Number(trade[name]), row[name]!, moneyTolerance, `${symbol} trade ${index} ${name}`);
        });
      }
    });
  });

  describe.each(['vol_compression_v1', 'vol_compression_momentum_v1', 'vol_compression_reversion_v1', 'combined3'])('%s', (name) => {
    const output = (file: string) =>
      join(dataRoot, runs[name]!.manifests.find(({ stage }) => stage === 'backtest')!.outputs.find(({ path }) => path.endsWith(file))!.path);

    it('has the same headline metrics', () => {
      const metrics = readJson<Record<string, number>>(output(`${runs[name]!.runId}/metrics.json`));
      for (const [key, value] of Object.entries(readJson<Record<string, number>>(join(golden, `strategies/${name}/metrics.json`))))
        expectClose(metrics[key]!, value, moneyTolerance, key);
    });

    it('has the same fee sensitivity, key by key', () => {
      const fees = readJson<Record<string, Record<string, number>>>(output('fee_sensitivity.json'));
      const expected = readJson<Record<string, Record<string, number>>>(join(golden, `strategies/${name}/fee_sensitivity.json`));
      expect(Object.keys(fees).sort()).toEqual(Object.keys(expected).sort());
      for (const [cost, row] of Object.entries(expected))
        for (const [key, value] of Object.entries(row)) expectClose(fees[cost]![key]!, value, moneyTolerance, `${cost} ${key}`);
    });

    it('has the same engine metrics and diagnostics', () => {
      interface Engine {
        strategies: Record<string, Record<string, number>>;
        portfolio: Record<string, number>;
        diagnostics: { strategies: Record<string, Record<string, number>> };
      }
      const engine = readJson<Engine>(output('engine/metrics.json'));
      const expected = readJson<Engine>(join(golden, `strategies/${name}/engine_metrics.json`));
      for (const [key, value] of Object.entries(expected.portfolio)) expectClose(engine.portfolio[key]!, value, moneyTolerance, key);
      for (const [id, row] of Object.entries(expected.strategies))
        for (const [key, value] of Object.entries(row)) expectClose(engine.strategies[id]![key]!, value, moneyTolerance, `${id} ${key}`);
      for (const [id, row] of Object.entries(expected.diagnostics.strategies)) {
        for (const [key, value] of Object.entries(row))
          if (typeof value === 'number') expectClose(engine.diagnostics.strategies[id]![key]!, value, moneyTolerance, `${id} ${key}`);
      }
    });

    it('has the same equity at the end of every day', () => {
      const equity = new Map(readCsv(output('equity_curve.csv')).map((row) => [row['timestamp']!, row['equity']!]));
      for (const row of readCsv(join(golden, `strategies/${name}/equity_daily.csv`))) {
        const last = new Date(Date.parse(row['date']!) + 96 * barMs - barMs).toISOString().replace('.000Z', 'Z');
        expectClose(Number(equity.get(last)), row['equity_at_last_bar']!, { relative: 1e-9, absolute: 1e-6 }, row['date']!);
      }
    });
  });

  it('starts at the first bar of the window', async () => {
    const bars = await read('clean', '/BTCUSDT/bars_15m/', cleanBarColumns);
    expect(bars.numbers['timestamp']![0]).toBe(start);
  });
});
