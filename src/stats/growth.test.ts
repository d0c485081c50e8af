import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cagr, calmar, equityCurve, maxDrawdown, totalReturn } from './growth.ts';

const runs = { numRuns: 200 };

describe('growth', () => {
  it('is null for no returns', () => {
    expect([totalReturn([]), cagr([], 365), maxDrawdown([]), calmar([], 365)]).toEqual([null, null, null, null]);
    expect(Array.from(equityCurve([]))).toEqual([1]);
  });

  it('counts a first losing bar as a drawdown from the start', () => expect(maxDrawdown([-0.25, 0.1])).toBe(0.25));

  it('compounds to a year', () => {
    expect(totalReturn([0.5, 1])).toBe(2);
    expect(cagr([0.5, 0.5], 4)).toBeCloseTo(1.5 ** 4 - 1, 12);
  });

  it('has no Calmar without a fall', () => {
    expect(calmar([0.1, 0.1], 365)).toBeNull();
    expect(calmar([0.5, -0.5], 2)).toBeCloseTo(-0.25 / 0.5, 12);
  });

  it('loses everything at -100% and has no growth rate below zero', () => {
    expect(cagr([-1], 365)).toBe(-1);
    expect(cagr([-1.5], 365)).toBeNull();
    expect(calmar([-1.5], 365)).toBeNull();
  });

  it('is null on overflow', () => expect(cagr([10], 35_040)).toBeNull());

  it('refuses NaN and a factor that is not positive', () => {
    expect(() => totalReturn([Number.NaN])).toThrow('NaN');
    expect(() => cagr([], 0)).toThrow('periods per year');
  });

  it('total return of two series joined is their product', () => {
    const series = fc.array(fc.double({ min: -0.5, max: 0.5, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(series, series, (a, b) => {
        const joined = totalReturn([...a, ...b])! + 1;
        const product = (totalReturn(a)! + 1) * (totalReturn(b)! + 1);
        expect(joined / product).toBeCloseTo(1, 10);
      }),
      runs,
    );
  });
});
