import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deflatedSharpe, deflatedSharpeAnnual, minBacktestLength } from './deflatedSharpe.ts';
import { probabilisticSharpe } from './probabilisticSharpe.ts';

const shape = { n: 1250, skewness: -3, kurtosis: 10 };
const paper = { ...shape, sharpeAnnual: 2.5, periodsPerYear: 250, trialSharpeVarianceAnnual: 0.5 };
const nothing = { sharpeThreshold: null, z: null, dsr: null };

describe('deflatedSharpe', () => {
  it('reproduces the example of the paper', () => {
    expect(deflatedSharpeAnnual({ ...paper, trials: 100 }).dsr).toBeCloseTo(0.9004, 4);
    expect(deflatedSharpeAnnual({ ...paper, trials: 46 }).dsr).toBeCloseTo(0.9505, 4);
    expect(deflatedSharpeAnnual({ ...paper, trials: 88, skewness: 0, kurtosis: 3 }).dsr).toBeCloseTo(0.9505, 4);
  });

  it('is the probabilistic Sharpe ratio against 0 for one trial, whatever its variance', () => {
    for (const trialSharpeVariance of [null, 0, 0.5]) {
      const { sharpeThreshold, dsr } = deflatedSharpe(0.1, { trials: 1, trialSharpeVariance }, shape);
      expect([sharpeThreshold, dsr]).toEqual([0, probabilisticSharpe(0.1, 0, shape).psr]);
    }
  });

  it('falls with every further trial and with their variance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5000 }), fc.double({ min: 1e-6, max: 0.01, noNaN: true }), (trials, trialSharpeVariance) => {
        const dsr = (more: number, times: number) =>
          deflatedSharpe(0.1, { trials: trials + more, trialSharpeVariance: trialSharpeVariance * times }, shape).dsr!;
        expect(dsr(1, 1)).toBeLessThanOrEqual(dsr(0, 1));
        expect(dsr(0, 2)).toBeLessThanOrEqual(dsr(0, 1));
      }),
    );
  });

  it('is null when nobody counted, and for several trials that nobody measured', () => {
    for (const trials of [0, Number.NaN]) expect(deflatedSharpe(0.1, { trials, trialSharpeVariance: 0.01 }, shape)).toEqual(nothing);
    expect(deflatedSharpe(0.1, { trials: 5, trialSharpeVariance: null }, shape)).toEqual(nothing);
  });

  it('keeps the threshold of a result too short to be judged', () => {
    const short = deflatedSharpe(0.1, { trials: 5, trialSharpeVariance: 0.01 }, { ...shape, n: 1 });
    expect(short).toMatchObject({ z: null, dsr: null });
    expect(short.sharpeThreshold).toBeGreaterThan(0);
  });

  it('refuses a negative variance and a factor that is not positive', () => {
    for (const trialSharpeVariance of [-1, Number.NaN]) {
      expect(() => deflatedSharpe(0.1, { trials: 5, trialSharpeVariance }, shape)).toThrow('variance of trial Sharpe ratios');
    }
    expect(() => deflatedSharpeAnnual({ ...paper, trials: 5, periodsPerYear: 0 })).toThrow('periods per year');
  });
});

describe('minBacktestLength', () => {
  it('is five years for 45 trials and an annual Sharpe ratio of 1', () => {
    expect(minBacktestLength(45, 1)).toBeCloseTo(5, 2);
  });

  it('is four times as long for half the ratio, and nothing for one trial', () => {
    expect(minBacktestLength(45, 0.5)! / minBacktestLength(45, 1)!).toBeCloseTo(4, 12);
    expect(minBacktestLength(1, 1)).toBe(0);
  });

  it('is null without trials or without a ratio to stay below', () => {
    expect(minBacktestLength(0, 1)).toBeNull();
    for (const sharpe of [0, -1, Number.NaN]) expect(minBacktestLength(45, sharpe)).toBeNull();
  });
});
