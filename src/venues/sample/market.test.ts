import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { barMs, monthOf } from '../../core/time.ts';
import { noDefects } from './defects.ts';
import { sampleEnd, sampleStart } from './instruments.ts';
import { createSampleMarket } from './market.ts';
import { fundingRate, premiumHistory } from './premium.ts';
import type { BarSeries } from './series.ts';
import { aggregate } from './series.ts';

const month = (year: number, number: number) => monthOf(Date.UTC(year, number - 1, 1));
const market = createSampleMarket(1);

describe('createSampleMarket', () => {
  it('gives a month the same content whatever was asked before', () => {
    const first = createSampleMarket(1);
    const far = [first.bars('ODDUSDT', month(2030, 12)), first.minutes('BTCUSDT', month(2019, 9)), first.mark('BTCUSDT', month(2024, 2))];
    const second = createSampleMarket(1);
    for (let year = 2030; year > 2018; year -= 2) second.bars('BTCUSDT', month(year, 10));
    const again = [second.mark('BTCUSDT', month(2024, 2)), second.minutes('BTCUSDT', month(2019, 9)), second.bars('ODDUSDT', month(2030, 12))];
    expect(again.toReversed().map(hashOf)).toEqual(far.map(hashOf));
    expect(new Set(far.map(hashOf)).size).toBe(3);
  });

  it('hands out series that later calls do not change', () => {
    const january = market.minutes('BTCUSDT', month(2024, 1), noDefects)!;
    const copy = january.close.slice();
    market.minutes('ETHUSDT', month(2024, 2), noDefects);
    expect(january.close).toEqual(copy);
  });

  it('continues from month to month without a seam', () => {
    for (const symbol of ['BTCUSDT', 'NEWUSDT']) {
      const [last, next] = [market.bars(symbol, month(2023, 12), noDefects)!, market.bars(symbol, month(2024, 1), noDefects)!];
      expect(next.open[0]).toBe(last.close.at(-1));
      expect(market.premium(symbol, month(2024, 1))!.subarray(0, premiumHistory)).toEqual(
        market.premium(symbol, month(2023, 12))!.subarray(-premiumHistory),
      );
    }
  });

  it('covers September 2019 to December 2030', () => {
    expect(market.bars('BTCUSDT', monthOf(sampleStart))).not.toBeNull();
    expect(market.bars('BTCUSDT', monthOf(sampleEnd - 1))).not.toBeNull();
    expect(market.bars('BTCUSDT', monthOf(sampleStart - 1))).toBeNull();
    expect(market.bars('BTCUSDT', monthOf(sampleEnd))).toBeNull();
  });

  it('gives every unknown symbol parameters of its own', () => {
    const parameters = ['AAAUSDT', 'AABUSDT', 'BTCUSDC', 'BTCUSDTX'].map((symbol) => market.instrument(symbol).middlePrice);
    expect(new Set(parameters).size).toBe(4);
    expect(createSampleMarket(2).instrument('AAAUSDT').middlePrice).not.toBe(parameters[0]);
  });
});

describe('series of one symbol agree', () => {
  it.each(['BTCUSDT', 'DOTUSDT', 'AVAXUSDT', 'TINYUSDT'])('%s: 15-minute bars are sums of minutes, defects included', (symbol) => {
    for (const period of [month(2024, 1), month(2024, 3)]) {
      const [minutes, bars] = [market.minutes(symbol, period)!, market.bars(symbol, period)!];
      expect(hashOf(aggregate(minutes, 15))).toBe(hashOf(bars));
      for (const series of [minutes, bars]) expect(badRows(series)).toEqual([]);
    }
  });

  it('mark prices stay within 0.3 % of the last price and close to it on average', () => {
    const [bars, mark] = [market.bars('SOLUSDT', month(2024, 5), noDefects)!, market.mark('SOLUSDT', month(2024, 5), noDefects)!];
    const unit = 10 ** (8 - market.instrument('SOLUSDT').priceDecimals);
    const away = bars.close.map((close, i) => Math.abs(mark.close[i]! / (close * unit) - 1));
    expect(Math.max(...away)).toBeLessThan(0.003);
    expect(away.reduce((sum, value) => sum + value, 0) / away.length).toBeLessThan(0.0002);
    expect(badRows(mark)).toEqual([]);
  });

  it('settles the formula of the mean premium of the interval', () => {
    expect(fundingRate(0.0003, 8, 0.0075)).toBe(0.0001);
    expect(fundingRate(0.002, 8, 0.0075)).toBe(0.0015);
    expect(fundingRate(-0.002, 4, 0.0075)).toBe(-0.00075);
    expect(fundingRate(0.09, 4, 0.02)).toBe(0.02);
  });
});

describe('lives of contracts', () => {
  it('LATEUSDT begins on 2023-10-17 12:00', () => {
    expect(market.bars('LATEUSDT', month(2023, 9))).toBeNull();
    const bars = market.bars('LATEUSDT', month(2023, 10))!;
    expect(bars.start + bars.isAbsent.indexOf(0) * barMs).toBe(Date.UTC(2023, 9, 17, 12));
    expect(bars.isAbsent.lastIndexOf(1)).toBe(bars.isAbsent.indexOf(0) - 1);
  });

  it('GONEUSDT is flat and empty from its settlement on 2024-03-14 09:00 until 2024-04-12, then has no rows', () => {
    const settled = (Date.UTC(2024, 2, 14, 9) - Date.UTC(2024, 2, 1)) / barMs;
    const march = market.bars('GONEUSDT', month(2024, 3))!;
    const april = market.bars('GONEUSDT', month(2024, 4))!;
    const price = march.close[settled - 1]!;
    expect(march.volume[settled - 1]).toBeGreaterThan(0);
    for (const column of [march.open, march.high, march.low, march.close]) expect(new Set(column.subarray(settled))).toEqual(new Set([price]));
    expect(new Set(march.volume.subarray(settled))).toEqual(new Set([0]));
    expect(new Set(april.close.subarray(0, april.isAbsent.indexOf(1)))).toEqual(new Set([price]));
    expect(april.start + april.isAbsent.indexOf(1) * barMs).toBe(Date.UTC(2024, 3, 12));
    expect(market.bars('GONEUSDT', month(2024, 5))).toBeNull();
    const mark = market.mark('GONEUSDT', month(2024, 3))!;
    expect(new Set(mark.close.subarray(settled + 1))).toEqual(new Set([price * 10 ** (8 - market.instrument('GONEUSDT').priceDecimals)]));
  });
});

function hashOf(series: BarSeries | null): string {
  const hash = createHash('sha256');
  for (const column of [series!.open, series!.high, series!.low, series!.close, series!.quoteVolume, series!.isAbsent]) hash.update(column);
  return hash.digest('hex');
}

function badRows(series: BarSeries): number[] {
  const bad: number[] = [];
  for (let i = 0; i < series.open.length; i++) {
    const [open, high, low, close, volume, quote] = [series.open, series.high, series.low, series.close, series.volume, series.quoteVolume].map(
      (column) => column[i]!,
    ) as [number, number, number, number, number, number];
    const isOrdered = low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close);
    const isPriced = quote >= low * volume && quote <= high * volume && series.takerVolume[i]! <= volume && series.takerQuoteVolume[i]! <= quote;
    if (series.isAbsent[i] === 0 && !(isOrdered && isPriced)) bad.push(i);
  }
  return bad;
}
