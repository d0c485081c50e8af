import { expect, it } from 'vitest';
import { assertSameColumn } from '../../../bench/harness.ts';
import { naiveRollingStd } from '../../../bench/naive/rollingStd.ts';
import { namedStream, nextNormal } from '../../core/random.ts';
import { rollingStd } from './rollingStd.ts';

function std(values: Float64Array, window: number): Float64Array {
  const out = new Float64Array(values.length);
  rollingStd(values, window, out);
  return out;
}

function expectTwoPass(values: Float64Array, window: number): void {
  const expected = new Float64Array(values.length);
  naiveRollingStd(values, window, expected);
  assertSameColumn(std(values, window), expected, 1e-10);
}

function normals(count: number): Float64Array {
  const random = namedStream('seed=1/test/rollingStd/0');
  return Float64Array.from({ length: count }, () => nextNormal(random));
}

it('divides by n - 1', () => {
  expect([...std(Float64Array.of(1, 2, 4), 2)]).toEqual([NaN, Math.SQRT1_2, Math.SQRT2]);
});

it('gives exactly 0 for a flat window after values that do not sum exactly', () => {
  const values = normals(500).fill(0.1, 200, 300);
  expect([...std(values, 96).subarray(295, 300)]).toEqual([0, 0, 0, 0, 0]);
});

it('stays at the two-pass value over several anchors', () => {
  expectTwoPass(normals(5000), 96);
});

it('keeps its digits after an outlier has left the window', () => {
  const values = normals(3000).map((x) => x * 1e-3);
  values[700] = 1e6;
  values[1500] = -1e9;
  expectTwoPass(values, 96);
});

it('keeps its digits when the level is large against the spread', () => {
  expectTwoPass(
    normals(3000).map((x) => 1e6 + Math.round(x * 100) / 64),
    96,
  );
});

it('keeps its digits on a steep trend with a short window', () => {
  expectTwoPass(
    Float64Array.from(normals(3000), (x, i) => i * 1000 + x),
    2,
  );
});

it('gives NaN for windows that contain an infinity, and only for those', () => {
  const values = Float64Array.of(1, 2, Infinity, 3, 5);
  expect([...std(values, 2)]).toEqual([NaN, Math.SQRT1_2, NaN, NaN, Math.SQRT2]);
});
