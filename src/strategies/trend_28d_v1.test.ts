import { describe, expect, it } from 'vitest';
import { frameOf, positionsOf, simulate } from '../../test/support/frames.ts';
import strategy from './trend_28d_v1.ts';

/** Values of one row: the return of the month and the volatility rank; prices stand still. */
type Row = readonly [month: number, rank: number];
const run = (rows: readonly Row[], params = {}) =>
  simulate(strategy, frameOf({ close: rows.map(() => 100), ret_2688: rows.map(([month]) => month), rv_pct_2880_v2: rows.map(([, rank]) => rank) }), {
    params,
    costBps: 10,
  });
const positions = (...rows: Row[]) => positionsOf(run(rows));
const exit = (...rows: Row[]) => {
  const { exitRow, exitReason } = run(rows).trades[0]!;
  return [exitRow, exitReason];
};

describe('trend_28d_v1 enters', () => {
  it('long after a month of gains and short after a month of losses', () => {
    expect(positions([0.01, 60], [0.01, 60])).toEqual([1, 1]);
    expect(positions([-0.01, 60], [-0.01, 60])).toEqual([-1, -1]);
  });

  it('not after a month that ends where it began', () => {
    expect(positions([0, 60])).toEqual([0]);
  });

  it('at a rank above 50, not at it', () => {
    expect(positions([0.01, 50])).toEqual([0]);
    expect(positions([0.01, 50.0001])).toEqual([1]);
  });

  it('once in a UTC day', () => {
    const flips: Row[] = Array.from({ length: 200 }, (_, row) => [row % 2 === 0 ? 0.01 : -0.01, 60]);
    expect(run(flips).trades.map(({ entryRow }) => entryRow)).toEqual([0, 96, 192]);
  });

  it('not while the return of the month or the rank is missing', () => {
    expect(positions([Number.NaN, 60], [0.01, Number.NaN], [0.01, 60])).toEqual([0, 0, 1]);
  });
});

describe('trend_28d_v1 leaves', () => {
  it('when the month’s return has lost its sign', () => {
    expect(exit([0.01, 60], [0.0001, 60], [0, 60])).toEqual([2, 'trend_over']);
    expect(exit([-0.01, 60], [-0.0001, 60], [0.01, 60])).toEqual([2, 'trend_over']);
  });

  it('at a rank of exactly 40, not above', () => {
    expect(exit([0.01, 60], [0.01, 40.0001], [0.01, 40])).toEqual([2, 'calm']);
  });

  it('for the trend when both say so', () => {
    expect(exit([0.01, 60], [-0.01, 10])).toEqual([1, 'trend_over']);
  });

  it('never by time, and for no price', () => {
    const long: Row[] = Array.from({ length: 3_000 }, () => [0.01, 60]);
    expect(run(long).trades).toMatchObject([{ entryRow: 0, isOpen: true, stop: Number.NaN, target: Number.NaN }]);
  });

  it('not on a row that decides nothing', () => {
    expect(exit([0.01, 60], [Number.NaN, 10], [-0.01, Number.NaN], [0.01, 60], [0.01, 39])).toEqual([4, 'calm']);
  });
});
