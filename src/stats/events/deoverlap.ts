import { requireFinite } from '../requireFinite.ts';

/** Positions of the triggers that stay, in the order of the list given, and their times. */
export interface Deoverlapped {
  /** Times of the triggers kept, ascending. */
  readonly kept: readonly number[];
  /** Their places in the list given. */
  readonly keptIndex: readonly number[];
}

/**
 * Triggers thinned greedily in time: after one is kept, none until `cooldown` has passed, and one exactly at its end is still dropped.
 *
 * @param triggers bar indices or times in any order, finite, read only
 * @param cooldown in the unit of the triggers, at least 0; 0 drops repeats only
 * @throws E_INTERNAL on NaN or Infinity
 * @source statistics specification section 8
 * @vector events.deoverlap
 */
export function deoverlap(triggers: ArrayLike<number>, cooldown: number): Deoverlapped {
  requireFinite(triggers, 'triggers');
  requireFinite([cooldown], 'cooldown');
  const inTime = Array.from(triggers, (_, index) => index).sort((a, b) => triggers[a]! - triggers[b]! || a - b);
  const keptIndex: number[] = [];
  let blockedUntil = Number.NEGATIVE_INFINITY;
  for (const index of inTime) {
    if (triggers[index]! <= blockedUntil) continue;
    keptIndex.push(index);
    blockedUntil = triggers[index]! + Math.max(0, cooldown);
  }
  return { kept: keptIndex.map((index) => triggers[index]!), keptIndex };
}
