import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { barMs, dayMs, hourMs } from '../../src/core/time.ts';
import { readRows, recordPath, runIngest, timesOf } from '../support/ingestRun.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';
import {
  type Bar,
  barLine,
  barsBetween,
  fundingBetween,
  fundingPath,
  klinesHeader,
  type VenueServer,
  venueServer,
  zipOne,
} from '../support/venueServer.ts';

/** Known defects of public archives (reliability.md section 3): what is wrong inside a file whose checksum is right. */
const jan = Date.UTC(2024, 0, 1);
const feb = Date.UTC(2024, 1, 1);
const mar = Date.UTC(2024, 2, 1);
const january = { start: '2024-01-01', end: '2024-01-31' };
const day = (n: number) => jan + (n - 1) * dayMs;
const month = barsBetween(jan, feb);
const csvOf = (bars: readonly Bar[]) => `${klinesHeader}\n${bars.map(barLine).join('\n')}\n`;

let venue: VenueServer;
let dataRoot: string;
beforeEach(async () => {
  venue = await venueServer();
  dataRoot = temporaryFolder();
});
afterEach(() => venue.close());
afterAll(removeFolders);

const ingestJanuary = (options: Partial<Parameters<typeof runIngest>[0]> = {}) =>
  runIngest({ dataRoot, archiveUrl: venue.url, ...january, ...options });
const putText = (csv: string) => venue.putBars('AAAUSDT', '2024-01', [], { csv });

