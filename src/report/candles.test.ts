import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candles, decodeCandles, decodeSteps, encodeCandles, encodeSteps } from './candles.ts';

/** Candles on a tick, some of them absent. */
const candlesOn = (decimals: number) => {
  const scale = 10 ** decimals;
  const price = (ticks: number) => Number((ticks / scale).toFixed(decimals));
  const bar = fc.record({
    isAbsent: fc.boolean(),
    open: fc.integer({ min: 1, max: 20_000_000 }),
    close: fc.integer({ min: 1, max: 20_000_000 }),
    above: fc.nat(50_000),
    below: fc.nat(50_000),
  });
  return fc.array(bar, { maxLength: 60 }).map((bars): Candles => {
    const column = (of: (one: (typeof bars)[number]) => number) => Float64Array.from(bars, (one) => (one.isAbsent ? Number.NaN : price(of(one))));
    return {
      start: 1_577_836_800_000,
      barsEach: 1,
      open: column(({ open }) => open),
      close: column(({ close }) => close),
      high: column(({ open, close, above }) => Math.max(open, close) + above),
      low: column(({ open, close, below }) => Math.min(open, close) - below),
      levels: { high_96: column(({ open, above }) => open + above), none: new Float64Array(bars.length).fill(Number.NaN) },
    };
  });
};

describe('candles as text', () => {
  it('come back exactly, gaps included, on any tick', () => {
    const cases = fc.integer({ min: 0, max: 8 }).chain(candlesOn);
    fc.assert(
      fc.property(cases, (candles) => {
        expect(decodeCandles(encodeCandles(candles))).toEqual(candles);
      }),
      { numRuns: 200 },
    );
  });

  it('take about eight characters a candle at the volatility of Bitcoin', () => {
    const close = Float64Array.from({ length: 1000 }, (_, at) => Math.round((43_000 + 60 * Math.sin(at * 1.7) + at) * 10) / 10);
    const open = Float64Array.from(close, (price, at) => close[at - 1] ?? price);
    const around = (sign: number) =>
      Float64Array.from(
        close,
        (price, at) => Math.round((sign === 1 ? Math.max(price, open[at]!) : Math.min(price, open[at]!)) * 10 + sign * 150) / 10,
      );
    const { prices } = encodeCandles({ start: 0, barsEach: 1, open, close, high: around(1), low: around(-1), levels: {} });
    expect(prices.length / close.length).toBeLessThan(9);
  });
});

describe('whole numbers as steps', () => {
  it('come back exactly, whatever their size and sign', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.maxSafeInteger().map((n) => Math.floor(n / 8)),
            fc.constant(Number.NaN),
          ),
        ),
        (values) => {
          expect([...decodeSteps(encodeSteps(values))]).toEqual(values.map((value) => value + 0));
        },
      ),
      { numRuns: 200 },
    );
  });
});
