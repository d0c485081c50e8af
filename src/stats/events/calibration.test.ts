import { describe, expect, it } from 'vitest';
import { kolmogorovSmirnov } from '../calibration/kolmogorovSmirnov.ts';
import { placeboStudy, plantedCell } from '../testing/simulatedStudies.ts';
import { cellInference } from './cellInference.ts';

describe('calibration of event studies (the nightly tier has 1,000 studies of each)', () => {
  it('gives uniform placebo p-values on random walks', () => {
    const studies = Array.from({ length: 150 }, (_, seed) => placeboStudy(seed, { days: 120, draws: 99 }));
    expect(kolmogorovSmirnov(studies.map(({ train }) => train)).p!).toBeGreaterThan(0.001);
    expect(kolmogorovSmirnov(studies.map(({ dates }) => dates)).p!).toBeGreaterThan(0.001);
  });

  it('covers a planted effect about as often as it says', () => {
    let covered = 0;
    for (let seed = 0; seed < 100; seed++) {
      const options = { days: 500, meanBlockDays: 1, draws: 399, stream: `seed=${seed}/calibration/test/0`, alpha: 0.05, side: 'different' } as const;
      const { studentized } = cellInference([plantedCell(seed, { days: 500, eventDays: 60, effect: 0.3 })], options)[0]!;
      covered += +(studentized![0] <= 0.3 && 0.3 <= studentized![1]);
    }
    expect(covered).toBeGreaterThanOrEqual(88);
  });
});
