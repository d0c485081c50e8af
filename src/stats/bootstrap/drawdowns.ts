import { AppError } from '../../core/errors.ts';
import { requireFinite } from '../requireFinite.ts';
import type { ResampleBatch, Resamples } from './resamples.ts';

/** The floor lies a few roundings high, so that no deeper fall is missed; the division then decides. */
const justAbove = 1 + 4 * Number.EPSILON;

/**
 * Maximum drawdown of compounded returns in every resample, as a positive fraction, the start counting as a maximum.
 * Every observation is visited, but divided only where it falls deeper than any before.
 *
 * @param returns   [n] simple decimal returns, finite, each above -1, read only
 * @param resamples of a series of n
 * @returns         [draws] 0 where equity never falls
 * @throws E_INTERNAL on NaN, Infinity or a return of -1 or less
 * @source Magdon-Ismail & Atiya 2004; Politis & Romano 1994
 * @vector risk.drawdown
 */
export function bootstrapDrawdowns(returns: ArrayLike<number>, resamples: Resamples): Float64Array {
  requireFinite(returns, 'returns');
  const n = returns.length;
  const growth = Float64Array.from({ length: 2 * n }, (_, i) => 1 + returns[i % n]!);
  const ruin = growth.findIndex((factor) => factor <= 0);
  if (ruin >= 0) throw new AppError('E_INTERNAL', { problem: `returns[${ruin}] is ${returns[ruin]}: nothing is left to compound` });
  const drawdowns = new Float64Array(resamples.draws);
  let draw = 0;
  for (const batch of resamples) for (let r = 0; r < batch.count; r++) drawdowns[draw++] = deepestFall(growth, batch, r);
  return drawdowns;
}

function deepestFall(growth: Float64Array, { offsets, starts, ends }: ResampleBatch, r: number): number {
  const last = offsets[r + 1]!;
  let equity = 1;
  let peak = 1;
  let deepest = 0;
  let floor = justAbove;
  for (let j = offsets[r]!; j < last; j++) {
    const end = ends[j]!;
    for (let i = starts[j]!; i < end; i++) {
      equity *= growth[i]!;
      if (equity > peak) {
        peak = equity;
        floor = peak * (1 + deepest) * justAbove;
      } else if (equity < floor) {
        deepest = Math.min(deepest, equity / peak - 1);
        floor = peak * (1 + deepest) * justAbove;
      }
    }
  }
  return -deepest + 0;
}
