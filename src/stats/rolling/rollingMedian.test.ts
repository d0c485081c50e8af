import { expect, it } from 'vitest';
import { assertSameColumn } from '../../../bench/harness.ts';
import { naiveRollingMedian } from '../../../bench/naive/rollingMedian.ts';
import { namedStream, nextNormal } from '../../core/random.ts';
import { rollingMedian } from './rollingMedian.ts';

function median(values: Float64Array, window: number): Float64Array {
  const out = new Float64Array(values.length);
  rollingMedian(values, window, out);
  return out;
}

/** A walk on a coarse tick, so that many values are equal, with a missing value after two thirds. */
function walk(count: number): Float64Array {
  const random = namedStream('seed=1/test/rollingMedian/0');
  let level = 0;
  const values = Float64Array.from({ length: count }, () => Math.round((level += nextNormal(random))) / 10);
  values[Math.floor((count * 2) / 3)] = NaN;
  return values;
}

it('takes the middle value of odd windows and the mean of the two middle ones of even windows', () => {
  expect([...median(Float64Array.of(5, 1, 4, 2), 3)]).toEqual([NaN, NaN, 4, 2]);
  expect([...median(Float64Array.of(5, 1, 4, 2), 4)]).toEqual([NaN, NaN, NaN, 3]);
});

it('gives infinity when a middle value is infinite, and positive zero for zeros', () => {
  expect([...median(Float64Array.of(Infinity, Infinity, 1, -0, -0), 2)]).toEqual([NaN, Infinity, Infinity, 0.5, 0]);
});

it.each([480, 481, 2000])('equals sorting each window of %i over several chunks', (window) => {
  const values = walk(9500);
  const expected = new Float64Array(values.length);
  naiveRollingMedian(values, window, expected);
  assertSameColumn(median(values, window), expected);
});

it('equals sorting when a window is longer than one sorted chunk', () => {
  const values = walk(10_000).fill(0.3, 6000, 8000);
  const expected = new Float64Array(values.length);
  naiveRollingMedian(values, 4500, expected);
  assertSameColumn(median(values, 4500), expected);
});
