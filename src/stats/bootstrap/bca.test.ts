import { describe, expect, it } from 'vitest';
import { bcaBounds, jackknifeAcceleration } from './bca.ts';

describe('BCa bounds', () => {
  const sorted = Float64Array.from({ length: 999 }, (_, i) => i / 998);

  it('are the percentile bounds without bias and skewness', () => {
    const [low, high] = bcaBounds(0.5, sorted, { alpha: 0.1, acceleration: 0 })!;
    expect(low).toBeCloseTo(0.05, 9);
    expect(high).toBeCloseTo(0.95, 9);
  });

  it('move up where replicates lie below the estimate, and with acceleration', () => {
    const [low, high] = bcaBounds(0.6, sorted, { alpha: 0.1, acceleration: 0 })!;
    expect(low).toBeGreaterThan(0.05);
    expect(high).toBeGreaterThan(0.95);
    expect(bcaBounds(0.5, sorted, { alpha: 0.1, acceleration: 0.05 })![1]).toBeGreaterThan(0.95);
    expect(bcaBounds(0.5, new Float64Array(0), { alpha: 0.1, acceleration: 0 })).toBeNull();
  });

  it('take the published acceleration of a sample mean: a sixth of its skewness over the root of n', () => {
    const values = [1, 2, 3, 10];
    const mean = 4;
    const without = values.map((value) => (16 - value) / 3);
    const [squares, cubes] = [2, 3].map((power) => values.reduce((sum, value) => sum + (value - mean) ** power, 0));
    expect(jackknifeAcceleration(without)).toBeCloseTo(cubes! / (6 * squares! ** 1.5), 12);
    expect(jackknifeAcceleration([1, 1, 1])).toBe(0);
    expect(jackknifeAcceleration([1, 2])).toBe(0);
  });
});
