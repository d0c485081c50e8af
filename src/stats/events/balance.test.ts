import { describe, expect, it } from 'vitest';
import { standardizedMeanDifference } from './balance.ts';

describe('standardizedMeanDifference', () => {
  it('is the difference of means in the common deviation', () => {
    expect(standardizedMeanDifference([1, 3], [0, 2])).toBeCloseTo(1 / Math.SQRT2, 15);
    expect(standardizedMeanDifference([0, 2], [1, 3])).toBeCloseTo(-1 / Math.SQRT2, 15);
  });

  it('is 0 for equal means, null for single values and for means that differ without spread', () => {
    expect(standardizedMeanDifference([2, 2], [2, 2])).toBe(0);
    expect(standardizedMeanDifference([2, 2], [3, 3])).toBeNull();
    expect(standardizedMeanDifference([1], [1, 2])).toBeNull();
    expect(standardizedMeanDifference([1, 2], [])).toBeNull();
  });

  it('refuses NaN', () => {
    expect(() => standardizedMeanDifference([1, Number.NaN], [1, 2])).toThrow('events[1]');
  });
});
