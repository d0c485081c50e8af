import { describe, expect, it } from 'vitest';
import { namedStream, nextNormal } from '../../core/random.ts';
import { blockLength } from './blockLength.ts';

/** Autoregressive noise of the first order. */
function noise(n: number, memory: number, seed = 1): Float64Array {
  const state = namedStream(`seed=${seed}/blockLength/test/0`);
  let value = 0;
  return Float64Array.from({ length: n }, () => (value = memory * value + nextNormal(state)));
}

describe('blockLength', () => {
  it('is null for fewer than 2 values and for a constant series, where no dependence can be seen', () => {
    for (const values of [[], [1], [3, 3, 3, 3], new Array<number>(50).fill(0.1)]) {
      expect(blockLength(values)).toMatchObject({ stationary: null, circular: null, mhat: null });
    }
  });

  it('refuses NaN', () => {
    expect(() => blockLength([1, Number.NaN])).toThrow('values[1] is NaN');
  });

  it('treats lags beyond a short series as uncorrelated and stays inside its cap', () => {
    const { maxLag, blockCap, stationary, circular } = blockLength([1, -1, 2]);
    expect(maxLag).toBe(7);
    expect(blockCap).toBe(1);
    expect([stationary, circular]).toEqual([1, 1]);
  });

  it('grows with dependence, and the circular length exceeds the stationary one by the cube root of 1.5', () => {
    const lengths = [0, 0.5, 0.9].map((memory) => blockLength(noise(2000, memory)));
    expect(lengths[0]!.stationary!).toBeLessThan(4);
    expect(lengths[1]!.stationary!).toBeGreaterThan(lengths[0]!.stationary!);
    expect(lengths[2]!.stationary!).toBeGreaterThan(2 * lengths[1]!.stationary!);
    expect(lengths[2]!.circular! / lengths[2]!.stationary!).toBeCloseTo(Math.cbrt(1.5), 12);
  });

  it('takes the largest significant lag where significance never pauses, and the largest bandwidth', () => {
    const trend = Float64Array.from({ length: 60 }, (_, i) => i);
    const { mhat, M, maxLag, stationary, blockCap } = blockLength(trend);
    expect(M).toBe(maxLag);
    expect(mhat!).toBeGreaterThan(maxLag / 2);
    expect(stationary!).toBeLessThanOrEqual(blockCap);
  });

  it('does not depend on scale or level', () => {
    const values = noise(300, 0.4);
    const moved = blockLength(values.map((value) => 1000 + 1e-3 * value));
    expect(moved.mhat).toBe(blockLength(values).mhat);
    expect(moved.stationary!).toBeCloseTo(blockLength(values).stationary!, 6);
  });
});
