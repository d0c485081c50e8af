import { describe, expect, it } from 'vitest';
import { type CalmBar, calmFrame, type FrameOptions, simulate } from '../../test/support/frames.ts';
import strategy from './vol_compression_v1.ts';

const run = (rows: number, changes: Record<number, CalmBar>, params = {}, options: FrameOptions = {}) =>
  simulate(strategy, calmFrame(rows, changes, options), { params });
const entries = (rows: number, changes: Record<number, CalmBar>, params = {}, options: FrameOptions = {}) =>
  run(rows, changes, params, options).trades.map(({ entryRow }) => entryRow);
/** Entry long at row 1: stop 90, risk 21, target 153. */
const breakUp: CalmBar = { close: 111 };
/** Entry short at row 1: stop 110, risk 21, target 47. */
const breakDown: CalmBar = { close: 89 };

describe('vol_compression_v1 enters', () => {
  it('long on a close above the previous row’s high_96, not at it', () => {
    expect(entries(3, { 1: { close: 110 } })).toEqual([]);
    expect(entries(3, { 1: { close: 110.5 } })).toEqual([1]);
    expect(run(3, { 1: { close: 110.5 } }).trades[0]!.direction).toBe('long');
  });

  it('short on a close below the previous row’s low_96, not at it', () => {
    expect(entries(3, { 1: { close: 90 } })).toEqual([]);
    expect(run(3, { 1: { close: 89.5 } }).trades[0]).toMatchObject({ entryRow: 1, direction: 'short' });
  });

  it('judged by the previous row’s range, not the current one', () => {
    expect(entries(3, { 0: { high_96: 120 }, 1: { close: 115, high_96: 114 } })).toEqual([]);
    expect(entries(3, { 0: { high_96: 114 }, 1: { close: 115, high_96: 120 } })).toEqual([1]);
  });

  it('not on the first row, which has no previous one', () => {
    expect(entries(2, { 0: breakUp })).toEqual([]);
  });

  it('at a volatility rank of exactly the maximum, not above', () => {
    expect(entries(3, { 1: { ...breakUp, rv_pct_2880: 10 } })).toEqual([1]);
    expect(entries(3, { 1: { ...breakUp, rv_pct_2880: 10.0001 } })).toEqual([]);
  });

  it('at a range of exactly the multiple of its median, not above', () => {
    expect(entries(3, { 1: { ...breakUp, range_96: 8 } })).toEqual([1]);
    expect(entries(3, { 1: { ...breakUp, range_96: 8.0001 } })).toEqual([]);
  });

  it.each(['high', 'low', 'high_96', 'low_96', 'range_96', 'range_med_480', 'rv_pct_2880'] as const)('not while %s is missing', (name) => {
    expect(entries(3, { 1: { ...breakUp, [name]: Number.NaN } })).toEqual([]);
  });

  it.each(['high_96', 'low_96'] as const)('not while the previous row’s %s is missing', (name) => {
    expect(entries(3, { 0: { [name]: Number.NaN }, 1: breakUp })).toEqual([]);
  });

  it('not when the stop is at or beyond the close', () => {
    expect(entries(2, { 1: { ...breakUp, low_96: 111 } })).toEqual([]);
    expect(entries(2, { 1: { ...breakUp, low_96: 112 } })).toEqual([]);
    expect(entries(2, { 1: { ...breakDown, high_96: 89 } })).toEqual([]);
  });

  it('later on a day whose first chance was refused for want of risk', () => {
    expect(entries(4, { 1: { ...breakUp, low_96: 111 }, 2: breakUp })).toEqual([2]);
  });

  it('on the last bar, paying the entry and nothing else', () => {
    const line = run(3, { 2: breakUp });
    expect(line.trades).toMatchObject([{ entryRow: 2, exitRow: 2, isOpen: true, exitReason: 'open', barsHeld: 0, pnl: -0.001, exitPrice: 111 }]);
  });
});

