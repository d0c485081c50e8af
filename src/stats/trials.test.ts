import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comovement } from './comovement.ts';
import { sampleStd } from './moments.ts';
import { perPeriodSharpe } from './sharpe.ts';
import { effectiveTrials, meanCorrelation, trialSharpeVariance, trialSpread } from './trials.ts';

const columns = fc.integer({ min: 3, max: 12 }).chain((rows) =>
  fc.array(
    fc.array(
      fc.integer({ min: -100, max: 100 }).map((i) => i / 1000),
      { minLength: rows, maxLength: rows },
    ),
    { minLength: 2, maxLength: 6 },
  ),
);

describe('meanCorrelation', () => {
  it('is the mean over all pairs', () => {
    fc.assert(
      fc.property(columns, (table) => {
        const pairs = table.flatMap((a, i) => table.slice(i + 1).map((b) => comovement(a, b).correlation)).filter((rho) => rho !== null);
        const found = meanCorrelation(table);
        if (pairs.length === 0) expect(found).toBeNull();
        else expect(found).toBeCloseTo(pairs.reduce((sum, rho) => sum + rho, 0) / pairs.length, 10);
      }),
    );
  });

  it('is 1 for copies, -1 for opposites, and null for less than a pair that varies', () => {
    const wave = [0.1, -0.2, 0.4];
    expect(meanCorrelation([wave, wave, wave])).toBeCloseTo(1, 14);
    expect(meanCorrelation([wave, wave.map((value) => -value)])).toBeCloseTo(-1, 14);
    for (const table of [[], [wave], [wave, [0, 0, 0]], [[], []]]) expect(meanCorrelation(table)).toBeNull();
  });

  it('refuses NaN and columns of different lengths', () => {
    expect(() => meanCorrelation([[1, Number.NaN]])).toThrow('NaN');
    expect(() => meanCorrelation([[1, 2], [1]])).toThrow('column 1 has 1 rows, the first one 2');
  });
});

describe('trialSpread', () => {
  it('measures the Sharpe ratios that exist and counts the trials that did nothing', () => {
    const table = [
      [0.1, -0.2, 0.4],
      [0, 0, 0],
      [0.1, 0.2, 0.1],
      [0.3, -0.3, 0.1],
    ];
    const sharpes = table.map(perPeriodSharpe).filter((sharpe) => sharpe !== null);
    expect(trialSpread(table)).toMatchObject({ measured: 4, flat: 1 });
    expect(trialSpread(table).trialSharpeVariance).toBeCloseTo(sampleStd(sharpes)! ** 2, 14);
  });

  it('has no variance for one trial', () => {
    expect(trialSpread([[0.1, 0.2]])).toEqual({ measured: 1, flat: 0, trialSharpeVariance: null, meanCorrelation: null });
    expect(trialSpread([])).toEqual({ measured: 0, flat: 0, trialSharpeVariance: null, meanCorrelation: null });
  });
});

describe('trialSharpeVariance', () => {
  it('leaves out trials without a ratio, and needs two', () => {
    expect(trialSharpeVariance([0.1, null, 0.3])).toBeCloseTo(0.02, 15);
    for (const few of [[], [0.1], [null, 0.1]]) expect(trialSharpeVariance(few)).toBeNull();
    expect(() => trialSharpeVariance([0.1, Number.NaN])).toThrow('NaN');
  });
});

describe('effectiveTrials', () => {
  it('is one for copies and all for strangers', () => {
    expect(effectiveTrials(1, 120)).toBe(1);
    expect(effectiveTrials(0, 120)).toBe(120);
  });
});
