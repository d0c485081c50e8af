import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namedStream, nextUniform } from '../../core/random.ts';
import { stationaryIndices } from './indices.ts';
import { stationaryCounts } from './stationaryCounts.ts';

describe('stationaryCounts', () => {
  it('counts the draws of stationaryIndices, for any length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_500 }), fc.double({ min: 1, max: 40, noNaN: true }), fc.string(), (n, meanBlock, stream) => {
        const counts = new Uint16Array(n).fill(7);
        stationaryCounts(counts, { meanBlock, stream });
        const state = namedStream(stream);
        const expected = new Uint16Array(n);
        for (const index of stationaryIndices(n, 1 / meanBlock, () => nextUniform(state)).indices) expected[index]!++;
        expect(counts).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });
});
