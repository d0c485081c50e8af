import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dayMs } from '../../src/core/time.ts';
import { type Finding, sortFindings } from '../../src/core/findings.ts';
import stage from '../../src/stages/ingest_extra.ts';
import { rawExtraColumns } from '../../src/stages/lib/extraDatasets.ts';
import type { ExtraDataset } from '../../src/stages/lib/extraColumns.ts';
import type { MonthRecord } from '../../src/stages/lib/ingestRecord.ts';
import type { StageResult } from '../../src/stages/lib/stage.ts';
import type { PlantedDefect } from '../../src/venues/sample/defects.ts';
import { readRecord, readTable, recordPath } from '../support/ingestRun.ts';
import { removeFolders, runStageAlone, temporaryFolder } from '../support/pipeline.ts';
import { fileOf, type SampleVenue, sampleVenue } from '../support/sampleVenue.ts';
import { studyThatReads } from '../support/studyDocument.ts';

/**
 * Data beyond bars and funding, over HTTP from generated archives: that each dataset comes in whole, and what becomes of
 * the defects that public archives have (reliability.md section 3). Nothing about them ever ends a run.
 */
const symbol = 'BTCUSDT';
const start = Date.UTC(2024, 1, 5);
let venue: SampleVenue;
let dataRoot: string;
afterEach(() => venue.close());
afterAll(removeFolders);
beforeEach(() => {
  dataRoot = temporaryFolder();
});

const columnOf: Record<ExtraDataset, string> = {
  spot_15m: 'spot.close',
  mark_15m: 'mark.close',
  premium_15m: 'premium.close',
  metrics: 'open_interest',
  liquidations: 'liquidation_volume',
  trades_1s: 'trades.tick_balance',
  quotes_1s: 'book.spread',
};

interface Ingested {
  readonly result: StageResult;
  readonly findings: readonly Finding[];
  readonly codes: readonly string[];
  rows(dataset: ExtraDataset): Promise<Record<string, Float64Array>>;
  record(dataset: ExtraDataset): MonthRecord | null;
}

/** The extra ingest alone, of a run of February 5 to 7, 2024 whose study reads the datasets. */
async function ingest(datasets: readonly ExtraDataset[], window: { start?: string; end?: string; restUrl?: string } = {}): Promise<Ingested> {
  const { restUrl = null, ...days } = window;
  const specs = studyThatReads(
    temporaryFolder(),
    'probe',
    datasets.map((dataset) => columnOf[dataset]),
  );
  const request = { symbols: [symbol], start: '2024-02-05', end: '2024-02-07', studies: 'probe', ...days };
  const result = await runStageAlone(stage, request, { dataRoot, specs, archiveUrl: venue.url, restUrl });
  const findings = sortFindings(result.findings);
  return {
    result,
    findings,
    codes: findings.map(({ code }) => code),
    rows: async (dataset) => {
      const outputs = result.outputs.filter(({ path }) => path.includes(`/${dataset}/`));
      return (await readTable(dataRoot, outputs, rawExtraColumns[dataset])).numbers;
    },
    record: (dataset) => readRecord(dataRoot, symbol, '2024-02', dataset),
  };
}

const asked = (part: string) => venue.requests.filter((path) => path.includes(part) && !path.endsWith('CHECKSUM'));

