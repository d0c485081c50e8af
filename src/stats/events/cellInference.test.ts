import { describe, expect, it } from 'vitest';
import { namedStream, nextIndex, nextNormal } from '../../core/random.ts';
import { cellInference, type CellInferenceOptions } from './cellInference.ts';
import type { EffectCell } from './dailyCells.ts';

const options: CellInferenceOptions = { days: 400, meanBlockDays: 2, draws: 499, stream: 'seed=1/cells/test/0', alpha: 0.05, side: 'different' };

function cell(seed: number, events: number, effect = 0): EffectCell {
  const state = namedStream(`seed=${seed}/cellInference/test/0`);
  const day = Array.from({ length: events }, () => nextIndex(state, 400));
  return { day, effect: day.map(() => effect + nextNormal(state)) };
}

const only = (one: EffectCell, more: Partial<CellInferenceOptions> = {}) => cellInference([one], { ...options, ...more })[0]!;

describe('cellInference', () => {
  it('finds a planted effect and tells its size', () => {
    const { mean, studentized, p, adjustedP } = only(cell(1, 150, 0.5));
    expect(studentized![0]).toBeGreaterThan(0);
    expect(studentized![0]).toBeLessThan(0.5);
    expect(studentized![1]).toBeGreaterThan(0.5);
    expect(mean).toBeGreaterThan(0.3);
    expect(p).toBe(1 / 500);
    expect(adjustedP).toBe(p);
  });

  it('tests the registered direction', () => {
    expect(only(cell(1, 150, 0.5), { side: 'greater' }).p).toBe(1 / 500);
    expect(only(cell(1, 150, 0.5), { side: 'less' }).p).toBe(1);
    expect(only(cell(1, 150, -0.5), { side: 'less' }).p).toBe(1 / 500);
  });

  it('gives a cell the same interval whatever other cells are there, and a p-value that the family only raises', () => {
    const cells = [cell(1, 60, 0.3), cell(2, 90), cell(3, 40)];
    const together = cellInference(cells, options);
    cells.forEach((one, i) => {
      const alone = only(one);
      expect(together[i]).toMatchObject({ mean: alone.mean, studentized: alone.studentized, percentile: alone.percentile, p: alone.p });
      expect(together[i]!.adjustedP!).toBeGreaterThanOrEqual(alone.adjustedP!);
    });
  });

  it('does not pay for a copy of a cell', () => {
    const one = cell(5, 80, 0.2);
    const [first, second] = cellInference([one, one], options);
    expect(first!.adjustedP).toBe(first!.p);
    expect(second).toEqual(first);
  });

  it('counts events that share a day as less than their number', () => {
    const spread = cell(7, 100);
    const day = spread.day;
    const shared = { day: Array.from(day).flatMap((d) => [d, d]), effect: Array.from(spread.effect).flatMap((e) => [e, e]) };
    const [alone, doubled] = [only(spread, { meanBlockDays: 1 }), only(shared, { meanBlockDays: 1 })];
    expect(doubled.standardError).toBeCloseTo(alone.standardError!, 12);
    expect(doubled.effectiveEvents! / doubled.events).toBeLessThan(0.6);
    expect(alone.effectiveEvents! / alone.events).toBeGreaterThan(0.6);
  });

  it('is null where a cell has no two days or no spread, and leaves the others alone', () => {
    const good = cell(1, 60, 0.3);
    const cells = [{ day: [], effect: [] }, { day: [3, 3], effect: [1, 2] }, { day: [3, 9], effect: [1, 1] }, good];
    const [empty, oneDay, constant, other] = cellInference(cells, options);
    expect(empty).toMatchObject({ events: 0, mean: null, studentized: null, p: null, adjustedP: null });
    expect(oneDay).toMatchObject({ events: 2, eventDays: 1, mean: 1.5, standardError: null, percentile: null, p: null });
    expect(constant).toMatchObject({ mean: 1, standardError: null, effectiveEvents: null, adjustedP: null });
    expect(other).toEqual(only(good));
  });

  it('gives a cell too thin to resample no credit', () => {
    const { p, undefinedDraws } = only({ day: [3, 200], effect: [5, 5.1] });
    expect(undefinedDraws).toBeGreaterThan(20);
    expect(p).toBeGreaterThan(0.3);
  });

  it('refuses a day outside the calendar, NaN and columns of unequal length', () => {
    expect(() => only({ day: [400], effect: [1] })).toThrow('event day 400 is outside a calendar of 400 days');
    expect(() => only({ day: [-1], effect: [1] })).toThrow('event day');
    expect(() => only({ day: [1], effect: [Number.NaN] })).toThrow('effects[0]');
    expect(() => only({ day: [1, 2], effect: [1] })).toThrow('1 effects came with 2 days');
    expect(() => only(cell(1, 5), { alpha: 2 })).toThrow('alpha');
  });
});
