import { describe, expect, it } from 'vitest';
import { namedStream, nextNormal } from '../../core/random.ts';
import { stepDownMaxT } from './stepDownMaxT.ts';

describe('stepDownMaxT', () => {
  it('compares the largest with all tests and the next with those below it', () => {
    const draws = [
      [0, 4],
      [2, 0],
      [0, 0],
    ].flat();
    // 3: only the draw of 4 exceeds it. 1: among its own column, only 2 does, but it may not pass the one above.
    expect(stepDownMaxT([1, 3], draws, { side: 'greater' })).toEqual(Float64Array.of(0.5, 0.5));
    expect(stepDownMaxT([1, 5], draws, { side: 'greater' })).toEqual(Float64Array.of(0.5, 0.25));
  });

  it('reads the side from the sign', () => {
    const draws = [-2, 1, 1, -3];
    expect(stepDownMaxT([-2.5, 0], draws, { side: 'less' })[0]).toBe(2 / 3);
    expect(stepDownMaxT([2.5, 0], draws, { side: 'less' })[0]).toBe(1);
    expect(stepDownMaxT([-2.5, 0], draws, { side: 'different' })[0]).toBe(2 / 3);
  });

  it('leaves undefined tests out of the family and undefined draws out of the maximum', () => {
    const draws = [Number.NaN, 9, 1, 9];
    expect(stepDownMaxT([2, Number.NaN], draws, { side: 'greater' })).toEqual(Float64Array.of(1 / 3, Number.NaN));
  });

  it('is 1 without draws and empty without tests', () => {
    expect(stepDownMaxT([2], [], { side: 'greater' })).toEqual(Float64Array.of(1));
    expect(stepDownMaxT([], [], { side: 'greater' })).toEqual(new Float64Array(0));
    expect(() => stepDownMaxT([1, 2], [1], { side: 'greater' })).toThrow('no whole number of rows');
  });

  it('costs less than Bonferroni for tests that move together, and rejects any of many nulls in about alpha of families', () => {
    const [tests, draws] = [10, 199];
    let rejected = 0;
    let together = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const state = namedStream(`seed=${seed}/maxT/test/0`);
      const row = () => Array.from({ length: tests }, () => nextNormal(state));
      const shared = () => new Array<number>(tests).fill(nextNormal(state));
      const adjusted = stepDownMaxT(row(), Array.from({ length: draws }, row).flat(), { side: 'different' });
      rejected += +(Math.min(...adjusted) <= 0.1);
      together += Math.min(...stepDownMaxT(shared(), Array.from({ length: draws }, shared).flat(), { side: 'different' }));
    }
    expect(rejected).toBeGreaterThan(14);
    expect(rejected).toBeLessThan(48);
    expect(together / 300).toBeCloseTo(0.5, 1);
  });
});
