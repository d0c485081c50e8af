import { describe, expect, it } from 'vitest';
import { barMs, dayMs, monthOf } from '../../core/time.ts';
import { QuoteSeconds } from '../../market/quoteSeconds.ts';
import { TradeSeconds } from '../../market/tradeSeconds.ts';
import { type Klines, parseKlines } from '../binance/klines.ts';
import { parseLiquidations } from '../binance/liquidations.ts';
import { metricsStepMs, parseMetrics } from '../binance/metrics.ts';
import { readQuotes, readTrades } from '../binance/ticks.ts';
import type { ArchiveDataset, ArchivePeriod } from '../layouts.ts';
import { sampleArchive } from './archive.ts';
import { noDefects, type PlantedDefect } from './defects.ts';

/** Every dataset besides bars and funding, parsed as a run parses it, against the one-minute bars it is made of. */
const symbol = 'ETHUSDT';
const from = Date.UTC(2024, 2, 5);
const range = { from, to: from + dayMs };
const day: ArchivePeriod = { kind: 'day', day: from };

function csvOf(dataset: ArchiveDataset, period = day, defects: readonly PlantedDefect[] = noDefects, name = symbol): Buffer {
  return Buffer.from(sampleArchive(1, { dataset, symbol: name, period }, defects)!.csv);
}

function bars(dataset: ArchiveDataset, period = day, intervalMs = barMs): Klines {
  const limits = period.kind === 'day' ? { from: period.day, to: period.day + dayMs } : { from: period.month.start, to: period.month.end };
  return parseKlines(csvOf(dataset, period), { file: dataset, symbol, intervalMs, ...limits, mayBeNegative: dataset === 'premium_15m' });
}

const minutes = bars('ohlcv_1m', day, 60_000);
const perp = bars('ohlcv_15m');
const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

describe('spot and premium', () => {
  const [spot, premium] = [bars('spot_15m'), bars('premium_15m')];

  it('are apart by what the premium says', () => {
    expect([spot.rows, premium.rows]).toEqual([96, 96]);
    for (let i = 0; i < 96; i++) expect(perp.close[i]! / spot.close[i]! - 1).toBeCloseTo(premium.close[i]!, 3);
    expect(new Set(premium.close).size).toBeGreaterThan(90);
  });

  it('are written as at the venue: spot without a header and in microseconds since 2025, the premium with its sign', () => {
    expect([spot.hasHeader, spot.stampUnit, premium.hasHeader]).toEqual([false, 'milliseconds', true]);
    const later = { kind: 'day', day: Date.UTC(2025, 0, 1) } as const;
    expect([bars('spot_15m', later).stampUnit, bars('ohlcv_15m', later).stampUnit]).toEqual(['microseconds', 'milliseconds']);
    const year = [1, 2, 3, 4, 5, 6].map((n) => bars('premium_15m', { kind: 'month', month: monthOf(Date.UTC(2024, n, 1)) }));
    expect(Math.min(...year.map(({ low }) => Math.min(...low)))).toBeLessThan(0);
  });

  it('have the same rows by month and by day', () => {
    for (const dataset of ['spot_15m', 'premium_15m'] as const) {
      const monthly = bars(dataset, { kind: 'month', month: monthOf(from) });
      expect(monthly.close.subarray(4 * 96, 5 * 96)).toEqual(bars(dataset).close);
    }
  });
});

describe('positioning', () => {
  const metrics = parseMetrics(csvOf('metrics'), { file: 'm', symbol, ...range });

  it('is there every five minutes, with the takers’ ratio of the minutes', () => {
    expect([metrics.rows, metrics.label, metrics.time[0]]).toEqual([288, 'end', from]);
    for (const row of [0, 100, 287]) {
      const slice = (column: Float64Array) => sum(column.subarray(row * 5, row * 5 + 5));
      const bought = slice(minutes.takerBuyVolume);
      expect(metrics.takerRatio[row]).toBeCloseTo(bought / (slice(minutes.volume) - bought), 4);
      expect(metrics.openInterestValue[row]! / metrics.openInterest[row]!).toBeCloseTo(minutes.close[row * 5 + 4]!, 6);
    }
  });

  it('goes on from day to day, and its stamps become starts on 2026-06-25', () => {
    const next = parseMetrics(csvOf('metrics', { kind: 'day', day: from + dayMs }), { file: 'm', symbol, from: from + dayMs, to: from + 2 * dayMs });
    expect(Math.abs(next.openInterest[0]! / metrics.openInterest.at(-1)! - 1)).toBeLessThan(0.02);
    const change = Date.UTC(2026, 5, 25);
    const labels = [change - dayMs, change].map((at) => {
      const rows = parseMetrics(csvOf('metrics', { kind: 'day', day: at }), { file: 'm', symbol, from: at, to: at + dayMs });
      return [rows.label, rows.rows, rows.time[0]];
    });
    expect(labels).toEqual([
      ['end', 288, change - dayMs],
      ['start', 288, change],
    ]);
  });

  it('has no rows where the venue had none', () => {
    const outage: PlantedDefect = { kind: 'outage', symbol, start: from + 8 * barMs, bars: 2 };
    const rows = parseMetrics(csvOf('metrics', day, [outage]), { file: 'm', symbol, ...range });
    expect([rows.rows, [...rows.time].includes(from + 8 * barMs), [...rows.time].includes(from + 10 * barMs)]).toEqual([282, false, true]);
    expect(rows.time[1]! - rows.time[0]!).toBe(metricsStepMs);
  });
});