describe('a klines file', () => {
  it.each([
    ['without a header (up to 2022-05)', false],
    ['with the header of 2022-06 on', true],
    ['with another known spelling', klinesHeader.replace('quote_volume', 'quote_asset_volume').replace('count', 'number_of_trades')],
  ])('%s is read by position (#246, #278, #283)', async (_, header) => {
    venue.putBars('AAAUSDT', '2024-01', month, { header });
    const run = await ingestJanuary();
    expect(timesOf(await readRows(dataRoot, run.manifest))).toEqual(month.map(([time]) => time));
    expect(run.codes).toEqual([]);
  });

  it('with unknown column names is refused: meaning comes from the dataset, not from a header (#267)', async () => {
    venue.putBars('AAAUSDT', '2024-01', month, { header: klinesHeader.replace('close_time,quote_volume', 'close_time,base_volume') });
    await expect(ingestJanuary()).rejects.toMatchObject({ code: 'E_CSV', message: expect.stringContaining('base_volume') });
  });

  it('in microseconds is told by its span (#386, #387)', async () => {
    const micro = (line: string) => line.split(',').map((cell, column) => (column === 0 ? `${cell}000` : column === 6 ? `${cell}999` : cell));
    putText(`${month.map((bar) => micro(barLine(bar)).join(',')).join('\n')}\n`);
    expect(timesOf(await readRows(dataRoot, (await ingestJanuary()).manifest))).toEqual(month.map(([time]) => time));
  });

  it('that changes its unit in the middle, or whose close times disagree, is refused', async () => {
    const lines = month.map(barLine);
    putText(`${[...lines.slice(0, 9), lines[9]!.replace(String(month[9]![0]), `${month[9]![0]}000`)].join('\n')}\n`);
    await expect(ingestJanuary()).rejects.toMatchObject({ code: 'E_CSV', message: expect.stringContaining('line 10') });
    putText(`${lines.join('\n').replace(String(month[5]![0] + barMs - 1), String(month[5]![0] + barMs))}\n`);
    await expect(ingestJanuary()).rejects.toMatchObject({ code: 'E_CSV', message: expect.stringContaining('close time') });
  });

  it('with repeated and unordered rows is sorted, repeats dropped and counted (#191, #203, #259)', async () => {
    putText(csvOf([...month.slice(0, 50), month[49]!, month[10]!, ...month.slice(51, 53), month[50]!, ...month.slice(53)]));
    const run = await ingestJanuary();
    expect(timesOf(await readRows(dataRoot, run.manifest))).toEqual(month.map(([time]) => time));
    expect(run.manifest.findings.map(({ code, observed }) => [code, observed])).toEqual([
      ['DUPLICATE_ROWS', 2],
      ['ROWS_OUT_OF_ORDER', 2],
    ]);
  });

  it('with two values at one time is refused with its bytes kept; daily files may have the month instead', async () => {
    const [time, open, high, low, close] = month[49]!;
    putText(csvOf([...month.slice(0, 50), [time, open, high, low, close, '6.000'], ...month.slice(50)]));
    await expect(ingestJanuary()).rejects.toMatchObject({ code: 'E_DATA_CONFLICT', exit: 3 });
    const kept = join(dirname(recordPath(dataRoot, 'AAAUSDT', '2024-01')), 'refused');
    expect(readdirSync(kept)).toEqual([expect.stringMatching(/^[0-9a-f]{12}-AAAUSDT-15m-2024-01\.zip$/)]);
    // A run that comes back is refused again: the hole was not settled.
    await expect(ingestJanuary()).rejects.toMatchObject({ code: 'E_DATA_CONFLICT' });

    for (let at = jan; at < feb; at += dayMs) venue.putBars('AAAUSDT', new Date(at).toISOString().slice(0, 10), barsBetween(at, at + dayMs));
    const run = await ingestJanuary();
    expect((await readRows(dataRoot, run.manifest)).rows).toBe(2_976);
    expect(run.manifest.findings.find(({ code }) => code === 'ARCHIVE_REFUSED')).toMatchObject({ severity: 'error' });
  });

  it('with rows of another period between its own is refused (#12, #288, #305)', async () => {
    putText(csvOf(month.flatMap((bar, row) => (row < 3 ? [bar, barsBetween(feb, mar)[row]!] : [bar]))));
    await expect(ingestJanuary()).rejects.toMatchObject({
      code: 'E_CSV',
      message: expect.stringContaining('outside the file’s period'.replace('’', "'")),
    });
  });

  it('with a valid checksum is audited all the same: repeats and holes (#484)', async () => {
    putText(csvOf([...month.slice(0, 100), month[99]!, ...month.slice(110)]));
    const run = await ingestJanuary();
    expect(run.effective('AAAUSDT').gaps).toEqual([{ from: '2024-01-02T01:00:00Z', to: '2024-01-02T03:15:00Z', bars: 10 }]);
    expect(run.codes).toEqual(expect.arrayContaining(['DUPLICATE_ROWS', 'GAP']));
  });

  it('does not stop the other files when it is refused', async () => {
    putText('<html></html>');
    venue.putBars('AAAUSDT', '2024-02', barsBetween(feb, mar));
    await expect(ingestJanuary({ end: '2024-02-29' })).rejects.toMatchObject({ code: 'E_CSV' });
    expect(existsSync(recordPath(dataRoot, 'AAAUSDT', '2024-02'))).toBe(true);
  });

  it('that goes on flat after a settlement is noted (#201, #333, #500)', async () => {
    venue.putBars(
      'AAAUSDT',
      '2024-01',
      barsBetween(jan, feb, (bar) => (bar[0] < day(20) ? bar : [bar[0], '7', '7', '7', '7', '0'])),
    );
    const run = await ingestJanuary();
    expect(run.manifest.findings).toMatchObject([{ code: 'FLAT_TAIL', observed: 12 * 96 }]);
  });

  it('of a renamed contract is never joined with the one of its new name (#238)', async () => {
    venue.putBars('OLDUSDT', '2024-01', barsBetween(jan, day(20)));
    venue.putBars('NEWUSDT', '2024-01', barsBetween(day(20), feb));
    const run = await ingestJanuary({ symbols: ['NEWUSDT', 'OLDUSDT'] });
    expect(run.manifest.outputs.map(({ path, rows }) => [path.split('/')[4], rows])).toEqual([
      ['NEWUSDT', 12 * 96],
      ['OLDUSDT', 19 * 96],
    ]);
  });
});

