import type { Profile } from '../../core/profile.ts';
import { columnOf, type Frame } from '../frame.ts';

/**
 * Close-to-close simple returns [rows]; NaN where there is none.
 *
 * `carry` books the whole move across a gap on the first bar after it (a position was exposed to it);
 * `force_flat_zero_pnl` relates adjacent rows only, so the bar after a gap has no return.
 *
 * @formula C_i / C_j - 1, j the last bar before i that has a close (carry) or i - 1 (force_flat_zero_pnl)
 * @source statistics specification 13.6 (carry); core-pipeline specification 15.2 (force_flat_zero_pnl)
 */
export function closeReturns(frame: Frame, gapReturn: Profile['gapReturn']): Float64Array {
  const close = columnOf(frame, 'close');
  const out = new Float64Array(frame.rows);
  const carries = gapReturn === 'carry';
  let previous = Number.NaN;
  for (let row = 0; row < frame.rows; row++) {
    const price = close[row]!;
    out[row] = price / previous - 1;
    if (price === price || !carries) previous = price;
  }
  return out;
}
