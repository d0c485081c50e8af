import { describe, expect, it } from 'vitest';
import { barsPerDay } from '../core/time.ts';
import { sampleStd } from '../stats/moments.ts';
import { runBook } from './book/runBook.ts';
import { columnOfSteps, stepsOf } from './book/steps.ts';
import { always, free, randomMarket, randomPaths } from './testing/randomBook.ts';
import { largestScale, unitStream } from './streams.ts';

const market = randomMarket(1, { symbols: 2, days: 100 });
const splitting = { members: always(market), slots: 2 };
const day = (n: number) => n * barsPerDay;
const pathOf = (...parts: [from: number, to: number, value: number][]) => {
  const column = new Float64Array(market.rows);
  for (const [from, to, value] of parts) column.fill(value, from, to);
  return stepsOf(column);
};
const edge = (positions: ReturnType<typeof pathOf>[]) => ({ ...randomPaths(1, market, 'edge'), positions });
const shown = (stream: ReturnType<typeof unitStream>, s: number) => columnOfSteps(stream.exposures[s]!, market.rows);

describe('a unit stream', () => {
  it('splits a unit over the slots of the universe, gross at most 1', () => {
    const stream = unitStream(edge([pathOf([10, 500, 1]), pathOf([20, 400, -1])]), market, splitting);
    expect(shown(stream, 0)[30]).toBe(0.5);
    expect(shown(stream, 1)[30]).toBe(-0.5);
  });

  it('takes no entry outside the universe, lets a position end there, and never earns after that (21.19)', () => {
    const members = always(market);
    members[0]!.fill(0, 2);
    const stream = unitStream(edge([pathOf([day(1), day(2) + 50, 1], [day(3), day(4), 1], [day(5), day(6), -1]), pathOf()]), market, {
      members,
      slots: 1,
    });
    const exposure = shown(stream, 0);
    expect(exposure[day(2) + 49]).toBe(1);
    expect(exposure[day(2) + 50]).toBe(0);
    expect(exposure.subarray(day(2) + 50).some((value) => value !== 0)).toBe(false);
    const after = { ...market, returns: market.returns.map((column) => column.map((value, row) => (row > day(2) + 50 ? 9 : value))) };
    const same = unitStream(edge([pathOf([day(1), day(2) + 50, 1], [day(3), day(4), 1]), pathOf()]), after, { members, slots: 1 });
    expect(same.daily).toEqual(stream.daily);
    const book = runBook([stream], market, { decide: ({ day: ended }) => (ended === 0 ? Float64Array.of(1) : null), execution: free });
    expect(book.pnl.subarray(day(2) + 51).some((value) => value !== 0)).toBe(false);
  });

  it('lets a position outside the universe shrink, but neither grow nor turn', () => {
    const members = always(market);
    members[0]!.fill(0, 1);
    const stream = unitStream(
      edge([pathOf([0, day(1) + 5, 0.5], [day(1) + 5, day(1) + 9, 1], [day(1) + 9, day(1) + 20, 0.2], [day(1) + 20, day(2), -1]), pathOf()]),
      market,
      {
        members,
        slots: 1,
      },
    );
    const exposure = shown(stream, 0);
    expect([day(1), day(1) + 5, day(1) + 9, day(1) + 20].map((row) => exposure[row])).toEqual([0.5, 0.5, 0.2, 0]);
  });

  it('holds nothing outside its validity', () => {
    const isValid = new Uint8Array(market.days).fill(1, 3, 5);
    const stream = unitStream({ ...edge([pathOf([0, market.rows, 1]), pathOf()]), isValid }, market, { members: always(market), slots: 1 });
    const held = shown(stream, 0);
    expect(held.findIndex((value) => value !== 0)).toBe(day(3));
    expect(held.lastIndexOf(1)).toBe(day(5) - 1);
  });

  it('earns what a book earns that holds it at weight 1', () => {
    const open = { ...market, isTradable: market.isTradable.map((column) => new Uint8Array(column.length).fill(1)) };
    const stream = unitStream(
      { ...randomPaths(2, open, 'edge'), positions: [pathOf([day(1) + 3, day(7), 1]), pathOf([day(2), day(50) + 7, -1])] },
      open,
      splitting,
    );
    const book = runBook([stream], open, { decide: ({ day: ended }) => (ended === 0 ? Float64Array.of(1) : null), execution: free });
    for (const [at, value] of stream.daily.entries()) expect(book.daily.pnl[at]).toBeCloseTo(value, 14);
  });

  it('brings its volatility towards a target from the days before', () => {
    const paths = { ...randomPaths(3, market, 'edge'), sizing: { unit: 'vol_target' as const, target: 0.02 } };
    const stream = unitStream(paths, market, splitting);
    expect(stream.scale!.subarray(0, 20).every((factor) => factor === 1)).toBe(true);
    expect(Math.max(...stream.scale!)).toBeLessThanOrEqual(largestScale);
    const plain = unitStream({ ...paths, sizing: { unit: 'gross1' } }, market, splitting);
    const later = (daily: Float64Array) => sampleStd(daily.subarray(40))!;
    expect(Math.abs(later(stream.daily) - 0.02)).toBeLessThan(Math.abs(later(plain.daily) - 0.02));
  });
});
