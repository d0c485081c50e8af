import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namedStream, nextNormal } from '../core/random.ts';
import { autocorrelations, autocovariances, longRunVariance } from './autocovariance.ts';

const values = fc.array(
  fc.integer({ min: -500, max: 500 }).map((bps) => bps / 10_000),
  { maxLength: 60 },
);

describe('autocovariances', () => {
  it('divide by n at every lag, and are 0 beyond the values', () => {
    expect([...autocovariances([1, 2, 3, 6], 5)]).toEqual([3.5, 0.5, -0.75, -1.5, 0, 0]);
    expect([...autocovariances([], 2)]).toEqual([0, 0, 0]);
  });

  it('do not change with the level', () => {
    expect(autocovariances([5, 7, 6], 2)).toEqual(autocovariances([1005, 1007, 1006], 2));
  });

  it('refuse NaN and lags that are not whole', () => {
    expect(() => autocovariances([Number.NaN], 1)).toThrow('NaN');
    for (const lag of [-1, 0.5, Number.NaN]) expect(() => autocovariances([1], lag)).toThrow('lag must be a whole number');
  });
});

describe('autocorrelations', () => {
  it('are the textbook ones', () => {
    expect([...autocorrelations([1, 2, 3, 4], 4)!]).toEqual([0.25, -0.3, -0.45, 0].map((value) => expect.closeTo(value, 15)));
  });

  it('are null for fewer than 2 values or no variance', () => {
    for (const flat of [[], [1], [0.1, 0.1, 0.1]]) expect(autocorrelations(flat, 3)).toBeNull();
  });

  it('lie within -1 and 1', () => {
    fc.assert(
      fc.property(values, (sample) => {
        for (const rho of autocorrelations(sample, 8) ?? []) expect(Math.abs(rho)).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });
});

describe('longRunVariance', () => {
  it('is the variance when no neighbor counts', () => {
    expect(longRunVariance([1, 2, 3, 6], 0)).toBeCloseTo(3.5, 15);
  });

  it('is never negative', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 80 }), (sample, lags) => {
        expect(longRunVariance(sample, lags)).toBeGreaterThanOrEqual(0);
      }),
    );
    expect(longRunVariance([1, -1, 1, -1], 1)).toBeLessThan(longRunVariance([1, -1, 1, -1], 0));
  });

  it('finds the variance of a mean of an autoregression', () => {
    const random = namedStream('seed=1/stats/autocovariance/0');
    const series = new Float64Array(40_000);
    for (let i = 1; i < series.length; i++) series[i] = 0.5 * series[i - 1]! + nextNormal(random);
    // 1 / (1 - 0.5)^2, less what the Bartlett weights take off.
    expect(longRunVariance(series, 60)).toBeGreaterThan(3.5);
    expect(longRunVariance(series, 60)).toBeLessThan(4.5);
  });
});