describe('every dataset', () => {
  it('of bars comes from its monthly files, that of days from daily ones, with provenance and in the exchange’s layout', async () => {
    venue = await sampleVenue();
    const run = await ingest(['spot_15m', 'mark_15m', 'premium_15m', 'metrics', 'liquidations']);
    expect(run.findings.filter(({ code }) => code !== 'DUPLICATE_ROWS')).toEqual([]);
    expect(run.result.counts).toMatchObject({
      datasets: {
        spot_15m: { symbols: { BTCUSDT: { months: 1, rows: 2_784, missing_bars: 0 } } },
        premium_15m: { symbols: { BTCUSDT: { rows: 2_784 } } },
        metrics: { symbols: { BTCUSDT: { rows: 29 * 288, missing_snapshots: 0 } } },
      },
    });
    expect(asked('/spot/')).toEqual(['/data/spot/monthly/klines/BTCUSDT/15m/BTCUSDT-15m-2024-02.zip']);
    expect(asked('/metrics/')).toHaveLength(29);
    expect(asked('/monthly/metrics/').concat(asked('/monthly/liquidationSnapshot/'))).toEqual([]);
    const record = run.record('metrics')!;
    expect(record).toMatchObject({ dataset: 'metrics', status: 'complete', missing: [] });
    expect(record.objects).toHaveLength(29);
    for (const object of record.objects) expect(object.checksum).toBe(`${object.sha256}  ${object.file}`);
    expect((await run.rows('metrics'))['timestamp']![0]).toBe(Date.UTC(2024, 1, 1));
  });

  it('of seconds comes from the window’s days alone, 86,400 rows a day, and a later run adds only its own days', async () => {
    venue = await sampleVenue();
    const run = await ingest(['trades_1s', 'quotes_1s'], { start: '2024-02-05', end: '2024-02-05' });
    expect(run.findings).toEqual([]);
    expect(asked('/aggTrades/').concat(asked('/bookTicker/'))).toHaveLength(2);
    const trades = await run.rows('trades_1s');
    expect([trades['timestamp']!.length, trades['timestamp']![0]]).toEqual([86_400, start]);
    expect(run.record('trades_1s')).toMatchObject({ status: 'open' });

    const later = await ingest(['trades_1s'], { start: '2024-02-05', end: '2024-02-06' });
    expect(asked('/aggTrades/')).toHaveLength(2);
    expect((await later.rows('trades_1s'))['timestamp']).toHaveLength(2 * 86_400);
    const before = venue.requests.length;
    await ingest(['trades_1s'], { start: '2024-02-06', end: '2024-02-06' });
    expect(venue.requests.length).toBe(before);
    expect(run.record('trades_1s')!.superseded).toHaveLength(1);
  });

  it('is not asked for again once it is there', async () => {
    venue = await sampleVenue();
    await ingest(['spot_15m', 'metrics']);
    const before = venue.requests.length;
    const again = await ingest(['spot_15m', 'metrics'], { start: '2024-02-06' });
    expect(venue.requests.length).toBe(before);
    expect(again.codes).toEqual([]);
  });
});

it('orders of one millisecond stay apart when a day is filled in later, between days that are there', async () => {
  venue = await sampleVenue();
  const twin = (csv: string) => {
    const [header, first, ...rest] = csv.trimEnd().split('\n') as [string, string, ...string[]];
    return [
      header,
      first,
      first
        .replace(',SELL,', ',BUY,')
        .replace(',LIMIT,', ',MARKET,')
        .replace(/,[^,]*$/, ',9'),
      ...rest,
    ].join('\n');
  };
  venue.replace(fileOf('liquidations', symbol, '2024-02-06'), (csv) => twin(csv).replace('time,side', 'time,symbol'));
  venue.replace(fileOf('liquidations', symbol, '2024-02-05'), twin);
  const before = await ingest(['liquidations']);
  const count = (times: Float64Array, label: string) => times.filter((time) => new Date(time).toISOString().startsWith(label)).length;
  const firstRun = (await before.rows('liquidations'))['timestamp']!;
  venue.replace(fileOf('liquidations', symbol, '2024-02-06'), twin);
  const after = (await (await ingest(['liquidations'], { end: '2024-02-06' })).rows('liquidations'))['timestamp']!;
  expect([count(firstRun, '2024-02-06'), count(after, '2024-02-05')]).toEqual([0, count(firstRun, '2024-02-05')]);
  const onFilled = after.filter((time) => new Date(time).toISOString().startsWith('2024-02-06'));
  expect(onFilled[0]).toBe(onFilled[1]);
  expect([...after]).toEqual([...after].toSorted((a, b) => a - b));
});

