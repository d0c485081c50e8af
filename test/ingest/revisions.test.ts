import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dayMs } from '../../src/core/time.ts';
import { readRecord, readRows, recordPath, runIngest } from '../support/ingestRun.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';
import { type Bar, barsBetween, barsPath, type VenueServer, venueServer } from '../support/venueServer.ts';

/** Raw data over time: reruns, extension, replaced archives, damage. */
const jan = Date.UTC(2024, 0, 1);
const feb = Date.UTC(2024, 1, 1);
const january = { start: '2024-01-01', end: '2024-01-31' };
const changed = (bar: Bar): Bar => (bar[0] === jan + dayMs ? [bar[0], bar[1], bar[2], bar[3], bar[4], '99.000'] : bar);

let venue: VenueServer;
let dataRoot: string;
beforeEach(async () => {
  venue = await venueServer();
  dataRoot = temporaryFolder();
  venue.putBars('AAAUSDT', '2024-01', barsBetween(jan, feb));
});
afterEach(() => venue.close());
afterAll(removeFolders);

const options = () => ({ dataRoot, archiveUrl: venue.url, ...january });
const hashOf = (path: string) =>
  createHash('sha256')
    .update(readFileSync(join(dataRoot, path)))
    .digest('hex');
/** Every raw file with its time of last change. */
const rawFiles = () => {
  const root = join(dataRoot, 'lake/raw');
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
  return names.map((name) => [name, statSync(join(root, name)).mtimeMs] as const);
};

it('a rerun of finished months writes nothing and asks for nothing', async () => {
  const first = await runIngest(options());
  const [files, requests] = [rawFiles(), venue.requests.length];
  const second = await runIngest({ ...options(), start: '2024-01-02' });
  expect(second.manifest.outputs).toEqual(first.manifest.outputs);
  expect(rawFiles()).toEqual(files);
  expect(venue.requests.length).toBe(requests);
});

it('an extension fetches only the new months', async () => {
  await runIngest(options());
  venue.requests.length = 0;
  venue.putBars('AAAUSDT', '2024-02', barsBetween(feb, Date.UTC(2024, 2, 1)));
  const run = await runIngest({ ...options(), end: '2024-02-29' });
  expect(run.manifest.outputs).toHaveLength(2);
  expect(venue.requests.filter((path) => path.includes('AAAUSDT'))).toEqual([
    barsPath('AAAUSDT', '2024-02'),
    `${barsPath('AAAUSDT', '2024-02')}.CHECKSUM`,
  ]);
});

