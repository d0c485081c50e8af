import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ColumnSpec, Table } from '../../src/core/table.ts';
import { barMs, formatTime } from '../../src/core/time.ts';
import { openDuckDb } from '../../src/lake/duckdb.ts';
import { parquetColumns, readParquet } from '../../src/lake/readParquet.ts';
import type { RunOutcome } from '../../src/stages/lib/runPipeline.ts';
import { removeFolders, runInProcess, temporaryFolder } from '../support/pipeline.ts';

/** `--warmup`: bars before the window feed the features and nothing else. */

const slowest = 2975;
const window = { source: 'sample', symbols: 'BTCUSDT', start: '2023-05-01', end: '2023-05-10' };
const start = Date.UTC(2023, 4, 1);
const dataRoot = temporaryFolder();
let [cold, warm, longer]: RunOutcome[] = [];

beforeAll(async () => {
  cold = await runInProcess(window, { dataRoot });
  warm = await runInProcess({ ...window, warmup: true }, { dataRoot });
  longer = await runInProcess({ ...window, start: '2023-03-26' }, { dataRoot });
});
afterAll(removeFolders);

const manifestOf = (run: RunOutcome, stage: string) => run.manifests.find((manifest) => manifest.stage === stage)!;
const filesOf = (run: RunOutcome, part: string) => run.manifests.flatMap(({ outputs }) => outputs).filter(({ path }) => path.includes(part));
const findingsOf = (run: RunOutcome, code: string) => run.manifests.flatMap(({ findings }) => findings).filter((finding) => finding.code === code);

/** All columns of a run's table, from the window's start on. */
async function tableOf(run: RunOutcome, part: string): Promise<Table> {
  const paths = filesOf(run, part).map(({ path }) => `${dataRoot}/${path}`);
  const db = await openDuckDb({ allowedFolders: [dataRoot] });
  try {
    const columns: ColumnSpec[] = await parquetColumns(db, paths[0]!);
    return await readParquet(db, paths, columns);
  } finally {
    await db.close();
  }
}

function inWindow({ numbers }: Table): Record<string, Float64Array> {
  const first = numbers['timestamp']!.findIndex((time) => time >= start);
  return Object.fromEntries(Object.entries(numbers).map(([name, values]) => [name, values.subarray(first)]));
}

