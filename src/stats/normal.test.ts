import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalCdf, normalQuantile } from './normal.ts';

const runs = { numRuns: 200 };

describe('normal distribution', () => {
  it('keeps relative accuracy deep in the lower tail', () => {
    expect(normalCdf(-20) / 2.7536241186062337e-89 - 1).toBeCloseTo(0, 12);
    expect(normalCdf(-37) / 5.725571222524577e-300 - 1).toBeCloseTo(0, 12);
    expect(normalQuantile(2.7536241186062337e-89)).toBeCloseTo(-20, 11);
  });

  it('has no quantile at 0, 1 or outside', () => {
    for (const p of [0, 1, -0.1, 1.1, Number.NaN]) expect(normalQuantile(p)).toBeNull();
  });

  it('is 0, not -0, at one half', () => expect(Object.is(normalQuantile(0.5), 0)).toBe(true));

  it('quantile and probability undo each other', () => {
    fc.assert(
      fc.property(fc.double({ min: -30, max: 5, noNaN: true }), (x) => {
        expect(Math.abs(normalQuantile(normalCdf(x))! - x)).toBeLessThan(1e-9);
      }),
      runs,
    );
  });

  it('probability is symmetric and rises', () => {
    const x = fc.double({ min: -40, max: 40, noNaN: true });
    fc.assert(
      fc.property(x, x, (a, b) => {
        expect(normalCdf(a) + normalCdf(-a)).toBeCloseTo(1, 14);
        expect(normalCdf(Math.min(a, b))).toBeLessThanOrEqual(normalCdf(Math.max(a, b)));
      }),
      runs,
    );
  });
});
