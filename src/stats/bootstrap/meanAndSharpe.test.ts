import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namedStream, nextIndex, nextNormal } from '../../core/random.ts';
import { mean } from '../moments.ts';
import { perPeriodSharpe } from '../sharpe.ts';
import { bootstrapMeanAndSharpe } from './meanAndSharpe.ts';
import { resamplePath, resamplesOfRows, stationaryResamples } from './resamples.ts';

describe('bootstrapMeanAndSharpe', () => {
  it('equals mean and Sharpe ratio of the observations of each resample', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 9 }), fc.integer(), (n, meanBlock, seed) => {
        const state = namedStream(`seed=${seed}/meanAndSharpe/test/0`);
        const values = Float64Array.from({ length: n }, () => 0.001 + 0.02 * nextNormal(state));
        const resamples = stationaryResamples(n, { meanBlock, draws: 5, stream: `seed=${seed}/meanAndSharpe/test/1` });
        const { means, sharpes } = bootstrapMeanAndSharpe(values, resamples);
        let draw = 0;
        for (const batch of resamples) {
          for (let r = 0; r < batch.count; r++, draw++) {
            const path = resamplePath(values, batch, r);
            expect(Math.abs(means[draw]! - mean(path)!)).toBeLessThan(1e-16);
            const expected = perPeriodSharpe(path);
            if (expected === null) expect(sharpes[draw]).toBeNaN();
            else expect(Math.abs(sharpes[draw]! / expected - 1)).toBeLessThan(1e-10);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('keeps its digits on a large level, and where a resample hardly varies', () => {
    const state = namedStream('seed=1/meanAndSharpe/test/2');
    const values = Float64Array.from({ length: 40 }, (_, i) => (i < 20 ? 1e6 : 0) + nextNormal(state));
    const rows = [Array.from({ length: 40 }, () => nextIndex(state, 20)), Array.from({ length: 40 }, () => nextIndex(state, 40))];
    const { sharpes } = bootstrapMeanAndSharpe(values, resamplesOfRows(rows, 40));
    for (const [draw, row] of rows.entries()) {
      expect(sharpes[draw]! / perPeriodSharpe(row.map((place) => values[place]!))! - 1).toBeCloseTo(0, 10);
    }
  });

  it('is NaN where a resample is empty or has no variance', () => {
    const { means, sharpes } = bootstrapMeanAndSharpe([0.1, 0.2, 0.3], resamplesOfRows([[1, 1, 1], [], [2]], 3));
    expect(means).toEqual(Float64Array.of(0.2, Number.NaN, 0.3));
    expect(sharpes.every((value) => Number.isNaN(value))).toBe(true);
  });

  it('refuses NaN', () => {
    expect(() => bootstrapMeanAndSharpe([0, Number.NaN], resamplesOfRows([[0]], 2))).toThrow('values[1] is NaN');
  });
});
