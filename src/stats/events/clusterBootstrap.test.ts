import { describe, expect, it } from 'vitest';
import { resamplesOfRows } from '../bootstrap/resamples.ts';
import { clusterBootstrap, clusterByDay } from './clusterBootstrap.ts';

describe('clusterByDay', () => {
  it('gathers effects by day in order, whatever the order of events', () => {
    expect(clusterByDay([3, 1, 3], [1, 2, 4])).toEqual({ days: [1, 3], sums: Float64Array.of(2, 5), counts: Float64Array.of(1, 2) });
    expect(clusterByDay(['2023-02-01', '2023-01-31'], [1, 2]).days).toEqual(['2023-01-31', '2023-02-01']);
  });

  it('refuses NaN', () => {
    expect(() => clusterByDay([1], [Number.NaN])).toThrow('effects[0]');
  });
});

describe('clusterBootstrap', () => {
  it('weighs days by their events', () => {
    const clusters = clusterByDay([1, 1, 2], [1, 3, 8]);
    const { mean, bootstrapMeans } = clusterBootstrap(
      clusters,
      resamplesOfRows(
        [
          [0, 1],
          [0, 0],
          [1, 1],
        ],
        2,
      ),
      0.5,
    );
    expect(mean).toBe(4);
    expect([...bootstrapMeans]).toEqual([4, 2, 8]);
  });

  it('leaves resamples without an event out of the bounds and counts them', () => {
    const clusters = { sums: Float64Array.of(4, 0), counts: Float64Array.of(2, 0) };
    const result = clusterBootstrap(
      clusters,
      resamplesOfRows(
        [
          [1, 1],
          [0, 1],
        ],
        2,
      ),
      0.5,
    );
    expect(result).toMatchObject({ mean: 2, percentile: [2, 2], undefinedDraws: 1 });
    expect(result.bootstrapMeans).toEqual(Float64Array.of(Number.NaN, 2));
  });

  it('is null without events', () => {
    expect(clusterBootstrap(clusterByDay([], []), resamplesOfRows([[]], 0), 0.1)).toMatchObject({ mean: null, percentile: null });
  });
});
