import { describe, expect, it } from 'vitest';
import { fillUniforms, namedStream, nextIndex, nextNormal, nextUint32, nextUniform } from './random.ts';

/** xoshiro128** 1.1 in 64-bit integers, as its authors print it. */
function slowNext(s: bigint[]): bigint {
  const mask = 0xffff_ffffn;
  const rotate = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) & mask;
  const result = (rotate((s[1]! * 5n) & mask, 7n) * 9n) & mask;
  const t = (s[1]! << 9n) & mask;
  s[2]! ^= s[0]!;
  s[3]! ^= s[1]!;
  s[1]! ^= s[2]!;
  s[0]! ^= s[3]!;
  s[2]! ^= t;
  s[3] = rotate(s[3]!, 11n);
  return result;
}

describe('named streams', () => {
  it('draw what xoshiro128** draws, 10,000 times', () => {
    const state = namedStream('seed=1/test/unit/0');
    const slow = [...state].map(BigInt);
    for (let k = 0; k < 10_000; k++) if (BigInt(nextUint32(state)) !== slowNext(slow)) expect.unreachable(`draw ${k} differs`);
  });

  it('fill an array with the uniforms that single draws give, and leave the stream where those would', () => {
    const [filled, single] = [namedStream('seed=1/test/unit/1'), namedStream('seed=1/test/unit/1')];
    for (const length of [0, 1, 513]) {
      const out = new Float64Array(length);
      fillUniforms(filled, out);
      expect(out).toEqual(Float64Array.from({ length }, () => nextUniform(single)));
      expect(filled).toEqual(single);
    }
  });

  it('repeat for one name and differ for two', () => {
    const draws = (name: string) =>
      Array.from(
        { length: 5 },
        (
          (state) => () =>
            nextUint32(state)
        )(namedStream(name)),
      );
    expect(draws('seed=1/a/b/0')).toEqual(draws('seed=1/a/b/0'));
    expect(draws('seed=1/a/b/0')).not.toEqual(draws('seed=1/a/b/1'));
  });

  it('start from the little-endian words of SHA-256 of their name', () => {
    expect([...namedStream('abc')]).toEqual([0xbf1678ba, 0xeacf018f, 0xde404141, 0x2322ae5d]);
  });

  it('give uniforms in [0, 1) of 53 bits from two draws', () => {
    const [state, twin] = [namedStream('u'), namedStream('u')];
    for (let k = 0; k < 1_000; k++) {
      const [high, low] = [nextUint32(twin) >>> 5, nextUint32(twin) >>> 6];
      const value = nextUniform(state);
      if (value !== (high * 2 ** 26 + low) / 2 ** 53 || !(value >= 0 && value < 1)) expect.unreachable(`draw ${k} is ${value}`);
    }
  });

  it('give indices below their bound, each about equally often', () => {
    const state = namedStream('index');
    const counts = [0, 0, 0, 0, 0, 0, 0];
    for (let k = 0; k < 70_000; k++) counts[nextIndex(state, 7)]!++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  it('give normals of mean 0 and variance 1', () => {
    const state = namedStream('normal');
    const values = Array.from({ length: 50_000 }, () => nextNormal(state));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(Math.abs(variance - 1)).toBeLessThan(0.03);
    expect(values.every(Number.isFinite)).toBe(true);
  });
});
