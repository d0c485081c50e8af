import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { barMs, monthOf } from '../core/time.ts';
import { parseFunding } from './binance/funding.ts';
import { parseKlines } from './binance/klines.ts';
import { createHttp } from './http.ts';
import { archiveEntryName } from './layouts.ts';
import type { ArchiveDataset } from './layouts.ts';
import type { SourceOptions } from './source.ts';
import binance, { readChecksum } from './sources/binance.ts';
import { fakeClock, fakeEffects, scriptedHttp } from './testing/fakeEffects.ts';
import { readSingleEntry } from './zip.ts';

interface ArchiveServer {
  readonly url: string;
  stats(): { requests: number; status: Record<string, number>; faults: Record<string, number> };
  reset(): void;
  setFaults(faults: Record<string, unknown>): void;
  close(): Promise<void>;
}

const server = new URL('../../../shared/data/serve-archive.mjs', import.meta.url);
const hasArchive = existsSync(server);
const month = monthOf(Date.UTC(2024, 0, 1));

describe.skipIf(!hasArchive)(`binance source on the real archive${hasArchive ? '' : ' (skipped: ../shared/data is not there)'}`, () => {
  let archive: ArchiveServer;
  const http = createHttp();
  const clock = fakeClock();

  beforeAll(async () => {
    const { serve } = (await import(server.href)) as { serve: (options: object) => Promise<ArchiveServer> };
    archive = await serve({ port: 0 });
  });
  afterEach(() => {
    archive.setFaults({});
    archive.reset();
  });
  afterAll(async () => {
    await http.close();
    await archive.close();
  });

  function fetchMonth(
    faults: Record<string, unknown> = {},
    options: Partial<SourceOptions> = {},
    symbol = 'BTCUSDT',
    dataset: ArchiveDataset = 'ohlcv_15m',
    at = month,
  ) {
    archive.setFaults(faults);
    const source = binance.open({ archiveUrl: archive.url, effects: fakeEffects(http, clock), ...options });
    return source.fetchArchive({ dataset, symbol, period: { kind: 'month', month: at } });
  }

  async function fetchOk(...parameters: Parameters<typeof fetchMonth>) {
    const result = await fetchMonth(...parameters);
    if (result.status !== 'ok') throw new Error('absent');
    return result;
  }

  it('gives bars and funding that parse', async () => {
    const zip = await fetchOk();
    expect(zip).toMatchObject({
      fileName: 'BTCUSDT-15m-2024-01.zip',
      url: `${archive.url}/data/futures/um/monthly/klines/BTCUSDT/15m/BTCUSDT-15m-2024-01.zip`,
    });
    expect(zip.checksumText).toBe(`${zip.sha256}  ${zip.fileName}\n`);
    const csv = readSingleEntry(zip.bytes, { expectedName: archiveEntryName(zip.fileName), maxBytes: 1e7 });
    const bars = parseKlines(csv, { file: zip.fileName, symbol: 'BTCUSDT', intervalMs: barMs, from: month.start, to: month.end });
    expect(bars).toMatchObject({ rows: 2_976, hasHeader: true, duplicatesDropped: 0, outOfOrderRows: 0 });
    expect([bars.open[0], bars.high[0], bars.low[0], bars.close[0], bars.volume[0], bars.quoteVolume[0]]).toEqual([
      42_314, 42_535, 42_289.6, 42_532.5, 3_617.988, 153_467_000.9367,
    ]);
  });

  it('keeps hourly and four-hourly settlements', async () => {
    const at = monthOf(Date.UTC(2025, 2, 1));
    const zip = await fetchOk({}, {}, 'LAYERUSDT', 'funding', at);
    const csv = readSingleEntry(zip.bytes, { expectedName: archiveEntryName(zip.fileName), maxBytes: 1e7 });
    const events = parseFunding(csv, { file: zip.fileName, symbol: 'LAYERUSDT', from: at.start, to: at.end });
    expect(events.offHourCount).toBe(0);
    expect([...new Set(events.intervalHours)].every((hours) => hours === 1 || hours === 4)).toBe(true);
  });

  it('says absent for a month that is not there, after one request', async () => {
    expect(await fetchMonth({}, {}, 'NOSUCHUSDT')).toMatchObject({ status: 'absent' });
    expect(archive.stats().requests).toBe(1);
  });

  it.each<[string, Record<string, unknown>]>([
    ['servers that fail at first', { failfirst: 4 }],
    ['rate limiting', { failfirst: 2, codes: '429' }],
    ['connections that close half way', { truncate: 0.3, mode: 'cut' }],
    ['a corrupt copy', { corrupt: 0.5 }],
    ['a wrong checksum file once', { badsum: 0.5 }],
  ])('gives the same bytes in spite of %s', async (_, faults) => {
    const clean = await fetchOk();
    archive.reset();
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const result = await fetchMonth({ ...faults, seed }).catch((error: { code: string }) => error.code);
      // A copy that is bad twice running is refused; everything else must be the clean bytes.
      if (typeof result === 'string') expect(result).toBe('E_CHECKSUM');
      else expect(result).toMatchObject({ status: 'ok', sha256: clean.sha256 });
      archive.reset();
    }
  });

  it('resumes a cut download by range', async () => {
    const clean = await fetchOk();
    archive.reset();
    // Until a seed cuts an answer and lets a later one through.
    for (let seed = 1; archive.stats().status['206'] === undefined; seed++) {
      archive.reset();
      expect((await fetchOk({ truncate: 0.4, mode: 'cut', only: 'zip$', seed })).sha256).toBe(clean.sha256);
    }
  });

  it('honors Retry-After of a 429', async () => {
    const own = fakeClock();
    await fetchOk({ failfirst: 1, codes: '429' }, { effects: fakeEffects(http, own) });
    expect(own.sleeps).toHaveLength(2);
    for (const wait of own.sleeps) expect(wait).toBeGreaterThanOrEqual(1_000);
  });

  it('stops at once on 418', async () => {
    await expect(fetchMonth({ failfirst: 9, codes: '418' })).rejects.toMatchObject({ code: 'E_NETWORK', exit: 4 });
    expect(archive.stats().requests).toBe(1);
  });

  it('refuses a checksum mismatch after fetching both files once more, naming both hashes', async () => {
    const good = await fetchOk();
    archive.reset();
    const error = await fetchMonth({ badsum: 1 }).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'E_CHECKSUM', details: { observed: good.sha256, expected: expect.stringMatching(/^[0-9a-f]{64}$/) } });
    expect(archive.stats().requests).toBe(4);
  });

  it('refuses a body that is short although its Content-Length agrees', async () => {
    await expect(fetchMonth({ truncate: 1, mode: 'short', only: 'zip$' })).rejects.toMatchObject({ code: 'E_CHECKSUM' });
  });

  it('refuses an archive without its checksum file', async () => {
    await expect(fetchMonth({ hide: 'CHECKSUM$' })).rejects.toThrow('there is no CHECKSUM file');
  });

  it('ends a request that hangs', async () => {
    const limits = { attempts: 2, headersTimeoutMs: 150 };
    await expect(fetchMonth({ hang: 1 }, { limits })).rejects.toMatchObject({ code: 'E_NETWORK' });
  });
});

