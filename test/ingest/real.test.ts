import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { barMs, dayMs, hourMs } from '../../src/core/time.ts';
import { readRows, runIngest, timesOf } from '../support/ingestRun.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';
import { type ArchiveServer, noteMissing, serveArchive } from '../support/shared.ts';

/** Ingest of real bars and funding from the imitation of the public archive. */
interface Served extends ArchiveServer {
  stats(): { requests: number; status: Record<string, number>; faults: Record<string, number> };
  reset(): void;
  setFaults(faults: Record<string, unknown>): void;
}

const served = (await serveArchive()) as Served | null;
if (served === null) noteMissing('ingest of real data');

describe.runIf(served !== null)('real data', () => {
  const archive = served!;
  let dataRoot: string;
  const mirror = () => ({ dataRoot, archiveUrl: archive.url, symbols: ['BTCUSDT'] });
  const both = () => ({ ...mirror(), restUrl: archive.url });

  beforeAll(() => archive.reset());
  beforeEach(() => {
    archive.setFaults({});
    archive.reset();
    dataRoot = temporaryFolder();
  });
  afterAll(async () => {
    await archive.close();
    removeFolders();
  });

  const countAll = (sources: readonly { source: string; rows: number }[]) => sources.map(({ source, rows }) => [source, rows]);

  it.each([
    ['December 2025', '2025-12', '2025-12-01', '2025-12-31', 2_976],
    ['July 2025, which has ten days', '2025-07', '2025-07-01', '2025-07-31', 960],
  ])('%s with its monthly file hidden comes from daily files, bar for bar', async (_, month, start, end, rows) => {
    const clean = await runIngest({ ...mirror(), start, end });
    const wanted = await readRows(dataRoot, clean.manifest);
    expect(countAll(clean.effective('BTCUSDT').sources)).toEqual([['archive_monthly', rows]]);

    dataRoot = temporaryFolder();
    archive.setFaults({ hide: `monthly.*${month}` });
    const filled = await runIngest({ ...mirror(), start, end });
    expect(countAll(filled.effective('BTCUSDT').sources)).toEqual([['archive_daily', rows]]);
    const found = await readRows(dataRoot, filled.manifest);
    for (const name of ['timestamp', 'open', 'high', 'low', 'close', 'volume']) expect(found.numbers[name]).toEqual(wanted.numbers[name]);
  });

  it('has a hidden day filled from REST, with the source of each range recorded', async () => {
    archive.setFaults({ hide: '(monthly.*2025-12|2025-12-10)' });
    const run = await runIngest({ ...both(), start: '2025-12-01', end: '2025-12-31' });
    expect(run.effective('BTCUSDT').sources).toEqual([
      { source: 'archive_daily', from: '2025-12-01T00:00:00Z', to: '2025-12-09T23:45:00Z', rows: 864 },
      { source: 'rest', from: '2025-12-10T00:00:00Z', to: '2025-12-10T23:45:00Z', rows: 96 },
      { source: 'archive_daily', from: '2025-12-11T00:00:00Z', to: '2025-12-31T23:45:00Z', rows: 2_016 },
    ]);
    expect((await readRows(dataRoot, run.manifest)).rows).toBe(2_976);
    expect(run.effective('BTCUSDT').gaps).toEqual([]);
  });

  it('keeps the hole of July 2025 as a gap: monthly, daily files and REST end on day 10', async () => {
    const run = await runIngest({ ...both(), start: '2025-06-01', end: '2025-08-31' });
    expect(run.effective('BTCUSDT').gaps).toEqual([{ from: '2025-07-11T00:00:00Z', to: '2025-07-31T23:45:00Z', bars: 2_016 }]);
    expect(run.codes).toEqual(expect.arrayContaining(['ARCHIVE_ABSENT', 'GAP']));
  });

  it('is extended by the new months only', async () => {
    await runIngest({ ...mirror(), start: '2025-03-01', end: '2025-06-30' });
    archive.reset();
    const run = await runIngest({ ...mirror(), start: '2025-03-01', end: '2025-11-30' });
    expect(run.manifest.outputs).toHaveLength(9);
    // The server's date, five months of two files, and the 21 days that July lacks.
    expect(archive.stats()).toMatchObject({ requests: 1 + 5 * 2 + 21, status: { 404: 21 } });
  });

  it.each([
    ['BSVUSDT', '2025-03-01', '2025-04-30', [4]],
    ['LAYERUSDT', '2025-05-01', '2025-06-30', [1, 4]],
  ])('%s, listed late and gone early, keeps its own settlement intervals', async (symbol, start, end, hours) => {
    const funding = await runIngest({ ...both(), symbols: [symbol], start, end, dataset: 'funding' });
    const rows = await readRows(dataRoot, funding.manifest, 'funding');
    const times = timesOf(rows);
    expect(new Set(rows.numbers['interval_hours'])).toEqual(new Set(hours));
    expect(times.every((time) => time % hourMs === 0)).toBe(true);
    expect(rows.numbers['raw_timestamp']!.some((stamp, row) => stamp !== times[row])).toBe(true);
    for (let row = 1; row < rows.rows; row++) expect(times[row]! - times[row - 1]!).toBe(rows.numbers['interval_hours']![row]! * hourMs);
    const bars = await runIngest({ ...both(), symbols: [symbol], start, end });
    const opened = timesOf(await readRows(dataRoot, bars.manifest));
    expect(opened.length).toBe(2_879);
    expect(bars.codes).toEqual(expect.arrayContaining(['STARTS_LATE', 'ENDS_EARLY']));
    expect((opened.at(-1)! - opened[0]!) / barMs + 1 - opened.length).toBe(
      bars.effective(symbol).gaps.reduce((sum, gap) => sum + Number(gap['bars']), 0),
    );
    expect(opened.at(-1)! - opened[0]!).toBeLessThan(60 * dayMs);
  });
});