describe('what archives get wrong', () => {
  it('is filled from daily files where the monthly one lacks a day, and is a gap where both do', async () => {
    const planted: PlantedDefect[] = [
      { kind: 'missing_day', symbol, start: start + 9 * dayMs, bars: 96, dataset: 'spot_15m' },
      { kind: 'missing_rows', symbol, start: start + 3_600_000, bars: 3, dataset: 'spot_15m' },
      { kind: 'missing_day', symbol, start: start + dayMs, bars: 96, dataset: 'metrics' },
      { kind: 'duplicate', symbol, start: start, bars: 2, dataset: 'metrics' },
      { kind: 'disorder', symbol, start: start, bars: 1, dataset: 'premium_15m' },
    ];
    venue = await sampleVenue({ defects: planted });
    const run = await ingest(['spot_15m', 'metrics', 'premium_15m']);
    expect(run.findings.map(({ code, subject, observed }) => [code, subject, observed])).toEqual([
      ['ARCHIVE_ABSENT', 'BTCUSDT metrics', 1],
      ['DUPLICATE_ROWS', 'BTCUSDT metrics', 6],
      ['FILLED_FROM_DAILY', 'BTCUSDT spot_15m 2024-02', 96],
      ['GAP', 'BTCUSDT metrics', 288],
      ['GAP', 'BTCUSDT spot_15m', 3],
      ['ROWS_OUT_OF_ORDER', 'BTCUSDT-15m-2024-02.zip', 1],
    ]);
  });

  it('refuses a file whole and goes on without it: checksums, byte order marks, mixed periods, other layouts', async () => {
    venue = await sampleVenue();
    const file = (dataset: ExtraDataset, label: string) => fileOf(dataset, symbol, label);
    venue.spoilChecksum(file('metrics', '2024-02-05'));
    venue.replace(file('metrics', '2024-02-06'), (csv) => `\uFEFF${csv}`);
    venue.replace(file('liquidations', '2024-02-05'), (csv) => csv.replace('side', 'symbol'));
    venue.replace(file('trades_1s', '2024-02-05'), (csv) =>
      csv.trimEnd().split('\n').toSpliced(50, 1).toSpliced(80, 0, csv.split('\n')[50]!).join('\n'),
    );
    venue.replace(file('quotes_1s', '2024-02-05'), () => '<html>maintenance</html>');
    venue.replace(file('mark_15m', '2024-02'), (csv) => csv.replace(/,(\d+)\.(\d+),/, ',0.$2,'));
    const run = await ingest(['metrics', 'liquidations', 'trades_1s', 'quotes_1s', 'mark_15m'], { end: '2024-02-06' });
    expect(run.findings.filter(({ code }) => code === 'ARCHIVE_REFUSED').map(({ severity, subject }) => [severity, subject])).toEqual([
      ['error', 'BTCUSDT-15m-2024-02.zip'],
      ['error', 'BTCUSDT-aggTrades-2024-02-05.zip'],
      ['error', 'BTCUSDT-bookTicker-2024-02-05.zip'],
      ['error', 'BTCUSDT-liquidationSnapshot-2024-02-05.zip'],
      ['error', 'BTCUSDT-metrics-2024-02-05.zip'],
      ['error', 'BTCUSDT-metrics-2024-02-06.zip'],
    ]);
    expect(run.record('metrics')).toMatchObject({ status: 'open', missing: [{ count: 2 * 288 }] });
    expect((await run.rows('mark_15m'))['timestamp']).toHaveLength(29 * 96);
    const refused = join(dirname(recordPath(dataRoot, symbol, '2024-02', 'metrics')), 'refused');
    expect(
      readdirSync(refused)
        .map((name) => name.replace(/^[0-9a-f]{12}-/, ''))
        .sort(),
    ).toEqual(['BTCUSDT-metrics-2024-02-05.zip', 'BTCUSDT-metrics-2024-02-06.zip']);
    // Once the publisher has mended it, the next run takes it in.
    venue.replace(file('metrics', '2024-02-06'), (csv) => csv.replace('\uFEFF', ''));
    const next = await ingest(['metrics'], { start: '2024-02-06', end: '2024-02-06' });
    expect(next.record('metrics')).toMatchObject({ missing: [{ count: 288 }] });
    expect(next.findings.filter(({ code }) => code === 'ARCHIVE_REFUSED').map(({ subject }) => subject)).toEqual(['BTCUSDT-metrics-2024-02-05.zip']);
  });

  it('reads quotes of mixed hours (#305), stamps of starts (#491) and microseconds (#386) as what they are', async () => {
    venue = await sampleVenue();
    const plain = await ingest(['quotes_1s'], { end: '2024-02-05' });
    const before = await plain.rows('quotes_1s');
    dataRoot = temporaryFolder();
    venue.replace(fileOf('quotes_1s', symbol, '2024-02-05'), (csv) => {
      const [header, ...lines] = csv.trimEnd().split('\n');
      const half = lines.length >> 1;
      return [header, ...lines.slice(0, half).flatMap((line, i) => [line, lines[half + i]!]), ...lines.slice(2 * half)].join('\n');
    });
    expect(await (await ingest(['quotes_1s'], { end: '2024-02-05' })).rows('quotes_1s')).toEqual(before);

    const summer = await ingest(['metrics', 'spot_15m'], { start: '2026-06-24', end: '2026-06-26' });
    const { timestamp, raw_timestamp: raw } = await summer.rows('metrics');
    const change = Date.UTC(2026, 5, 25);
    const row = timestamp!.indexOf(change);
    expect([raw![row - 1], raw![row]]).toEqual([change, change]);
    expect([timestamp![row - 1], timestamp![row]]).toEqual([change - 300_000, change]);
    expect((await summer.rows('spot_15m'))['timestamp']![0]).toBe(Date.UTC(2026, 5, 1));
    expect(summer.codes).toEqual([]);
  });

  it('is a warning and nothing worse when the source has no such data at all (#337: liquidations after March 2024)', async () => {
    venue = await sampleVenue();
    for (let at = Date.UTC(2024, 1, 1); at < Date.UTC(2024, 2, 1); at += dayMs)
      venue.hide(fileOf('liquidations', symbol, new Date(at).toISOString().slice(0, 10)));
    const run = await ingest(['liquidations']);
    expect(run.findings).toMatchObject([{ code: 'DATASET_ABSENT', severity: 'warning', subject: 'BTCUSDT liquidations' }]);
    // Four days of a month tell that there is nothing; the next run asks for none.
    expect(asked('/liquidationSnapshot/')).toHaveLength(4);
    await ingest(['liquidations'], { start: '2024-02-06' });
    expect(asked('/liquidationSnapshot/')).toHaveLength(4);
  });

  it('is taken from REST where the venue has it there: mark and premium, with their sign', async () => {
    const hole: PlantedDefect = { kind: 'missing_rows', symbol, start, bars: 4, dataset: 'premium_15m' };
    venue = await sampleVenue({ defects: [hole] });
    const asks: string[] = [];
    const files = venue.intercept!;
    venue.intercept = (path, response, count) => {
      if (path !== '/fapi/v1/premiumIndexKlines') return files(path, response, count);
      asks.push(venue.requests.at(-1)!);
      const rows = Array.from({ length: 4 }, (_, i) => {
        const time = start + i * 900_000;
        return [time, '-0.00010000', '0.00020000', '-0.00030000', '-0.00015000', '0', time + 899_999, '0', 180, '0', '0', '0'];
      });
      const body = Buffer.from(JSON.stringify(rows));
      response.setHeader('Content-Length', body.length);
      response.end(body);
      return true;
    };
    const run = await ingest(['premium_15m'], { restUrl: venue.url });
    expect(asks).toHaveLength(1);
    expect(run.findings).toMatchObject([{ code: 'FILLED_FROM_REST', subject: 'BTCUSDT premium_15m 2024-02', observed: 4 }]);
    const { timestamp, close } = await run.rows('premium_15m');
    expect(close![timestamp!.indexOf(start)]).toBe(-0.00015);
  });
});
