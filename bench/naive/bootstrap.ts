import { nextUniform, type RandomState } from '../../src/core/random.ts';
import { stationaryIndices } from '../../src/stats/bootstrap/indices.ts';

/** Mean and per-period Sharpe ratio of resamples drawn and added up step by step: one uniform a step, one observation at a time. */
export function naiveMeanAndSharpe(
  values: Float64Array,
  { meanBlock, draws, state }: { meanBlock: number; draws: number; state: RandomState },
): { means: Float64Array; sharpes: Float64Array } {
  const means = new Float64Array(draws);
  const sharpes = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw++) {
    const { indices } = stationaryIndices(values.length, 1 / meanBlock, () => nextUniform(state));
    [means[draw], sharpes[draw]] = meanAndSharpe(values, indices);
  }
  return { means, sharpes };
}

/** Mean and Sharpe ratio of the observations at some positions. */
export function meanAndSharpe(values: Float64Array, indices: ArrayLike<number>): [number, number] {
  let sum = 0;
  for (let i = 0; i < indices.length; i++) sum += values[indices[i]!]!;
  const mean = sum / indices.length;
  let squares = 0;
  for (let i = 0; i < indices.length; i++) squares += (values[indices[i]!]! - mean) * (values[indices[i]!]! - mean);
  return [mean, mean / Math.sqrt(squares / (indices.length - 1))];
}

/** Maximum drawdown of resamples drawn step by step, with a division at every step. */
export function naiveDrawdowns(
  returns: Float64Array,
  { meanBlock, draws, state }: { meanBlock: number; draws: number; state: RandomState },
): Float64Array {
  return Float64Array.from({ length: draws }, () => {
    const { indices } = stationaryIndices(returns.length, 1 / meanBlock, () => nextUniform(state));
    return drawdownAt(returns, indices);
  });
}

/** Deepest fall of compounded returns at some positions. */
export function drawdownAt(returns: Float64Array, indices: ArrayLike<number>): number {
  let equity = 1;
  let peak = 1;
  let deepest = 0;
  for (let i = 0; i < indices.length; i++) {
    equity *= 1 + returns[indices[i]!]!;
    peak = Math.max(peak, equity);
    deepest = Math.min(deepest, equity / peak - 1);
  }
  return -deepest;
}