describe('binance source', () => {
  const open = (options: Partial<SourceOptions> = {}) => binance.open({ effects: fakeEffects(scriptedHttp([])), ...options });

  it('asks the official archive unless told otherwise', async () => {
    const http = scriptedHttp([{ status: 404 }]);
    expect(
      await open({ effects: fakeEffects(http) }).fetchArchive({ dataset: 'funding', symbol: 'ETHUSDT', period: { kind: 'month', month } }),
    ).toMatchObject({
      status: 'absent',
      url: 'https://data.binance.vision/data/futures/um/monthly/fundingRate/ETHUSDT/ETHUSDT-fundingRate-2024-01.zip',
    });
  });

  it('refuses a page with status 200 after one repetition', async () => {
    const page = { status: 200, body: '<html>blocked</html>' };
    const http = scriptedHttp([page, page]);
    await expect(
      open({ effects: fakeEffects(http) }).fetchArchive({ dataset: 'funding', symbol: 'ETHUSDT', period: { kind: 'month', month } }),
    ).rejects.toMatchObject({
      code: 'E_ARCHIVE',
      message: expect.stringContaining('HTML'),
    });
    expect(http.requests).toHaveLength(2);
  });

  it.each(['../x', 'btc', 'BTC/USDT', '', 'A'.repeat(25)])('refuses the symbol %j before any request', async (symbol) => {
    await expect(open().fetchArchive({ dataset: 'funding', symbol, period: { kind: 'month', month } })).rejects.toMatchObject({
      code: 'E_BAD_SYMBOL',
    });
  });

  it.each(['ftp://x.test', 'not an address', 'https://x.test/?a=1'])('refuses the archive address %j', (archiveUrl) => {
    expect(() => open({ archiveUrl })).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
  });
});

describe('readChecksum', () => {
  const hash = 'a'.repeat(64);

  it('reads the one line of a CHECKSUM file', () => {
    expect(readChecksum(`${hash.toUpperCase()}  x.zip\n`, 'x.zip')).toBe(hash);
    expect(readChecksum(`${hash} *x.zip`, 'x.zip')).toBe(hash);
  });

  it.each([null, '', hash, `${hash}  y.zip\n`, `${hash}  x.zip\n${hash}  y.zip\n`, `zz${hash.slice(2)}  x.zip`])('finds no hash in %j', (text) => {
    expect(readChecksum(text, 'x.zip')).not.toBe(hash);
  });
});
