import { namedStream, nextIndex } from '../../core/random.ts';
import { dayMs, hourMs } from '../../core/time.ts';
import { lowerBound } from '../../market/cleanBars.ts';
import type { Cohort } from './cohort.ts';
import type { RowRange, StudyFrame } from './frame.ts';
import type { Matcher } from './match.ts';

/** One symbol of a slice, as the shift test moves it. */
export interface ShiftPart {
  readonly frame: StudyFrame;
  readonly range: RowRange;
  /** The true events. */
  readonly events: Cohort;
  /** Filled with moved events and their controls, draw after draw. */
  readonly moved: Cohort;
  readonly matcher: Matcher;
  /** [rows] 1 where moved events may land; null for anywhere. */
  readonly allowed: Float64Array | null;
}

/** Effects that are measured on the same kind of draws. */
export interface ShiftedFamily {
  /** Prefix of the stream names, one per draw. */
  readonly stream: string;
  readonly size: number;
  /** Effects on what the parts' moved cohorts now hold, in a fixed order; null where one cannot be told. */
  readonly measure: () => readonly (number | null)[];
}

/**
 * Effects when nothing but the event times is wrong: the whole train of events of every symbol is moved by the same random
 * number of days around the slice, controls are found again, and the effects measured again. Clustering in time, the
 * dependence between symbols and the time of day stay. Draws that move by the same time are one measurement.
 *
 * Events that come every day at the same time would be moved onto each other. Where the study says on what moved events may land, each draw turns
 * every UTC day by hours of its own, the same for all symbols: by such that let at least half of all events land there.
 *
 * @param draws moves of each family
 * @returns     [families][effects][draws], NaN where a draw gave nothing
 * @source      research specification 10.5 (permutation test); Phipson & Smyth 2010 for the p-value
 */
export function shiftedEffects(
  parts: readonly ShiftPart[],
  families: readonly ShiftedFamily[],
  { draws, barMs }: { readonly draws: number; readonly barMs: number },
): Float64Array[][] {
  const effects = families.map(({ size }) => Array.from({ length: size }, () => new Float64Array(draws).fill(Number.NaN)));
  const circles = parts.map(({ frame, range }) => circleOf(frame, range, barMs));
  const days = Math.max(0, ...circles.map(({ length }) => Math.floor(length / dayMs)));
  if (days < 3) return effects;
  if (parts.some(({ allowed }) => allowed !== null)) {
    turnDays(parts, families, { draws, barMs, effects });
    return effects;
  }
  const moves = families.map((family) => drawsByMove(family.stream, days - 1, draws));
  for (let by = 1; by < days; by++) {
    if (moves.every((drawn) => drawn[by - 1] === undefined)) continue;
    for (let p = 0; p < parts.length; p++) move(parts[p]!, circles[p]!, by * dayMs);
    families.forEach(({ measure }, f) => {
      const drawn = moves[f]![by - 1];
      if (drawn === undefined) return;
      measure().forEach((effect, i) => {
        for (const draw of drawn) effects[f]![i]![draw] = effect ?? Number.NaN;
      });
    });
  }
  return effects;
}

/** [moves] the draws of each move; undefined where none takes it. */
function drawsByMove(stream: string, moves: number, draws: number): (number[] | undefined)[] {
  const byMove: (number[] | undefined)[] = Array.from({ length: moves });
  for (let draw = 0; draw < draws; draw++) (byMove[nextIndex(namedStream(`${stream}/${draw}`), moves)] ??= []).push(draw);
  return byMove;
}

/** The measurements of moved event times when every day is turned by hours of its own; a day begins with the instant that is its midnight. */
function turnDays(
  parts: readonly ShiftPart[],
  families: readonly ShiftedFamily[],
  { draws, barMs, effects }: { readonly draws: number; readonly barMs: number; readonly effects: readonly (readonly Float64Array[])[] },
): void {
  const turned = (time: number, by: (day: number) => number): number => {
    const day = Math.floor((time + barMs) / dayMs);
    return day * dayMs + ((time + barMs - day * dayMs + by(day)) % dayMs) - barMs;
  };
  const all = parts.reduce((sum, { events }) => sum + events.count, 0);
  const landed = (offset: number) =>
    parts.reduce((sum, part) => sum + placesOf(part, (time) => turned(time, () => offset)).filter((row) => row >= 0).length, 0);
  const offsets = Array.from({ length: 23 }, (_, i) => (i + 1) * hourMs).filter((offset) => all > 0 && 2 * landed(offset) >= all);
  // With one way to turn a day every draw would be the same.
  if (offsets.length < 2) return;
  const first = Math.min(...parts.map(({ frame, range }) => Math.floor(frame.openTime[range.from]! / dayMs)));
  const last = Math.max(...parts.map(({ frame, range }) => Math.floor(frame.openTime[range.to - 1]! / dayMs))) + 1;
  families.forEach(({ stream, measure }, f) => {
    for (let draw = 0; draw < draws; draw++) {
      const random = namedStream(`${stream}/${draw}`);
      const drawn = Float64Array.from({ length: last - first + 1 }, () => offsets[nextIndex(random, offsets.length)]!);
      for (const part of parts)
        settle(
          part,
          placesOf(part, (time) => turned(time, (day) => drawn[day - first]!)),
        );
      measure().forEach((effect, i) => (effects[f]![i]![draw] = effect ?? Number.NaN));
    }
  });
}

/** The time that a slice is made into a circle of: epoch ms of its first row, and its length. */
interface Circle {
  readonly start: number;
  readonly length: number;
}

function circleOf({ openTime }: StudyFrame, { from, to }: RowRange, barMs: number): Circle {
  if (from >= to) return { start: 0, length: 0 };
  const [start, length] = [openTime[from]!, openTime[to - 1]! + barMs - openTime[from]!];
  // Seconds around instants cover parts of days only: the circle closes where a whole day ends.
  return { start, length: length === (to - from) * barMs ? length : Math.ceil(length / dayMs) * dayMs };
}

/** Moves the events of a part by so much time around its slice, those that still fit, and finds their controls. */
function move(part: ShiftPart, { start, length }: Circle, offset: number): void {
  settle(
    part,
    placesOf(part, (time) => start + ((time - start + offset) % length)),
  );
}

/** Fills the moved events of a part, those that have a place, and finds their controls. */
function settle({ events, moved, matcher }: ShiftPart, places: Int32Array): void {
  moved.count = 0;
  for (let e = 0; e < events.count; e++) if (places[e]! >= 0) moved.addMoved(events, e, places[e]! - events.anchor[e]!);
  matcher.find(moved);
}

/** [events] the row that each event's anchor is moved onto; -1 where it does not fit. */
function placesOf({ frame, range, events, matcher, allowed }: ShiftPart, moved: (time: number) => number): Int32Array {
  const { openTime } = frame;
  const places = new Int32Array(events.count).fill(-1);
  for (let e = 0; e < events.count; e++) {
    const time = moved(openTime[events.anchor[e]!]!);
    const anchor = lowerBound(openTime, time);
    const by = anchor - events.anchor[e]!;
    if (events.trigger[e]! + by < range.from || events.exit[e]! + by >= range.to) continue;
    if (openTime[anchor] !== time || !matcher.isEligible(anchor) || (allowed !== null && allowed[anchor] !== 1)) continue;
    places[e] = anchor;
  }
  return places;
}
