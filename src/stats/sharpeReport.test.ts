import { describe, expect, it } from 'vitest';
import { namedStream, nextNormal } from '../core/random.ts';
import { autocorrelatedSharpeError } from './autocorrelatedSharpeError.ts';
import { sharpeReport } from './sharpeReport.ts';

const random = namedStream('seed=1/stats/sharpeReport/0');
const returns = Float64Array.from({ length: 730 }, () => 0.001 + 0.01 * nextNormal(random));
const tried = { trials: 50, effectiveTrials: 12.5, trialSharpeVariance: 0.0005 };

describe('sharpeReport', () => {
  it('says everything about a Sharpe ratio at once', () => {
    const report = sharpeReport(returns, { tried });
    expect(report.annualized).toBe(report.perPeriod! * Math.sqrt(365));
    expect(report.standardError).toMatchObject({ autocorrelated: autocorrelatedSharpeError(returns).standardError, lags: 6 });
    expect(report.minTrackRecord.years).toBe(report.minTrackRecord.observations! / 365);
    expect(report.psr).toBeGreaterThan(report.deflatedEffective.dsr!);
    expect(report.deflatedEffective.dsr).toBeGreaterThan(report.deflated.dsr!);
    expect(report.deflated.sharpeThreshold).toBeGreaterThan(report.deflatedEffective.sharpeThreshold!);
  });

  it('prints no deflated Sharpe ratio without a count of trials, nor an effective one without their correlation', () => {
    const nothing = { sharpeThreshold: null, z: null, dsr: null };
    for (const options of [{}, { tried: null }]) {
      expect(sharpeReport(returns, options)).toMatchObject({ deflated: nothing, deflatedEffective: nothing });
    }
    const uncorrelated = sharpeReport(returns, { tried: { ...tried, effectiveTrials: null } });
    expect(uncorrelated.deflated.dsr).not.toBeNull();
    expect(uncorrelated.deflatedEffective).toEqual(nothing);
  });

  it('has no record that would settle a losing series', () => {
    const losing = sharpeReport(returns.map((value) => -value));
    expect(losing.minTrackRecord).toEqual({ observations: null, years: null });
    expect(losing.psr).toBeLessThan(0.5);
  });

  it('is null in every number it cannot know', () => {
    for (const flat of [[], [0.1], [0.1, 0.1]]) {
      const { n, periodsPerYear, benchmark, ...rest } = sharpeReport(flat, { tried, lags: 2 });
      expect([n, periodsPerYear, benchmark]).toEqual([flat.length, 365, 0]);
      expect(rest).toEqual({
        perPeriod: null,
        annualized: null,
        skewness: null,
        kurtosis: null,
        standardError: { iidNormal: null, nonNormal: null, autocorrelated: null, lags: 2 },
        psr: null,
        minTrackRecord: { observations: null, years: null },
        deflated: { sharpeThreshold: null, z: null, dsr: null },
        deflatedEffective: { sharpeThreshold: null, z: null, dsr: null },
      });
    }
  });

  it('judges against the benchmark it is given', () => {
    const { perPeriod } = sharpeReport(returns);
    expect(sharpeReport(returns, { benchmark: perPeriod! }).psr).toBe(0.5);
  });
});
