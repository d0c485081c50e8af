import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { barMs, dayMs, formatTime, hourMs } from '../../src/core/time.ts';
import { readRecord, readRows, runIngest, timesOf } from '../support/ingestRun.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';
import { type Bar, barsBetween, barsPath, dayLabels, fundingBetween, type VenueServer, venueServer } from '../support/venueServer.ts';

/** Known defects of public archives (reliability.md section 3): incomplete, late and missing files, and who fills them. */
const jan = Date.UTC(2024, 0, 1);
const feb = Date.UTC(2024, 1, 1);
const mar = Date.UTC(2024, 2, 1);
const january = { start: '2024-01-01', end: '2024-01-31' };
const day = (n: number) => jan + (n - 1) * dayMs;

let venue: VenueServer;
let dataRoot: string;
beforeEach(async () => {
  venue = await venueServer();
  dataRoot = temporaryFolder();
});
afterEach(() => venue.close());
afterAll(removeFolders);

const mirror = () => ({ dataRoot, archiveUrl: venue.url });
const both = () => ({ ...mirror(), restUrl: venue.url });
const without = (from: number, to: number) => (bar: Bar) => (bar[0] >= from && bar[0] < to ? null : bar);
const asked = (part: string) => venue.requests.filter((path) => path.includes(part) && !path.endsWith('CHECKSUM')).sort();

