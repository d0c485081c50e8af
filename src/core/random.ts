import { createHash } from 'node:crypto';

/** xoshiro128** 1.1 state: four 32-bit words, changed in place by every draw. */
export type RandomState = Uint32Array;

/**
 * The state of a named stream: the first 16 bytes of SHA-256(name) as four little-endian words.
 * Name streams `seed=<n>/<purpose>/<unit>/<replicate>`; a stream is never shared, so adding a worker or a model changes no other draw.
 *
 * @source statistics specification section 3
 * @vector random.namedStream
 */
export function namedStream(name: string): RandomState {
  const digest = createHash('sha256').update(name).digest();
  const state = new Uint32Array(4);
  for (let i = 0; i < 4; i++) state[i] = digest.readUInt32LE(4 * i);
  if (state[0] === 0 && state[1] === 0 && state[2] === 0 && state[3] === 0) state[0] = 1;
  return state;
}

/**
 * Next 32-bit output of xoshiro128** 1.1.
 *
 * @source Blackman & Vigna 2018
 * @vector random.xoshiro128ss
 */
export function nextUint32(state: RandomState): number {
  const s1 = state[1]!;
  const scrambled = Math.imul(s1, 5);
  const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
  const shifted = s1 << 9;
  state[2]! ^= state[0]!;
  state[3]! ^= s1;
  state[1]! ^= state[2]!;
  state[0]! ^= state[3]!;
  state[2]! ^= shifted;
  const s3 = state[3]!;
  state[3] = (s3 << 11) | (s3 >>> 21);
  return result;
}

/**
 * Uniform double in [0, 1) with 53 random bits, from two draws.
 *
 * @source statistics specification section 3
 * @vector random.namedStream
 */
export function nextUniform(state: RandomState): number {
  const high = nextUint32(state) >>> 5;
  const low = nextUint32(state) >>> 6;
  return (high * 67_108_864 + low) / 9_007_199_254_740_992;
}

/**
 * Fills `out` with the uniforms that repeated `nextUniform` calls would give; three times as fast, because the state stays in registers.
 *
 * @source statistics specification section 3
 * @vector random.namedStream
 */
export function fillUniforms(state: RandomState, out: Float64Array): void {
  let [s0, s1, s2, s3] = state as unknown as [number, number, number, number];
  for (let i = 0; i < out.length; i++) {
    // The two draws are written out: a helper could not keep four words in registers.
    const first = Math.imul(s1, 5);
    const high = Math.imul((first << 7) | (first >>> 25), 9) >>> 5;
    let shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = (s3 << 11) | (s3 >>> 21);
    const second = Math.imul(s1, 5);
    const low = Math.imul((second << 7) | (second >>> 25), 9) >>> 6;
    shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = (s3 << 11) | (s3 >>> 21);
    out[i] = (high * 67_108_864 + low) / 9_007_199_254_740_992;
  }
  state.set([s0, s1, s2, s3]);
}

/** Uniform integer in 0..below-1. */
export function nextIndex(state: RandomState, below: number): number {
  return Math.floor(nextUniform(state) * below);
}

/** Standard normal draw by the polar-free Box-Muller form (two uniforms, one result). */
export function nextNormal(state: RandomState): number {
  const radius = Math.sqrt(-2 * Math.log(1 - nextUniform(state)));
  return radius * Math.cos(2 * Math.PI * nextUniform(state));
}
