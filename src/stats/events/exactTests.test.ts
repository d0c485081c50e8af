import { describe, expect, it } from 'vitest';
import { permutationExact, signFlipExact } from './exactTests.ts';

describe('permutationExact', () => {
  it('counts every arrangement, the observed one among them', () => {
    expect(permutationExact([3, 4], [1, 2])).toEqual({ effect: 2, arrangements: 6, pUpper: 1 / 6, pTwoSided: 1 / 3 });
  });

  it('counts arrangements that tie but for rounding', () => {
    // 0.1 + 0.2 and 0.3 + 0 are equal as decimals, not as doubles.
    const { pUpper } = permutationExact([0.1, 0.2], [0.3, 0]);
    expect(pUpper).toBe(4 / 6);
  });

  it('is 1 where all values are equal', () => {
    expect(permutationExact([2, 2], [2, 2, 2])).toMatchObject({ effect: 0, pUpper: 1, pTwoSided: 1 });
  });

  it('is null for an empty group and beyond 200,000 arrangements', () => {
    expect(permutationExact([], [1])).toMatchObject({ effect: null, pUpper: null });
    expect(permutationExact([1], [])).toMatchObject({ effect: null, pTwoSided: null });
    const many = Array.from({ length: 12 }, (_, i) => i);
    expect(permutationExact(many, many)).toEqual({ effect: 0, arrangements: 2_704_156, pUpper: null, pTwoSided: null });
    const huge = Array.from({ length: 1000 }, (_, i) => i);
    expect(permutationExact(huge, huge).arrangements).toBeNull();
  });

  it('refuses NaN', () => {
    expect(() => permutationExact([Number.NaN], [1])).toThrow('events[0]');
    expect(() => permutationExact([1], [Number.NaN])).toThrow('controls[0]');
  });
});

describe('signFlipExact', () => {
  it('counts every pattern of signs', () => {
    expect(signFlipExact([1, 2])).toEqual({ effect: 1.5, arrangements: 4, pUpper: 0.25, pTwoSided: 0.5 });
    expect(signFlipExact([0, 1])).toMatchObject({ pUpper: 0.5, pTwoSided: 1 });
  });

  it('counts patterns that tie but for rounding', () => {
    expect(signFlipExact([0.1, 0.2, -0.3]).pUpper).toBe(5 / 8);
  });

  it('stops at 17 differences and is null for none', () => {
    expect(signFlipExact(new Array<number>(17).fill(1)).pUpper).toBe(1 / 131_072);
    expect(signFlipExact(new Array<number>(18).fill(1))).toEqual({ effect: 1, arrangements: 262_144, pUpper: null, pTwoSided: null });
    expect(signFlipExact(new Array<number>(2000).fill(1)).arrangements).toBeNull();
    expect(signFlipExact([])).toMatchObject({ effect: null, pUpper: null });
  });
});
