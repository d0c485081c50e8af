import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayMs } from '../core/time.ts';
import { dailyReturns, dailyReturnsByTime, dailySharpe } from './dailyReturns.ts';

const runs = { numRuns: 200 };
const sixHours = dayMs / 4;
const start = Date.UTC(2021, 0, 1);
const times = (count: number, first = start) => Float64Array.from({ length: count }, (_, i) => first + i * sixHours);

describe('dailyReturns', () => {
  it('compounds inside each day and drops an incomplete last day', () => {
    expect(Array.from(dailyReturns([0.1, 0.1, -0.5, 1, 0.3], 2))).toEqual([1.1 * 1.1 - 1, 0]);
    expect(dailyReturns([], 96)).toHaveLength(0);
  });

  it('refuses NaN and a bar count that is no positive integer', () => {
    expect(() => dailyReturns([Number.NaN], 1)).toThrow('NaN');
    for (const bars of [0, 1.5, -1]) expect(() => dailyReturns([], bars)).toThrow('bars per day');
  });
});

describe('dailyReturnsByTime', () => {
  it('splits at UTC midnight when the first day is incomplete', () => {
    const { days, returns } = dailyReturnsByTime([0.1, 0.2, 0, 0, 0], times(5, start + 3 * sixHours), sixHours);
    expect(Array.from(days)).toEqual([start, start + dayMs]);
    expect(Array.from(returns)).toEqual([0.10000000000000009, 0.19999999999999996]);
  });

  it('drops a last day that its last bar does not close, and keeps one with a hole inside', () => {
    expect(dailyReturnsByTime([0.1, 0.1, 0.1], times(3), sixHours).days).toHaveLength(0);
    const holed = [start, start + 3 * sixHours];
    expect(Array.from(dailyReturnsByTime([0.5, 1], holed, sixHours).returns)).toEqual([2]);
  });

  it('refuses times that do not ascend, are missing or are NaN', () => {
    expect(() => dailyReturnsByTime([0, 0], [start, start], sixHours)).toThrow('must ascend');
    expect(() => dailyReturnsByTime([0, 0], [start], sixHours)).toThrow('2 returns came with 1');
    expect(() => dailyReturnsByTime([0], [Number.NaN], sixHours)).toThrow('openTimes[0]');
  });

  it('equals the counted form on a gapless grid', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -0.5, max: 0.5, noNaN: true })), (returns) => {
        const byTime = dailyReturnsByTime(returns, times(returns.length), sixHours);
        expect(byTime.returns).toEqual(dailyReturns(returns, 4));
      }),
      runs,
    );
  });
});

describe('dailySharpe', () => {
  it('is null with one whole day and keeps the daily returns', () => {
    const result = dailySharpe([0.1, 0.1, 0.1], { barsPerDay: 2, daysPerYear: 365 });
    expect(result).toMatchObject({ perDay: null, annualized: null, daysPerYear: 365 });
    expect(result.dailyReturns).toHaveLength(1);
  });
});
