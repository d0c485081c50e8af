import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactSum, kahanSum, naiveSum, neumaierSum, sumOver } from './sums.ts';

const runs = { numRuns: 200 };
/** Numbers m * 2^e: exact in 2^-100 units as big integers, spread over 200 binary orders. */
const scaled = fc.tuple(fc.integer(), fc.integer({ min: -100, max: 100 }));
const toNumber = ([m, e]: [number, number]) => m * 2 ** e;
const trueSum = (terms: [number, number][]) => Number(terms.reduce((sum, [m, e]) => sum + (BigInt(m) << BigInt(e + 100)), 0n)) * 2 ** -100;

describe('sums', () => {
  it('gives 0 for nothing', () => {
    for (const sum of [naiveSum, kahanSum, neumaierSum, exactSum]) expect(sum([])).toBe(0);
    expect(sumOver(0, () => 1)).toBe(0);
  });

  it('keeps what cancellation hides', () => {
    const values = [1, 1e100, 1, -1e100];
    expect([naiveSum(values), kahanSum(values), neumaierSum(values), exactSum(values)]).toEqual([0, 0, 2, 2]);
  });

  it('breaks a rounding tie by the partial below it', () => {
    expect(exactSum([1, 2 ** -53, 2 ** -106])).toBe(1 + 2 ** -52);
    expect(exactSum([1, 2 ** -53])).toBe(1);
    expect(exactSum([1, 2 ** -53, -(2 ** -106)])).toBe(1);
    expect(exactSum([1, 3 * 2 ** -54, 2 ** -110])).toBe(1 + 2 ** -52);
  });

  it('exactSum is the rounded true sum in any order', () => {
    fc.assert(
      fc.property(fc.array(scaled), (terms) => {
        const values = terms.map(toNumber);
        expect(exactSum(values) + 0).toBe(trueSum(terms) + 0);
        expect(exactSum(values.toReversed()) + 0).toBe(trueSum(terms) + 0);
      }),
      runs,
    );
  });

  it('neumaierSum is within one rounding of the true sum of like-sized terms', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1, max: 1, noNaN: true })), (values) => {
        const slack = values.length * values.length * 2 ** -100;
        const exact = exactSum(values);
        expect(Math.abs(neumaierSum(values) - exact)).toBeLessThanOrEqual(2 ** -52 * Math.abs(exact) + slack);
        expect(sumOver(values.length, (i) => values[i]!)).toBe(neumaierSum(values));
      }),
      runs,
    );
  });
});
