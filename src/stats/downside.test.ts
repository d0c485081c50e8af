import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { annualizedSortino, downsideDeviation, omega, sortino, tailRatio } from './downside.ts';

const runs = { numRuns: 200 };
const returns = fc.array(
  fc.integer({ min: -1000, max: 1000 }).map((i) => i / 10_000),
  { minLength: 2 },
);

describe('downside measures', () => {
  it('are null for nothing', () => {
    expect([downsideDeviation([]), sortino([]), annualizedSortino([], { periodsPerYear: 365 }), omega([]), tailRatio([])]).toEqual(
      Array(5).fill(null),
    );
  });

  it('are null without a loss in the denominator, except the deviation itself', () => {
    expect([downsideDeviation([0.1, 0.2]), sortino([0.1, 0.2]), omega([0.1, 0.2])]).toEqual([0, null, null]);
    expect([sortino([-0.1]), omega([-0.1, 0])]).toEqual([null, 0]);
    expect(tailRatio([0, 0, 0])).toBeNull();
  });

  it('keep all periods in the denominator of the deviation', () => {
    expect(downsideDeviation([-0.2, 0.1, 0.3, 0.1])).toBeCloseTo(0.1, 15);
    expect(downsideDeviation([0.1, 0.3], 0.3)).toBeCloseTo(0.2 / Math.SQRT2, 12);
  });

  it('measure against the given return', () => {
    expect(sortino([0.1, 0.3], 0.3)).toBeCloseTo(-0.1 / (0.2 / Math.SQRT2), 12);
    expect(annualizedSortino([0.1, 0.3], { periodsPerYear: 4, minimumAcceptable: 0.3 })).toBeCloseTo(-Math.SQRT2, 12);
    expect(omega([0.1, 0.4], 0.3)).toBeCloseTo(0.5, 12);
  });

  it('refuse NaN and a factor that is not positive', () => {
    for (const measure of [downsideDeviation, sortino, omega, tailRatio]) expect(() => measure([Number.NaN])).toThrow('NaN');
    expect(() => annualizedSortino([], { periodsPerYear: 0 })).toThrow('periods per year');
  });

  it('do not change with scale, and omega inverts with sign', () => {
    fc.assert(
      fc.property(returns, fc.integer({ min: 1, max: 100 }), (values, scale) => {
        const scaled = values.map((value) => value * scale);
        for (const ratio of [sortino, omega, tailRatio]) {
          const [before, after] = [ratio(values), ratio(scaled)];
          if (before === null) expect(after).toBeNull();
          else if (ratio !== tailRatio) expect(after! / (before || 1)).toBeCloseTo(before === 0 ? 0 : 1, 8);
        }
        const [up, down] = [omega(values), omega(values.map((value) => -value))];
        if (up !== null && down !== null) expect(up * down).toBeCloseTo(1, 9);
        if (up !== null) expect(up >= 1).toBe(sortino(values)! >= 0 || Math.abs(up - 1) < 1e-9);
      }),
      runs,
    );
  });
});
