import { describe, expect, it } from 'vitest';
import { stepDownDraws } from './stepDownDraws.ts';

describe('stepDownDraws', () => {
  const draws = [Float64Array.of(-1, 0, 1, 0), Float64Array.of(10, -10, 0, 0)];

  it('does not depend on the unit of an effect', () => {
    const own = stepDownDraws([3, 5], draws);
    expect(stepDownDraws([3, 50], [draws[0]!, draws[1]!.map((value) => 10 * value)])).toEqual(own);
    expect(own[0]).toBe(0.2);
    expect(own[1]).toBeGreaterThanOrEqual(own[0]!);
  });

  it('leaves out what cannot be told, and draws that gave nothing', () => {
    expect(stepDownDraws([null, 5], draws)[0]).toBeNull();
    expect(stepDownDraws([3, 5], [draws[0]!, new Float64Array(4)])[1]).toBeNull();
    const longer = draws.map((values) => Float64Array.from([...values, Number.NaN]));
    expect(stepDownDraws([3, 5], longer)).toEqual(stepDownDraws([3, 5], draws));
    expect(stepDownDraws([], [])).toEqual([]);
  });
});
