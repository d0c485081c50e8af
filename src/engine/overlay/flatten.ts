import { type OverlayRule, silentRule } from './rule.ts';

/**
 * Out of the market while the condition holds: an open position is left at the close of the first row on which it holds, and none is
 * opened. Where the strategy leaves on the same row by its own rule, that is its own exit. Afterwards the strategy's cool-down and
 * once-per-day rules count as after any trade.
 *
 * @param holds [rows] 1 where the condition holds
 */
export function flatten(holds: Uint8Array): OverlayRule {
  const leaves = (from: number, to: number): number => {
    for (let row = from; row < to; row++) if (holds[row] === 1) return row;
    return to;
  };
  return { ...silentRule, refuses: (row) => holds[row] === 1, leaves };
}
