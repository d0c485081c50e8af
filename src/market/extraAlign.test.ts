import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barMs, dayMs } from '../core/time.ts';
import { lastInBar, matchBars, meanInBar, sumInBar, tradedColumns, withoutAllZero } from './extraAlign.ts';

const start = Date.UTC(2024, 0, 1);
const grid = (bars: number) => Float64Array.from({ length: bars }, (_, i) => start + i * barMs);
const times = (...offsets: number[]) => Float64Array.from(offsets, (ms) => start + ms);
const column = (...values: number[]) => Float64Array.from(values);
const none = Number.NaN;

describe('matchBars', () => {
  it('takes the bar that opens at the same time and nothing else', () => {
    expect([...matchBars(grid(4), times(-barMs, 0, 2 * barMs, 2 * barMs + 1), column(9, 1, 3, 4))]).toEqual([1, none, 3, none]);
  });
});

describe('lastInBar', () => {
  it('takes the last value taken while the bar was open, its close included, and carries none into the next', () => {
    const knownAt = times(0, 1, barMs, barMs + 5, 3 * barMs);
    expect([...lastInBar(grid(4), knownAt, column(9, 1, 2, 3, 4))]).toEqual([2, 3, 4, none]);
  });
});

describe('sumInBar', () => {
  it('adds what happened from a bar’s open to before its close, repeated times included', () => {
    const events = { time: times(0, 0, barMs - 1, barMs), values: column(1, 2, 4, 8) };
    expect([...sumInBar(grid(3), events, [])]).toEqual([7, 8, 0]);
  });

  it('knows nothing of bars in a stretch without data: no event is not the same as no file', () => {
    const absent = [
      { from: start + barMs, to: start + 2 * barMs },
      { from: start + dayMs, to: start + 2 * dayMs },
    ];
    const sums = sumInBar(grid(97), { time: times(5), values: column(3) }, absent);
    expect([sums[0], sums[1], sums[2], sums[95], sums[96]]).toEqual([3, none, 0, 0, none]);
  });
});

describe('meanInBar', () => {
  it('is missing with fewer than half of the bar’s seconds', () => {
    const seconds = (count: number) => Float64Array.from({ length: count }, (_, i) => start + i * 1_000);
    expect(meanInBar(grid(1), seconds(449), new Float64Array(449).fill(2))[0]).toBeNaN();
    expect(meanInBar(grid(1), seconds(450), new Float64Array(450).fill(2))[0]).toBe(2);
    const holes = new Float64Array(900).map((_, i) => (i % 2 === 0 ? 4 : none));
    expect(meanInBar(grid(1), seconds(900), holes)[0]).toBe(4);
  });
});

describe('tradedColumns', () => {
  const bars = {
    volume: column(5, 0, 5, 5),
    quoteVolume: column(50, 0, 50, 0),
    tradeCount: column(0, 0, 7, 7),
    takerBuyVolume: column(0, 0, 0, 2),
    takerBuyQuoteVolume: column(0, 0, 0, 20),
  };

  it('takes zeros beside volume for values that the source does not have', () => {
    const found = tradedColumns(bars);
    expect([...found.tradeCount]).toEqual([none, 0, 7, 7]);
    expect([...found.quoteVolume]).toEqual([50, 0, 50, none]);
    // A bar of seven trades may be without a taker's buy; one without a count says nothing about takers.
    expect([...found.takerBuyVolume]).toEqual([none, 0, 0, 2]);
    expect(found.zeros).toBe(1);
  });

  it('takes a taker volume of nothing but zeros for one that is not there', () => {
    const found = tradedColumns({ ...bars, tradeCount: column(3, 0, 7, 7), takerBuyVolume: column(0, 0, 0, 0) });
    expect([...found.takerBuyVolume]).toEqual([none, none, none, none]);
    expect([...withoutAllZero(column(0, none, 1))]).toEqual([0, none, 1]);
  });
});

/** Rows at random times around a grid of 20 bars, ascending. */
const rows = fc
  .array(fc.tuple(fc.integer({ min: -2 * barMs, max: 22 * barMs }), fc.double({ min: -1e6, max: 1e6, noNaN: true })), { maxLength: 120 })
  .map((list) => list.sort(([a], [b]) => a - b))
  .map((list) => ({ time: Float64Array.from(list, ([ms]) => start + ms), values: Float64Array.from(list, ([, value]) => value) }));
const onGrid = rows.map(({ time, values }) => {
  const unique = [...new Set([...time].map((ms) => Math.floor(ms / barMs) * barMs))];
  return { time: Float64Array.from(unique), values: values.subarray(0, unique.length) };
});
const bar = fc.integer({ min: 0, max: 19 });
type Rows = { readonly time: Float64Array; readonly values: Float64Array };

/** What each alignment may know at a bar's close: rows taken by then, or bars and seconds that have ended by then. */
const alignments: readonly [string, typeof rows, (data: Rows) => Float64Array, (time: number, close: number) => boolean][] = [
  ['matchBars', onGrid, ({ time, values }) => matchBars(grid(20), time, values), (time, close) => time + barMs <= close],
  ['lastInBar', rows, ({ time, values }) => lastInBar(grid(20), time, values), (time, close) => time <= close],
  ['sumInBar', rows, (data) => sumInBar(grid(20), data, []), (time, close) => time < close],
  ['meanInBar', rows, ({ time, values }) => meanInBar(grid(20), time, values), (time, close) => time < close],
];

describe.each(alignments)('%s', (_, data, align, isKnown) => {
  it('says the same of a bar whatever comes after its close: cut off, or changed at will', () => {
    fc.assert(
      fc.property(data, bar, fc.double({ min: -1e6, max: 1e6, noNaN: true }), (all, row, other) => {
        const close = start + (row + 1) * barMs;
        const known = [...all.time.keys()].filter((i) => isKnown(all.time[i]!, close));
        const cut = { time: all.time.subarray(0, known.length), values: all.values.subarray(0, known.length) };
        const changed = { time: all.time, values: all.values.map((value, i) => (i < known.length ? value : other)) };
        const whole = align(all).subarray(0, row + 1);
        expect(align(cut).subarray(0, row + 1)).toEqual(whole);
        expect(align(changed).subarray(0, row + 1)).toEqual(whole);
      }),
      { numRuns: 200 },
    );
  });
});

it('a bar’s own values are used: a change while it is open shows', () => {
  const before = lastInBar(grid(3), times(10), column(1));
  const after = lastInBar(grid(3), times(10), column(2));
  expect([before[0], after[0]]).toEqual([1, 2]);
});
