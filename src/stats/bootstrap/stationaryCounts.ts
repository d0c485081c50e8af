import { fillUniforms, namedStream } from '../../core/random.ts';
import { requireRestartProbability } from './indices.ts';

const uniforms = new Float64Array(512);

/**
 * How often each observation is in one stationary resample: what statistics need that are functions of weights. The draws are those of
 * `stationaryIndices`, which a test holds it to.
 *
 * @param counts  [n] overwritten; n at least 1
 * @param options mean block length in observations, at least 1, and the name of the stream
 * @throws E_INTERNAL on a block length below 1
 * @source Politis & Romano 1994
 * @vector bootstrap.stationary.indices
 */
export function stationaryCounts(counts: Uint16Array, { meanBlock, stream }: { readonly meanBlock: number; readonly stream: string }): void {
  const restart = 1 / meanBlock;
  requireRestartProbability(restart);
  const state = namedStream(stream);
  const n = counts.length;
  counts.fill(0);
  fillUniforms(state, uniforms);
  let next = 1;
  let position = Math.floor(uniforms[0]! * n);
  counts[position]!++;
  for (let i = 1; i < n; i++) {
    if (next + 2 > uniforms.length) {
      // The last one may be left over: it comes first.
      const left = uniforms.length - next;
      const kept = uniforms[next]!;
      fillUniforms(state, left === 0 ? uniforms : uniforms.subarray(1));
      if (left === 1) uniforms[0] = kept;
      next = 0;
    }
    // Without a branch: no processor foresees a restart.
    const isRestart = +(uniforms[next]! < restart);
    const following = position + 1 === n ? 0 : position + 1;
    position = following + isRestart * (Math.floor(uniforms[next + 1]! * n) - following);
    next += 1 + isRestart;
    counts[position]!++;
  }
}
