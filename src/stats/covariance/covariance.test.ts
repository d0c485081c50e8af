import { describe, expect, it } from 'vitest';
import { randomReturns } from '../../../test/support/allocationProblems.ts';
import { ledoitWolfConstantCorrelation, ledoitWolfIdentity } from './ledoitWolf.ts';
import { effectiveCount, weightedCovariance } from './weightedCovariance.ts';

const columns = randomReturns('covariance', 4, 60);

describe('covariance', () => {
  it('with equal weights is the one without', () => {
    const weights = new Float64Array(60).fill(1 / 60);
    expect(effectiveCount(weights)).toBeCloseTo(60, 9);
    const [plain, weighted] = [ledoitWolfConstantCorrelation(columns)!, ledoitWolfConstantCorrelation(columns, weights)!];
    expect(weighted.shrinkage).toBeCloseTo(plain.shrinkage, 12);
    expect(ledoitWolfIdentity(columns, weights).shrinkage).toBeCloseTo(ledoitWolfIdentity(columns).shrinkage, 12);
  });

  it('takes a row of double weight for two equal rows', () => {
    const [once, twice] = [
      columns.map((column) => column.subarray(0, 20)),
      columns.map((column) => Float64Array.of(...column.subarray(0, 20), column[19]!)),
    ];
    const weights = new Float64Array(20).fill(1 / 21);
    weights[19] = 2 / 21;
    const [weighted, repeated] = [weightedCovariance(once, weights).covariance, weightedCovariance(twice).covariance];
    for (const [k, value] of weighted.entries()) expect(value).toBeCloseTo(repeated[k]!, 16);
  });

  it('keeps variances and pulls correlations toward their mean', () => {
    const { covariance, sampleCovariance, averageCorrelation, shrinkage } = ledoitWolfConstantCorrelation(columns)!;
    expect(shrinkage).toBeGreaterThan(0);
    expect(shrinkage).toBeLessThanOrEqual(1);
    for (let i = 0; i < 4; i++) expect(covariance[i * 5]).toBeCloseTo(sampleCovariance[i * 5]!, 16);
    const correlation = (values: Float64Array) => values[1]! / Math.sqrt(values[0]! * values[5]!);
    const [before, after] = [correlation(sampleCovariance), correlation(covariance)].map((value) => Math.abs(value - averageCorrelation));
    expect(after).toBeLessThanOrEqual(before!);
  });

  it('has no correlation for a column that does not vary, and refuses rows that do not fit', () => {
    expect(ledoitWolfConstantCorrelation([columns[0]!, new Float64Array(60)])).toBeNull();
    expect(() => ledoitWolfIdentity([columns[0]!, columns[1]!.subarray(1)])).toThrow('as many in each column');
    expect(() => ledoitWolfIdentity([])).toThrow('needs rows');
  });
});
