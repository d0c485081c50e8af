import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantile } from '../../../stats/quantile.ts';
import { bootstrapMean } from './bootstrap.ts';
import { drawControls, nearestRanks } from './draw.ts';
import { hazardTable } from './hazard.ts';
import { fullWindowMean, trailingMedian, trailingMoments } from './rolling.ts';
import { firstComeQuartiles, percentRanks, signOf } from './sample.ts';

const holed = fc.array(fc.option(fc.integer({ min: -5, max: 5 }), { nil: Number.NaN, freq: 4 }), { minLength: 1, maxLength: 60 });

describe('ranks and quartiles of the reference', () => {
  it('share the mean rank among ties and leave missing values out', () => {
    expect([...percentRanks([3, Number.NaN, 1, 3, 2])]).toEqual([0.875, Number.NaN, 0.25, 0.875, 0.5]);
  });

  it('cut three ranks into 0, 1, 3 and one into nothing', () => {
    expect([...firstComeQuartiles([10, 30, 20])]).toEqual([0, 3, 1]);
    expect([...firstComeQuartiles([7])]).toEqual([Number.NaN]);
    expect([...firstComeQuartiles([5, 5, 5, 5])]).toEqual([0, 1, 2, 3]);
  });

  it('count values at most as large, for any values', () => {
    fc.assert(
      fc.property(holed, (values) => {
        const present = values.filter((value) => !Number.isNaN(value));
        percentRanks(values).forEach((rank, i) => {
          if (Number.isNaN(values[i])) return expect(rank).toBeNaN();
          const below = present.filter((value) => value < values[i]!).length;
          const ties = present.filter((value) => value === values[i]).length;
          expect(rank).toBeCloseTo((below + (ties + 1) / 2) / present.length, 12);
        });
      }),
    );
  });

  it('call a mean within 1e-12 of zero, or a missing one, zero', () => {
    expect([1e-13, -1e-13, Number.NaN, 2, -2].map(signOf)).toEqual([0, 0, 0, 1, -1]);
  });
});

describe('rolling windows of the reference', () => {
  it('take the median and moments of what is there, for any holes', () => {
    fc.assert(
      fc.property(holed, fc.integer({ min: 2, max: 12 }), fc.integer({ min: 1, max: 4 }), (values, window, atLeast) => {
        const column = Float64Array.from(values);
        const medians = trailingMedian(column, { window, atLeast });
        const moments = trailingMoments(column, { window, atLeast });
        values.forEach((_, bar) => {
          const present = values.slice(Math.max(0, bar - window + 1), bar + 1).filter((value) => !Number.isNaN(value));
          if (present.length < atLeast) return expect([medians[bar], moments.mean[bar]]).toEqual([Number.NaN, Number.NaN]);
          expect(medians[bar]).toBeCloseTo(quantile(present, 0.5)!, 12);
          expect(moments.mean[bar]).toBeCloseTo(present.reduce((sum, value) => sum + value, 0) / present.length, 12);
        });
      }),
    );
  });

  it('blank a whole window for one missing value where all are asked for', () => {
    const values = Float64Array.of(1, 2, 3, Number.NaN, 5, 6, 7);
    expect([...fullWindowMean(values, 3)]).toEqual([Number.NaN, Number.NaN, 2, Number.NaN, Number.NaN, Number.NaN, 6]);
  });
});

describe('hazards of the reference', () => {
  it('keep who was never hit at risk for ever, and count a hit at once in neither column', () => {
    expect(hazardTable([0, 1, 3, Number.NaN], 4)).toEqual([
      { age: 1, at_risk: 3, hits: 1, hazard: 1 / 3 },
      { age: 2, at_risk: 2, hits: 0, hazard: 0 },
      { age: 3, at_risk: 2, hits: 1, hazard: 0.5 },
      { age: 4, at_risk: 1, hits: 0, hazard: 0 },
    ]);
    expect(hazardTable([0], 1)[0]!.hazard).toBeNaN();
  });
});

describe('draws', () => {
  it('take distinct bars where there are enough, and as many as there are with replacement where not', () => {
    const bars = [10, 20, 30, 40, 50, 60];
    const drawn = drawControls('a', bars, { wanted: 5, seed: 7 });
    expect(new Set(drawn).size).toBe(5);
    expect(drawControls('a', bars, { wanted: 5, seed: 7 })).toEqual(drawn);
    expect(drawControls('b', [10, 20], { wanted: 5, seed: 7 }).length).toBe(2);
    expect(drawControls('b', [], { wanted: 5, seed: 7 })).toEqual([]);
    const repeats = Array.from({ length: 50 }, (_, i) => drawControls(`c${i}`, [10, 20], { wanted: 5, seed: 7 }));
    expect(repeats.some(([first, second]) => first === second)).toBe(true);
  });

  it('find the nearest ranks, the earlier of two, unranked bars last', () => {
    const nearest = nearestRanks({ bars: [3, 5, 8, 9], ranks: Float64Array.of(0.5, 0.2, Number.NaN, 0.4) });
    expect(nearest(0.3, 2)).toEqual([5, 9].sort((a, b) => a - b));
    expect(nearest(0.45, 4)).toEqual([3, 9, 5, 8]);
    expect(nearest(Number.NaN, 2)).toEqual([3, 5]);
  });
});

describe('the bootstrap of a mean', () => {
  it('covers the mean, drops what is not finite, and is undefined for nothing', () => {
    const values = Float64Array.from({ length: 200 }, (_, i) => (i % 7) - 3 + i / 400);
    const { n, mean, low, high } = bootstrapMean([...values, Number.NaN], { draws: 1000, stream: 'seed=1/test' });
    expect([n, low < mean, mean < high]).toEqual([200, true, true]);
    const error = 2 / Math.sqrt(200);
    expect((high - low) / (2 * 1.96 * error)).toBeCloseTo(1, 0);
    expect(bootstrapMean([], { draws: 10, stream: 's' })).toEqual({ n: 0, mean: Number.NaN, low: Number.NaN, high: Number.NaN });
  });
});
