import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../src/core/effects.ts';
import { barMs, dayMs } from '../../src/core/time.ts';
import { createEffects } from '../../src/lake/realEffects.ts';
import { createHttp } from '../../src/venues/http.ts';
import type { ProgressEvent } from '../../src/stages/lib/runPipeline.ts';
import { readRows, runIngest, timesOf } from '../support/ingestRun.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';
import { barsBetween, barsPath, type VenueServer, venueServer } from '../support/venueServer.ts';

/** How the venue is asked: bans and budgets, parallel downloads, paging, clamping, unknown symbols. */
const jan = Date.UTC(2024, 0, 1);
const feb = Date.UTC(2024, 1, 1);
const monthStart = (n: number) => Date.UTC(2024, n, 1);

let venue: VenueServer;
let dataRoot: string;
beforeEach(async () => {
  venue = await venueServer();
  dataRoot = temporaryFolder();
  for (let n = 0; n < 12; n++) venue.putBars('AAAUSDT', `2024-${String(n + 1).padStart(2, '0')}`, barsBetween(monthStart(n), monthStart(n + 1)));
});
afterEach(() => venue.close());
afterAll(removeFolders);

const year = () => ({ dataRoot, archiveUrl: venue.url, start: '2024-01-01', end: '2024-12-31' });
const january = () => ({ ...year(), end: '2024-01-31' });

/** Real effects that remember what was sent after a 418 had arrived. */
function watchedEffects() {
  const real = createEffects({ http: createHttp() });
  const later: string[] = [];
  let isBanned = false;
  const get = async (request: HttpRequest) => {
    if (isBanned) later.push(request.url);
    const response = await real.http.get(request);
    if (response.status === 418) isBanned = true;
    return response;
  };
  return { effects: { ...real, http: { ...real.http, get } }, sentAfterBan: () => (isBanned ? later : ['there was no ban']) };
}

describe('a ban (418)', () => {
  it('of the archive stops everything at once: no request after it, exit 4, what was fetched is kept', async () => {
    venue.intercept = (path, response) => {
      if (path !== barsPath('AAAUSDT', '2024-07')) return false;
      response.writeHead(418, { 'Retry-After': '120' }).end();
      return true;
    };
    const { effects, sentAfterBan } = watchedEffects();
    await expect(runIngest({ ...year(), effects })).rejects.toMatchObject({ code: 'E_NETWORK', exit: 4, hint: expect.stringContaining('again') });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(sentAfterBan()).toEqual([]);
    venue.intercept = null;
    const run = await runIngest(year());
    expect((await readRows(dataRoot, run.manifest)).rows).toBe((monthStart(12) - jan) / barMs);
  });

  it('of the REST interface sends nothing more to it', async () => {
    for (const month of ['2024-01', '2024-02', '2024-03'])
      venue.putBars('AAAUSDT', month, barsBetween(Date.parse(`${month}-01`), Date.parse(`${month}-20`)));
    venue.restBars.set('AAAUSDT', []);
    venue.intercept = (path, response) => {
      if (!path.startsWith('/fapi/')) return false;
      response.writeHead(418).end();
      return true;
    };
    await expect(runIngest({ ...year(), restUrl: venue.url })).rejects.toMatchObject({
      code: 'E_NETWORK',
      message: expect.stringContaining('banned'),
    });
    expect(venue.requests.filter((path) => path.startsWith('/fapi/'))).toHaveLength(1);
  });
});

describe('the weight budget', () => {
  it('is kept: after a page that used most of it, the next one waits for the server’s next minute', async () => {
    const waits: number[] = [];
    for (const month of ['2024-01', '2024-02']) venue.putBars('AAAUSDT', month, barsBetween(Date.parse(`${month}-01`), Date.parse(`${month}-20`)));
    venue.restBars.set('AAAUSDT', barsBetween(jan, monthStart(2)));
    venue.date = Date.UTC(2026, 0, 1, 0, 0, 45);
    venue.intercept = (path, response) => {
      if (path.startsWith('/fapi/')) response.setHeader('X-MBX-USED-WEIGHT-1M', '2000');
      return false;
    };
    const real = createEffects({ http: createHttp() });
    const effects = { ...real, clock: { ...real.clock, sleep: (ms: number) => (waits.push(ms), Promise.resolve()) } };
    await runIngest({ ...year(), end: '2024-02-29', restUrl: venue.url, effects });
    expect(waits.length).toBeGreaterThan(0);
    for (const wait of waits) expect(wait).toBeGreaterThan(15_000);
    for (const wait of waits) expect(wait).toBeLessThanOrEqual(16_000);
  });
});

