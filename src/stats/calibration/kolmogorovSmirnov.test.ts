import { describe, expect, it } from 'vitest';
import { namedStream, nextUniform } from '../../core/random.ts';
import { kolmogorovSmirnov, kolmogorovTail } from './kolmogorovSmirnov.ts';

describe('kolmogorovSmirnov', () => {
  it('takes the largest gap on either side of a step', () => {
    expect(kolmogorovSmirnov([0.5]).distance).toBe(0.5);
    expect(kolmogorovSmirnov([0.9, 0.1]).distance).toBeCloseTo(0.4, 15);
    expect(kolmogorovSmirnov([0, 0, 0]).distance).toBe(1);
  });

  it('is null for no values and refuses values outside 0..1', () => {
    expect(kolmogorovSmirnov([])).toEqual({ n: 0, distance: null, p: null });
    expect(() => kolmogorovSmirnov([0.5, 1.2])).toThrow('lie in 0..1');
    expect(() => kolmogorovSmirnov([-0.1])).toThrow('lie in 0..1');
    expect(() => kolmogorovSmirnov([Number.NaN])).toThrow('NaN');
  });

  it('gives uniform p-values for uniform values, and tiny ones for values drawn to one side', () => {
    const state = namedStream('seed=1/ks/test/0');
    const ps = Array.from({ length: 200 }, () => kolmogorovSmirnov(Float64Array.from({ length: 50 }, () => nextUniform(state))).p!);
    expect(kolmogorovSmirnov(ps).p!).toBeGreaterThan(0.001);
    expect(kolmogorovSmirnov(Float64Array.from({ length: 500 }, () => nextUniform(state) ** 1.5)).p!).toBeLessThan(1e-6);
  });
});

describe('kolmogorovTail', () => {
  it('is exact for one value, by the length of the two tails', () => {
    for (const distance of [0.5, 0.6, 0.75, 0.999]) expect(kolmogorovTail(distance, 1)).toBeCloseTo(2 * (1 - distance), 14);
    expect(kolmogorovTail(0.3, 1)).toBe(1);
  });

  it('reproduces probabilities computed with 40 digits', () => {
    expect(kolmogorovTail(0.06011495390439936, 147)).toBeCloseTo(0.64048119508888, 12);
    expect(kolmogorovTail(0.08132149450567035, 141)).toBeCloseTo(0.29260732285722, 12);
    expect(kolmogorovTail(0.274, 10)).toBeCloseTo(1 - 0.6284796154565, 12);
  });

  it('falls with distance and joins its formulas without a step', () => {
    for (const n of [2, 5, 40, 400, 1999, 2500]) {
      let before = 1;
      for (let step = 1; step <= 200; step++) {
        const tail = kolmogorovTail(step / 200, n);
        expect(tail).toBeLessThanOrEqual(before * (1 + 1e-4) + 1e-300);
        before = tail;
      }
    }
    const seam = Math.sqrt(3 / 500);
    expect(kolmogorovTail(seam * (1 + 1e-9), 500) / kolmogorovTail(seam, 500)).toBeCloseTo(1, 6);
    expect(kolmogorovTail(1.1 / Math.sqrt(2001), 2001) / kolmogorovTail(1.1 / Math.sqrt(2000), 2000)).toBeCloseTo(1, 3);
  });

  it('is 1 below half a step, 0 from 1 on, and refuses an empty sample', () => {
    expect(kolmogorovTail(0.05, 10)).toBe(1);
    expect(kolmogorovTail(1, 10)).toBe(0);
    expect(() => kolmogorovTail(0.5, 0)).toThrow('sample size');
  });
});
