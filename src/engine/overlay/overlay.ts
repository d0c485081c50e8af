import { block } from './block.ts';
import { delay } from './delay.ts';
import { flatten } from './flatten.ts';
import { heldRows, holdUntil } from './holdUntil.ts';
import type { OverlayRule } from './rule.ts';
import { size } from './size.ts';

/** What an overlay does to the intent of a strategy while its condition holds; each kind is defined in the file of its name. */
export type OverlayEffect =
  | { readonly kind: 'flatten' }
  | { readonly kind: 'block' }
  | { readonly kind: 'hold_until'; readonly maxBars: number }
  | {
      readonly kind: 'delay';
      readonly bars: number;
      /** When the signal is gone after the wait: no entry, or an entry all the same (brackets only). */
      readonly onSignalLost: 'drop' | 'enter';
    }
  | { readonly kind: 'size'; readonly factor: number };

/** In the order in which overlays are asked when several act on one row. */
export const overlayPrecedence: readonly OverlayEffect['kind'][] = ['flatten', 'block', 'hold_until', 'delay', 'size'];

/** An overlay on the bars of one symbol. */
export interface BoundOverlay {
  readonly id: string;
  readonly effect: OverlayEffect;
  /** [rows] 1 where it acts, known at that row's close; never on a row without a usable bar. */
  readonly holds: Uint8Array;
  /** Rows on which its condition holds, and rows on which the condition cannot be told; there it does not hold. */
  readonly conditionBars: number;
  readonly missingBars: number;
}

/** Values of a formula over the rows: 1 holds, 0 does not, NaN cannot be told. */
export interface OverlayConditions {
  readonly condition: Float64Array;
  /** For `hold_until`. */
  readonly release?: Float64Array;
}

/**
 * An overlay bound to the bars of a symbol.
 *
 * @param isGap [rows] 1 where there is no usable bar: nothing can be traded there, so no overlay acts
 * @throws RangeError for a delay or limit that is no whole number of bars from 1 up, a factor outside 0..1, a `hold_until` without release
 */
export function bindOverlay(
  overlay: { readonly id: string; readonly effect: OverlayEffect },
  { condition, release }: OverlayConditions,
  isGap: Uint8Array,
): BoundOverlay {
  const { id, effect } = overlay;
  requireSense(overlay);
  const rows = isGap.length;
  const own = new Uint8Array(rows);
  let [conditionBars, missingBars] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const value = condition[row]!;
    if (value === 1) {
      own[row] = 1;
      conditionBars++;
    } else if (value !== 0) missingBars++;
  }
  const holds = effect.kind === 'hold_until' ? heldRows(own, requireRelease(id, release), effect.maxBars) : own;
  for (let row = 0; row < rows; row++) if (isGap[row] === 1) holds[row] = 0;
  return { id, effect, holds, conditionBars, missingBars };
}

/** The rule of a bound overlay. */
export function ruleOf({ effect, holds }: BoundOverlay): OverlayRule {
  switch (effect.kind) {
    case 'flatten':
      return flatten(holds);
    case 'block':
      return block(holds);
    case 'hold_until':
      return holdUntil(holds);
    case 'delay':
      return delay(holds, effect.bars);
    default:
      return size(holds, effect.factor);
  }
}

function requireSense({ id, effect }: { readonly id: string; readonly effect: OverlayEffect }): void {
  const bars = effect.kind === 'delay' ? effect.bars : effect.kind === 'hold_until' ? effect.maxBars : 1;
  if (!Number.isInteger(bars) || bars < 1) throw new RangeError(`overlay ${id}: ${effect.kind} needs a whole number of bars from 1 up, got ${bars}`);
  if (effect.kind === 'size' && !(effect.factor >= 0 && effect.factor <= 1))
    throw new RangeError(`overlay ${id}: a factor lies between 0 and 1, got ${effect.factor}`);
}

function requireRelease(id: string, release: Float64Array | undefined): Float64Array {
  if (release === undefined) throw new RangeError(`overlay ${id}: hold_until needs a release condition`);
  return release;
}
