import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comovement } from './comovement.ts';

describe('comovement', () => {
  it('is that of a textbook example', () => {
    // Deviations -1.5, -0.5, 0.5, 1.5 and -2, 0, -1, 3: products sum to 7, squares to 5 and 14.
    const { correlation, beta } = comovement([1, 2, 3, 4], [3, 5, 4, 8]);
    expect(correlation).toBeCloseTo(7 / Math.sqrt(70), 14);
    expect(beta).toBeCloseTo(0.5, 14);
  });

  it('is one and the slope for a series that is a multiple of the other, whatever is added', () => {
    const numbers = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 40 });
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 50 }), (values, slope) => {
        const reference = values.map((value, at) => Math.round(value * 1000) / 1000 + at);
        const { correlation, beta } = comovement(
          reference.map((value) => 7 - slope * value),
          reference,
        );
        expect(correlation).toBeCloseTo(-1, 9);
        expect(beta).toBeCloseTo(-slope, 7);
      }),
      { numRuns: 200 },
    );
  });

  it('is undefined where nothing moves, and without two values', () => {
    expect(comovement([0.1, 0.1, 0.1], [1, 2, 3])).toEqual({ correlation: null, beta: 0 });
    expect(comovement([1, 2, 3], [0.1, 0.1, 0.1])).toEqual({ correlation: null, beta: null });
    expect(comovement([1], [1])).toEqual({ correlation: null, beta: null });
  });

  it('refuses series of different lengths and values that are no numbers', () => {
    expect(() => comovement([1, 2], [1])).toThrow('2 values came with 1');
    expect(() => comovement([1, Number.NaN], [1, 2])).toThrow();
  });
});
