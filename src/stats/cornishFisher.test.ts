import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cornishFisher } from './cornishFisher.ts';

const runs = { numRuns: 200 };
const normal = { mean: 0.001, std: 0.02, skewness: 0, kurtosis: 3 };

describe('cornishFisher', () => {
  it('is the Gaussian value at risk for normal moments', () => {
    const { zCornishFisher, z, valueAtRisk, gaussianValueAtRisk } = cornishFisher(normal, 0.99);
    expect([zCornishFisher, valueAtRisk]).toEqual([z, gaussianValueAtRisk]);
  });

  it('flags moments outside the monotone region', () => {
    expect(cornishFisher({ ...normal, kurtosis: 5 }, 0.99).expansionIsMonotone).toBe(true);
    expect(cornishFisher({ ...normal, skewness: -2, kurtosis: 5 }, 0.99).expansionIsMonotone).toBe(false);
    expect(cornishFisher({ ...normal, skewness: -1, kurtosis: 14 }, 0.99).expansionIsMonotone).toBe(false);
  });

  it('refuses NaN and a confidence outside 0..1', () => {
    expect(() => cornishFisher({ ...normal, skewness: Number.NaN }, 0.99)).toThrow('moments[2] is NaN');
    expect(() => cornishFisher(normal, 1)).toThrow('confidence');
  });

  it('rises with the confidence wherever the flag says so', () => {
    const shape = fc.record({ skewness: fc.double({ min: -2, max: 2, noNaN: true }), kurtosis: fc.double({ min: 3, max: 12, noNaN: true }) });
    const confidence = fc.double({ min: 0.5, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(shape, confidence, confidence, (moments, c, d) => {
        const [low, high] = [cornishFisher({ ...normal, ...moments }, Math.min(c, d)), cornishFisher({ ...normal, ...moments }, Math.max(c, d))];
        if (low.expansionIsMonotone) expect(high.valueAtRisk + 1e-12).toBeGreaterThanOrEqual(low.valueAtRisk);
      }),
      runs,
    );
  });
});
