import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barsPerDay, dayMs, daysPerYear } from '../core/time.ts';
import { sharpeStandardError } from '../stats/sharpeStandardError.ts';
import { moments } from '../stats/moments.ts';
import { activeDays, bookDays, type BookDays } from './bookDays.ts';
import { fewestActiveDays, rangeOf, rolling, rollingStepDays } from './rolling.ts';
import { bookOf } from './testing/sampleBook.ts';

const start = Date.UTC(2024, 0, 1);

function daysOf(returns: readonly number[]): BookDays {
  return {
    day: Float64Array.from(returns, (_, at) => start + at * dayMs),
    returns: Float64Array.from(returns),
    pnl: Float64Array.from(returns),
    isActive: Uint8Array.from(returns, (value) => (value === 0 ? 0 : 1)),
  };
}

const someReturns = fc.array(
  fc.integer({ min: -300, max: 300 }).map((bps) => bps / 10_000),
  { minLength: 1, maxLength: 160 },
);

describe('the book by day', () => {
  it('compounds bars inside whole days, adds their pnl and knows when a position was held', () => {
    const bars = Array.from({ length: 3 * barsPerDay + 10 }, (_, row) => ({
      pnl: row === 5 ? 0.1 : row === 6 ? 0.2 : 0,
      long: row === 2 * barsPerDay ? 1 : 0,
    }));
    const days = bookDays(bookOf(bars, start));
    expect([...days.day].map((day) => (day - start) / dayMs)).toEqual([0, 1, 2]);
    expect(days.returns[0]).toBeCloseTo(0.32, 12);
    expect(days.pnl[0]).toBeCloseTo(0.3, 12);
    expect([...days.isActive]).toEqual([1, 0, 1]);
    expect([...activeDays(days).day]).toEqual([start, start + 2 * dayMs]);
  });

  it('sums to the pnl of its whole days', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(-0.01, 0, 0.02), { minLength: 1, maxLength: 400 }), (pnl) => {
        const days = bookDays(
          bookOf(
            pnl.map((value) => ({ pnl: value })),
            start,
          ),
        );
        const whole = pnl.slice(0, days.day.length * barsPerDay).reduce<number>((sum, value) => sum + value, 0);
        expect(days.pnl.reduce((sum, value) => sum + value, 0)).toBeCloseTo(whole, 10);
      }),
      { numRuns: 50 },
    );
  });
});

describe('rolling figures', () => {
  it('begin when a window is full, end on the last day and step by a week', () => {
    fc.assert(
      fc.property(someReturns, fc.integer({ min: 2, max: 60 }), (returns, window) => {
        const { day } = rolling(daysOf(returns), window);
        expect(day.length).toBe(returns.length < window ? 0 : Math.floor((returns.length - window) / rollingStepDays) + 1);
        if (day.length === 0) return;
        expect((day[0]! - start) / dayMs).toBeGreaterThanOrEqual(window - 1);
        expect((day.at(-1)! - start) / dayMs).toBe(returns.length - 1);
        for (let at = 1; at < day.length; at++) expect(day[at]! - day[at - 1]!).toBe(rollingStepDays * dayMs);
      }),
    );
  });

  it('are those of the days in the window and of no others', () => {
    fc.assert(
      fc.property(someReturns, fc.integer({ min: 12, max: 40 }), (returns, window) => {
        const out = rolling(daysOf(returns), window);
        for (let point = 0; point < out.day.length; point++) {
          const to = (out.day[point]! - start) / dayMs + 1;
          const inside = returns.slice(to - window, to);
          const mean = inside.reduce((sum, value) => sum + value, 0) / window;
          const spread = Math.sqrt(inside.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (window - 1));
          expect(out.netReturn[point]).toBeCloseTo(mean * window, 12);
          expect(out.volatility[point]).toBeCloseTo(spread * Math.sqrt(daysPerYear), 10);
          const isKnown = inside.filter((value) => value !== 0).length >= fewestActiveDays && spread > 0;
          expect(Number.isNaN(out.sharpe[point]!)).toBe(!isKnown);
          if (!isKnown) continue;
          expect(out.sharpe[point]).toBeCloseTo((mean / spread) * Math.sqrt(daysPerYear), 8);
          expect(out.low[point]).toBeLessThanOrEqual(out.sharpe[point]!);
          expect(out.high[point]! - out.sharpe[point]!).toBeCloseTo(out.sharpe[point]! - out.low[point]!, 9);
        }
      }),
    );
  });

  it('have a band about as wide as that of independent days when days are independent', () => {
    const returns = Array.from({ length: 365 }, (_, at) => 0.001 + 0.01 * Math.sin(at * at * 1.7));
    const { sharpe, high } = rolling(daysOf(returns), 365);
    const { skewness, kurtosis } = moments(returns);
    const perDay = sharpe.at(-1)! / Math.sqrt(daysPerYear);
    const naive = sharpeStandardError(perDay, { n: 365, skewness: skewness!, kurtosis: kurtosis! }).nonNormal!;
    const width = (high.at(-1)! - sharpe.at(-1)!) / 1.96 / Math.sqrt(daysPerYear);
    expect(width / naive).toBeGreaterThan(0.7);
    expect(width / naive).toBeLessThan(1.3);
  });

  it('have no ratio where hardly a day had a position', () => {
    const out = rolling(daysOf(Array.from({ length: 97 }, (_, at) => (at < fewestActiveDays - 1 ? 0.01 * (at + 1) : 0))), 90);
    expect([...out.sharpe].every(Number.isNaN)).toBe(true);
    expect(rangeOf(out.sharpe)).toBeNull();
    expect(rangeOf(out.netReturn)).toEqual({ low: expect.any(Number), high: expect.any(Number), count: 2 });
  });
});
