import type { Columns } from '../../core/table.ts';
import type { KnownName } from '../../formula/analyze.ts';
import type { StudyEvent } from '../study/detect.ts';

/** Columns that conditions may read of the parent study's events. What they are made of reaches back without limit, to the last event. */
export const eventColumnNames: readonly (readonly [string, KnownName])[] = ['event.age', 'event.active', 'event.direction'].map((name) => [
  name,
  { kind: 'column', reads: 0 },
]);

/**
 * The state of a study's events at the close of every bar, as far as it is known there.
 *
 * `event.age`: bars since the last anchor, missing before the first. `event.active`: 1 while the last anchored event has not been seen to
 * end, else 0. `event.direction`: direction of the last anchored event, missing before the first.
 *
 * @param events of one symbol, in order of their triggers
 * @param rows   of its frame
 */
export function eventColumns(events: readonly StudyEvent[], rows: number): Columns {
  const age = new Float64Array(rows).fill(Number.NaN);
  const active = new Float64Array(rows);
  const direction = new Float64Array(rows).fill(Number.NaN);
  const ordered = events.toSorted((a, b) => a.anchor - b.anchor);
  ordered.forEach((event, i) => {
    const until = ordered[i + 1]?.anchor ?? rows;
    for (let row = event.anchor; row < until; row++) age[row] = row - event.anchor;
    direction.fill(event.direction, event.anchor, until);
    // An event that ended was seen to end at its exit; one that data or its limit cut off was still on there.
    active.fill(1, event.anchor, Math.min(rows, event.isOpen ? event.exit + 1 : event.exit));
  });
  return { 'event.age': age, 'event.active': active, 'event.direction': direction };
}
