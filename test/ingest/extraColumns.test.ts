import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { barMs, dayMs } from '../../src/core/time.ts';
import { extraColumns, type ExtraTable } from '../../src/stages/lib/extraColumns.ts';
import { extraTableColumns } from '../../src/stages/lib/extraTables.ts';
import stage from '../../src/stages/ingest_extra.ts';
import { loadSecondFrame } from '../../src/stages/lib/extraSeconds.ts';
import type { Manifest } from '../../src/stages/lib/stage.ts';
import type { RunOutcome } from '../../src/stages/lib/runPipeline.ts';
import { parseLiquidations } from '../../src/venues/binance/liquidations.ts';
import { parseMetrics } from '../../src/venues/binance/metrics.ts';
import type { ArchiveDataset } from '../../src/venues/layouts.ts';
import { sampleArchive } from '../../src/venues/sample/archive.ts';
import { noDefects } from '../../src/venues/sample/defects.ts';
import { readTable } from '../support/ingestRun.ts';
import { removeFolders, runInProcess, temporaryFolder, withStage } from '../support/pipeline.ts';
import { fileOf, type SampleVenue, sampleVenue } from '../support/sampleVenue.ts';
import { noteMissing, serveArchive } from '../support/shared.ts';
import { studyThatReads } from '../support/studyDocument.ts';
import { verifyAll, errorsOf } from '../support/lake.ts';

/** From a study's formula to a column on the bars: what is fetched, where each value stands, what a study without data says. */
const symbol = 'ETHUSDT';
const start = Date.UTC(2024, 1, 12);
const everyColumn = Object.keys(extraColumns);
let venue: SampleVenue;
afterEach(() => venue.close());
afterAll(removeFolders);

async function run(columns: readonly string[], { until, dataRoot = temporaryFolder() }: { until?: string; dataRoot?: string } = {}) {
  const specs = columns.length === 0 ? undefined : studyThatReads(temporaryFolder(), 'probe', columns);
  const request = { symbols: [symbol], start: '2024-02-12', end: '2024-02-13', skip_ingest_funding: true, allow_missing_funding: true };
  const outcome = await runInProcess(
    { ...request, ...(specs === undefined ? {} : { studies: 'probe' }) },
    { dataRoot, archiveUrl: venue.url, ...(until === undefined ? {} : { until }), ...(specs === undefined ? {} : { specs }) },
  );
  return { dataRoot, outcome };
}

function verdictOf(dataRoot: string, { runId }: RunOutcome) {
  const text = readFileSync(join(dataRoot, 'reports/studies/probe/v1', runId, 'verdict.json'), 'utf8');
  return JSON.parse(text) as { verdict: string; missing: string[] };
}

const manifestOf = ({ manifests }: RunOutcome, stage: string) => manifests.find((manifest) => manifest.stage === stage);
const csvOf = (dataset: ArchiveDataset, label = '2024-02-12') => Buffer.from(sampleArchive(1, fileOf(dataset, symbol, label), noDefects)!.csv);
const lines = (dataset: ArchiveDataset) => csvOf(dataset).toString('utf8').trimEnd().split('\n');

it('a run whose studies read nothing of the kind has no extra stage and no extra column', async () => {
  venue = await sampleVenue();
  const { outcome } = await run(['volume'], { until: 'context' });
  expect(outcome.record.stages.filter((stage) => stage.includes('extra'))).toEqual([]);
  expect(venue.requests.filter((path) => !path.includes('/um/monthly/klines/'))).toEqual([]);
});

it('what a run fetches follows from the names in formulas, not from prose', async () => {
  venue = await sampleVenue();
  const { outcome } = await run(['trade_count', 'premium.close'], { until: 'context' });
  expect(manifestOf(outcome, 'ingest_extra')!.parameters['datasets']).toEqual(['premium_15m']);
  expect(manifestOf(outcome, 'clean_extra')!.parameters['tables']).toEqual(['premium_15m', 'trading']);
  expect(outcome.record.stages.indexOf('clean_extra')).toBeLessThan(outcome.record.stages.indexOf('context'));
});

