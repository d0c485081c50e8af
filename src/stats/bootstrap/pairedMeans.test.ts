import { describe, expect, it } from 'vitest';
import { namedStream, nextNormal } from '../../core/random.ts';
import { bootstrapMeanAndSharpe } from './meanAndSharpe.ts';
import { bootstrapPairedMeans } from './pairedMeans.ts';
import { resamplesOfRows, stationaryResamples } from './resamples.ts';

const noise = (name: string, n: number) => {
  const stream = namedStream(name);
  return Float64Array.from({ length: n }, () => nextNormal(stream));
};

describe('bootstrapPairedMeans', () => {
  const [a, b] = [noise('a', 100), noise('b', 100)];
  const resamples = stationaryResamples(100, { meanBlock: 4, draws: 50, stream: 'paired' });

  it('gives each series the means that it has alone on the same resamples', () => {
    const { first, second } = bootstrapPairedMeans(a, b, resamples);
    const alone = [a, b].map((series) => bootstrapMeanAndSharpe(series, resamples).means);
    first.forEach((mean, draw) => expect(mean).toBeCloseTo(alone[0]![draw]!, 12));
    second.forEach((mean, draw) => expect(mean).toBeCloseTo(alone[1]![draw]!, 12));
  });

  it('keeps the draws of both series together', () => {
    const { first, second } = bootstrapPairedMeans(
      a,
      a.map((value) => 2 * value + 1),
      resamples,
    );
    first.forEach((mean, draw) => expect(second[draw]).toBeCloseTo(2 * mean + 1, 12));
  });

  it('is the plain mean of the observations of a given resample', () => {
    const { first, second } = bootstrapPairedMeans([1, 2, 4], [8, 16, 32], resamplesOfRows([[0, 0, 2]], 3));
    expect(first[0]).toBeCloseTo(2, 12);
    expect(second[0]).toBeCloseTo(16, 12);
  });

  it('refuses what is no number', () => {
    expect(() => bootstrapPairedMeans([1, Number.NaN, 2], [1, 2, 3], resamplesOfRows([[0]], 3))).toThrow(/values/);
  });
});