describe('liquidations', () => {
  it('lie in the minutes that move, in their direction, within their prices and volume, every row twice', () => {
    const rows = parseLiquidations(csvOf('liquidations'), { file: 'l', symbol, ...range });
    expect(rows.rows).toBeGreaterThan(20);
    expect(rows.duplicatesDropped).toBe(rows.rows);
    for (let i = 0; i < rows.rows; i++) {
      const minute = Math.floor((rows.time[i]! - from) / 60_000);
      expect(Math.sign(minutes.close[minute]! - minutes.open[minute]!)).toBe(rows.side[i]);
      expect(rows.averagePrice[i]).toBeGreaterThanOrEqual(minutes.low[minute]!);
      expect(rows.averagePrice[i]).toBeLessThanOrEqual(minutes.high[minute]!);
      expect(rows.filledQuantity[i]).toBeLessThan(minutes.volume[minute]!);
    }
  });
});

describe('ticks', () => {
  async function* file(csv: Buffer) {
    yield csv;
  }
  const context = { file: 't', symbol, ...range };

  it('make the minutes: volume, takers’ part, extremes and close', async () => {
    const trades = new TradeSeconds(range);
    expect(await readTrades(file(csvOf('trades_1s')), context, trades)).toBeGreaterThan(15_000);
    const rows = trades.finish();
    for (let minute = 0; minute < 1_440; minute += 37) {
      const slice = (column: Float64Array) => column.subarray(minute * 60, minute * 60 + 60);
      const prices = [...slice(rows.price)].filter((price) => !Number.isNaN(price));
      expect(sum(slice(rows.volume))).toBeCloseTo(minutes.volume[minute]!, 6);
      expect(sum(slice(rows.buyVolume))).toBeCloseTo(minutes.takerBuyVolume[minute]!, 6);
      expect(prices.at(-1)).toBe(minutes.close[minute]);
      expect(Math.max(...prices)).toBeLessThanOrEqual(minutes.high[minute]!);
      expect(Math.min(...prices)).toBeGreaterThanOrEqual(minutes.low[minute]!);
    }
    expect(sum(rows.volume)).toBeCloseTo(sum(perp.volume), 3);
  });

  it('have quotes around the trades, the price on the side that is taken', async () => {
    const [trades, quotes] = [new TradeSeconds(range), new QuoteSeconds(range)];
    await readTrades(file(csvOf('trades_1s')), context, trades);
    await readQuotes(file(csvOf('quotes_1s')), context, quotes);
    const [traded, book] = [trades.finish(), quotes.finish()];
    expect(quotes.unusable).toBe(0);
    let [compared, matched] = [0, 0];
    for (let second = 0; second < 86_400; second++) {
      if (traded.trades[second] !== 1 || Math.floor(book.quoteTime[second]! / 1_000) * 1_000 !== book.time[second]) continue;
      compared++;
      if ([book.bid[second], book.ask[second]].includes(traded.price[second])) matched++;
    }
    expect(compared).toBeGreaterThan(10_000);
    // A quote comes 4 ms before its trade: now and then the last one of a second is of the next second's trade.
    expect(matched / compared).toBeGreaterThan(0.99);
  });
});

it('a day that a defect takes out has no file, and one in which nothing is traded none of ticks', () => {
  const missing: PlantedDefect = { kind: 'missing_day', symbol, start: from, bars: 96, dataset: 'metrics' };
  expect(sampleArchive(1, { dataset: 'metrics', symbol, period: day }, [missing])).toBeNull();
  const outage: PlantedDefect = { kind: 'outage', symbol, start: from, bars: 96 };
  for (const dataset of ['metrics', 'liquidations', 'trades_1s', 'quotes_1s', 'spot_15m'] as const)
    expect(sampleArchive(1, { dataset, symbol, period: day }, [outage]), dataset).toBeNull();
});
