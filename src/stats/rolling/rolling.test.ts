import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertSameColumn } from '../../../bench/harness.ts';
import { naiveRollingMax, naiveRollingMin } from '../../../bench/naive/rollingExtreme.ts';
import { naiveRollingMedian } from '../../../bench/naive/rollingMedian.ts';
import { naiveRollingRank } from '../../../bench/naive/rollingRank.ts';
import { naiveRollingStd } from '../../../bench/naive/rollingStd.ts';
import { rollingMax } from './rollingMax.ts';
import { rollingMedian } from './rollingMedian.ts';
import { rollingMin } from './rollingMin.ts';
import { rollingRank } from './rollingRank.ts';
import { rollingStd } from './rollingStd.ts';

type Kernel = (values: Float64Array, window: number, out: Float64Array) => void;

const kernels: { name: string; kernel: Kernel; naive: Kernel; tolerance: number }[] = [
  { name: 'rollingStd', kernel: rollingStd, naive: naiveRollingStd, tolerance: 1e-10 },
  { name: 'rollingMax', kernel: rollingMax, naive: naiveRollingMax, tolerance: 0 },
  { name: 'rollingMin', kernel: rollingMin, naive: naiveRollingMin, tolerance: 0 },
  { name: 'rollingMedian', kernel: rollingMedian, naive: naiveRollingMedian, tolerance: 0 },
  { name: 'rollingRank', kernel: rollingRank, naive: naiveRollingRank, tolerance: 0 },
];

/** Numbers whose squares are numbers too; below that two-pass values have no digits to compare. */
function plain(x: number): number {
  return Math.abs(x) < 1e-30 ? 0 : x;
}

function repeated(x: number, count: number): number[] {
  return Array.from({ length: count }, () => x);
}

/** Prices on a tick (many ties), returns of any sign, and values of very different sizes. */
const anyValue = fc.oneof(
  fc.integer({ min: 0, max: 12 }).map((ticks) => 100 + ticks / 10),
  fc.double({ min: -0.1, max: 0.1, noNaN: true }).map(plain),
  fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.integer({ min: -6, max: 6 })).map(([x, e]) => plain(x) * 10 ** e),
);
const noise = fc.array(anyValue, { maxLength: 30 });
const flat = fc.tuple(anyValue, fc.integer({ min: 1, max: 220 })).map(([x, count]) => repeated(x, count));
const walk = fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 250 }).map((steps) => {
  let ticks = 1000;
  return steps.map((step) => (ticks += step) / 10);
});
const missing = fc.integer({ min: 1, max: 5 }).map((count) => repeated(NaN, count));
const series = fc
  .tuple(
    fc.integer({ min: 0, max: 100 }).map((count) => repeated(NaN, count)),
    fc.array(
      fc.oneof({ weight: 3, arbitrary: noise }, { weight: 2, arbitrary: flat }, { weight: 3, arbitrary: walk }, { weight: 1, arbitrary: missing }),
      { maxLength: 12 },
    ),
  )
  .map(([leading, parts]) => Float64Array.from([leading, ...parts].flat()));

/** Windows 1, 2, 3, odd and even, a day, one word of the counter tree and its neighbors, and longer than the series. */
const windows = [1, 2, 3, 7, 31, 32, 33, 96, 257, 4000];

function column(kernel: Kernel, values: Float64Array, window: number): Float64Array {
  const out = new Float64Array(values.length).fill(-1);
  kernel(values, window, out);
  return out;
}

describe.each(kernels)('$name', ({ kernel, naive, tolerance }) => {
  it.each(windows)('equals its naive twin with window %i', (window) => {
    fc.assert(
      fc.property(series, (values) => {
        assertSameColumn(column(kernel, values, window), column(naive, values, window), tolerance);
      }),
      { numRuns: 200 },
    );
  });

  it('depends on nothing after the bar', () => {
    fc.assert(
      fc.property(series, fc.constantFrom(2, 3, 96), fc.nat(), (values, window, cut) => {
        const length = values.length === 0 ? 0 : cut % values.length;
        const whole = column(kernel, values, window).subarray(0, length);
        assertSameColumn(column(kernel, values.slice(0, length), window), whole);
      }),
      { numRuns: 200 },
    );
  });

  it('gives NaN throughout when the window is longer than the series', () => {
    expect([...column(kernel, Float64Array.of(1, 2, 3), 4)]).toEqual([NaN, NaN, NaN]);
  });

  it('leaves an empty series empty', () => {
    expect(column(kernel, new Float64Array(0), 3)).toHaveLength(0);
  });

  it('treats zero and negative zero as equal', () => {
    const zeros = Float64Array.of(0, -0, -0, 0, 1, -0, 0, -1, 0, -0, -0, -0);
    for (const window of [1, 2, 3, 5]) {
      assertSameColumn(column(kernel, zeros, window), column(naive, zeros, window), tolerance);
    }
  });

  it('refuses a window that is not a whole number of bars, a short output and its own input', () => {
    const values = Float64Array.of(1, 2, 3);
    expect(() => kernel(values, 0, new Float64Array(3))).toThrow(/whole number of bars/);
    expect(() => kernel(values, 1.5, new Float64Array(3))).toThrow(/whole number of bars/);
    expect(() => kernel(values, 2, new Float64Array(2))).toThrow(/needs 3 places, found 2/);
    expect(() => kernel(values, 2, values)).toThrow(/its own input/);
  });
});