describe('vol_compression_v1 leaves', () => {
  const exitOf = (changes: Record<number, CalmBar>, params = {}, rows = 60) => {
    const trade = run(rows, { 1: breakUp, ...changes }, { one_trade_per_day: true, ...params }).trades[0]!;
    return [trade.exitRow, trade.exitReason];
  };

  it('at its stop when the low touches it exactly', () => {
    expect(exitOf({ 5: { low: 90 } })).toEqual([5, 'stop']);
    expect(exitOf({ 5: { low: 90.01 } })).toEqual([49, 'time']);
  });

  it('at twice its risk when the high touches it exactly', () => {
    expect(exitOf({ 5: { high: 153 } })).toEqual([5, 'target']);
    expect(exitOf({ 5: { high: 152.99 } })).toEqual([49, 'time']);
  });

  it('as stopped when one bar touches stop and target', () => {
    expect(exitOf({ 5: { low: 80, high: 200, rv_pct_2880: 99 } })).toEqual([5, 'stop']);
  });

  it('on volatility strictly above the threshold', () => {
    expect(exitOf({ 5: { rv_pct_2880: 40 } })).toEqual([49, 'time']);
    expect(exitOf({ 5: { rv_pct_2880: 40.0001 } })).toEqual([5, 'volatility_back']);
  });

  it('after exactly max_hold_bars rows', () => {
    expect(exitOf({}, { max_hold_bars: 3 })).toEqual([4, 'time']);
  });

  it('by time before volatility when both say so', () => {
    expect(exitOf({ 4: { rv_pct_2880: 99 } }, { max_hold_bars: 3 })).toEqual([4, 'time']);
  });

  it('never on the entry row itself', () => {
    const line = run(4, { 1: { ...breakUp, low: 80, high: 200 } });
    expect(line.trades[0]).toMatchObject({ entryRow: 1, exitRow: 3, isOpen: true });
  });

  it('only on a row that decides: a blocked one holds through stop, target and time, and the count goes on', () => {
    expect(exitOf({ 3: { low: 50, rv_pct_2880: Number.NaN }, 4: { gap: true } }, { max_hold_bars: 2 })).toEqual([6, 'time']);
  });

  it('short trades at a high at the stop and a low at the target', () => {
    const exits = (change: CalmBar) => run(9, { 1: breakDown, 5: change }).trades.map(({ exitRow, exitReason }) => [exitRow, exitReason]);
    expect(exits({ high: 110 })).toEqual([[5, 'stop']]);
    expect(exits({ low: 47 })).toEqual([[5, 'target']]);
  });

  it('with the stop and the target fixed at entry', () => {
    const line = run(4, { 1: { ...breakUp, low_96: 100, high: 112 }, 2: { close: 112, low_96: 111 }, 3: { close: 110, low_96: 60 } });
    expect(line.trades[0]).toMatchObject({ isOpen: true, stop: 100, target: 133 });
  });
});

describe('vol_compression_v1 enters once per day', () => {
  const quick = { max_hold_bars: 1 };
  const always = (rows: number): Record<number, CalmBar> => Object.fromEntries(Array.from({ length: rows }, (_, row) => [row, breakUp]));
  const daily = (timezone: string, start: number, rows: number) =>
    run(rows, always(rows), { ...quick, trade_day_timezone: timezone }, { start }).trades.map(({ entryTime }) =>
      new Date(entryTime).toISOString().slice(5, 16),
    );

  it('never on an exit row, and again two rows after entry when the rule is off', () => {
    expect(entries(6, always(6), { ...quick, one_trade_per_day: false })).toEqual([1, 3, 5]);
  });

  it('counting the UTC day of the bar’s open', () => {
    expect(daily('UTC', Date.UTC(2024, 4, 1, 20), 40)).toEqual(['05-01T20:15', '05-02T00:00']);
  });

  it('leaving the new day free when a trade runs into it', () => {
    expect(run(8, always(8), { max_hold_bars: 2 }, { start: Date.UTC(2024, 4, 1, 23, 15) }).trades.map(({ entryRow }) => entryRow)).toEqual([1, 4]);
  });

  it('on the last bar of a day without using up the next one', () => {
    expect(daily('UTC', Date.UTC(2024, 4, 1, 23, 30), 20)).toEqual(['05-01T23:45', '05-02T00:15']);
  });

  it('over the 23 hours of Berlin’s spring day and the 25 of its autumn day', () => {
    expect(daily('Europe/Berlin', Date.UTC(2024, 2, 30, 22, 45), 180)).toEqual(['03-30T23:00', '03-31T22:00']);
    expect(daily('Europe/Berlin', Date.UTC(2024, 9, 26, 21, 45), 180)).toEqual(['10-26T22:00', '10-27T23:00']);
  });

  it('over the 23 hours of New York’s spring day and the 25 of its autumn day', () => {
    expect(daily('America/New_York', Date.UTC(2024, 2, 10, 4, 45), 100)).toEqual(['03-10T05:00', '03-11T04:00']);
    expect(daily('America/New_York', Date.UTC(2024, 10, 3, 3, 45), 110)).toEqual(['11-03T04:00', '11-04T05:00']);
  });

  it('in a zone whose offset is not whole hours', () => {
    expect(daily('Asia/Kathmandu', Date.UTC(2024, 4, 1, 17, 30), 90)).toEqual(['05-01T17:45', '05-01T18:15']);
  });

  it('on the first bar of each following day', () => {
    expect(entries(300, always(300), quick)).toEqual([1, 96, 192, 288]);
  });
});

it('vol_compression_v1 refuses parameters that it does not have or that are out of bounds', () => {
  expect(() => run(2, {}, { max_hold_bar: 3 })).toThrow(/did you mean max_hold_bars/);
  expect(() => run(2, {}, { max_hold_bars: 0 })).toThrow(/outside 1\.\.2880/);
  expect(() => run(2, {}, { trade_day_timezone: 'Europe/Atlantis' })).toThrow(/not a time zone/);
});
