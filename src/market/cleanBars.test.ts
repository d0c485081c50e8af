import { describe, expect, it } from 'vitest';
import { barMs, dayMs } from '../core/time.ts';
import { cleanBars, type CleanWindow, lowerBound, type RawBars } from './cleanBars.ts';

const day = Date.UTC(2024, 0, 10);
/** Raw bars at the given slots after `day`; each [open, high, low, close, volume]. */
function raw(bars: Readonly<Record<number, readonly number[]>>): RawBars {
  const slots = Object.keys(bars)
    .map(Number)
    .sort((a, b) => a - b);
  const field = (index: number) => Float64Array.from(slots, (slot) => bars[slot]![index]!);
  return {
    openTime: Float64Array.from(slots, (slot) => day + slot * barMs),
    open: field(0),
    high: field(1),
    low: field(2),
    close: field(3),
    volume: field(4),
  };
}
const good = [100, 102, 99, 101, 5];
const outage = [100, 100, 100, 100, 0];
const slots = (from: number, to: number, bar: readonly number[] = good) =>
  Object.fromEntries(Array.from({ length: to - from }, (_, k) => [from + k, bar]));
const window = (rest: Partial<CleanWindow> = {}): CleanWindow => ({ start: day, end: day + dayMs, tailPadding: 'none', ...rest });
const flags = (values: Uint8Array | Float64Array) => [...values];

describe('clean bars', () => {
  it('lie on the whole grid between the first and the last raw bar', () => {
    const clean = cleanBars(raw({ 0: good, 1: good, 4: good }), window());
    expect([...clean.openTime]).toEqual([0, 1, 2, 3, 4].map((slot) => day + slot * barMs));
    expect(flags(clean.isMissing)).toEqual([0, 0, 1, 1, 0]);
    expect(flags(clean.isGap)).toEqual([0, 0, 1, 1, 0]);
    expect([...clean.close]).toEqual([101, 101, Number.NaN, Number.NaN, 101]);
  });

  it('treat exactly the flat bars without volume as gaps', () => {
    const clean = cleanBars(raw({ 0: good, 1: outage, 2: [100, 100, 100, 100, 3], 3: [100, 101, 100, 100, 0], 4: good }), window());
    expect(flags(clean.isFlatEmpty)).toEqual([0, 1, 0, 0, 0]);
    expect(flags(clean.isGap)).toEqual([0, 1, 0, 0, 0]);
    expect([clean.open[1], clean.high[1], clean.low[1], clean.close[1], clean.volume[1]]).toEqual(Array.from({ length: 5 }, () => Number.NaN));
    expect([clean.volume[3], clean.high[3]]).toEqual([0, 101]);
  });

  it.each([0, 1, 2, 3, 4])('are gaps where field %i is missing', (field) => {
    const clean = cleanBars(raw({ 0: good, 1: good.map((value, index) => (index === field ? Number.NaN : value)), 2: good }), window());
    expect(flags(clean.isGap)).toEqual([0, 1, 0]);
    expect(flags(clean.isMissing)).toEqual([0, 0, 0]);
  });

  it('carry the length of the whole gap on its every row', () => {
    const clean = cleanBars(raw({ 0: good, 1: outage, 3: good, 4: outage, 5: good }), window());
    expect(flags(clean.gapLength)).toEqual([0, 2, 2, 0, 1, 0]);
  });

  it('measure gaps across months', () => {
    const start = Date.UTC(2024, 0, 31, 23, 30);
    const bars = raw({ 0: good, 5: good });
    const shifted = { ...bars, openTime: bars.openTime.map((time) => time - day + start) };
    expect(flags(cleanBars(shifted, { start, end: start + dayMs, tailPadding: 'none' }).gapLength)).toEqual([0, 4, 4, 4, 4, 0]);
  });

  it('begin at the first raw bar when that is later than the window, else at the window', () => {
    expect(cleanBars(raw(slots(8, 12)), window()).openTime[0]).toBe(day + 8 * barMs);
    expect(cleanBars(raw(slots(-8, 12)), window()).openTime[0]).toBe(day);
  });

  it('end before the end of the window', () => {
    expect(cleanBars(raw(slots(0, 200)), window()).rows).toBe(96);
  });

  it('drop raw rows off the grid', () => {
    const bars = raw({ 0: good, 1: good, 2: good });
    bars.openTime[1] = day + barMs + 1;
    expect(flags(cleanBars(bars, window()).isMissing)).toEqual([0, 1, 0]);
  });

  it('are none when no raw bar lies in the window', () => {
    expect(cleanBars(raw({}), window()).rows).toBe(0);
    expect(cleanBars(raw(slots(-200, -100)), window()).rows).toBe(0);
    expect(cleanBars(raw(slots(100, 120)), window()).rows).toBe(0);
    expect(cleanBars(raw(slots(0, 5)), window({ end: day - dayMs })).rows).toBe(0);
  });

  it('do not go on after the last raw bar', () => {
    expect(cleanBars(raw(slots(0, 10)), window({ end: day + 5 * dayMs })).rows).toBe(10);
  });

  it('go on for 95 phantom bars after the last raw one as the reference does', () => {
    const clean = cleanBars(raw(slots(0, 96)), window({ end: day + 5 * dayMs, tailPadding: 'reference' }));
    expect(clean.openTime.at(-1)).toBe(day + dayMs + 94 * barMs);
    expect(flags(clean.gapLength.subarray(95, 98))).toEqual([0, 95, 95]);
  });

  it('have no phantom bars beyond the month of the last raw one', () => {
    const bars = raw(slots(0, 96));
    const shifted = { ...bars, openTime: bars.openTime.map((time) => time - day + Date.UTC(2024, 0, 31)) };
    expect(cleanBars(shifted, { start: Date.UTC(2024, 0, 31), end: Date.UTC(2024, 1, 9), tailPadding: 'reference' }).rows).toBe(96);
  });

  it('have no phantom bars when the data reach the end', () => {
    expect(cleanBars(raw(slots(0, 96)), window({ tailPadding: 'reference' })).rows).toBe(96);
  });
});

it('lowerBound is the index of the first element not below a value', () => {
  const values = Float64Array.of(1, 3, 3, 5);
  expect([0, 1, 2, 3, 4, 5, 6].map((value) => lowerBound(values, value))).toEqual([0, 0, 1, 1, 3, 3, 4]);
  expect(lowerBound(new Float64Array(0), 1)).toBe(0);
});
