import { describe, expect, it } from 'vitest';
import { namedStream, nextIndex } from '../../core/random.ts';
import { mean } from '../moments.ts';
import { restrictedMean, restrictedMeanDifference, restrictedMeanPseudoValues } from './restrictedMean.ts';

describe('restrictedMean', () => {
  it('is the mean age, cut at the limit, when nobody is censored', () => {
    expect(restrictedMean({ exit: [1, 2, 9], isHit: [1, 1, 1] }, 4).mean).toBeCloseTo((1 + 2 + 4) / 3, 14);
  });

  it('is the whole limit without hits, with no error', () => {
    expect(restrictedMean({ exit: [5, 5], isHit: [0, 0] }, 5)).toEqual({ mean: 5, standardError: 0 });
  });

  it('is null where nobody is left to watch before the limit, but not after everybody was hit', () => {
    expect(restrictedMean({ exit: [2], isHit: [0] }, 5)).toEqual({ mean: null, standardError: null });
    expect(restrictedMean({ exit: [2], isHit: [1] }, 5).mean).toBe(2);
    expect(restrictedMean({ exit: [], isHit: [] }, 5).mean).toBeNull();
    expect(() => restrictedMean({ exit: [2], isHit: [1] }, 0)).toThrow('limit');
  });
});

describe('restrictedMeanDifference', () => {
  const slow = { exit: [5, 6, 7, 8, 9, 10], isHit: [1, 1, 0, 1, 1, 0] };
  const quick = { exit: [1, 2, 2, 3, 4, 6], isHit: [1, 1, 1, 1, 1, 1] };

  it('is positive for the group that lasts longer, and clear for groups that hardly meet', () => {
    const { difference, standardError, pTwoSided } = restrictedMeanDifference(slow, quick, 8);
    expect(difference!).toBeGreaterThan(3);
    expect(standardError!).toBeGreaterThan(0);
    expect(pTwoSided!).toBeLessThan(0.01);
    expect(restrictedMeanDifference(quick, slow, 8).difference).toBe(-difference!);
  });

  it('is null with an unknown side, and has no test without any error', () => {
    expect(restrictedMeanDifference({ exit: [1], isHit: [0] }, quick, 8)).toEqual({ difference: null, standardError: null, pTwoSided: null });
    const certain = { exit: [5], isHit: [0] };
    expect(restrictedMeanDifference(certain, certain, 3)).toEqual({ difference: 0, standardError: 0, pTwoSided: null });
  });
});

describe('restrictedMeanPseudoValues', () => {
  it('are the cut ages themselves when nobody is censored', () => {
    const values = restrictedMeanPseudoValues({ exit: [1, 4, 4, 9], isHit: [1, 1, 1, 1] }, 6)!;
    [1, 4, 4, 6].forEach((age, i) => expect(values[i]).toBeCloseTo(age, 12));
  });

  it('average close to the restricted mean with censoring', () => {
    const state = namedStream('seed=1/pseudo/test/0');
    const exit = Array.from({ length: 300 }, () => 1 + nextIndex(state, 40));
    const isHit = exit.map(() => nextIndex(state, 2));
    const whole = restrictedMean({ exit, isHit }, 20).mean!;
    expect(mean(restrictedMeanPseudoValues({ exit, isHit }, 20)!)! / whole).toBeCloseTo(1, 2);
  });

  it('are null where the mean, or one without somebody, is', () => {
    expect(restrictedMeanPseudoValues({ exit: [2], isHit: [0] }, 5)).toBeNull();
    expect(restrictedMeanPseudoValues({ exit: [2, 5], isHit: [0, 0] }, 5)).toBeNull();
  });
});
