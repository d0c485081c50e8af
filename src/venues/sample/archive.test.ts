import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { barMs, barsPerDay, dayMs, hourMs, monthOf } from '../../core/time.ts';
import { parseFunding } from '../binance/funding.ts';
import { parseKlines } from '../binance/klines.ts';
import { layoutOf } from '../layouts.ts';
import { readSingleEntry } from '../zip.ts';
import { sampleArchive, zipSampleArchive } from './archive.ts';
import { sampleDatasets } from './datasets.ts';
import type { SampleDataset, SamplePeriod } from './datasets.ts';
import { noDefects } from './defects.ts';
import type { PlantedDefect } from './defects.ts';

const month = (label: string): SamplePeriod => ({ kind: 'month', month: monthOf(Date.parse(`${label}-01`)) });
const day = (label: string): SamplePeriod => ({ kind: 'day', day: Date.parse(label) });
const range = (period: SamplePeriod) =>
  period.kind === 'month' ? { from: period.month.start, to: period.month.end } : { from: period.day, to: period.day + dayMs };

function bars(symbol: string, period: SamplePeriod, dataset: SampleDataset = 'ohlcv_15m', defects?: readonly PlantedDefect[]) {
  const archive = sampleArchive(1, { dataset, symbol, period }, defects)!;
  const intervalMs = dataset === 'ohlcv_1m' ? 60_000 : barMs;
  return parseKlines(Buffer.from(archive.csv), { file: archive.fileName, symbol, intervalMs, ...range(period) });
}

function funding(symbol: string, period: SamplePeriod, defects?: readonly PlantedDefect[]) {
  const archive = sampleArchive(1, { dataset: 'funding', symbol, period }, defects)!;
  return parseFunding(Buffer.from(archive.csv), { file: archive.fileName, symbol, ...range(period) });
}

describe('sampleArchive', () => {
  it('names files as the exchange does', () => {
    const monthly = sampleDatasets.filter((dataset) => layoutOf(dataset).files !== 'daily');
    const paths = monthly.map((dataset) => sampleArchive(1, { dataset, symbol: 'BTCUSDT', period: month('2024-01') })!.path);
    expect(paths).toEqual([
      'data/futures/um/monthly/klines/BTCUSDT/15m/BTCUSDT-15m-2024-01.zip',
      'data/futures/um/monthly/klines/BTCUSDT/1m/BTCUSDT-1m-2024-01.zip',
      'data/spot/monthly/klines/BTCUSDT/15m/BTCUSDT-15m-2024-01.zip',
      'data/futures/um/monthly/markPriceKlines/BTCUSDT/15m/BTCUSDT-15m-2024-01.zip',
      'data/futures/um/monthly/premiumIndexKlines/BTCUSDT/15m/BTCUSDT-15m-2024-01.zip',
      'data/futures/um/monthly/fundingRate/BTCUSDT/BTCUSDT-fundingRate-2024-01.zip',
    ]);
    const daily = sampleArchive(1, { dataset: 'ohlcv_15m', symbol: 'BTCUSDT', period: day('2024-01-31') })!;
    expect([daily.path, daily.entryName]).toEqual([
      'data/futures/um/daily/klines/BTCUSDT/15m/BTCUSDT-15m-2024-01-31.zip',
      'BTCUSDT-15m-2024-01-31.csv',
    ]);
    const byDay = sampleDatasets.filter((dataset) => layoutOf(dataset).files === 'daily');
    expect(byDay.map((dataset) => sampleArchive(1, { dataset, symbol: 'BTCUSDT', period: day('2024-01-31') })!.path)).toEqual([
      'data/futures/um/daily/metrics/BTCUSDT/BTCUSDT-metrics-2024-01-31.zip',
      'data/futures/um/daily/liquidationSnapshot/BTCUSDT/BTCUSDT-liquidationSnapshot-2024-01-31.zip',
      'data/futures/um/daily/aggTrades/BTCUSDT/BTCUSDT-aggTrades-2024-01-31.zip',
      'data/futures/um/daily/bookTicker/BTCUSDT/BTCUSDT-bookTicker-2024-01-31.zip',
    ]);
  });

  it('packs one entry with the same bytes every time', () => {
    const archive = sampleArchive(1, { dataset: 'mark_15m', symbol: 'BTCUSDT', period: day('2024-12-31') })!;
    const zip = zipSampleArchive(archive);
    expect(zipSampleArchive(archive)).toEqual(zip);
    expect(readSingleEntry(zip, { expectedName: archive.entryName, maxBytes: 1e6 })).toEqual(Buffer.from(archive.csv));
  });

  it('is the same in every process: a pinned file', () => {
    const { csv } = sampleArchive(1, { dataset: 'ohlcv_15m', symbol: 'PINUSDT', period: month('2025-06') })!;
    expect(createHash('sha256').update(csv).digest('hex')).toBe('fff56f50ea876b8f765fef167a436c220e7eb1a6b4a0bd11d63935337bffc2e0');
  });

  it('has no file outside a contract’s life, and none of funding by day', () => {
    const absent = [
      ['ohlcv_15m', 'LATEUSDT', day('2023-10-16')],
      ['ohlcv_1m', 'LATEUSDT', month('2023-09')],
      ['mark_15m', 'GONEUSDT', day('2024-04-12')],
      ['funding', 'GONEUSDT', month('2024-05')],
      ['ohlcv_15m', 'BTCUSDT', month('2019-08')],
      ['ohlcv_15m', 'BTCUSDT', month('2031-01')],
      ['funding', 'BTCUSDT', day('2024-01-01')],
      ['ohlcv_15m', 'ADAUSDT', day('2024-10-01')],
    ] as const;
    for (const [dataset, symbol, period] of absent) expect(sampleArchive(1, { dataset, symbol, period }), symbol).toBeNull();
    expect(bars('LATEUSDT', day('2023-10-17')).rows).toBe(48);
  });

  it('writes the same facts by day, by month, by minute and by quarter of an hour', () => {
    const [monthly, daily, minutes] = [
      bars('ETHUSDT', month('2024-02')),
      bars('ETHUSDT', day('2024-02-29')),
      bars('ETHUSDT', month('2024-02'), 'ohlcv_1m'),
    ];
    for (const name of ['openTime', 'open', 'high', 'low', 'close', 'volume', 'quoteVolume', 'takerBuyQuoteVolume'] as const)
      expect(daily[name]).toEqual(monthly[name].subarray(-barsPerDay));
    expect(minutes.rows).toBe(29 * 1_440);
    const first = minutes.volume.subarray(0, 15).reduce((sum, value) => sum + value, 0);
    expect(monthly.volume[0]).toBeCloseTo(first, 9);
    expect(monthly.high[0]).toBe(Math.max(...minutes.high.subarray(0, 15)));
    expect(monthly.close[0]).toBe(minutes.close[14]);
  });
});