describe('the clean stage behind it', () => {
  const toClean = (request = {}) =>
    runIngest({ dataRoot, archiveUrl: venue.url, ...january, request: { skip_ingest_funding: false, ...request }, until: 'clean' });

  it('treats flat bars without volume as missing (#103)', async () => {
    venue.putBars(
      'AAAUSDT',
      '2024-01',
      barsBetween(jan, feb, (bar) => (bar[0] >= day(3) && bar[0] < day(3) + hourMs ? [bar[0], '7', '7', '7', '7', '0'] : bar)),
    );
    venue.putFunding('AAAUSDT', '2024-01', fundingBetween(jan, feb));
    const run = await toClean();
    expect(run.manifests.find(({ stage }) => stage === 'clean')!.counts).toMatchObject({ symbols: { AAAUSDT: { flat_empty_bars: 4, gap_bars: 4 } } });
  });

  it('refuses funding that never changes (#495) and funding that is missing (freqtrade#10888), unless allowed', async () => {
    venue.putBars('AAAUSDT', '2024-01', month);
    venue.putFunding(
      'AAAUSDT',
      '2024-01',
      fundingBetween(jan, feb).map(([stamp, hours]) => [stamp, hours, '0.00010000']),
    );
    await expect(toClean()).rejects.toMatchObject({ code: 'E_FUNDING_CONSTANT' });
    venue.remove(fundingPath('AAAUSDT', '2024-01'));
    dataRoot = temporaryFolder();
    await expect(toClean()).rejects.toMatchObject({ code: 'E_FUNDING_MISSING' });
    const run = await toClean({ allow_missing_funding: true });
    expect(run.manifests.flatMap(({ findings }) => findings).find(({ code }) => code === 'FUNDING_MISSING')).toMatchObject({ severity: 'error' });
  });
});

describe('a funding file', () => {
  const ingestFunding = () => ingestJanuary({ dataset: 'funding' });

  it.each([0, 4, 18, 4_999, -3_000])('stamped %i ms after the hour is snapped, with the stamp kept (ccxt#12232)', async (late) => {
    const stamped = fundingBetween(jan, feb, 8, late).slice(1);
    venue.putFunding('AAAUSDT', '2024-01', stamped);
    const rows = await readRows(dataRoot, (await ingestFunding()).manifest, 'funding');
    expect(timesOf(rows)).toEqual(stamped.map(([stamp]) => stamp - late));
    expect([...rows.numbers['raw_timestamp']!]).toEqual(stamped.map(([stamp]) => stamp));
  });

  it('whose interval changes from 8 to 4 to 1 hour keeps every settlement at its own time (freqtrade#12583)', async () => {
    const all = [...fundingBetween(jan, day(11), 8), ...fundingBetween(day(11), day(21), 4), ...fundingBetween(day(21), feb, 1)];
    venue.putFunding('AAAUSDT', '2024-01', all, { header: false });
    const run = await ingestFunding();
    const rows = await readRows(dataRoot, run.manifest, 'funding');
    expect(timesOf(rows)).toEqual(all.map(([stamp]) => stamp));
    expect([...rows.numbers['interval_hours']!]).toEqual(all.map(([, hours]) => hours));
    expect(run.effective('AAAUSDT').gaps).toEqual([]);
  });

  it('stamped beyond the tolerance is kept and counted, for the clean stage to refuse', async () => {
    venue.putFunding('AAAUSDT', '2024-01', fundingBetween(jan, feb, 8, 60_000));
    expect((await ingestFunding()).manifest.findings.find(({ code }) => code === 'FUNDING_STAMPS_OFF_HOUR')).toMatchObject({ observed: 93 });
  });

  it('of the web export, in local time, is no accepted format (#54)', async () => {
    const text = 'Time,Symbol,Funding Interval,Funding Rate\n2024-01-01 08:00:00,AAAUSDT,8h,0.0100%\n';
    venue.putFile(fundingPath('AAAUSDT', '2024-01'), zipOne('AAAUSDT-fundingRate-2024-01.csv', text));
    await expect(ingestFunding()).rejects.toMatchObject({ code: 'E_CSV' });
  });

  it('with two rates for one settlement is refused', async () => {
    venue.putFunding('AAAUSDT', '2024-01', [...fundingBetween(jan, feb), [day(9) + 3, 8, '0.00077000']]);
    await expect(ingestFunding()).rejects.toMatchObject({ code: 'E_DATA_CONFLICT' });
  });
});
