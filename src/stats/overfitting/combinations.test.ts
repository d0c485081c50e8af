import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choose, combinations } from './combinations.ts';

describe('combinations', () => {
  it('come in lexicographic order', () => {
    expect(combinations(4, 2)).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 2],
      [1, 3],
      [2, 3],
    ]);
  });

  it('include choosing nothing and choosing all, and leave out the impossible', () => {
    expect(combinations(3, 0)).toEqual([[]]);
    expect(combinations(3, 3)).toEqual([[0, 1, 2]]);
    expect(combinations(0, 0)).toEqual([[]]);
    expect(combinations(2, 3)).toEqual([]);
  });

  it('are all different, ascending, and as many as there are ways', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 10 }), (count, size) => {
        const all = combinations(count, size);
        expect(all).toHaveLength(choose(count, size));
        expect(new Set(all.map(String)).size).toBe(all.length);
        for (const choice of all) expect(choice).toEqual([...choice].sort((a, b) => a - b));
        for (let i = 1; i < all.length; i++) expect(isBefore(all[i - 1]!, all[i]!)).toBe(true);
      }),
    );
  });

  it('of half of the numbers are, read backwards, their complements', () => {
    const all = combinations(8, 4);
    for (const [index, choice] of all.entries()) expect(new Set([...choice, ...all[all.length - 1 - index]!]).size).toBe(8);
  });

  it('are refused when nobody could list them', () => {
    expect(() => combinations(40, 20)).toThrow('more than 3000000');
    expect(() => combinations(4, -1)).toThrow('whole number');
    expect(() => combinations(4.5, 1)).toThrow('whole number');
  });
});

describe('choose', () => {
  it('counts the splits of a report', () => {
    expect(choose(16, 8)).toBe(12_870);
    expect(choose(50, 25)).toBe(126_410_606_437_752);
  });
});

function isBefore(a: readonly number[], b: readonly number[]): boolean {
  const place = a.findIndex((value, index) => value !== b[index]);
  return place >= 0 && a[place]! < b[place]!;
}
