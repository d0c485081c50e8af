import { describe, expect, it } from 'vitest';
import { namedStream, nextIndex } from '../../core/random.ts';
import { kolmogorovSmirnov } from '../calibration/kolmogorovSmirnov.ts';
import { logRank } from './logRank.ts';

describe('logRank', () => {
  it('reproduces the published comparison of treated and untreated patients (Freireich et al. 1963)', () => {
    const treated = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35];
    const treatedHit = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0];
    const placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23];
    const result = logRank({
      exit: [...treated, ...placebo],
      isHit: [...treatedHit, ...placebo.map(() => 1)],
      isFirst: [...treated.map(() => 0), ...placebo.map(() => 1)],
    });
    expect(result.observed).toBe(21);
    expect(result.expected).toBeCloseTo(10.75, 2);
    expect(result.chiSquare).toBeCloseTo(16.79, 2);
    expect(result.z!).toBeGreaterThan(0);
    expect(result.pTwoSided!).toBeLessThan(1e-4);
  });

  it('compares inside strata only', () => {
    // Between the strata the groups differ completely, inside each they are alike.
    const exit = [1, 1, 1, 1, 9, 9, 9, 9];
    const isFirst = [1, 1, 1, 0, 1, 0, 0, 0];
    const stratum = [0, 0, 0, 0, 1, 1, 1, 1];
    const isHit = exit.map(() => 1);
    expect(logRank({ exit, isHit, isFirst }).z!).toBeGreaterThan(0);
    expect(logRank({ exit, isHit, isFirst, stratum })).toMatchObject({ observed: 4, expected: 4, z: null });
  });

  it('does not count who has not entered yet', () => {
    const exit = [5, 5, 3];
    const result = logRank({ exit, isHit: [1, 0, 1], isFirst: [1, 0, 1], entry: [0, 0, 3] });
    expect(result).toMatchObject({ observed: 1, expected: 0.5, variance: 0.25, z: 1 });
  });

  it('is null without hits or with one group only', () => {
    expect(logRank({ exit: [1, 2], isHit: [0, 0], isFirst: [1, 0] })).toMatchObject({ z: null, pTwoSided: null });
    expect(logRank({ exit: [1, 2], isHit: [1, 1], isFirst: [1, 1] })).toMatchObject({ z: null, chiSquare: null });
    expect(logRank({ exit: [], isHit: [], isFirst: [] })).toMatchObject({ observed: 0, z: null });
    expect(() => logRank({ exit: [1], isHit: [1], isFirst: [] })).toThrow('differ in length');
  });

  it('gives uniform p-values to groups that are alike', () => {
    const ps = Array.from({ length: 200 }, (_, seed) => {
      const state = namedStream(`seed=${seed}/logRank/test/0`);
      const exit = Array.from({ length: 120 }, () => 1 + nextIndex(state, 60));
      return logRank({ exit, isHit: exit.map(() => nextIndex(state, 2)), isFirst: exit.map((_, i) => i % 2) }).pTwoSided!;
    });
    expect(kolmogorovSmirnov(ps).p!).toBeGreaterThan(0.001);
  });
});
