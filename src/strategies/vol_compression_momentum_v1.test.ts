import { describe, expect, it } from 'vitest';
import { referenceProfile } from '../core/profile.ts';
import { type CalmBar, calmFrame, positionsOf, simulate } from '../../test/support/frames.ts';
import strategy from './vol_compression_momentum_v1.ts';

const run = (rows: number, changes: Record<number, CalmBar>, params = {}) => simulate(strategy, calmFrame(rows, changes), { params });
const entries = (rows: number, changes: Record<number, CalmBar>, params = {}) => run(rows, changes, params).trades.map(({ entryRow }) => entryRow);

describe('vol_compression_momentum_v1', () => {
  it('enters strictly beyond the previous row’s range on either side', () => {
    expect(entries(3, { 1: { close: 110 } })).toEqual([]);
    expect(entries(3, { 1: { close: 90 } })).toEqual([]);
    expect(positionsOf(run(3, { 1: { close: 110.5 } }))).toEqual([0, 1, 1]);
    expect(positionsOf(run(3, { 1: { close: 89.5 } }))).toEqual([0, -1, -1]);
  });

  it('enters at a rank of exactly 12, not above', () => {
    expect(entries(3, { 1: { close: 111, rv_pct_2880: 12 } })).toEqual([1]);
    expect(entries(3, { 1: { close: 111, rv_pct_2880: 12.0001 } })).toEqual([]);
  });

  it('leaves at a rank of exactly 35, not below', () => {
    const exit = (rank: number) => run(70, { 1: { close: 111 }, 5: { rv_pct_2880: rank } }).trades[0]!;
    expect(exit(35)).toMatchObject({ exitRow: 5, exitReason: 'volatility_back' });
    expect(exit(34.9999)).toMatchObject({ exitRow: 65, exitReason: 'time' });
  });

  it('does not enter again on its exit row, but on the next', () => {
    const up = { close: 111 };
    expect(positionsOf(run(6, { 1: up, 2: up, 3: up, 4: up, 5: up }, { max_hold_bars: 2 }))).toEqual([0, 1, 1, 0, 1, 1]);
  });

  it('has no stop: a falling low changes nothing', () => {
    expect(run(9, { 1: { close: 111 }, 4: { close: 1 } }).trades[0]).toMatchObject({
      isOpen: true,
      stop: Number.NaN,
      target: Number.NaN,
      rMultiple: Number.NaN,
    });
  });

  it('ignores a missing high or low of the bar and of the current range', () => {
    expect(entries(3, { 1: { close: 111, high: Number.NaN, low: Number.NaN, high_96: Number.NaN, low_96: Number.NaN } })).toEqual([1]);
  });

  it.each(['range_96', 'range_med_480', 'rv_pct_2880'] as const)('is blocked while %s is missing, although the ranges decide nothing', (name) => {
    expect(entries(3, { 1: { close: 111, [name]: Number.NaN } })).toEqual([]);
  });

  it('leaves late when blocked at its time limit', () => {
    expect(run(9, { 1: { close: 111 }, 3: { range_96: Number.NaN }, 4: { gap: true } }, { max_hold_bars: 2 }).trades[0]).toMatchObject({
      exitRow: 6,
      exitReason: 'time',
    });
  });

  it('has reasons guessed from the range edge under the reference profile', () => {
    const guess = (change: CalmBar) =>
      simulate(strategy, calmFrame(70, { 1: { close: 111 }, 5: { rv_pct_2880: 99, ...change } }), { profile: referenceProfile }).trades[0]!;
    expect(guess({ low: 90 })).toMatchObject({ exitReason: 'stop', stop: 90, target: 153 });
    expect(guess({ high: 153 }).exitReason).toBe('target');
    expect(guess({ low: 90, high: 153 }).exitReason).toBe('stop');
    expect(guess({}).exitReason).toBe('position_exit');
  });
});
