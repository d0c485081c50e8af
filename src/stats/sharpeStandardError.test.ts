import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moments } from './moments.ts';
import { sharpeStandardError, sharpeVariance } from './sharpeStandardError.ts';

const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 3, maxLength: 40 });
const sharpe = fc.double({ min: -5, max: 5, noNaN: true });

describe('sharpeStandardError', () => {
  it('gives the table of the paper for normal returns', () => {
    expect(sharpeStandardError(1.5, { n: 12, skewness: 0, kurtosis: 3 }).iidNormal).toBeCloseTo(0.421, 3);
  });

  it('is null for fewer than 2 observations', () => {
    expect(sharpeStandardError(1, { n: 1, skewness: 0, kurtosis: 3 })).toEqual({ iidNormal: null, nonNormal: null });
  });

  it('differs for normal returns in n-1 only', () => {
    const { iidNormal, nonNormal } = sharpeStandardError(0.3, { n: 101, skewness: 0, kurtosis: 3 });
    expect(nonNormal! / iidNormal!).toBeCloseTo(Math.sqrt(101 / 100), 12);
  });

  it('grows with a fat tail and with losses that outweigh', () => {
    const error = (skewness: number, kurtosis: number) => sharpeStandardError(0.2, { n: 500, skewness, kurtosis }).nonNormal!;
    expect(error(0, 9)).toBeGreaterThan(error(0, 3));
    expect(error(-2, 9)).toBeGreaterThan(error(0, 9));
  });

  it('refuses NaN', () => {
    expect(() => sharpeStandardError(Number.NaN, { n: 9, skewness: 0, kurtosis: 3 })).toThrow('[0] is NaN');
  });
});

describe('sharpeVariance', () => {
  it('is 1 for a Sharpe ratio of 0, and has a term for each moment', () => {
    expect(sharpeVariance(0, { skewness: -3, kurtosis: 10 })).toBe(1);
    expect(sharpeVariance(0.5, { skewness: 1, kurtosis: 4 })).toBe(0.6875);
  });

  it('is never negative for the moments of a sample', () => {
    fc.assert(
      fc.property(values, sharpe, (sample, ratio) => {
        const { skewness, kurtosis } = moments(sample);
        if (skewness === null || kurtosis === null) return;
        expect(sharpeVariance(ratio, { skewness, kurtosis })).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 500 },
    );
  });

  it('is zero where two payoffs of one kind leave nothing to estimate', () => {
    expect(sharpeVariance(2 / 3, { skewness: 3, kurtosis: 10 })).toBeCloseTo(0, 15);
    // Here the three terms round to less than zero.
    expect(sharpeVariance(0.2, { skewness: 10, kurtosis: 101 - 1e-13 })).toBe(0);
  });

  it('is null for moments that no sample has', () => {
    expect(sharpeVariance(1, { skewness: 5, kurtosis: 3 })).toBeNull();
    expect(sharpeStandardError(1, { n: 9, skewness: 5, kurtosis: 3 }).nonNormal).toBeNull();
  });
});
