import { type OverlayRule, silentRule } from './rule.ts';

/**
 * A position that is opened while the condition holds is scaled for as long as it lasts: the factor is fixed at entry, so that it costs
 * no turnover of its own. Factor 0 takes the trade with nothing at stake: its day, its cool-down and its exit count as if it had
 * been taken, which is what sets it apart from `block`.
 *
 * @param holds  [rows] 1 where the condition holds
 * @param factor 0 to 1
 */
export function size(holds: Uint8Array, factor: number): OverlayRule {
  return { ...silentRule, scales: (row) => (holds[row] === 1 ? factor : 1) };
}
