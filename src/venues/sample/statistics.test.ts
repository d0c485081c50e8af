import { describe, expect, it } from 'vitest';
import { barsPerDay, barsPerYear, hourMs, monthsBetween } from '../../core/time.ts';
import { parseFunding } from '../binance/funding.ts';
import { sampleArchive } from './archive.ts';
import { factorStart, simulateFactor } from './factor.ts';
import { sampleEnd, sampleStart } from './instruments.ts';
import { createSampleMarket } from './market.ts';
import { autocorrelation, closesOf, correlation, deviation, hillIndex, kurtosis, logReturns, quantile, tStatistic } from './testing/measures.ts';
import { symbolStart, walkSymbol } from './walk.ts';

/** The bounds are those of docs/sample-market.md. */
const market = createSampleMarket(1);
const symbols = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'ANYUSDT'];
const twoYears = [Date.UTC(2023, 0, 1), Date.UTC(2025, 0, 1)] as const;
const returns = new Map(symbols.map((symbol) => [symbol, logReturns(closesOf(market, symbol, ...twoYears))]));
const between = (value: number, low: number, high: number) => {
  expect(value).toBeGreaterThan(low);
  expect(value).toBeLessThan(high);
};

describe.each(symbols)('two years of %s', (symbol) => {
  const values = returns.get(symbol)!;
  const absolute = values.map(Math.abs);

  it('have fat tails: tail index 2.5 to 5 at 1 % and 0.2 %, kurtosis 12 to 150', () => {
    for (const share of [0.01, 0.002]) between(hillIndex(values, share), 2.5, 5);
    between(kurtosis(values), 12, 150);
  });

  it('have clustered volatility that decays slowly: |r| at lags 1, 96 and 960', () => {
    const [one, day, tenDays] = [1, 96, 960].map((lag) => autocorrelation(absolute, lag)) as [number, number, number];
    between(one, 0.15, 0.4);
    between(day, 0.06, 0.25);
    between(tenDays, 0.015, 0.15);
    expect(one).toBeGreaterThan(day);
    expect(day).toBeGreaterThan(tenDays);
  });

  it('have no leverage effect: returns say nothing about the size of later ones', () => {
    for (const lag of [1, 4, 16]) between(correlation(values.subarray(0, -lag), absolute.subarray(lag)), -0.04, 0.04);
  });

  it('have no planted edge: no drift, no lag-1 momentum or reversion beyond noise', () => {
    between(tStatistic(values), -3, 3);
    between(autocorrelation(values, 1), -0.03, 0.03);
    for (const lag of [1, 4, 96]) between(tStatistic(values.subarray(lag).map((value, i) => value * Math.sign(values[i]!))), -3, 3);
  });

  it('are more volatile at 14:00-16:00 UTC than at 04:00-06:00, and on weekdays', () => {
    const inHours = (from: number, to: number) => deviation(values.filter((_, i) => isWithin(((i + 1) % barsPerDay) / 4, from, to)));
    expect(inHours(14, 16) / inHours(4, 6)).toBeGreaterThan(1.4);
    // 2023-01-01 was a Sunday.
    const onDays = (days: readonly number[]) => deviation(values.filter((_, i) => days.includes(Math.floor((i + 1) / barsPerDay) % 7)));
    expect(onDays([1, 2, 3, 4, 5]) / onDays([0, 6])).toBeGreaterThan(1.2);
  });

  it('have quiet days that end in wide ones', () => {
    const days = Float64Array.from({ length: Math.floor(values.length / barsPerDay) }, (_, day) =>
      Math.sqrt(values.subarray(day * barsPerDay, (day + 1) * barsPerDay).reduce((sum, value) => sum + value * value, 0)),
    );
    const median = quantile(days, 0.5);
    between(days.filter((value) => value < median / 2).length / days.length, 0.08, 0.25);
    expect(quantile(days, 0.95) / quantile(days, 0.05)).toBeGreaterThan(4);
  });
});

describe('the symbols', () => {
  it('have the documented volatility per year and correlations', () => {
    for (const [symbol, [low, high]] of Object.entries({ BTCUSDT: [0.3, 0.65], ETHUSDT: [0.35, 0.75], SOLUSDT: [0.55, 1.1] })) {
      between(deviation(returns.get(symbol)!) * Math.sqrt(barsPerYear), low!, high!);
    }
    for (const symbol of symbols.slice(1)) between(correlation(returns.get('BTCUSDT')!, returns.get(symbol)!), 0.35, 0.92);
  });

  it('stay within believable prices for eleven years: BTCUSDT within 12 times its middle price, WILDUSDT within 25 times', () => {
    for (const [symbol, factor] of [
      ['BTCUSDT', 12],
      ['WILDUSDT', 25],
    ] as const) {
      const prices = logPrices(symbol);
      const middle = Math.log(market.instrument(symbol).middlePrice);
      expect(Math.max(...prices.map((price) => Math.abs(price - middle)))).toBeLessThan(Math.log(factor));
      between(tStatistic(prices.subarray(1).map((price, i) => price - prices[i]!)), -2, 2);
    }
  });
});

/** Log price at the start of every day of the whole history, without simulating minutes. */
function logPrices(symbol: string): Float64Array {
  const instrument = market.instrument(symbol);
  const prices: number[] = [];
  let [factor, state] = [factorStart, symbolStart()];
  for (const month of monthsBetween(sampleStart, sampleEnd)) {
    const simulated = simulateFactor(1, month, factor);
    const { walk, end } = walkSymbol(1, { instrument, month, factor: simulated.path }, state);
    for (let bar = 0; bar < walk.activity.length; bar += barsPerDay) prices.push(walk.logPrice[bar]!);
    [factor, state] = [simulated.end, end];
  }
  return Float64Array.from(prices);
}

describe('funding', () => {
  const ratesOf = (symbol: string) => {
    const rates: number[] = [];
    for (const month of monthsBetween(...twoYears)) {
      const csv = Buffer.from(sampleArchive(1, { dataset: 'funding', symbol, period: { kind: 'month', month } })!.csv);
      const rows = parseFunding(csv, { file: symbol, symbol, from: month.start, to: month.end });
      rates.push(...rows.rate.map((rate, i) => (rate * 8) / rows.intervalHours[i]!));
      expect(rows.time.every((time) => time % hourMs === 0)).toBe(true);
    }
    return Float64Array.from(rates);
  };

  it('is exactly the interest of 0.01 % per 8 hours most of the time, persistent, and bounded', () => {
    for (const symbol of ['BTCUSDT', 'FASTUSDT']) {
      const rates = ratesOf(symbol);
      between(rates.filter((rate) => Math.abs(rate - 0.0001) < 1e-12).length / rates.length, 0.5, 0.85);
      between(autocorrelation(rates, 1), 0.75, 0.99);
      between(rates.filter((rate) => rate < 0).length / rates.length, 0.01, 0.25);
    }
    expect(Math.max(...ratesOf('BTCUSDT').map(Math.abs))).toBeLessThanOrEqual(0.0075);
  });

  it('reaches 2 % per 4 hours both ways for WILDUSDT', () => {
    const rates = ratesOf('WILDUSDT');
    expect([Math.min(...rates) / 2, Math.max(...rates) / 2]).toEqual([-0.02, 0.02]);
  });
});

function isWithin(hour: number, from: number, to: number): boolean {
  return hour >= from && hour < to;
}
