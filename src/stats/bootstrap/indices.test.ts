import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namedStream, nextUniform } from '../../core/random.ts';
import { circularIndices, stationaryIndices } from './indices.ts';

const runs = { numRuns: 200 };
const fromList = (uniforms: readonly number[]) => {
  const values = uniforms.values();
  return () => values.next().value!;
};

describe('stationaryIndices', () => {
  it('walks on without a restart and wraps past the end', () => {
    expect(stationaryIndices(4, 0.1, fromList([0.6, 0.9, 0.9, 0.9]))).toEqual({ indices: Int32Array.of(2, 3, 0, 1), uniformsUsed: 4 });
  });

  it('takes one more uniform where it restarts, and compares strictly', () => {
    expect(stationaryIndices(3, 0.5, fromList([0, 0.5, 0.49, 0.99]))).toEqual({ indices: Int32Array.of(0, 1, 2), uniformsUsed: 4 });
  });

  it('draws every index afresh at probability 1', () => {
    expect([...stationaryIndices(3, 1, fromList([0.5, 0, 0.9, 0, 0.1])).indices]).toEqual([1, 2, 0]);
  });

  it('is empty for an empty series, and refuses impossible arguments', () => {
    expect(stationaryIndices(0, 0.5, () => 0)).toEqual({ indices: new Int32Array(0), uniformsUsed: 0 });
    expect(() => stationaryIndices(2.5, 0.5, () => 0)).toThrow('series length');
    expect(() => stationaryIndices(2, 0, () => 0)).toThrow('(0, 1], not 0');
    expect(() => stationaryIndices(2, 1.1, () => 0)).toThrow('not 1.1');
  });

  it('restarts as often as its probability says', () => {
    const state = namedStream('seed=1/stationaryIndices/test/0');
    const { uniformsUsed } = stationaryIndices(100_000, 0.2, () => nextUniform(state));
    expect((uniformsUsed - 100_000) / 100_000).toBeCloseTo(0.2, 2);
  });
});

describe('circularIndices', () => {
  it('cuts the last block, and the only one where it is longer than the series', () => {
    expect(circularIndices(5, 3, fromList([0.99, 0.2]))).toEqual({ indices: Int32Array.of(4, 0, 1, 1, 2), uniformsUsed: 2 });
    expect(circularIndices(3, 10, fromList([0.4]))).toEqual({ indices: Int32Array.of(1, 2, 0), uniformsUsed: 1 });
  });

  it('refuses a block length that is not whole', () => {
    expect(() => circularIndices(3, 1.5, () => 0)).toThrow('block length');
    expect(() => circularIndices(3, 0, () => 0)).toThrow('block length');
  });

  it('gives positions of the series in runs of the block length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 60 }), fc.integer(), (n, length, seed) => {
        const state = namedStream(`seed=${seed}/circular/test/0`);
        const { indices, uniformsUsed } = circularIndices(n, length, () => nextUniform(state));
        expect(uniformsUsed).toBe(Math.ceil(n / length));
        indices.forEach((index, i) => {
          expect(index).toBeGreaterThanOrEqual(0);
          expect(index).toBeLessThan(n);
          if (i % length !== 0) expect(index).toBe((indices[i - 1]! + 1) % n);
        });
      }),
      runs,
    );
  });
});
