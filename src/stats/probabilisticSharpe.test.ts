import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { probabilisticSharpe } from './probabilisticSharpe.ts';

const ratio = fc.double({ min: -1, max: 1, noNaN: true });
const shape = fc.record({
  n: fc.integer({ min: 2, max: 3000 }),
  skewness: fc.double({ min: -2, max: 2, noNaN: true }),
  kurtosis: fc.double({ min: 5.5, max: 20, noNaN: true }),
});

describe('probabilisticSharpe', () => {
  it('is one half at the benchmark and falls as the benchmark rises', () => {
    fc.assert(
      fc.property(ratio, ratio, shape, (sharpe, benchmark, sample) => {
        expect(probabilisticSharpe(sharpe, sharpe, sample).psr).toBe(0.5);
        const [low, high] = [benchmark, benchmark + 0.1].map((bar) => probabilisticSharpe(sharpe, bar, sample).psr!);
        expect(low).toBeGreaterThanOrEqual(high!);
      }),
    );
  });

  it('nears certainty as the record grows', () => {
    const after = (n: number) => probabilisticSharpe(0.1, 0, { n, skewness: 0, kurtosis: 3 }).psr!;
    expect(after(10)).toBeLessThan(after(100));
    expect(after(10_000)).toBeGreaterThan(0.999999);
  });

  it('is null for fewer than 2 observations and where the shape leaves no variance', () => {
    const nothing = { z: null, psr: null };
    for (const n of [0, 1]) expect(probabilisticSharpe(0.1, 0, { n, skewness: 0, kurtosis: 3 })).toEqual(nothing);
    expect(probabilisticSharpe(1, 0, { n: 4, skewness: 2, kurtosis: 5 })).toEqual(nothing);
    expect(probabilisticSharpe(1, 0, { n: 4, skewness: 5, kurtosis: 3 })).toEqual(nothing);
  });

  it('refuses NaN', () => {
    expect(() => probabilisticSharpe(0.1, Number.NaN, { n: 9, skewness: 0, kurtosis: 3 })).toThrow('NaN');
    expect(() => probabilisticSharpe(0.1, 0, { n: Number.NaN, skewness: 0, kurtosis: 3 })).toThrow('NaN');
  });
});