describe('every column', () => {
  const tables = new Map<ExtraTable, Record<string, Float64Array>>();
  let whole: RunOutcome;
  let dataRoot: string;
  const column = (name: string): Float64Array => tables.get(extraColumns[name]!.table)![extraColumns[name]!.column]!;
  const at = (bar: number) => start + bar * barMs;

  it('is on the bars, one row each, and passes verification', async () => {
    venue = await sampleVenue();
    ({ outcome: whole, dataRoot } = await run(everyColumn, { until: 'studies' }));
    const manifest = manifestOf(whole, 'clean_extra')!;
    expect(manifest.findings).toEqual([]);
    for (const table of Object.keys(extraTableColumns) as ExtraTable[]) {
      const files = manifest.outputs.filter(({ path }) => path.includes(`/extra_15m/${table}/year=2024/`));
      tables.set(table, (await readTable(dataRoot, files, extraTableColumns[table])).numbers);
      expect(tables.get(table)!['timestamp'], table).toHaveLength(192);
    }
    expect(errorsOf(await verifyAll(dataRoot, { isDeep: true }))).toEqual([]);
    expect(verdictOf(dataRoot, whole).missing).toEqual([]);
  });

  it('of bars is that of the bar with the same open', async () => {
    venue = await sampleVenue();
    const row = (dataset: ArchiveDataset, line: number) => lines(dataset)[line]!.split(',').map(Number);
    for (const bar of [0, 50, 95]) {
      expect(row('ohlcv_15m', bar + 1)[0]).toBe(at(bar));
      expect(column('trade_count')[bar]).toBe(row('ohlcv_15m', bar + 1)[8]);
      expect(column('taker_base_volume')[bar]).toBe(row('ohlcv_15m', bar + 1)[9]);
      expect(column('quote_volume')[bar]).toBe(row('ohlcv_15m', bar + 1)[7]);
      expect(column('spot.close')[bar]).toBe(row('spot_15m', bar)[4]);
      expect(column('mark.close')[bar]).toBe(row('mark_15m', bar + 1)[4]);
      expect(column('premium.close')[bar]).toBe(row('premium_15m', bar + 1)[4]);
    }
  });

  it('of positioning is what was taken last while the bar was open', async () => {
    venue = await sampleVenue();
    const rows = parseMetrics(csvOf('metrics'), { file: 'm', symbol, from: start, to: start + dayMs });
    for (const bar of [0, 40, 95]) {
      const row = bar * 3 + 2;
      expect(rows.rawTime[row]).toBe(at(bar + 1));
      expect(column('open_interest')[bar]).toBe(rows.openInterest[row]);
      expect(column('account_ratio')[bar]).toBe(rows.accountRatio[row]);
      expect(column('taker_ratio')[bar]).toBe(rows.takerRatio[row]);
    }
  });

  it('of liquidations is the sum over the bar, both sides and each', async () => {
    venue = await sampleVenue();
    const rows = parseLiquidations(csvOf('liquidations'), { file: 'l', symbol, from: start, to: start + dayMs });
    for (let bar = 0; bar < 96; bar++) {
      const inBar = [...rows.time.keys()].filter((i) => rows.time[i]! >= at(bar) && rows.time[i]! < at(bar + 1));
      const sum = (side: number) => inBar.reduce((total, i) => total + (rows.side[i] === side ? rows.filledQuantity[i]! : 0), 0);
      expect(column('liquidation_buy_volume')[bar]).toBeCloseTo(sum(1), 9);
      expect(column('liquidation_sell_volume')[bar]).toBeCloseTo(sum(-1), 9);
      expect(column('liquidation_volume')[bar]).toBeCloseTo(sum(1) + sum(-1), 9);
    }
    expect(column('liquidation_volume').some((value) => value > 0)).toBe(true);
  });

  it('of seconds is their mean, or their balance, over the bar', async () => {
    venue = await sampleVenue();
    for (const name of ['book.spread', 'book.size']) expect(column(name).every((value) => value > 0)).toBe(true);
    expect(column('book.spread').every((value) => value < 1e-4)).toBe(true);
    expect(column('trades.tick_balance').every((value) => value >= -1 && value <= 1)).toBe(true);
    expect(column('trades.sign_entropy').every((value) => value >= 0 && value <= 1)).toBe(true);
    const [trades, flow] = [column('trades.tick_balance'), lines('ohlcv_15m').slice(1)];
    const moves = flow.map((line) => Number(line.split(',')[4]) - Number(line.split(',')[1]));
    const agree = moves.filter((move, bar) => Math.sign(move) === Math.sign(trades[bar]!)).length;
    expect(agree / moves.length).toBeGreaterThan(0.7);
  });
});

it('seconds around instants come from the lake as one frame: what the files say, and nothing of the days between', async () => {
  venue = await sampleVenue();
  const specs = studyThatReads(temporaryFolder(), 'probe', ['book.spread', 'trades.tick_balance']);
  const request = { symbols: [symbol], start: '2024-02-12', end: '2024-02-13', studies: 'probe' };
  const dataRoot = temporaryFolder();
  const instants = [start + 8 * 3_600_000, start + dayMs, start + 5 * dayMs];
  const { frame, inputs } = await withStage(stage, request, { dataRoot, specs, archiveUrl: venue.url }, async (context, result) => {
    const upstream = { ingest_extra: { outputs: result.outputs } as unknown as Manifest };
    return loadSecondFrame({ ...context, upstream }, symbol, { instants, before: 60, after: 120 });
  });
  expect(inputs).toHaveLength(2);
  expect([frame.rows, frame.at[0], frame.at[1], frame.at[2]]).toEqual([3 * 180 + 2, 60, 241, 422]);
  const trades = lines('trades_1s').slice(1);
  const ofFirst = trades
    .map((line) => line.split(',').map(Number))
    .filter(([, , , , , time]) => time! >= instants[0]! && time! < instants[0]! + 1_000);
  expect(frame.columns['trade_count']![60]).toBe(ofFirst.length);
  // Across midnight the quote of the day before is carried; five days later there are no trades, and an old quote.
  expect(frame.columns['quote_age']![241]).toBeLessThan(30);
  expect(frame.columns['trade_count']![422]).toBeNaN();
  expect(frame.columns['quote_age']![422]).toBeGreaterThan(3 * 86_400);
  expect(frame.columns['spread']!.subarray(0, 180).every((value) => value > 0)).toBe(true);
});

