import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namedStream, nextNormal } from '../core/random.ts';
import { autocorrelatedSharpeError, defaultLags } from './autocorrelatedSharpeError.ts';
import { moments } from './moments.ts';
import { sharpeStandardError } from './sharpeStandardError.ts';

const returns = fc.array(
  fc.integer({ min: -500, max: 500 }).map((bps) => bps / 10_000),
  { minLength: 2, maxLength: 60 },
);

describe('autocorrelatedSharpeError', () => {
  it('without neighbors is the error of independent returns, but for n instead of n-1', () => {
    fc.assert(
      fc.property(returns, (values) => {
        const { sharpePopulation, standardError } = autocorrelatedSharpeError(values, 0);
        const { n, skewness, kurtosis } = moments(values);
        if (sharpePopulation === null || skewness === null || kurtosis === null) return;
        const { nonNormal } = sharpeStandardError(sharpePopulation, { n, skewness, kurtosis });
        expect(standardError! * standardError! * n).toBeCloseTo(nonNormal! * nonNormal! * (n - 1), 6);
      }),
    );
  });

  it('grows when gains follow gains', () => {
    const random = namedStream('seed=1/stats/autocorrelatedSharpeError/0');
    const series = new Float64Array(3_000);
    for (let i = 1; i < series.length; i++) series[i] = 0.5 * series[i - 1]! + 0.01 * nextNormal(random);
    const shuffled = series.toSorted((a, b) => Math.sin(1e6 * a) - Math.sin(1e6 * b));
    expect(autocorrelatedSharpeError(series).standardError! / autocorrelatedSharpeError(shuffled).standardError!).toBeGreaterThan(1.3);
  });

  it('does not change with scale', () => {
    fc.assert(
      fc.property(returns, (values) => {
        const [before, after] = [values, values.map((value) => value * 8)].map((sample) => autocorrelatedSharpeError(sample, 3));
        expect(after).toEqual(before);
      }),
    );
  });

  it('is null for fewer than 2 returns or no variance', () => {
    for (const flat of [[], [0.1], [0.1, 0.1, 0.1]]) {
      expect(autocorrelatedSharpeError(flat, 2)).toEqual({
        sharpePopulation: null,
        longRunVariance: null,
        standardError: null,
        tStatistic: null,
        lags: 2,
      });
    }
  });

  it('vanishes for two payoffs whose skewness makes up for the variance', () => {
    expect(autocorrelatedSharpeError([1, 1, 1, 1, 4], 0)).toMatchObject({
      sharpePopulation: expect.closeTo(4 / 3, 14) as number,
      standardError: expect.closeTo(0, 7) as number,
    });
  });

  it('takes lags beyond the sample and refuses fractions of one', () => {
    expect(autocorrelatedSharpeError([0.1, 0.2, 0.4], 100).standardError).not.toBeNull();
    expect(() => autocorrelatedSharpeError([0.1, 0.2, 0.4], 1.5)).toThrow('whole number');
  });
});

describe('defaultLags', () => {
  it('grows with the two ninths of n, and does not lose a whole number to rounding', () => {
    expect([0, 1, 90, 100, 365, 2192, 51_200].map(defaultLags)).toEqual([0, 1, 3, 4, 5, 7, 16]);
  });
});
