import { describe, expect, it } from 'vitest';
import { namedStream, nextNormal } from '../../core/random.ts';
import { sampleStd } from '../moments.ts';
import { stationaryKernelVariance } from './kernelVariance.ts';
import { bootstrapMeanAndSharpe } from './meanAndSharpe.ts';
import { stationaryResamples } from './resamples.ts';

function noise(n: number): Float64Array {
  const state = namedStream('seed=1/kernelVariance/test/0');
  let value = 0;
  return Float64Array.from({ length: n }, () => (value = 0.6 * value + nextNormal(state)));
}

describe('stationaryKernelVariance', () => {
  it('is the variance that resampling gives', () => {
    const values = noise(200);
    for (const meanBlock of [1, 4, 15]) {
      const { means } = bootstrapMeanAndSharpe(
        values,
        stationaryResamples(200, { meanBlock, draws: 20_000, stream: 'seed=1/kernelVariance/test/1' }),
      );
      const drawn = 200 * sampleStd(means)! ** 2;
      expect(drawn / stationaryKernelVariance(values, 1 / meanBlock)!).toBeCloseTo(1, 1);
    }
  });

  it('is the population variance when every observation is drawn on its own', () => {
    expect(stationaryKernelVariance([1, 2, 3, 4], 1)).toBe(1.25);
  });

  it('is null for no values, 0 for a constant, and never negative', () => {
    expect(stationaryKernelVariance([], 0.5)).toBeNull();
    expect(stationaryKernelVariance([7, 7, 7], 0.2)).toBe(0);
    const alternating = Float64Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? 1 : -1));
    expect(stationaryKernelVariance(alternating, 0.05)!).toBeGreaterThanOrEqual(0);
  });
});