describe('a month that lacks bars', () => {
  it('gets whole missing days from the daily files of exactly those days (#186, #220, #253)', async () => {
    venue.putBars('AAAUSDT', '2024-01', barsBetween(jan, feb, without(day(9), day(11))));
    for (const label of dayLabels(jan, feb)) venue.putBars('AAAUSDT', label, barsBetween(Date.parse(label), Date.parse(label) + dayMs));
    const run = await runIngest({ ...mirror(), ...january });
    expect(asked('/daily/')).toEqual([barsPath('AAAUSDT', '2024-01-09'), barsPath('AAAUSDT', '2024-01-10')]);
    expect(timesOf(await readRows(dataRoot, run.manifest))).toEqual(barsBetween(jan, feb).map(([time]) => time));
    expect(run.effective('AAAUSDT').sources).toEqual([
      { source: 'archive_monthly', from: '2024-01-01T00:00:00Z', to: '2024-01-08T23:45:00Z', rows: 768 },
      { source: 'archive_daily', from: '2024-01-09T00:00:00Z', to: '2024-01-10T23:45:00Z', rows: 192 },
      { source: 'archive_monthly', from: '2024-01-11T00:00:00Z', to: '2024-01-31T23:45:00Z', rows: 2_016 },
    ]);
    expect(run.codes).toEqual(['FILLED_FROM_DAILY']);
    const record = readRecord(dataRoot, 'AAAUSDT', '2024-01')!;
    expect(record).toMatchObject({ status: 'complete', checked: '2026-01-01T00:00:00Z' });
    expect(record.objects.map(({ source, file, rows, start }) => [source, file, rows, start])).toEqual([
      ['archive_monthly', 'AAAUSDT-15m-2024-01.zip', 2_784, '2024-01-01T00:00:00Z'],
      ['archive_daily', 'AAAUSDT-15m-2024-01-09.zip', 96, '2024-01-09T00:00:00Z'],
      ['archive_daily', 'AAAUSDT-15m-2024-01-10.zip', 96, '2024-01-10T00:00:00Z'],
    ]);
    for (const object of record.objects) {
      expect(object.checksum).toBe(`${object.sha256}  ${object.file}`);
      expect(object).toMatchObject({
        url: expect.stringContaining(venue.url),
        etag: expect.any(String),
        server_date: 'Thu, 01 Jan 2026 00:00:00 GMT',
      });
    }
  });

  it('gets single missing bars too (#230), and a month cut at day 10 (#320)', async () => {
    venue.putBars('AAAUSDT', '2024-01', barsBetween(jan, day(11), without(day(3) + hourMs, day(3) + hourMs + 2 * barMs)));
    for (const label of dayLabels(jan, feb)) venue.putBars('AAAUSDT', label, barsBetween(Date.parse(label), Date.parse(label) + dayMs));
    const run = await runIngest({ ...mirror(), ...january });
    expect((await readRows(dataRoot, run.manifest)).rows).toBe(2_976);
    expect(asked('/daily/')).toHaveLength(22);
    expect(run.effective('AAAUSDT').gaps).toEqual([]);
  });

  it('gets what no archive has from REST, asked for exactly the missing ranges', async () => {
    venue.putBars('AAAUSDT', '2024-01', barsBetween(jan, feb, without(day(9), day(10) + hourMs)));
    venue.putBars('AAAUSDT', '2024-01-09', barsBetween(day(9), day(10), without(day(9) + hourMs, day(9) + 2 * hourMs)));
    venue.restBars.set('AAAUSDT', barsBetween(jan, mar));
    const run = await runIngest({ ...both(), ...january });
    const ranges = asked('/fapi/').map((path) => new URLSearchParams(path.split('?')[1]));
    expect(ranges.map((query) => [query.get('startTime'), query.get('endTime'), query.get('limit')])).toEqual([
      [String(day(9) + hourMs), String(day(9) + 2 * hourMs - 1), '4'],
      [String(day(10)), String(day(10) + hourMs - 1), '4'],
    ]);
    const rows = await readRows(dataRoot, run.manifest);
    expect(rows.rows).toBe(2_976);
    expect(rows.numbers['close']![8 * 96 + 5]).toBe(Number(barsBetween(jan, feb)[8 * 96 + 5]![4]));
    expect(run.effective('AAAUSDT').sources.map(({ source, rows: count }) => [source, count])).toEqual([
      ['archive_monthly', 768],
      ['archive_daily', 4],
      ['rest', 4],
      ['archive_daily', 88],
      ['rest', 4],
      ['archive_monthly', 2_108],
    ]);
    expect(readRecord(dataRoot, 'AAAUSDT', '2024-01')!.objects.filter(({ source }) => source === 'rest')).toHaveLength(2);
  });

  it('is a gap with a finding when nobody has the bars (outages: #84, #169, ccxt#5026), and is not asked for again', async () => {
    const outage = [day(9) + hourMs, day(10) + 3 * hourMs] as const;
    venue.putBars('AAAUSDT', '2024-01', barsBetween(jan, feb, without(...outage)));
    venue.restBars.set('AAAUSDT', barsBetween(jan, feb, without(...outage)));
    const run = await runIngest({ ...both(), ...january });
    expect(run.effective('AAAUSDT').gaps).toEqual([{ from: '2024-01-09T01:00:00Z', to: '2024-01-10T02:45:00Z', bars: 104 }]);
    expect(run.manifest.counts).toMatchObject({ symbols: { AAAUSDT: { rows: 2_872, gaps: 1, missing_bars: 104 } } });
    expect(run.manifest.findings.find(({ code }) => code === 'GAP')).toMatchObject({ severity: 'warning', observed: 104 });
    const before = venue.requests.length;
    const later = await runIngest({ ...both(), start: '2024-01-02', end: '2024-01-31' });
    expect(venue.requests.length).toBe(before);
    expect(later.manifest.outputs).toEqual(run.manifest.outputs);
  });

  it('does not ask REST of the venue for a mirror, and says so only when something is missing', async () => {
    venue.putBars('AAAUSDT', '2024-01', barsBetween(jan, feb, without(day(9), day(10))));
    const run = await runIngest({ ...mirror(), ...january });
    expect(run.codes.toSorted()).toEqual(['ARCHIVE_ABSENT', 'GAP', 'REST_NOT_ASKED']);
    venue.putBars('BBBUSDT', '2024-01', barsBetween(jan, feb));
    expect((await runIngest({ ...mirror(), ...january, symbols: ['BBBUSDT'] })).codes).toEqual([]);
  });

  it('never overwrites one source by another: overlaps are compared, the higher source is kept', async () => {
    venue.putBars('AAAUSDT', '2024-01', barsBetween(jan, feb, without(day(9), day(9) + hourMs)));
    const other = (bar: Bar): Bar => (bar[0] === day(9) + 2 * hourMs ? [bar[0], bar[1], bar[2], bar[3], bar[4], '7.000'] : bar);
    venue.putBars('AAAUSDT', '2024-01-09', barsBetween(day(9), day(10), other));
    const run = await runIngest({ ...mirror(), ...january });
    expect(run.manifest.findings.find(({ code }) => code === 'SOURCES_DISAGREE')).toMatchObject({
      severity: 'warning',
      observed: 1,
      message: expect.stringContaining(formatTime(day(9) + 2 * hourMs)),
    });
    const rows = await readRows(dataRoot, run.manifest);
    expect(rows.numbers['volume']![timesOf(rows).indexOf(day(9) + 2 * hourMs)]).toBe(5);
  });

  it('compares flat bars without volume with REST, which may have traded bars for them (#395)', async () => {
    const flat = (bar: Bar): Bar => (bar[0] >= day(9) && bar[0] < day(9) + hourMs ? [bar[0], '101', '101', '101', '101', '0'] : bar);
    venue.putBars('AAAUSDT', '2024-01', barsBetween(jan, feb, flat));
    venue.restBars.set('AAAUSDT', barsBetween(jan, feb));
    const run = await runIngest({ ...both(), ...january });
    expect(run.codes).toEqual(['SOURCES_DISAGREE']);
    const rows = await readRows(dataRoot, run.manifest);
    expect(rows.numbers['volume']!.filter((volume) => volume === 0)).toHaveLength(4);
  });
});