describe('planted defects', () => {
  it('lack a day in the monthly file that the daily file has', () => {
    expect(bars('ETHUSDT', month('2024-10')).rows).toBe(30 * barsPerDay);
    expect(bars('ETHUSDT', day('2024-10-22')).rows).toBe(barsPerDay);
    expect(bars('ETHUSDT', month('2024-10'), 'ohlcv_15m', noDefects).rows).toBe(31 * barsPerDay);
  });

  it('concern the dataset that they name', () => {
    expect(bars('BTCUSDT', month('2024-01'), 'mark_15m').duplicatesDropped).toBe(2);
    expect(bars('BTCUSDT', month('2024-01'), 'ohlcv_15m').duplicatesDropped).toBe(0);
    expect(bars('BTCUSDT', month('2024-01'), 'ohlcv_1m').rows).toBe(31 * 1_440 - 15);
    expect(bars('ETHUSDT', month('2024-05'), 'mark_15m').rows).toBe(31 * barsPerDay - 3);
  });

  it('include bars that are wrong: prices without volume, and a misprint', () => {
    const empty = bars('AVAXUSDT', month('2024-03'));
    const still = [...empty.volume.keys()].filter((i) => empty.volume[i] === 0);
    expect(still).toHaveLength(3);
    expect(still.every((i) => empty.high[i]! > empty.low[i]!)).toBe(true);
    const spiked = bars('DOTUSDT', month('2024-01'));
    const returns = spiked.close.subarray(1).map((close, i) => close / spiked.close[i]! - 1);
    expect(Math.max(...returns)).toBeGreaterThan(0.25);
    expect(Math.min(...returns)).toBeLessThan(-0.2);
  });

  it('are whatever the caller says', () => {
    const start = Date.UTC(2026, 2, 1);
    const mine: PlantedDefect[] = [
      { kind: 'flat', symbol: 'XYZUSDT', start, bars: 2 },
      { kind: 'outage', symbol: '*', start: start + 10 * barMs, bars: 5 },
      { kind: 'disorder', symbol: 'XYZUSDT', start: start + 30 * barMs, bars: 1 },
      { kind: 'missing_rows', symbol: 'XYZUSDT', start: start + 8 * hourMs, bars: 1, dataset: 'funding' },
    ];
    const rows = bars('XYZUSDT', month('2026-03'), 'ohlcv_15m', mine);
    expect([rows.rows, rows.outOfOrderRows]).toEqual([31 * barsPerDay - 5, 1]);
    expect([...rows.volume.subarray(0, 3)].map((volume) => volume === 0)).toEqual([true, true, false]);
    expect(funding('XYZUSDT', month('2026-03'), mine).rows).toBe(92);
    expect(funding('XYZUSDT', month('2026-03'), noDefects).rows).toBe(93);
  });
});

describe('funding files', () => {
  it('change their interval 8 -> 4 -> 1 hours for FASTUSDT', () => {
    const [november, august] = [funding('FASTUSDT', month('2023-11')), funding('FASTUSDT', month('2024-08'))];
    const hoursAt = (rows: typeof august, time: number) => rows.intervalHours[rows.time.indexOf(time)];
    expect(hoursAt(november, Date.UTC(2023, 10, 9, 8))).toBe(8);
    expect(hoursAt(november, Date.UTC(2023, 10, 9, 12))).toBe(4);
    expect(hoursAt(august, Date.UTC(2024, 7, 14, 12))).toBe(4);
    expect(hoursAt(august, Date.UTC(2024, 7, 14, 13))).toBe(1);
    for (const rows of [november, august])
      for (let i = 1; i < rows.rows; i++) expect(rows.time[i]! - rows.time[i - 1]!).toBe(rows.intervalHours[i]! * hourMs);
  });

  it('go on with a constant rate after GONEUSDT is settled, until its rows end', () => {
    const april = funding('GONEUSDT', month('2024-04'));
    expect(new Set(april.rate)).toEqual(new Set([0.0001]));
    expect(april.time.at(-1)).toBe(Date.UTC(2024, 3, 11, 16));
  });
});
