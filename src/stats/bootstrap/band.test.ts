import { describe, expect, it } from 'vitest';
import { namedStream, nextNormal } from '../../core/random.ts';
import { simultaneousBand } from './band.ts';

describe('simultaneousBand', () => {
  it('is one multiple of the errors wide on both sides', () => {
    const { low, high, multiplier } = simultaneousBand([1, 2], [0.1, 1], { rows: [1.2, 2, 1, 5, 1, 2], alpha: 0.5 });
    expect(multiplier).toBeCloseTo(2, 12);
    expect([...low, ...high].map((value) => Number(value.toFixed(9)))).toEqual([0.8, 0, 1.2, 4]);
  });

  it('is wider than a pointwise band of normal errors, more so for more points', () => {
    const state = namedStream('seed=1/band/test/0');
    const multiplierFor = (points: number) => {
      const rows = Float64Array.from({ length: 2000 * points }, () => nextNormal(state));
      return simultaneousBand(new Float64Array(points), new Float64Array(points).fill(1), { rows, alpha: 0.05 }).multiplier!;
    };
    expect(multiplierFor(1)).toBeCloseTo(1.96, 1);
    expect(multiplierFor(20)).toBeCloseTo(3.02, 1);
  });

  it('passes over undefined points and says null when nothing is defined', () => {
    const { low, multiplier } = simultaneousBand([1, Number.NaN], [1, 1], { rows: [2, Number.NaN], alpha: 0.1 });
    expect([low[0], low[1]]).toEqual([0, Number.NaN]);
    expect(multiplier).toBe(1);
    expect(simultaneousBand([1], [0], { rows: [1], alpha: 0.1 }).multiplier).toBeNull();
    expect(simultaneousBand([], [], { rows: [], alpha: 0.1 })).toEqual({ low: new Float64Array(0), high: new Float64Array(0), multiplier: null });
  });
});
