import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantile, quantileOfSorted, quantiles } from './quantile.ts';

const runs = { numRuns: 200 };
const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 });
const probability = fc.double({ min: 0, max: 1, noNaN: true });

describe('quantile', () => {
  it('is null for nothing and the value itself for one value', () => {
    expect(quantile([], 0.5)).toBeNull();
    expect(quantiles([7], [0, 0.3, 1])).toEqual([7, 7, 7]);
  });

  it('interpolates between neighbors and sorts by value', () => {
    expect(quantile([10, 9, 1, 2], 0.5)).toBe(5.5);
    expect(quantileOfSorted([1, 2, 4], 0.75)).toBe(3);
  });

  it('leaves the input as it was', () => {
    const input = [3, 1, 2];
    quantile(input, 0.5);
    expect(input).toEqual([3, 1, 2]);
  });

  it('refuses NaN and probabilities outside 0..1', () => {
    expect(() => quantile([Number.NaN], 0.5)).toThrow('values[0] is NaN');
    for (const p of [-0.1, 1.1, Number.NaN]) expect(() => quantile([1], p)).toThrow('outside 0..1');
  });

  it('rises with the probability and stays between the extremes', () => {
    fc.assert(
      fc.property(values, probability, probability, (sample, p, q) => {
        const [least, low, high, most] = quantiles(sample, [0, Math.min(p, q), Math.max(p, q), 1]) as number[];
        const slack = 1e-9;
        expect(least).toBe(Math.min(...sample) + 0);
        expect(low! - slack).toBeLessThanOrEqual(high!);
        expect(low! + slack).toBeGreaterThanOrEqual(least!);
        expect(high! - slack).toBeLessThanOrEqual(most!);
      }),
      runs,
    );
  });
});
