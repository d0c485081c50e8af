import { block } from './block.ts';
import type { OverlayRule } from './rule.ts';

/**
 * [rows] 1 from a row on which the condition holds until the first later row on which it does not and the release does, or until so many
 * bars after the condition last held.
 *
 * @param condition [rows] 1 where the condition holds
 * @param release   [rows] 1 where the release holds, anything else where it does not
 * @param maxBars   bars after the condition last held for which entries are held back at most
 */
export function heldRows(condition: Uint8Array, release: Float64Array, maxBars: number): Uint8Array {
  const held = new Uint8Array(condition.length);
  let left = 0;
  for (let row = 0; row < condition.length; row++) {
    if (condition[row] === 1) left = maxBars + 1;
    else if (left > 0) left = release[row] === 1 ? 0 : left - 1;
    held[row] = left > 0 ? 1 : 0;
  }
  return held;
}

/**
 * No entry from where the condition holds until its release; entries are refused as `block` refuses them.
 *
 * @param held [rows] as `heldRows` gives them
 */
export function holdUntil(held: Uint8Array): OverlayRule {
  return block(held);
}
