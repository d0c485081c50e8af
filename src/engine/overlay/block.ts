import { type OverlayRule, silentRule } from './rule.ts';

/**
 * No entry while the condition holds. A refused entry is not an entry: it uses up no day and starts no cool-down, and the strategy may
 * enter on a later row by its own rules. Positions that are open stay.
 *
 * @param holds [rows] 1 where the condition holds
 */
export function block(holds: Uint8Array): OverlayRule {
  return { ...silentRule, refuses: (row) => holds[row] === 1 };
}
