import { describe, expect, it } from 'vitest';
import { namedStream, nextNormal } from '../../core/random.ts';
import { realityCheckAndSpa } from './realityCheck.ts';
import { resamplesOfRows, stationaryResamples } from './resamples.ts';

function differentials(n: number, means: readonly number[], seed = 1): number[][] {
  const state = namedStream(`seed=${seed}/realityCheck/test/0`);
  return Array.from({ length: n }, () => means.map((center) => center + nextNormal(state)));
}

const optionsFor = (n: number, seed = 1, draws = 199) => ({
  resamples: stationaryResamples(n, { meanBlock: 4, draws, stream: `seed=${seed}/realityCheck/test/1` }),
  restartProbability: 0.25,
});

describe('realityCheckAndSpa', () => {
  it('finds a model that is really better among worthless ones', () => {
    const { spaP, realityCheckP } = realityCheckAndSpa(differentials(200, [0, 0, 0.5, 0]), optionsFor(200));
    expect(spaP.consistent).toBe(1 / 200);
    expect(realityCheckP).toBe(1 / 200);
  });

  it('orders lower, consistent and upper p-values', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { spaP } = realityCheckAndSpa(differentials(60, [0.1, 0, -0.2, -1], seed), optionsFor(60, seed));
      expect(spaP.lower!).toBeLessThanOrEqual(spaP.consistent!);
      expect(spaP.consistent!).toBeLessThanOrEqual(spaP.upper!);
    }
  });

  it('gives p 1 to a family in which every model is worse than the benchmark', () => {
    const { spaStatistic, spaP } = realityCheckAndSpa(differentials(100, [-1, -2]), optionsFor(100));
    expect(spaStatistic).toBe(0);
    expect(spaP.consistent).toBe(1);
  });

  it('leaves a constant model out of SPA, which cannot studentize it', () => {
    const rows = differentials(80, [0.3]).map((row) => [...row, 5]);
    const both = realityCheckAndSpa(rows, optionsFor(80));
    const alone = realityCheckAndSpa(
      rows.map((row) => [row[0]!]),
      optionsFor(80),
    );
    expect(both.omega[1]).toBe(0);
    expect(both.spaStatistic).toBe(alone.spaStatistic);
    expect(both.spaP).toEqual(alone.spaP);
  });

  it('is null without models or with fewer than 3 periods', () => {
    for (const rows of [[], [[], [], []], [[1], [2]]]) {
      const result = realityCheckAndSpa(rows, { resamples: resamplesOfRows([], rows.length), restartProbability: 0.5 });
      expect(result).toMatchObject({ realityCheckP: null, spaStatistic: null, spaP: { lower: null, consistent: null, upper: null } });
    }
  });

  it('refuses rows of unequal length and NaN', () => {
    expect(() => realityCheckAndSpa([[1, 2], [1], [1, 2]], optionsFor(3))).toThrow('differentials[1] has 1 models instead of 2');
    expect(() => realityCheckAndSpa([[1], [Number.NaN], [2]], optionsFor(3))).toThrow('NaN');
  });

  it('rejects about alpha of families without any better model', () => {
    let rejected = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const { spaP } = realityCheckAndSpa(differentials(80, [0, 0, 0, 0, 0], seed), optionsFor(80, seed, 99));
      rejected += +(spaP.consistent! <= 0.1);
    }
    expect(rejected).toBeGreaterThan(8);
    expect(rejected).toBeLessThan(36);
  });
});