describe('a study without its data', () => {
  it('is inconclusive and names what is missing: zeros that a source writes for want of a value are no values', async () => {
    venue = await sampleVenue();
    const zeros = (csv: string) => csv.replaceAll(/^(\d.*?,.*?,.*?,.*?,.*?,.*?,.*?,.*?),.*$/gm, '$1,0,0,0,0');
    venue.replace(fileOf('ohlcv_15m', symbol, '2024-02'), zeros);
    const { dataRoot, outcome } = await run(['taker_base_volume', 'quote_volume'], { until: 'studies' });
    const findings = manifestOf(outcome, 'clean_extra')!.findings.map(({ code, subject, observed }) => [code, subject, observed]);
    expect(findings).toEqual([
      ['COLUMN_ABSENT', 'ETHUSDT taker_base_volume', 192],
      ['ZEROS_AS_MISSING', 'ETHUSDT', 192],
    ]);
    expect(verdictOf(dataRoot, outcome)).toMatchObject({ verdict: 'inconclusive', missing: ['ETHUSDT has no taker_base_volume'] });
  });

  it('is inconclusive where an archive was never published, and the run goes on', async () => {
    venue = await sampleVenue();
    for (let n = 1; n <= 29; n++) venue.hide(fileOf('liquidations', symbol, `2024-02-${String(n).padStart(2, '0')}`));
    const { dataRoot, outcome } = await run(['liquidation_volume'], { until: 'studies' });
    expect(manifestOf(outcome, 'ingest_extra')!.findings).toMatchObject([{ code: 'DATASET_ABSENT' }]);
    expect(manifestOf(outcome, 'clean_extra')!).toMatchObject({ outputs: [], findings: [{ code: 'COLUMN_ABSENT' }] });
    expect(verdictOf(dataRoot, outcome)).toMatchObject({ verdict: 'inconclusive', missing: ['ETHUSDT has no liquidation_volume'] });
  });

  it('knows a day without liquidations from a day without a file', async () => {
    venue = await sampleVenue();
    const header = csvOf('liquidations').toString('utf8').split('\n')[0]!;
    venue.replace(fileOf('liquidations', symbol, '2024-02-12'), () => `${header}\n`);
    venue.hide(fileOf('liquidations', symbol, '2024-02-13'));
    const { dataRoot, outcome } = await run(['liquidation_volume'], { until: 'clean_extra' });
    const { outputs, findings } = manifestOf(outcome, 'clean_extra')!;
    const { volume } = (await readTable(dataRoot, outputs, extraTableColumns.liquidations)).numbers;
    expect([...volume!.subarray(0, 96)]).toEqual(new Array(96).fill(0));
    expect([...volume!.subarray(96)]).toEqual(new Array(96).fill(Number.NaN));
    expect(findings).toMatchObject([{ code: 'COLUMN_INCOMPLETE', observed: 96, allowed: 192 }]);
  });
});

const archive = await serveArchive();
if (archive === null) noteMissing('zeros of the real archive copy');
afterAll(() => archive?.close());

it.skipIf(archive === null)('real bars whose copy has no counts: quote volume is there, taker volumes are not, spot is not published', async () => {
  venue = await sampleVenue();
  const specs = studyThatReads(temporaryFolder(), 'probe', ['taker_base_volume', 'quote_volume', 'spot.close']);
  const request = {
    symbols: ['BTCUSDT'],
    start: '2025-03-10',
    end: '2025-03-11',
    studies: 'probe',
    skip_ingest_funding: true,
    allow_missing_funding: true,
  };
  const outcome = await runInProcess(request, { dataRoot: temporaryFolder(), archiveUrl: archive!.url, until: 'clean_extra', specs });
  const findings = manifestOf(outcome, 'clean_extra')!.findings.map(({ code, subject, observed }) => [code, subject, observed]);
  expect(findings).toEqual([
    ['COLUMN_ABSENT', 'BTCUSDT spot.close', 192],
    ['COLUMN_ABSENT', 'BTCUSDT taker_base_volume', 192],
    ['ZEROS_AS_MISSING', 'BTCUSDT', 192],
  ]);
  expect(manifestOf(outcome, 'clean_extra')!.outputs.map(({ path }) => path.includes('/extra_15m/trading/'))).toEqual([true]);
});
