import { dayMs } from '../../core/time.ts';
import type { Cohort } from './cohort.ts';
import type { OutcomeBoard } from './outcomeBoard.ts';

/** Matched events of one symbol and their outcomes. */
export interface CohortPart {
  readonly cohort: Cohort;
  readonly board: OutcomeBoard;
  /** [rows] epoch ms of the bars' opens. */
  readonly openTime: Float64Array;
  /** Row after the last one of the slice. */
  readonly end: number;
}

/** Subjects of a survival curve, all [subjects]. */
export interface Subjects {
  /** Age at which the subject was hit or lost sight of. */
  readonly age: Int32Array;
  readonly isHit: Uint8Array;
  /** Place in the weights of the event that it belongs to: the event itself or one of its controls. */
  readonly owner: Int32Array;
  /** 1 for an event, 1/k for each of its k controls. */
  readonly weight: Float64Array;
}

/**
 * Events against their controls on one outcome, as a function of one weight per event: resampling days, leaving a day
 * out and looking at one year are all weights. Filled again for every draw, without making anything new.
 */
export interface Contrast {
  /** Forgets what was added and makes room for the events of the parts, which are then added in their order. */
  begin(parts: readonly CohortPart[]): void;
  /** The next part, of which events are added from now on; `first` events lie in the parts before it. */
  enter(part: CohortPart, first: number): void;
  add(event: number): void;
  /** Events used: those with controls whose outcome, and that of a control at least, is defined. */
  readonly count: number;
  /** [events used] UTC day of the anchor, in the order of the weights; made anew by each look. */
  readonly days: Int32Array;
  /** [events used] number of the event, counted through the parts. */
  readonly owners: Int32Array;
  /** [events used] controls of each. */
  readonly controlsOf: Int32Array;
  /** Event side minus control side; null where nothing is left. */
  effect(weights: Float64Array | null): number | null;
  /** Both sides and their difference. */
  value(weights: Float64Array | null): { event: number; control: number; effect: number } | null;
  /** Subjects of both cohorts, for timed outcomes. */
  readonly subjects: { readonly events: Subjects; readonly controls: Subjects } | null;
}

/** [events used] UTC days of events by their numbers, ascending. */
export function daysOf(parts: readonly CohortPart[], owners: Int32Array): Int32Array {
  let [part, first] = [0, 0];
  return owners.map((owner) => {
    while (owner - first >= parts[part]!.cohort.count) first += parts[part++]!.cohort.count;
    const { cohort, openTime } = parts[part]!;
    return Math.floor(openTime[cohort.anchor[owner - first]!]! / dayMs);
  });
}

/** Events of all parts together. */
export function eventsOf(parts: readonly CohortPart[]): number {
  return parts.reduce((sum, { cohort }) => sum + cohort.count, 0);
}

/** Fills contrasts with the events of all parts: event by event, so that an outcome row is read for all of them while it is at hand. */
export function loadContrasts(contrasts: readonly Contrast[], parts: readonly CohortPart[]): void {
  for (let c = 0; c < contrasts.length; c++) contrasts[c]!.begin(parts);
  let first = 0;
  for (let p = 0; p < parts.length; p++) {
    const events = parts[p]!.cohort.count;
    if (events === 0) continue;
    for (let c = 0; c < contrasts.length; c++) contrasts[c]!.enter(parts[p]!, first);
    for (let e = 0; e < events; e++) for (let c = 0; c < contrasts.length; c++) contrasts[c]!.add(e);
    first += events;
  }
}
