import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { annualizedVolatility, perPeriodSharpe, sharpe } from './sharpe.ts';

const runs = { numRuns: 200 };
const returns = fc.array(fc.integer({ min: -1000, max: 1000 }).map((i) => i / 10_000));

describe('sharpe', () => {
  it('is null without two returns or without variance', () => {
    for (const values of [[], [0.02], [0.1, 0.1, 0.1], [0, 0]]) {
      expect(sharpe(values, 365)).toEqual({ perPeriod: null, annualized: null, periodsPerYear: 365 });
    }
  });

  it('carries its factor', () => {
    const { perPeriod, annualized, periodsPerYear } = sharpe([0.01, 0.0, 0.03], 365);
    expect(annualized).toBe(perPeriod! * Math.sqrt(periodsPerYear));
  });

  it('refuses NaN and a factor that is not positive', () => {
    expect(() => perPeriodSharpe([0.1, Number.NaN])).toThrow('returns[1] is NaN');
    for (const factor of [0, -1, Number.NaN, Infinity]) expect(() => sharpe([], factor)).toThrow('periods per year');
  });

  it('does not change with scale and flips with sign', () => {
    fc.assert(
      fc.property(returns, fc.integer({ min: 1, max: 1000 }), (values, scale) => {
        const before = perPeriodSharpe(values);
        const scaled = perPeriodSharpe(values.map((value) => value * scale));
        const flipped = perPeriodSharpe(values.map((value) => -value));
        if (before === null) {
          expect([scaled, flipped]).toEqual([null, null]);
          return;
        }
        expect(scaled).toBeCloseTo(before, 9);
        expect(flipped! + before).toBeCloseTo(0, 12);
      }),
      runs,
    );
  });
});

describe('annualizedVolatility', () => {
  it('is null for one return and scales with the root of the factor', () => {
    expect(annualizedVolatility([0.1], 365)).toBeNull();
    expect(annualizedVolatility([0.1, 0.3], 4)).toBeCloseTo(0.2 * Math.SQRT2, 12);
    expect(() => annualizedVolatility([Number.NaN], 4)).toThrow('NaN');
    expect(() => annualizedVolatility([0.1], 0)).toThrow('periods per year');
  });
});
