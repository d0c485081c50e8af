import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exponentialAverage, exponentialMemory, startSensitivity } from './warmup.ts';

const values = fc.array(
  fc.integer({ min: 1, max: 1000 }).map((cents) => cents / 100),
  { minLength: 1, maxLength: 80 },
);
const last = (span: number) => (some: readonly number[] | Float64Array) => exponentialAverage(some, span).at(-1) ?? null;

describe('exponentialAverage', () => {
  it('begins with the first value and stays within the values', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 50 }), (series, span) => {
        const averages = exponentialAverage(series, span);
        expect(averages[0]).toBe(series[0]);
        for (const average of averages) {
          expect(average).toBeGreaterThanOrEqual(Math.min(...series) * (1 - 1e-12));
          expect(average).toBeLessThanOrEqual(Math.max(...series) * (1 + 1e-12));
        }
      }),
    );
  });

  it('of span 1 is the series', () => {
    expect([...exponentialAverage([3, 1, 2], 1)]).toEqual([3, 1, 2]);
  });

  it('refuses a span below 1', () => {
    for (const span of [0, Number.NaN, Infinity]) expect(() => exponentialAverage([1], span)).toThrow('span');
  });
});

describe('exponentialMemory', () => {
  it('is 62 bars for a span of 9 and a millionth', () => {
    expect(exponentialMemory(9, 1e-6)).toBe(62);
  });

  it('is the first length that is enough', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 200 }), fc.double({ min: 1e-12, max: 0.9, noNaN: true }), (span, tolerance) => {
        const bars = exponentialMemory(span, tolerance)!;
        const kept = 1 - 2 / (span + 1);
        expect(kept ** bars).toBeLessThanOrEqual(tolerance * (1 + 1e-9));
        expect(kept ** (bars - 1)).toBeGreaterThan(tolerance * (1 - 1e-9));
      }),
    );
  });

  it('is nothing where all may remain, one bar for a span of 1, and null for a tolerance of none', () => {
    expect(exponentialMemory(9, 1)).toBe(0);
    expect(exponentialMemory(1, 1e-6)).toBe(1);
    for (const tolerance of [0, -1, Number.NaN]) expect(exponentialMemory(9, tolerance)).toBeNull();
  });
});

describe('startSensitivity', () => {
  it('of an exponential average stays within what its memory promises', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 20 }), (series, span) => {
        const starts = series.map((_, start) => start);
        const spread = (Math.max(...series) - Math.min(...series)) / Math.min(...series);
        for (const { start, relativeDifference } of startSensitivity(series, starts, last(span)).byStart) {
          const bars = series.length - 1 - start;
          expect(relativeDifference).toBeLessThanOrEqual(spread * (1 - 2 / (span + 1)) ** bars + 1e-12);
        }
      }),
    );
  });

  it('is null where nothing is left, and where there is nothing to compare with', () => {
    expect(startSensitivity([1, 2], [0, 2, 9], last(3)).byStart.map(({ last }) => last === null)).toEqual([false, true, true]);
    expect(startSensitivity([1, 2], [1], () => 0)).toEqual({ reference: 0, byStart: [{ start: 1, last: 0, relativeDifference: null }] });
    expect(startSensitivity([], [0], last(3)).reference).toBeNull();
  });

  it('refuses NaN and starts that are not whole', () => {
    expect(() => startSensitivity([Number.NaN], [0], last(3))).toThrow('NaN');
    expect(() => startSensitivity([1], [-1], last(3))).toThrow('start must be a whole number');
  });
});
