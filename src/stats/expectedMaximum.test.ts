import { describe, expect, it } from 'vitest';
import { namedStream, nextNormal } from '../core/random.ts';
import { exactExpectedMaximum, expectedMaximum } from './expectedMaximum.ts';

describe('expectedMaximum', () => {
  it('is what the specification quotes', () => {
    expect(expectedMaximum(10)).toBeCloseTo(1.5746, 4);
    expect(exactExpectedMaximum(10)).toBeCloseTo(1.5388, 4);
  });

  it('is 0 for one trial, and nothing below', () => {
    expect(expectedMaximum(1)).toBe(0);
    expect(Math.abs(exactExpectedMaximum(1) ?? 1)).toBeLessThan(1e-15);
    for (const trials of [0, 0.9, -3, Number.NaN, Infinity]) {
      expect(expectedMaximum(trials)).toBeNull();
      expect(exactExpectedMaximum(trials)).toBeNull();
    }
  });

  it('never falls as trials are added, also between whole numbers', () => {
    let before = 0;
    for (let trials = 1; trials < 30; trials += 0.01) {
      const now = expectedMaximum(trials)!;
      expect(now).toBeGreaterThanOrEqual(before);
      before = now;
    }
  });

  it('stays close to the exact value and loses no digits for very many trials', () => {
    for (const trials of [5, 100, 1e4, 1e6, 1e9]) expect(expectedMaximum(trials)! / exactExpectedMaximum(trials)!).toBeCloseTo(1, 1);
    expect(expectedMaximum(1e15)).toBeGreaterThan(expectedMaximum(1e14)!);
  });
});

describe('exactExpectedMaximum', () => {
  it('has the closed forms of few trials', () => {
    expect(exactExpectedMaximum(2)).toBeCloseTo(1 / Math.sqrt(Math.PI), 14);
    expect(exactExpectedMaximum(3)).toBeCloseTo(1.5 / Math.sqrt(Math.PI), 14);
    expect(exactExpectedMaximum(5)).toBeCloseTo((5 / (4 * Math.sqrt(Math.PI))) * (1 + (6 / Math.PI) * Math.asin(1 / 3)), 14);
  });

  it('is the mean of drawn maxima', () => {
    const random = namedStream('seed=1/stats/expectedMaximum/0');
    const draws = 4_000;
    let sum = 0;
    for (let k = 0; k < draws; k++) {
      let highest = -Infinity;
      for (let i = 0; i < 20; i++) highest = Math.max(highest, nextNormal(random));
      sum += highest;
    }
    expect(Math.abs(sum / draws - exactExpectedMaximum(20)!)).toBeLessThan((4 * 0.53) / Math.sqrt(draws));
  });
});