describe('a month without an archive (#122, #290, #321, #440)', () => {
  it('is built from daily files', async () => {
    for (const label of dayLabels(jan, feb)) venue.putBars('AAAUSDT', label, barsBetween(Date.parse(label), Date.parse(label) + dayMs));
    const run = await runIngest({ ...mirror(), ...january });
    expect((await readRows(dataRoot, run.manifest)).rows).toBe(2_976);
    expect(run.codes.toSorted()).toEqual(['ARCHIVE_ABSENT', 'FILLED_FROM_DAILY']);
  });

  it('is not yet there within 10 days after its end, and asked for again by the next run; the monthly file then wins', async () => {
    venue.date = feb + 9 * dayMs;
    for (const label of dayLabels(jan, feb)) venue.putBars('AAAUSDT', label, barsBetween(Date.parse(label), Date.parse(label) + dayMs));
    const first = await runIngest({ ...mirror(), ...january });
    expect(first.manifest.findings.find(({ code }) => code === 'ARCHIVE_NOT_YET')).toMatchObject({ severity: 'info' });
    expect(first.codes).not.toContain('ARCHIVE_ABSENT');
    venue.putBars('AAAUSDT', '2024-01', barsBetween(jan, feb));
    const second = await runIngest({ ...mirror(), start: '2024-01-02', end: '2024-01-31' });
    expect(second.effective('AAAUSDT').sources.map(({ source, rows }) => [source, rows])).toEqual([['archive_monthly', 2_976]]);
    expect(second.codes).toEqual([]);
    expect(readRecord(dataRoot, 'AAAUSDT', '2024-01')).toMatchObject({ status: 'complete' });
  });

  it('is absent after 10 days, by the clock of the server', async () => {
    venue.putBars('AAAUSDT', '2024-01', barsBetween(jan, feb));
    const both = { ...mirror(), start: '2024-01-01', end: '2024-02-29' };
    venue.date = mar + 9.9 * dayMs;
    expect((await runIngest(both)).codes).toContain('ARCHIVE_NOT_YET');
    venue.date = mar + 10 * dayMs;
    expect((await runIngest({ ...both, start: '2024-01-02' })).codes).toContain('ARCHIVE_ABSENT');
    const before = venue.requests.length;
    expect((await runIngest({ ...both, start: '2024-01-03' })).codes).toContain('ARCHIVE_ABSENT');
    expect(venue.requests.length).toBe(before);
  });

  it('that has not ended is never asked for as a month: daily files, then REST up to the last closed bar', async () => {
    venue.date = day(12) + 5 * hourMs + 60_000;
    for (const label of dayLabels(jan, day(11))) venue.putBars('AAAUSDT', label, barsBetween(Date.parse(label), Date.parse(label) + dayMs));
    venue.restBars.set('AAAUSDT', barsBetween(jan, day(12) + 6 * hourMs));
    const first = await runIngest({ ...both(), ...january });
    expect(asked('/monthly/')).toEqual([]);
    const times = timesOf(await readRows(dataRoot, first.manifest));
    expect([times.length, times.at(-1)]).toEqual([11 * 96 + 20, day(12) + 5 * hourMs - barMs]);
    expect(first.codes.toSorted()).toEqual(['ARCHIVE_NOT_YET', 'ENDS_EARLY', 'FILLED_FROM_DAILY', 'FILLED_FROM_REST']);

    venue.date = feb + 20 * dayMs;
    venue.putBars('AAAUSDT', '2024-01', barsBetween(jan, feb));
    const later = await runIngest({ ...both(), start: '2024-01-02', end: '2024-01-31' });
    expect(later.effective('AAAUSDT').sources.map(({ source, rows }) => [source, rows])).toEqual([['archive_monthly', 2_976]]);
    const { superseded } = readRecord(dataRoot, 'AAAUSDT', '2024-01')!;
    expect(superseded.map(({ reason, partition }) => [reason, partition.sha256])).toEqual([['rows added', first.manifest.outputs[0]!.sha256]]);
  });

  it('between two others is asked for day by day and else is a gap (relisting: #242, #324)', async () => {
    venue.putBars('AAAUSDT', '2024-01', barsBetween(jan, feb));
    venue.putBars('AAAUSDT', '2024-03', barsBetween(mar, Date.UTC(2024, 3, 1)));
    const run = await runIngest({ ...mirror(), start: '2024-01-01', end: '2024-03-31' });
    expect(asked('/daily/')).toHaveLength(29);
    expect(run.effective('AAAUSDT').gaps).toEqual([{ from: '2024-02-01T00:00:00Z', to: '2024-02-29T23:45:00Z', bars: 29 * 96 }]);
  });

  it('before the first and after the last is probed by two days, and is no gap: late start and early end are findings', async () => {
    venue.putBars('AAAUSDT', '2024-02', barsBetween(feb + 5 * dayMs, mar));
    const run = await runIngest({ ...mirror(), start: '2024-01-01', end: '2024-03-31' });
    expect(asked('/daily/').filter((path) => !path.includes('2024-02'))).toHaveLength(4);
    expect(run.effective('AAAUSDT')).toMatchObject({ first: '2024-02-06T00:00:00Z', last: '2024-02-29T23:45:00Z', gaps: [] });
    expect(run.codes).toEqual(expect.arrayContaining(['STARTS_LATE', 'ENDS_EARLY', 'ARCHIVE_ABSENT']));
  });
});

