import { describe, expect, it } from 'vitest';
import { barMs } from '../core/time.ts';
import { qualityFlags } from './barQuality.ts';
import { monthlyCoverage } from './monthlyCoverage.ts';

const start = Date.UTC(2024, 0, 31, 23, 30);

describe('monthlyCoverage', () => {
  it('counts bars in the UTC month in which they open', () => {
    const months = monthlyCoverage({
      openTime: Float64Array.from({ length: 5 }, (_, row) => start + row * barMs),
      isGap: Float64Array.of(0, 1, 1, 0, 0),
      quality: Float64Array.of(0, qualityFlags.missing, qualityFlags.flatEmpty, qualityFlags.afterGap, 0),
      fundingEventTime: Float64Array.of(Number.NaN, Number.NaN, start, start, start),
      fundingRate: Float64Array.of(Number.NaN, Number.NaN, 0.0001, 0.0001, Number.NaN),
    });
    expect(months).toEqual([
      { month: '2024-01', bars: 2, missing: 1, flatEmpty: 0, fundingKnown: 0, fundingMissing: 2 },
      { month: '2024-02', bars: 3, missing: 1, flatEmpty: 1, fundingKnown: 3, fundingMissing: 1 },
    ]);
  });

  it('is empty without bars', () => {
    const none = new Float64Array(0);
    expect(monthlyCoverage({ openTime: none, isGap: none, quality: none, fundingEventTime: none, fundingRate: none })).toEqual([]);
  });
});
