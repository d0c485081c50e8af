import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adjustFamily, benjaminiHochberg, benjaminiYekutieli, bonferroni, harmonicSum, holm, rejectedTests } from './adjust.ts';

const runs = { numRuns: 200 };
const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });

describe('adjusted p-values', () => {
  it('are empty for no tests and unchanged for one', () => {
    expect(adjustFamily([], 0.05)).toMatchObject({ harmonicSum: 0, holm: new Float64Array(0), rejectedBH: [] });
    for (const adjust of [holm, benjaminiHochberg, benjaminiYekutieli, bonferroni]) expect(adjust([0.3])).toEqual(Float64Array.of(0.3));
  });

  it('refuse what is no probability', () => {
    expect(() => holm([0.1, Number.NaN])).toThrow('pValues[1] is NaN');
    expect(() => benjaminiHochberg([-0.1])).toThrow('pValues[0] is -0.1');
    expect(() => bonferroni([1.1])).toThrow('pValues[0] is 1.1');
  });

  it('keep the order of the p-values, never fall below them, and are ordered by severity', () => {
    fc.assert(
      fc.property(pValues, (values) => {
        const { holm: stepDown, benjaminiHochberg: bh, benjaminiYekutieli: by, bonferroni: single } = adjustFamily(values, 0.05);
        values.forEach((p, i) => {
          expect(bh[i]!).toBeGreaterThanOrEqual(p * (1 - 1e-12));
          expect(bh[i]!).toBeLessThanOrEqual(stepDown[i]! * (1 + 1e-12));
          expect(stepDown[i]!).toBeLessThanOrEqual(single[i]! * (1 + 1e-12));
          expect(bh[i]!).toBeLessThanOrEqual(by[i]!);
          values.forEach((other, j) => {
            if (p <= other) for (const adjusted of [stepDown, bh, by]) expect(adjusted[i]!).toBeLessThanOrEqual(adjusted[j]!);
          });
        });
      }),
      runs,
    );
  });

  it('move with their tests when these are put in another order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }), (values) => {
        for (const adjust of [holm, benjaminiHochberg, benjaminiYekutieli]) {
          expect(adjust(values.toReversed())).toEqual(adjust(values).toReversed());
        }
      }),
      runs,
    );
  });

  it('reject a test whose adjusted value is alpha but for rounding', () => {
    // 0.15 * 3 / 3 against 0.15, and 3 * 0.05 against it.
    expect(rejectedTests(holm([0.05, 0.05, 0.05]), 0.15)).toEqual([0, 1, 2]);
    expect(rejectedTests([0.050001], 0.05)).toEqual([]);
  });
});

describe('harmonicSum', () => {
  it('adds reciprocals', () => {
    expect(harmonicSum(0)).toBe(0);
    expect(harmonicSum(4)).toBeCloseTo(25 / 12, 15);
  });
});
