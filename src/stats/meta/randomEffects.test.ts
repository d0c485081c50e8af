import { describe, expect, it } from 'vitest';
import { randomEffects } from './randomEffects.ts';

/** Thirteen trials of a tuberculosis vaccine (Colditz et al. 1994): cases and others among the vaccinated, then among the others. */
const trials = [
  [4, 119, 11, 128],
  [6, 300, 29, 274],
  [3, 228, 11, 209],
  [62, 13_536, 248, 12_619],
  [33, 5_036, 47, 5_761],
  [180, 1_361, 372, 1_079],
  [8, 2_537, 10, 619],
  [505, 87_886, 499, 87_892],
  [29, 7_470, 45, 7_232],
  [17, 1_699, 65, 1_600],
  [186, 50_448, 141, 27_197],
  [5, 2_493, 3, 2_338],
  [27, 16_886, 29, 17_825],
] as const;
const logRatios = trials.map(([a, b, c, d]) => Math.log(a / (a + b) / (c / (c + d))));
const errors = trials.map(([a, b, c, d]) => Math.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)));

describe('random effects', () => {
  it('are the published ones of the vaccine trials', () => {
    const found = randomEffects(logRatios, errors, 0.05)!;
    expect(found.mean).toBeCloseTo(-0.7141, 4);
    expect(found.standardError).toBeCloseTo(0.1787, 4);
    expect(found.low).toBeCloseTo(-1.0644, 4);
    expect(found.high).toBeCloseTo(-0.3638, 4);
    expect(found.tauSquared).toBeCloseTo(0.3088, 4);
    expect(found.q).toBeCloseTo(152.233, 3);
    expect(found.iSquared).toBeCloseTo(0.9212, 4);
    expect(found.pHeterogeneity).toBeLessThan(1e-4);
  });

  it('are the fixed ones where groups differ by no more than their errors', () => {
    const found = randomEffects([1, 1.1, 0.9], [1, 1, 1], 0.05)!;
    expect(found).toMatchObject({ tauSquared: 0, iSquared: 0 });
    expect(found.mean).toBeCloseTo(1, 12);
    expect(found.standardError).toBeCloseTo(1 / Math.sqrt(3), 12);
  });

  it('need two groups with errors above zero', () => {
    expect(randomEffects([1], [1], 0.05)).toBeNull();
    expect(() => randomEffects([1, 2], [1, 0], 0.05)).toThrow('a standard error is 0');
    expect(() => randomEffects([1, 2], [1], 0.05)).toThrow('2 effects have 1 errors');
  });
});
