import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minTrackRecord } from './minTrackRecord.ts';
import { probabilisticSharpe } from './probabilisticSharpe.ts';

const claim = { skewness: -0.5, kurtosis: 6, confidence: 0.95, periodsPerYear: 365 };

describe('minTrackRecord', () => {
  it('is the record at which the probabilistic Sharpe ratio reaches the confidence', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 0.5, noNaN: true }),
        fc.double({ min: -0.2, max: 0, noNaN: true }),
        fc.constantFrom(0.6, 0.9, 0.95, 0.999),
        (sharpe, benchmark, confidence) => {
          const { observations, years } = minTrackRecord(sharpe, benchmark, { ...claim, confidence });
          expect(observations).toBeGreaterThan(1);
          expect(years).toBe(observations! / 365);
          if (observations! < 2) return;
          expect(probabilisticSharpe(sharpe, benchmark, { ...claim, n: observations! }).psr).toBeCloseTo(confidence, 10);
        },
      ),
    );
  });

  it('is null when the ratio does not exceed the benchmark: no record is long enough', () => {
    for (const sharpe of [0.1, 0.05]) expect(minTrackRecord(sharpe, 0.1, claim)).toEqual({ observations: null, years: null });
  });

  it('is null for moments that no sample has', () => {
    expect(minTrackRecord(1, 0, { ...claim, skewness: 5, kurtosis: 3 })).toEqual({ observations: null, years: null });
  });

  it('needs a single observation for even odds', () => {
    expect(minTrackRecord(0.1, 0, { ...claim, confidence: 0.5 }).observations).toBe(1);
  });

  it('refuses a confidence below one half, which is no claim, and one of certainty', () => {
    for (const confidence of [0.4, 1, Number.NaN]) expect(() => minTrackRecord(0.1, 0, { ...claim, confidence })).toThrow('between 0.5 and 1');
    expect(() => minTrackRecord(0.1, Number.NaN, claim)).toThrow('NaN');
    expect(() => minTrackRecord(0.1, 0, { ...claim, periodsPerYear: 0 })).toThrow('periods per year');
  });
});
