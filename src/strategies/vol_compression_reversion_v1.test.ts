import { describe, expect, it } from 'vitest';
import { referenceProfile } from '../core/profile.ts';
import { type CalmBar, calmFrame, positionsOf, simulate } from '../../test/support/frames.ts';
import strategy from './vol_compression_reversion_v1.ts';

const run = (rows: number, changes: Record<number, CalmBar>, params = {}) => simulate(strategy, calmFrame(rows, changes), { params });
const first = (change: CalmBar, params = {}) => positionsOf(run(2, { 0: change }, params))[0];

describe('vol_compression_reversion_v1 (range 90 to 110)', () => {
  it('sells a close in the upper fifth of the range, its edge included', () => {
    expect(first({ close: 106 })).toBe(-1);
    expect(first({ close: 105.9 })).toBe(0);
  });

  it('buys a close in the lower fifth of the range, its edge included', () => {
    expect(first({ close: 94 })).toBe(1);
    expect(first({ close: 94.1 })).toBe(0);
  });

  it('sells when both bands hold', () => {
    expect(first({ close: 100 }, { band_frac: 0.5 })).toBe(-1);
    expect(first({ close: 95 }, { band_frac: 1 })).toBe(-1);
  });

  it('does nothing in a range of no width', () => {
    expect(first({ close: 100, high_96: 100, low_96: 100 })).toBe(0);
    expect(first({ close: 100, high_96: 99, low_96: 100 })).toBe(0);
  });

  it('enters at a rank of exactly 15, not above', () => {
    expect(first({ close: 106, rv_pct_2880: 15 })).toBe(-1);
    expect(first({ close: 106, rv_pct_2880: 15.0001 })).toBe(0);
  });

  it('leaves at the middle of the current range, itself included', () => {
    const exit = (close: number) =>
      run(30, { 0: { close: 106 }, ...Object.fromEntries([1, 2, 3, 4].map((row) => [row, { close: 105 }])), 5: { close } }).trades[0]!;
    expect(exit(100)).toMatchObject({ exitRow: 5, exitReason: 'middle_reached' });
    const moved = run(30, { 0: { close: 94 }, 1: { close: 95 }, 2: { close: 95, high_96: 100 } }).trades[0]!;
    expect(moved).toMatchObject({ direction: 'long', exitRow: 2, exitReason: 'middle_reached' });
  });

  it('stays in just short of the middle', () => {
    expect(run(3, { 0: { close: 106 }, 1: { close: 100.01 }, 2: { close: 100.01 } }).trades[0]!.isOpen).toBe(true);
    expect(run(3, { 0: { close: 94 }, 1: { close: 99.99 }, 2: { close: 99.99 } }).trades[0]!.isOpen).toBe(true);
  });

  it('leaves after exactly 24 bars', () => {
    const stuck = Object.fromEntries(Array.from({ length: 40 }, (_, row) => [row, { close: 106 }]));
    expect(run(40, stuck).trades.map(({ entryRow, exitRow }) => [entryRow, exitRow])).toEqual([
      [0, 24],
      [25, 39],
    ]);
  });

  it('reads no range of earlier rows and no high or low of the bar', () => {
    expect(positionsOf(run(2, { 0: { gap: true }, 1: { close: 106, high: Number.NaN, low: Number.NaN } }))).toEqual([0, -1]);
  });

  it('calls a trade that is open on the last bar open, and eod under the reference profile', () => {
    const frame = calmFrame(2, { 0: { close: 106 }, 1: { close: 106 } });
    expect(simulate(strategy, frame).trades[0]).toMatchObject({ isOpen: true, exitReason: 'open', exitRow: 1, exitPrice: 106 });
    expect(simulate(strategy, frame, { profile: referenceProfile }).trades[0]).toMatchObject({ isOpen: true, exitReason: 'eod' });
  });
});
