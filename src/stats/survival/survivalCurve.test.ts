import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lifeTable, survivalCurve } from './survivalCurve.ts';

const round = (values: ArrayLike<number>) => Array.from(values, (value) => Number(value.toFixed(6)));

describe('lifeTable', () => {
  it('keeps a subject at risk through the age at which it is censored', () => {
    expect(lifeTable({ exit: [1, 2, 2, 9], isHit: [1, 0, 1, 0] }, 3)).toEqual({ atRisk: Float64Array.of(4, 3, 1), hits: Float64Array.of(1, 1, 0) });
  });

  it('counts a late entry from the age after it, and nobody who leaves at or before entering', () => {
    expect(lifeTable({ exit: [3, 2, 0], isHit: [1, 1, 1], entry: [1, 2, 0] }, 3)).toEqual({
      atRisk: Float64Array.of(0, 1, 1),
      hits: Float64Array.of(0, 0, 1),
    });
  });

  it('watches hits beyond the horizon up to it', () => {
    expect(lifeTable({ exit: [10], isHit: [1] }, 2)).toEqual({ atRisk: Float64Array.of(1, 1), hits: new Float64Array(2) });
    expect(lifeTable({ exit: [3], isHit: [1] }, 0).atRisk).toHaveLength(0);
  });

  it('refuses broken ages, marks and lengths', () => {
    expect(() => lifeTable({ exit: [1.5], isHit: [1] }, 3)).toThrow('exit age');
    expect(() => lifeTable({ exit: [1], isHit: [1], entry: [-1] }, 3)).toThrow('entry age');
    expect(() => lifeTable({ exit: [1], isHit: [2] }, 3)).toThrow('isHit[0] is 2');
    expect(() => lifeTable({ exit: [1, 2], isHit: [1] }, 3)).toThrow('differ in length');
    expect(() => lifeTable({ exit: [1], isHit: [1] }, -1)).toThrow('horizon');
  });
});

describe('survivalCurve', () => {
  // Remission times in weeks of 21 treated patients (Freireich et al. 1963), the standard worked example.
  const exit = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35];
  const isHit = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0];

  it('reproduces the textbook curve and its Greenwood errors', () => {
    const { survival, survivalError, atRisk } = survivalCurve({ exit, isHit }, { horizon: 35, alpha: 0.05 });
    const at = (age: number) => [atRisk[age - 1], Number(survival[age - 1]!.toFixed(4)), Number(survivalError[age - 1]!.toFixed(4))];
    expect(at(6)).toEqual([21, 0.8571, 0.0764]);
    expect(at(10)).toEqual([15, 0.7529, 0.0963]);
    expect(at(16)).toEqual([11, 0.6275, 0.1141]);
    expect(at(23)).toEqual([6, 0.4482, 0.1346]);
  });

  it('adds hazards to the cumulative one', () => {
    const { hazard, cumulativeHazard, cumulativeHazardError } = survivalCurve(
      { exit: [1, 2, 2, 3], isHit: [1, 1, 0, 1] },
      { horizon: 3, alpha: 0.1 },
    );
    expect(round(hazard)).toEqual([0.25, 0.333333, 1]);
    expect(round(cumulativeHazard)).toEqual([0.25, 0.583333, 1.583333]);
    expect(cumulativeHazardError[1]).toBeCloseTo(Math.sqrt(1 / 16 + 1 / 9), 12);
  });

  it('is undefined from the age on at which nobody is left to watch', () => {
    const { hazard, survival, low, cumulativeHazard } = survivalCurve({ exit: [1, 2], isHit: [1, 0] }, { horizon: 4, alpha: 0.05 });
    expect([...survival]).toEqual([0.5, 0.5, Number.NaN, Number.NaN]);
    expect([...hazard]).toEqual([0.5, 0, Number.NaN, Number.NaN]);
    expect([...cumulativeHazard]).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect(low[2]).toBeNaN();
  });

  it('has bounds inside 0..1 around the curve, none before the first hit or after the last survivor', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ exit: fc.integer({ min: 1, max: 20 }), hit: fc.boolean() }), { minLength: 1, maxLength: 40 }), (subjects) => {
        const columns = { exit: subjects.map((one) => one.exit), isHit: subjects.map((one) => +one.hit) };
        const { survival, low, high } = survivalCurve(columns, { horizon: 20, alpha: 0.05 });
        survival.forEach((value, k) => {
          if (value > 0 && value < 1) {
            expect(low[k]!).toBeGreaterThanOrEqual(0);
            expect(low[k]!).toBeLessThanOrEqual(value);
            expect(high[k]!).toBeGreaterThanOrEqual(value);
            expect(high[k]!).toBeLessThanOrEqual(1);
          } else {
            expect([low[k], high[k]]).toEqual([Number.NaN, Number.NaN]);
          }
        });
      }),
      { numRuns: 200 },
    );
  });

  it('is the plain share without a hit when nobody is censored', () => {
    const { survival } = survivalCurve({ exit: [1, 1, 2, 3, 5], isHit: [1, 1, 1, 1, 1] }, { horizon: 5, alpha: 0.05 });
    expect(round(survival)).toEqual([0.6, 0.4, 0.2, 0.2, 0]);
  });
});
