import { expect, it } from 'vitest';
import { barMs } from '../core/time.ts';
import { barQuality, countQuality, qualityFlags } from './barQuality.ts';
import { cleanBars, type RawBars } from './cleanBars.ts';

const start = Date.UTC(2024, 0, 1);

/** Bars at the given slots; a price of null is a flat bar without volume. */
function raw(prices: readonly (number | null | undefined)[], volume = 1): RawBars {
  const slots = prices.flatMap((price, slot) => (price === undefined ? [] : [{ slot, price: price ?? 100, volume: price === null ? 0 : volume }]));
  const column = (value: (slot: (typeof slots)[number]) => number) => Float64Array.from(slots, value);
  return {
    openTime: column(({ slot }) => start + slot * barMs),
    open: column(({ price }) => price),
    high: column(({ price, volume: traded }) => (traded === 0 ? price : price + 1)),
    low: column(({ price }) => price),
    close: column(({ price }) => price),
    volume: column(({ volume: traded }) => traded),
  };
}

const clean = (bars: RawBars, rows: number) => cleanBars(bars, { start, end: start + rows * barMs, tailPadding: 'none' });

it('flags missing bars, empty bars and the first bar after them', () => {
  const bars = clean(raw([100, undefined, null, 101, 102]), 5);
  const quality = barQuality(bars, new Float64Array(5).fill(0.0001));
  expect([...quality]).toEqual([0, qualityFlags.missing, qualityFlags.flatEmpty, qualityFlags.afterGap, 0]);
});

it('flags a close that moved by more than a fifth, also across a gap', () => {
  const quality = barQuality(clean(raw([100, 121, undefined, 90]), 4), new Float64Array(4));
  expect([...quality]).toEqual([0, qualityFlags.jump, qualityFlags.missing, qualityFlags.jump | qualityFlags.afterGap]);
});

it('flags bars without funding in force', () => {
  const quality = barQuality(clean(raw([100, 100]), 2), Float64Array.of(Number.NaN, 0.0001));
  expect([...quality]).toEqual([qualityFlags.fundingMissing, 0]);
  expect(countQuality(quality).fundingMissing).toBe(1);
});

it('leaves a flat, empty tail of a day or more off the grid, as after a delisting', () => {
  const dead = clean(raw([100, 101, ...new Array<null>(96).fill(null)]), 200);
  expect([dead.rows, dead.deadTailBars]).toEqual([2, 96]);
  const outage = clean(raw([100, 101, ...new Array<null>(95).fill(null)]), 200);
  expect([outage.rows, outage.deadTailBars]).toEqual([97, 0]);
});

it('keeps a flat, empty stretch when the data go on after the window', () => {
  const bars = clean(raw([100, ...new Array<null>(100).fill(null), 101, 102]), 101);
  expect([bars.rows, bars.deadTailBars]).toEqual([101, 0]);
});
