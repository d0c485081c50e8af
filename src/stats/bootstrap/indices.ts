import { AppError } from '../../core/errors.ts';
import { requireWhole } from '../requireWhole.ts';

/** One resample as positions in the series, and how many uniforms it took. */
export interface ResampleIndices {
  /** [n] positions 0..n-1. */
  readonly indices: Int32Array;
  readonly uniformsUsed: number;
}

/**
 * Indices of one stationary-bootstrap resample, step by step: runs of consecutive observations with geometric lengths, wrapping around.
 * The first uniform is the first index; then each step takes one uniform to decide "restart?" and, only on a restart, one more for the index.
 *
 * @param n                  length of the series and of the resample
 * @param restartProbability 1 / mean block length, in (0, 1]
 * @param uniform            next uniform in [0, 1)
 * @throws E_INTERNAL on a length or probability out of range
 * @source Politis & Romano 1994
 * @vector bootstrap.stationary.indices
 */
export function stationaryIndices(n: number, restartProbability: number, uniform: () => number): ResampleIndices {
  requireWhole(n, 'series length', 0);
  requireRestartProbability(restartProbability);
  const indices = new Int32Array(n);
  let uniformsUsed = 0;
  let position = 0;
  for (let i = 0; i < n; i++) {
    let restarts = i === 0;
    if (!restarts) {
      restarts = uniform() < restartProbability;
      uniformsUsed++;
    }
    if (restarts) {
      position = Math.floor(uniform() * n);
      uniformsUsed++;
    } else {
      position = position + 1 === n ? 0 : position + 1;
    }
    indices[i] = position;
  }
  return { indices, uniformsUsed };
}

/**
 * Indices of one circular-block resample: blocks of one length that start anywhere and wrap around; one uniform per block, the last block cut short.
 *
 * @param n           length of the series and of the resample
 * @param blockLength whole number of observations, at least 1; may exceed n
 * @param uniform     next uniform in [0, 1)
 * @throws E_INTERNAL on a length out of range
 * @source Politis & Romano 1992
 * @vector bootstrap.circular.indices
 */
export function circularIndices(n: number, blockLength: number, uniform: () => number): ResampleIndices {
  requireWhole(n, 'series length', 0);
  requireWhole(blockLength, 'block length', 1);
  const indices = new Int32Array(n);
  let uniformsUsed = 0;
  for (let first = 0; first < n; first += blockLength) {
    const start = Math.floor(uniform() * n);
    uniformsUsed++;
    for (let i = first; i < Math.min(n, first + blockLength); i++) indices[i] = (start + i - first) % n;
  }
  return { indices, uniformsUsed };
}

/**
 * Nothing when a number is a probability of restarting: above 0 and at most 1.
 *
 * @param probability 1 / mean block length
 * @throws E_INTERNAL otherwise
 * @source Politis & Romano 1994
 */
export function requireRestartProbability(probability: number): void {
  if (probability > 0 && probability <= 1) return;
  throw new AppError('E_INTERNAL', { problem: `restart probability must lie in (0, 1], not ${probability}` });
}
