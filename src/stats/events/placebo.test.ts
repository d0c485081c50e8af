import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeboDates, placeboShift, placeboTest, shiftBars } from './placebo.ts';

const calendar = { days: 10, barsPerDay: 96 };

describe('placeboTest', () => {
  it('is never 0, and counts ties against the observed value', () => {
    expect(placeboTest(9, [1, 2, 3])).toEqual({ pUpper: 0.25, pLower: 1, pTwoSided: 0.5, excessOverPlaceboMean: 7 });
    expect(placeboTest(2, [2, 2, 2])).toEqual({ pUpper: 1, pLower: 1, pTwoSided: 1, excessOverPlaceboMean: 0 });
  });

  it('is null without placebos and refuses NaN', () => {
    expect(placeboTest(1, [])).toEqual({ pUpper: null, pLower: null, pTwoSided: null, excessOverPlaceboMean: null });
    expect(() => placeboTest(Number.NaN, [1])).toThrow('observed[0]');
    expect(() => placeboTest(1, [Number.NaN])).toThrow('placebo[0]');
  });
});

describe('placeboShift', () => {
  it('stays the distance away in both directions around the circle, and reaches every shift', () => {
    const shifts = Array.from({ length: 300 }, (_, draw) => placeboShift(`seed=1/placebo/test/${draw}`, { days: 10, minDays: 3 }));
    expect(new Set(shifts)).toEqual(new Set([3, 4, 5, 6, 7]));
  });

  it('is null on a calendar without room', () => {
    expect(placeboShift('s', { days: 5, minDays: 3 })).toBeNull();
    expect(placeboShift('s', { days: 6, minDays: 3 })).toBe(3);
    expect(() => placeboShift('s', { days: 6, minDays: 0 })).toThrow('minDays');
  });
});

describe('shiftBars', () => {
  it('moves by whole days and wraps around', () => {
    expect(shiftBars([5, 959], 1, calendar)).toEqual(Int32Array.of(101, 95));
    expect(shiftBars([5], -1, calendar)).toEqual(Int32Array.of(869));
    expect(() => shiftBars([960], 1, calendar)).toThrow('outside a calendar of 960 bars');
  });

  it('keeps hours and comes back', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 959 })), fc.integer({ min: -30, max: 30 }), (bars, days) => {
        const moved = shiftBars(bars, days, calendar);
        moved.forEach((bar, i) => expect(bar % 96).toBe(bars[i]! % 96));
        expect([...shiftBars(moved, -days, calendar)]).toEqual(bars);
      }),
      { numRuns: 100 },
    );
  });
});

describe('placeboDates', () => {
  const options = { ...calendar, exclusionBars: 100, draws: 50, stream: 'seed=1/placebo/test' };

  it('finds the same time of day outside the windows of all events', () => {
    const bars = [5, 200, 500];
    const draws = placeboDates(bars, options)!;
    expect(draws).toHaveLength(50);
    for (const dates of draws) {
      dates.forEach((bar, i) => {
        expect(bar % 96).toBe(bars[i]! % 96);
        for (const event of bars) expect(Math.abs(bar - event)).toBeGreaterThan(100);
      });
    }
    expect(new Set(draws.map((dates) => dates[1])).size).toBeGreaterThan(3);
  });

  it('does not change a draw when more are asked for', () => {
    expect(placeboDates([5, 200], { ...options, draws: 7 })).toEqual(placeboDates([5, 200], options)!.slice(0, 7));
  });

  it('is null where the windows leave no day', () => {
    expect(placeboDates([480], { ...options, exclusionBars: 600 })).toBeNull();
    expect(placeboDates([], { ...options, draws: 1 })).toEqual([new Int32Array(0)]);
    expect(() => placeboDates([960], options)).toThrow('outside a calendar of 960 bars');
  });
});