it('goes on without a REST interface that refuses the region, says so, and asks again next time', async () => {
  venue.putBars('AAAUSDT', '2024-01', barsBetween(jan, feb - dayMs));
  venue.restBars.set('AAAUSDT', barsBetween(jan, feb));
  venue.intercept = (path, response) => path.startsWith('/fapi/') && (response.writeHead(451).end(), true);
  const refused = await runIngest({ ...january(), restUrl: venue.url });
  expect(refused.codes).toEqual(expect.arrayContaining(['REST_REFUSED', 'ENDS_EARLY']));
  venue.intercept = null;
  const run = await runIngest({ ...january(), start: '2024-01-02', restUrl: venue.url });
  expect([run.codes.includes('REST_REFUSED'), (await readRows(dataRoot, run.manifest)).rows]).toEqual([false, 2_976]);
});

it('pages long REST ranges of 1,500 bars', async () => {
  for (let n = 0; n < 12; n++) venue.remove(barsPath('AAAUSDT', `2024-${String(n + 1).padStart(2, '0')}`));
  venue.restBars.set('AAAUSDT', barsBetween(jan - dayMs, feb + dayMs));
  const run = await runIngest({ ...january(), restUrl: venue.url });
  expect(timesOf(await readRows(dataRoot, run.manifest))).toEqual(barsBetween(jan, feb).map(([time]) => time));
  expect(venue.requests.filter((path) => path.startsWith('/fapi/')).map((path) => /limit=(\d+)/.exec(path)![1])).toEqual(['1500', '1476']);
});

it.each(['<html>maintenance</html>', '{"code":0}', '[[1,2,3]]', '[[1704067200000,"1e999"]]'])('refuses %s as a REST answer', async (body) => {
  venue.putBars('AAAUSDT', '2024-01', barsBetween(jan, feb - dayMs));
  venue.intercept = (path, response) => path.startsWith('/fapi/') && (response.end(body), true);
  await expect(runIngest({ ...january(), restUrl: venue.url })).rejects.toMatchObject({ code: expect.stringMatching(/^E_(ARCHIVE|CSV)$/) });
});

it('downloads at most 8 files at a time', async () => {
  let open = 0;
  let most = 0;
  venue.intercept = (_, response) => {
    most = Math.max(most, ++open);
    const end = response.end.bind(response) as (body?: unknown) => void;
    response.end = ((body?: unknown) => void setTimeout(() => (open--, end(body)), 20)) as never;
    return false;
  };
  await runIngest(year());
  expect(most).toBe(8);
});

it('tells how far it is', async () => {
  const notes: Extract<ProgressEvent, { type: 'note' }>[] = [];
  await runIngest({ ...year(), progress: (event) => event.type === 'note' && notes.push(event) });
  expect(notes).toHaveLength(12);
  expect(notes.at(-1)).toMatchObject({ text: expect.stringMatching(/^AAAUSDT 2024-\d\d$/), progress: { done: 12, total: 12, unit: 'months' } });
});

describe('the window', () => {
  it('is clamped to where the source begins, and both are recorded', async () => {
    venue.putBars('AAAUSDT', '2019-09', barsBetween(Date.UTC(2019, 8, 1), Date.UTC(2019, 9, 1)));
    const run = await runIngest({ ...year(), start: '2019-06-01', end: '2019-09-30' });
    expect(run.manifest.effective).toMatchObject({ requested_start: '2019-06-01', effective_start: '2019-09-01', requested_end: '2019-09-30' });
    expect(run.codes).toEqual(['START_CLAMPED']);
    expect(venue.requests.some((path) => path.includes('2019-08'))).toBe(false);
  });

  it('never cuts what is stored: a narrow request keeps whole months', async () => {
    const run = await runIngest({ ...year(), start: '2024-01-10', end: '2024-01-12' });
    expect(run.manifest.outputs.map(({ rows }) => rows)).toEqual([2_976]);
  });
});

describe('an unknown symbol', () => {
  it('is E_NO_DATA, leaves nothing behind, and names the nearest one that the lake or the venue knows', async () => {
    const none = { ...january(), symbols: ['AAAUST'] };
    await expect(runIngest(none)).rejects.toMatchObject({ code: 'E_NO_DATA', exit: 3, message: expect.not.stringContaining('did you mean') });
    await runIngest(january());
    await expect(runIngest(none)).rejects.toThrow('did you mean AAAUSDT?');
    venue.restBars.set('BBBUSDT', []);
    await expect(runIngest({ ...none, symbols: ['BBBUSD'], restUrl: venue.url })).rejects.toThrow('did you mean BBBUSDT?');
  });
});
