import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { barMs, hourMs, monthOf, monthsBetween } from '../core/time.ts';
import { parseFunding } from './binance/funding.ts';
import { parseKlines } from './binance/klines.ts';
import { plantedDefects } from './sample/defects.ts';
import { sampleEnd, sampleStart } from './sample/instruments.ts';
import { archiveEntryName } from './layouts.ts';
import type { ArchiveDataset } from './layouts.ts';
import sample from './sources/sample.ts';
import { fakeEffects, scriptedHttp } from './testing/fakeEffects.ts';
import { readSingleEntry } from './zip.ts';

const months = monthsBetween(Date.UTC(2023, 0, 1), Date.UTC(2025, 0, 1));

async function fetch(symbol: string, month = months[0]!, dataset: ArchiveDataset = 'ohlcv_15m', seed = 1) {
  const result = await sample
    .open({ seed, effects: fakeEffects(scriptedHttp([])) })
    .fetchArchive({ dataset, symbol, period: { kind: 'month', month } });
  if (result.status !== 'ok') throw new Error('absent');
  const csv = readSingleEntry(result.bytes, { expectedName: archiveEntryName(result.fileName), maxBytes: 1e7 });
  return { ...result, csv, context: { file: result.fileName, symbol, from: month.start, to: month.end } };
}

async function fetchBars(symbol: string, month = months[0]!) {
  const { csv, context } = await fetch(symbol, month);
  return parseKlines(csv, { ...context, intervalMs: barMs });
}

async function twoYears(symbol: string): Promise<Map<number, { close: number; quoteVolume: number }>> {
  const bars = new Map<number, { close: number; quoteVolume: number }>();
  for (const month of months) {
    const part = await fetchBars(symbol, month);
    part.openTime.forEach((time, i) => bars.set(time, { close: part.close[i]!, quoteVolume: part.quoteVolume[i]! }));
  }
  return bars;
}

