import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isZeroDispersion, mean, moments, sampleStd } from './moments.ts';

const runs = { numRuns: 200 };
const sample = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2 });

describe('moments', () => {
  it('has only a count for nothing and only a mean for one value', () => {
    expect(moments([])).toEqual({ n: 0, mean: null, varianceSample: null, stdSample: null, skewness: null, kurtosis: null });
    expect(moments([3])).toEqual({ n: 1, mean: 3, varianceSample: null, stdSample: null, skewness: null, kurtosis: null });
    expect([mean([]), sampleStd([]), sampleStd([3])]).toEqual([null, null, null]);
  });

  it('has no shape when nothing varies', () => {
    expect(moments([0.1, 0.1, 0.1])).toMatchObject({ skewness: null, kurtosis: null });
    expect(moments([0, 0])).toMatchObject({ varianceSample: 0, skewness: null, kurtosis: null });
  });

  it('divides dispersion by n-1 and shape by n', () => {
    expect(moments([1, 2, 3, 4])).toMatchObject({ mean: 2.5, varianceSample: 5 / 3, skewness: 0, kurtosis: 1.64 });
    expect(sampleStd([1, 2, 3, 4])).toBe(Math.sqrt(5 / 3));
  });

  it('refuses NaN', () => expect(() => moments([1, Number.NaN])).toThrow('values[1] is NaN'));

  it('calls a deviation zero at 1e-12 of the largest value', () => {
    expect(isZeroDispersion(1e-12, [-1, 0.5])).toBe(true);
    expect(isZeroDispersion(1.1e-12, [-1, 0.5])).toBe(false);
    expect(isZeroDispersion(0, [])).toBe(true);
  });

  it('keeps skewness and kurtosis under shift and scale, and kurtosis at least 1 + skewness squared', () => {
    fc.assert(
      fc.property(sample, fc.integer({ min: 1, max: 50 }), fc.integer({ min: -50, max: 50 }), (values, scale, shift) => {
        const [before, after] = [moments(values), moments(values.map((value) => value * scale + shift))];
        if (before.skewness === null || after.skewness === null) {
          expect([before.kurtosis, after.kurtosis]).toEqual([null, null]);
          return;
        }
        expect(after.skewness).toBeCloseTo(before.skewness, 9);
        expect(after.kurtosis).toBeCloseTo(before.kurtosis!, 9);
        expect(before.kurtosis! + 1e-9).toBeGreaterThanOrEqual(1 + before.skewness * before.skewness);
      }),
      runs,
    );
  });
});
