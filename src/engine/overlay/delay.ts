import { type OverlayRule, silentRule } from './rule.ts';

/**
 * An entry offered while the condition holds is put off by so many bars, once, and judged again when they are over (admitEntry.ts).
 * What it is then, is set from the row on which the position is really opened: price, stop, target, holding time, day.
 *
 * @param holds [rows] 1 where the condition holds
 * @param bars  1 or more
 */
export function delay(holds: Uint8Array, bars: number): OverlayRule {
  return { ...silentRule, waits: (row) => (holds[row] === 1 ? bars : 0) };
}