/** Log returns over adjacent bars only, by the time of the later bar. */
function returnsOf(bars: Map<number, { close: number }>): Map<number, number> {
  const returns = new Map<number, number>();
  for (const [time, bar] of bars) {
    const before = bars.get(time - barMs);
    if (before) returns.set(time, Math.log(bar.close / before.close));
  }
  return returns;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function correlation(x: readonly number[], y: readonly number[]): number {
  const [mx, my] = [mean(x), mean(y)];
  const product = (a: readonly number[], ma: number, b: readonly number[], mb: number) => mean(a.map((value, i) => (value - ma) * (b[i]! - mb)));
  return product(x, mx, y, my) / Math.sqrt(product(x, mx, x, mx) * product(y, my, y, my));
}

describe('sample source bytes', () => {
  const zone = process.env['TZ'];
  afterEach(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  it('carry a checksum and an offline address', async () => {
    const file = await fetch('BTCUSDT');
    expect(file.sha256).toBe(createHash('sha256').update(file.bytes).digest('hex'));
    expect(file.checksumText).toBe(`${file.sha256}  BTCUSDT-15m-2023-01.zip\n`);
    expect(file.url).toBe('sample:seed=1/data/futures/um/monthly/klines/BTCUSDT/15m/BTCUSDT-15m-2023-01.zip');
  });

  it('are the same whatever was asked before, in any time zone', async () => {
    const wanted = months.slice(0, 3).flatMap(
      (month) =>
        [
          ['ETHUSDT', month],
          ['QQQUSDT', month],
        ] as const,
    );
    const forward: string[] = [];
    for (const [symbol, month] of wanted) forward.push((await fetch(symbol, month)).sha256, (await fetch(symbol, month, 'funding')).sha256);
    await fetch('BTCUSDT', months[0], 'ohlcv_15m', 2); // another seed empties the cache
    process.env['TZ'] = 'Pacific/Chatham';
    const backward: string[] = [];
    for (const [symbol, month] of wanted.toReversed())
      backward.unshift((await fetch(symbol, month)).sha256, (await fetch(symbol, month, 'funding')).sha256);
    expect(backward).toEqual(forward);
    expect(new Set(forward).size).toBe(forward.length);
  });

  it('differ by seed and are absent outside the history', async () => {
    expect((await fetch('BTCUSDT', months[0], 'ohlcv_15m', 2)).sha256).not.toBe((await fetch('BTCUSDT')).sha256);
    const source = sample.open({ effects: fakeEffects(scriptedHttp([])) });
    for (const time of [sampleStart - 1, sampleEnd]) {
      expect(await source.fetchArchive({ dataset: 'funding', symbol: 'BTCUSDT', period: { kind: 'month', month: monthOf(time) } })).toMatchObject({
        status: 'absent',
      });
    }
    await expect(source.fetchArchive({ dataset: 'funding', symbol: '../x', period: { kind: 'month', month: months[0]! } })).rejects.toMatchObject({
      code: 'E_BAD_SYMBOL',
    });
  });
});

describe('sample market', () => {
  it('looks like a market: fat tails, clustered volatility, correlated symbols, volume with volatility, sane prices', async () => {
    const all = new Map<string, Map<number, number>>();
    for (const symbol of ['BTCUSDT', 'ETHUSDT', 'SOLUSDT']) {
      const bars = await twoYears(symbol);
      const returns = returnsOf(bars);
      all.set(symbol, returns);
      const values = [...returns.values()];
      const average = mean(values);
      const variance = mean(values.map((value) => (value - average) ** 2));
      expect(mean(values.map((value) => (value - average) ** 4)) / variance ** 2).toBeGreaterThan(6);
      const dailyVolatility = Math.sqrt(variance * 96);
      expect(dailyVolatility).toBeGreaterThan(0.01);
      expect(dailyVolatility).toBeLessThan(0.08);
      const absolute = values.map(Math.abs);
      for (const lag of [1, 4, 96]) expect(correlation(absolute.slice(lag), absolute.slice(0, -lag))).toBeGreaterThan(0.1);
      const squares = values.map((value) => value * value);
      expect(correlation(squares.slice(1), squares.slice(0, -1))).toBeGreaterThan(0.02);
      expect(Math.abs(correlation(values.slice(1), values.slice(0, -1)))).toBeLessThan(0.05);
      const times = [...returns.keys()];
      expect(
        correlation(
          absolute,
          times.map((time) => Math.log(1 + bars.get(time)!.quoteVolume)),
        ),
      ).toBeGreaterThan(0.3);
      const closes = [...bars.values()].map((bar) => bar.close);
      const first = closes[0]!;
      expect(Math.min(...closes)).toBeGreaterThan(first / 8);
      expect(Math.max(...closes)).toBeLessThan(first * 30);
    }
    const btc = all.get('BTCUSDT')!;
    for (const symbol of ['ETHUSDT', 'SOLUSDT']) {
      const other = all.get(symbol)!;
      const common = [...btc.keys()].filter((time) => other.has(time));
      expect(
        correlation(
          common.map((time) => btc.get(time)!),
          common.map((time) => other.get(time)!),
        ),
      ).toBeGreaterThan(0.3);
    }
  });

  it('plants the documented defects and no others', async () => {
    for (const symbol of ['BTCUSDT', 'ETHUSDT']) {
      const mine = plantedDefects.filter((planted) => (planted.symbol === '*' || planted.symbol === symbol) && planted.dataset === 'ohlcv_15m');
      for (const month of monthsBetween(Date.UTC(2022, 0, 1), Date.UTC(2025, 11, 1))) {
        const bars = await fetchBars(symbol, month);
        const here = mine.filter((planted) => monthOf(planted.start).label === month.label);
        const count = (kind: string) => here.filter((planted) => planted.kind === kind).reduce((sum, planted) => sum + planted.bars, 0);
        expect(bars.rows).toBe((month.end - month.start) / barMs - count('outage') - count('missing_rows') - count('missing_day'));
        expect(bars.duplicatesDropped).toBe(count('duplicate'));
        expect(bars.outOfOrderRows).toBe(count('disorder'));
        expect(bars.volume.filter((volume) => volume === 0)).toHaveLength(count('flat') + count('zero_volume'));
        expect(bars.volume.filter((volume, i) => volume === 0 && bars.high[i] === bars.low[i])).toHaveLength(count('flat'));
      }
    }
  });

  it('settles every 8 hours, one symbol every 4 hours from July 2024, stamped up to 18 ms late', async () => {
    const rates: number[] = [];
    for (const month of months) {
      const { csv, context } = await fetch('SOLUSDT', month, 'funding');
      const events = parseFunding(csv, context);
      const hours = month.start >= Date.UTC(2024, 6, 1) ? 4 : 8;
      expect(events.rows).toBe((month.end - month.start) / (hours * hourMs));
      expect(events.offHourCount).toBe(0);
      expect(events.snappedCount).toBeGreaterThan(0);
      events.time.forEach((time, i) => {
        expect(time).toBe(month.start + i * hours * hourMs);
        expect(events.rawTime[i]! - time).toBeLessThanOrEqual(18);
        if (time !== Date.UTC(2024, 6, 1)) expect(events.intervalHours[i]).toBe(hours);
      });
      rates.push(...events.rate);
    }
    expect(new Set(rates).size).toBeGreaterThan(300);
    expect(rates.filter((rate) => rate === 0.0001 || rate === 0.00005).length / rates.length).toBeGreaterThan(0.3);
    expect(Math.max(...rates)).toBeGreaterThan(0.001);
    expect(Math.min(...rates)).toBeLessThan(-0.0003);
    expect(Math.max(...rates.map(Math.abs))).toBeLessThanOrEqual(0.0075);
  });
});