describe('a run with --warmup', () => {
  it('has the feature values of a longer run at the same bars', async () => {
    const [ours, theirs] = [(await tableOf(warm!, '/features_v1/')).numbers, inWindow(await tableOf(longer!, '/features_v1/'))];
    expect(Object.keys(ours)).toEqual(Object.keys(theirs));
    for (const [name, values] of Object.entries(ours)) {
      expect(values.length, name).toBe(960);
      // Sliding moments are anchored at other bars: the last digits of a standard deviation may differ, nothing else.
      if (name !== 'rv_96') expect(values, name).toEqual(theirs[name]);
      else for (let i = 0; i < values.length; i++) expect(Math.abs(values[i]! / theirs[name]![i]! - 1)).toBeLessThan(1e-9);
    }
  });

  it('has every feature from its first bar, where a run without it waits for thirty-one days', async () => {
    const missing = (run: RunOutcome) => {
      const { symbols } = manifestOf(run, 'features').counts as { symbols: Record<string, { missing: Record<string, number> }> };
      return symbols['BTCUSDT']!.missing;
    };
    expect(Object.values(missing(warm!)).every((count) => count === 0)).toBe(true);
    expect(missing(cold!)).toMatchObject({ rv_96: 96, rv_pct_2880: 960 });
  });

  it('has the funding context of a longer run at the same bars, its events numbered from one', async () => {
    const [ours, theirs] = [(await tableOf(warm!, '/funding_persistence/')).numbers, inWindow(await tableOf(longer!, '/funding_persistence/'))];
    for (const name of ['fp_active', 'fp_age_bars', 'fp_enter_ts', 'fp_exit_ts', 'fp_severity', 'fp_norm_due'])
      expect(ours[name], name).toEqual(theirs[name]);
    const events = (await tableOf(warm!, '/funding_persistence/')).texts['fp_event_id']!.filter((id) => id !== null);
    expect(events[0]).toBe('fp_v1_BTCUSDT_000001');
  });

  it('keeps the bars before the window in tables of their own: every contract table begins with the window', () => {
    const beginnings = warm!.manifests
      .filter(({ stage }) => !stage.startsWith('ingest_'))
      .flatMap(({ outputs }) => outputs.filter(({ path }) => !path.includes('/warmup/')))
      .flatMap(({ start: first }) => (first === null ? [] : [first]));
    expect(new Set(beginnings)).toEqual(new Set([formatTime(start)]));
    const before = filesOf(warm!, '/warmup/');
    expect(before.map(({ rows, end }) => [rows, end])).toEqual([
      [slowest, formatTime(start - barMs)],
      [slowest, formatTime(start - barMs)],
    ]);
  });

  it('is another run than one without, of the same clean bars', () => {
    expect(warm!.runId).not.toBe(cold!.runId);
    expect(warm!.record.config.warmup).toBe(true);
    expect(manifestOf(warm!, 'clean').parameters).toMatchObject({ warmup_bars: slowest });
    expect(manifestOf(warm!, 'ingest_ohlcv').outputs.length).toBeGreaterThan(manifestOf(cold!, 'ingest_ohlcv').outputs.length);
    const hashes = (run: RunOutcome) => filesOf(run, '/perp/BTCUSDT/bars_15m/').map(({ sha256 }) => sha256);
    expect(hashes(warm!)).toEqual(hashes(cold!));
  });

  it('says nothing about warming up when enough bars are there', () => {
    expect(findingsOf(warm!, 'WARMUP_SHORT')).toEqual([]);
  });
});

describe('a run without --warmup', () => {
  it('knows nothing of it: neither in configuration, parameters and counts, nor as files', () => {
    expect(JSON.stringify([cold!.record, cold!.manifests])).not.toMatch(/warm-?up/i);
  });
});

describe('where earlier data are missing', () => {
  const short = (run: RunOutcome) => findingsOf(run, 'WARMUP_SHORT').map(({ severity, observed, allowed }) => [severity, observed, allowed]);

  it('at the beginning of the source, the run ends well with a finding that counts the bars found', async () => {
    const run = await runInProcess({ ...window, start: '2019-09-03', end: '2019-09-12', warmup: true }, { dataRoot });
    expect(run.record.status).toBe('done');
    expect(short(run)).toEqual([['warning', 192, slowest]]);
    const none = await runInProcess({ ...window, start: '2019-09-01', end: '2019-09-10', warmup: true, allow_missing_funding: true }, { dataRoot });
    expect(short(none)).toEqual([['warning', 0, slowest]]);
  });

  it('in a lake that is used as it is, months before the window help as far as they are there', async () => {
    const alone = temporaryFolder();
    const request = { ...window, start: '2023-05-03', end: '2023-05-12' };
    await runInProcess(request, { dataRoot: alone });
    const offline = { ...request, warmup: true, skip_ingest_ohlcv: true, skip_ingest_funding: true };
    expect(short(await runInProcess(offline, { dataRoot: alone }))).toEqual([['warning', 192, slowest]]);
    expect(short(await runInProcess(offline, { dataRoot }))).toEqual([]);
  });

  it('only the bars after the last gap before the window count', async () => {
    // The sample market plants an outage of eight bars on 2023-03-24 at 11:45.
    const run = await runInProcess({ ...window, start: '2023-04-10', end: '2023-04-19', warmup: true }, { dataRoot });
    expect(short(run)).toEqual([['warning', (Date.UTC(2023, 3, 10) - Date.UTC(2023, 2, 24, 13, 45)) / barMs, slowest]]);
  });
});
