import { expect, it } from 'vitest';
import { assertSameColumn } from '../../../bench/harness.ts';
import { naiveRollingRank } from '../../../bench/naive/rollingRank.ts';
import { namedStream, nextNormal, nextUint32 } from '../../core/random.ts';
import { rollingRank } from './rollingRank.ts';

function rank(values: Float64Array, window: number): Float64Array {
  const out = new Float64Array(values.length);
  rollingRank(values, window, out);
  return out;
}

function expectCounted(values: Float64Array, window: number): void {
  const expected = new Float64Array(values.length);
  naiveRollingRank(values, window, expected);
  assertSameColumn(rank(values, window), expected);
}

function generated(count: number, draw: (random: Uint32Array) => number): Float64Array {
  const random = namedStream('seed=1/test/rollingRank/0');
  return Float64Array.from({ length: count }, () => draw(random));
}

it('counts ties fully and includes the last value', () => {
  expect([...rank(Float64Array.of(1, 2, 2, 1, 3), 3)]).toEqual([NaN, NaN, 100, (1 / 3) * 100, 100]);
});

it('gives 100 for a constant window', () => {
  expect([...rank(new Float64Array(10).fill(0.1), 5).subarray(4)]).toEqual([100, 100, 100, 100, 100, 100]);
});

it('gives exactly 10 for 288 of 2880', () => {
  const values = Float64Array.from({ length: 2880 }, (_, i) => (i === 2879 ? 286.5 : i));
  expect(rank(values, 2880)[2879]).toBe(10);
});

it('equals counting over several blocks and chunks of a month', () => {
  expectCounted(generated(13_000, nextNormal), 2880);
});

it('equals counting when a window is longer than one sorted chunk', () => {
  expectCounted(generated(12_000, nextNormal), 5000);
});

it('equals counting when the values differ only in the low half of their bits', () => {
  expectCounted(
    generated(9000, (random) => 1 + (nextUint32(random) % 4096) * Number.EPSILON),
    2880,
  );
  expectCounted(
    generated(9000, (random) => -1 - (nextUint32(random) % 100_000) * Number.EPSILON),
    2880,
  );
});

it('equals counting for any bits: denormals, infinities, both zeros, both signs', () => {
  const bits = new Uint32Array(2);
  const asDouble = new Float64Array(bits.buffer);
  const special = [0, -0, Infinity, -Infinity, Number.MIN_VALUE, -Number.MIN_VALUE, 2 ** -1040];
  const values = generated(6000, (random) => {
    const choice = nextUint32(random) % 20;
    if (choice < special.length) return special[choice]!;
    bits[0] = nextUint32(random);
    bits[1] = choice < 14 ? nextUint32(random) & 0x800fffff : nextUint32(random);
    return Number.isNaN(asDouble[0]!) ? 0 : asDouble[0]!;
  });
  expectCounted(values, 96);
  expectCounted(values, 2880);
});