describe('funding', () => {
  it('comes by month only; missing settlements come from REST with their true times and intervals', async () => {
    const all = fundingBetween(jan, feb, 4, 7);
    venue.putFunding(
      'AAAUSDT',
      '2024-01',
      all.filter(([stamp]) => stamp < day(9) || stamp > day(10)),
    );
    venue.restFunding.set('AAAUSDT', fundingBetween(jan, mar, 4, 7));
    const run = await runIngest({ ...both(), ...january, dataset: 'funding' });
    expect(asked('/daily/')).toEqual([]);
    expect(asked('/fapi/')).toHaveLength(1);
    const rows = await readRows(dataRoot, run.manifest, 'funding');
    expect(timesOf(rows)).toEqual(fundingBetween(jan, feb, 4).map(([time]) => time));
    expect([...rows.numbers['raw_timestamp']!]).toEqual(all.map(([stamp]) => stamp));
    expect(new Set(rows.numbers['interval_hours'])).toEqual(new Set([4]));
    expect(rows.texts['source']!.filter((source) => source === 'rest')).toHaveLength(6);
    expect(run.manifest.findings.filter(({ code }) => code === 'FUNDING_STAMPS_SNAPPED').map(({ observed }) => observed)).toEqual([180, 6]);
  });

  it('that nobody has is a gap in settlements', async () => {
    venue.putFunding(
      'AAAUSDT',
      '2024-01',
      fundingBetween(jan, feb).filter(([stamp]) => stamp < day(9) || stamp >= day(11)),
    );
    const run = await runIngest({ ...mirror(), ...january, dataset: 'funding' });
    expect(run.effective('AAAUSDT').gaps).toEqual([{ from: '2024-01-09T00:00:00Z', to: '2024-01-10T16:00:00Z', settlements: 6 }]);
  });
});
