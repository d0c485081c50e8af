import { describe, expect, it } from 'vitest';
import { chiSquareTail, chiSquareUniform } from './chiSquare.ts';

describe('chiSquareTail', () => {
  it('is an exponential for 2 degrees and two normal tails for 1', () => {
    expect(chiSquareTail(3, 2)).toBeCloseTo(Math.exp(-1.5), 14);
    expect(chiSquareTail(3.841458820694124, 1)).toBeCloseTo(0.05, 12);
  });

  it('reproduces tabulated quantiles', () => {
    expect(chiSquareTail(11.0704976935164, 5)).toBeCloseTo(0.05, 12);
    expect(chiSquareTail(23.2092511589544, 10)).toBeCloseTo(0.01, 12);
    expect(chiSquareTail(124.342113404004, 100)).toBeCloseTo(0.05, 12);
  });

  it('neither vanishes nor overflows for thousands of degrees', () => {
    expect(chiSquareTail(5000, 5000)).toBeGreaterThan(0.49);
    expect(chiSquareTail(5000, 5000)).toBeLessThan(0.5);
    expect(chiSquareTail(1e6, 5001)).toBe(0);
  });

  it('is 1 at 0 and refuses NaN and broken degrees', () => {
    expect(chiSquareTail(0, 3)).toBe(1);
    expect(() => chiSquareTail(Number.NaN, 3)).toThrow('NaN');
    expect(() => chiSquareTail(1, 0)).toThrow('degrees');
    expect(() => chiSquareTail(1, 1.5)).toThrow('degrees');
  });
});

describe('chiSquareUniform', () => {
  it('is 0 with p 1 for equal counts', () => {
    expect(chiSquareUniform([5, 5, 5])).toEqual({ chiSquare: 0, degrees: 2, p: 1 });
  });

  it('sums squared differences over the expected count', () => {
    expect(chiSquareUniform([10, 20]).chiSquare).toBeCloseTo(10 / 3, 14);
  });

  it('is null for a single cell and for no observations, and refuses counts that are none', () => {
    expect(chiSquareUniform([7])).toEqual({ chiSquare: null, degrees: 0, p: null });
    expect(chiSquareUniform([0, 0]).p).toBeNull();
    expect(chiSquareUniform([]).p).toBeNull();
    expect(() => chiSquareUniform([1, -1])).toThrow('count');
  });
});
