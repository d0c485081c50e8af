import { describe, expect, it } from 'vitest';
import { namedStream, nextNormal } from '../../core/random.ts';
import { blockLength } from '../bootstrap/blockLength.ts';
import { meanInterval } from '../bootstrap/interval.ts';
import { stationaryResamples } from '../bootstrap/resamples.ts';
import { kolmogorovSmirnov } from '../calibration/kolmogorovSmirnov.ts';
import { placeboStudy, plantedCell } from '../testing/simulatedStudies.ts';
import { cellInference } from './cellInference.ts';

const studies = 1000;
const timeout = 900_000;

describe('calibration over 1,000 studies', () => {
  it(
    'gives uniform placebo p-values on random walks',
    () => {
      const ps = Array.from({ length: studies }, (_, seed) => placeboStudy(seed, { days: 250, draws: 199 }));
      expect(kolmogorovSmirnov(ps.map(({ train }) => train)).p!).toBeGreaterThan(0.001);
      expect(kolmogorovSmirnov(ps.map(({ dates }) => dates)).p!).toBeGreaterThan(0.001);
    },
    timeout,
  );

  it(
    'covers a planted effect in 93-97 % of studies, with uniform p-values of the null and about alpha of family-wise rejections',
    () => {
      let covered = 0;
      let rejected = 0;
      const ps: number[] = [];
      for (let seed = 0; seed < studies; seed++) {
        const cells = [0.3, 0, 0, 0].map((effect, cell) => plantedCell(10_000 * cell + seed, { days: 700, eventDays: 60, effect }));
        const options = {
          days: 700,
          meanBlockDays: 1.2,
          draws: 999,
          stream: `seed=${seed}/calibration/nightly/0`,
          alpha: 0.05,
          side: 'different',
        } as const;
        const [planted, ...nulls] = cellInference(cells, options);
        covered += +(planted!.studentized![0] <= 0.3 && 0.3 <= planted!.studentized![1]);
        rejected += +nulls.some(({ adjustedP }) => adjustedP! <= 0.05);
        ps.push(nulls[0]!.p!);
      }
      expect(covered / studies).toBeGreaterThanOrEqual(0.93);
      expect(covered / studies).toBeLessThanOrEqual(0.97);
      expect(kolmogorovSmirnov(ps).p!).toBeGreaterThan(0.001);
      expect(rejected / studies).toBeLessThan(0.07);
    },
    timeout,
  );

  it(
    'covers the mean of a daily series of two years in 93-97 % of cases, with the automatic block length',
    () => {
      // Cheap enough for four times as many, which an interval needs to be told from its neighbors.
      const series = 4 * studies;
      let covered = 0;
      for (let seed = 0; seed < series; seed++) {
        const state = namedStream(`seed=${seed}/calibration/series/0`);
        const values = Float64Array.from({ length: 730 }, () => 0.001 + 0.02 * nextNormal(state));
        const meanBlock = blockLength(values).stationary!;
        const resamples = stationaryResamples(730, { meanBlock, draws: 999, stream: `seed=${seed}/calibration/series/1` });
        const [low, high] = meanInterval(values, resamples, 0.05).percentile!;
        covered += +(low <= 0.001 && 0.001 <= high);
      }
      expect(covered / series).toBeGreaterThanOrEqual(0.93);
      expect(covered / series).toBeLessThanOrEqual(0.97);
    },
    timeout,
  );
});
