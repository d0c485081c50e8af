import { describe, expect, it } from 'vitest';
import { bootstrapInterval, meanInterval } from './interval.ts';
import { resamplesOfRows } from './resamples.ts';

describe('bootstrapInterval', () => {
  it('mirrors the percentile bounds at the estimate for the basic ones', () => {
    const { percentile, basic } = bootstrapInterval(3, [0, 1, 2, 3, 10], 0.5);
    expect(percentile).toEqual([1, 3]);
    expect(basic).toEqual([3, 5]);
  });

  it('leaves undefined replicates out and counts them', () => {
    expect(bootstrapInterval(1, [Number.NaN, 1, 2, Number.NaN], 0.1)).toMatchObject({ undefinedDraws: 2, percentile: [1.05, 1.95] });
  });

  it('is null without an estimate or without replicates', () => {
    const nothing = { percentile: null, basic: null, standardError: null };
    expect(bootstrapInterval(null, [1, 2], 0.1)).toEqual({ ...nothing, undefinedDraws: 0 });
    expect(bootstrapInterval(1, [Number.NaN], 0.1)).toEqual({ ...nothing, undefinedDraws: 1 });
    expect(bootstrapInterval(1, [2], 0.1)).toMatchObject({ percentile: [2, 2], standardError: null });
  });

  it('refuses an alpha that is no error rate', () => {
    for (const alpha of [0, 1, -0.1, Number.NaN]) expect(() => bootstrapInterval(1, [1], alpha)).toThrow('alpha must lie between 0 and 1');
  });
});

describe('meanInterval', () => {
  it('is null for no values', () => {
    expect(meanInterval([], resamplesOfRows([[]], 0), 0.05)).toMatchObject({ mean: null, percentile: null });
  });
});