describe('a replaced archive', () => {
  it('goes unnoticed without --refresh, is a new revision beside the old one with it', async () => {
    const first = await runIngest(options());
    venue.putBars('AAAUSDT', '2024-01', barsBetween(jan, feb, changed));
    const same = await runIngest({ ...options(), start: '2024-01-02' });
    expect(same.manifest.outputs).toEqual(first.manifest.outputs);

    const run = await runIngest({ ...options(), start: '2024-01-03', refresh: true });
    expect((await readRows(dataRoot, run.manifest)).numbers['volume']![96]).toBe(99);
    expect(run.manifest.findings).toMatchObject([{ code: 'ARCHIVE_REPLACED', severity: 'warning' }]);
    const record = readRecord(dataRoot, 'AAAUSDT', '2024-01')!;
    const folder = dirname(recordPath(dataRoot, 'AAAUSDT', '2024-01'));
    const [object] = record.objects;
    expect(object!.file).toBe(`${object!.sha256.slice(0, 12)}-AAAUSDT-15m-2024-01.zip`);
    expect(existsSync(join(folder, 'AAAUSDT-15m-2024-01.zip'))).toBe(true);
    expect(existsSync(join(folder, object!.file))).toBe(true);
    // The run before finds what it used by its hash.
    const [old] = record.superseded;
    expect(old).toMatchObject({ reason: 'archive replaced', objects: [{ file: 'AAAUSDT-15m-2024-01.zip' }] });
    expect(old!.partition.sha256).toBe(first.manifest.outputs[0]!.sha256);
    expect(hashOf(old!.partition.path)).toBe(old!.partition.sha256);
    expect(hashOf(record.partition!.path)).toBe(record.partition!.sha256);
    // The finding stays with the data.
    expect((await runIngest({ ...options(), start: '2024-01-04' })).codes).toEqual(['ARCHIVE_REPLACED']);
  });

  it('makes a finished run start the next one, and an unchanged one do nothing', async () => {
    const run = { ...options(), until: undefined as never, request: { skip_ingest_funding: true, allow_missing_funding: true } };
    const first = await runIngest(run);
    expect(first.record.status).toBe('done');
    const again = await runIngest({ ...run, refresh: true });
    expect([again.runId, again.executed]).toEqual([first.runId, []]);
    venue.putBars('AAAUSDT', '2024-01', barsBetween(jan, feb, changed));
    const next = await runIngest({ ...run, refresh: true });
    expect(next.runId).toBe(`${first.runId}-2`);
    expect(next.record.reason).toContain('ingest_ohlcv');
    expect(next.manifest.outputs[0]!.sha256).not.toBe(first.manifest.outputs[0]!.sha256);
  });

  it('may be a daily file: only its day is replaced', async () => {
    const hole = (bar: Bar) => (bar[0] >= jan + dayMs && bar[0] < jan + 2 * dayMs ? null : bar);
    venue.putBars('AAAUSDT', '2024-01', barsBetween(jan, feb, hole));
    venue.putBars('AAAUSDT', '2024-01-02', barsBetween(jan + dayMs, jan + 2 * dayMs));
    await runIngest(options());
    venue.putBars('AAAUSDT', '2024-01-02', barsBetween(jan + dayMs, jan + 2 * dayMs, changed));
    const run = await runIngest({ ...options(), start: '2024-01-02', refresh: true });
    const rows = await readRows(dataRoot, run.manifest);
    expect([rows.rows, rows.numbers['volume']![96], rows.texts['source']![96]]).toEqual([2_976, 99, 'archive_daily']);
  });

  it('that cannot be had, or is refused, leaves the earlier one in place', async () => {
    const first = await runIngest(options());
    const zip = barsPath('AAAUSDT', '2024-01');
    venue.putBars('AAAUSDT', '2024-01', [], { csv: 'not,a,file\n' });
    const refused = await runIngest({ ...options(), start: '2024-01-02', refresh: true });
    expect([refused.manifest.outputs, refused.codes]).toEqual([first.manifest.outputs, ['ARCHIVE_REFUSED']]);
    venue.intercept = (path, response) => path === zip && (response.writeHead(404).end(), true);
    const gone = await runIngest({ ...options(), start: '2024-01-03', refresh: true });
    expect(gone.manifest.outputs).toEqual(first.manifest.outputs);
  });

  it('several times over keeps every revision', async () => {
    const hashes = [(await runIngest(options())).manifest.outputs[0]!.sha256];
    for (const n of [1, 2]) {
      venue.putBars(
        'AAAUSDT',
        '2024-01',
        barsBetween(jan, feb, (bar) => [bar[0], bar[1], bar[2], bar[3], bar[4], `${n}.000`]),
      );
      hashes.push((await runIngest({ ...options(), start: `2024-01-0${n + 1}`, refresh: true })).manifest.outputs[0]!.sha256);
    }
    const record = readRecord(dataRoot, 'AAAUSDT', '2024-01')!;
    expect(record.superseded.map(({ partition }) => partition.sha256)).toEqual(hashes.slice(0, 2));
    for (const { partition } of record.superseded) expect(hashOf(partition.path)).toBe(partition.sha256);
  });
});

it.each(['partition', 'record'])('a damaged %s is fetched again and gives the same content', async (what) => {
  const first = await runIngest(options());
  const path = what === 'record' ? recordPath(dataRoot, 'AAAUSDT', '2024-01') : join(dataRoot, first.manifest.outputs[0]!.path);
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(path, bytes);
  const second = await runIngest({ ...options(), start: '2024-01-02' });
  expect(second.manifest.outputs).toEqual(first.manifest.outputs);
  expect(hashOf(second.manifest.outputs[0]!.path)).toBe(first.manifest.outputs[0]!.sha256);
});
