import { AppError } from '../../core/errors.ts';
import { namedStream, nextIndex } from '../../core/random.ts';
import { requireWhole } from '../requireWhole.ts';
import { requireFinite } from '../requireFinite.ts';
import { type Bucket, bucketRows, type MatchRows, nearestFirst } from './candidates.ts';

export interface MatchOptions {
  readonly controlsPerEvent: number;
  /** An event with fewer controls than this is unmatched; default: all of them. */
  readonly fewestControls?: number;
  /** Bars around any of these that no control may lie in, ends included; default bars: those of the events. */
  readonly exclusion: { readonly bars?: ArrayLike<number>; readonly before: number; readonly after: number };
  /** Largest distance on the covariates, per rung; default: none. */
  readonly caliper?: readonly number[];
  /** How many events one control may serve; default: any number. */
  readonly maxReuse?: number;
  /** Fewest bars between two controls of one event; default 0: only the same row is refused. */
  readonly minSeparationBars?: number;
  /** Farthest a control may lie from its event in time; default: anywhere. */
  readonly maxBarDistance?: number;
  /** Take the nearest, or draw from all within the caliper with the stream `<name>/<event bar>`; default nearest. */
  readonly pick?: 'nearest' | { readonly stream: string };
}

const defaults = { maxReuse: Number.POSITIVE_INFINITY, maxBarDistance: Number.POSITIVE_INFINITY, minSeparationBars: 0, pick: 'nearest' } as const;

/** Who was matched with whom. Row numbers are those of the rows given. */
export interface Matches {
  /** [events][controlsPerEvent] pool rows, -1 where there is none; only -1 for an unmatched event. */
  readonly controls: Int32Array;
  /** The same shape: rung of the ladder that gave the control, -1 where there is none. */
  readonly rung: Int8Array;
  /** The same shape: distance on the covariates, NaN where there is none. */
  readonly distance: Float64Array;
  /** Event rows short of controls, ascending. */
  readonly unmatched: readonly number[];
  /** [pool] how many events each row serves. */
  readonly reuse: Int32Array;
}

/**
 * Controls for the events of one symbol: rows of the same stratum outside every event's exclusion window, nearest on the covariates first, ties by
 * nearest bar, then the earlier. Where a rung of strata gives too few, the next fills up. Events choose in order of time, so a limit on reuse
 * favors the earlier event; an unmatched event uses nothing up.
 *
 * @param events  [events] rows of one symbol, read only
 * @param pool    [pool] candidate rows of the same symbol, with the same rungs and covariates, read only
 * @param options how many, how far, how often
 * @throws E_INTERNAL on rows of other shape or counts out of range
 * @source Rosenbaum 2010; statistics specification section 8
 * @vector events.matchedControls
 */
export function matchControls(events: MatchRows, pool: MatchRows, options: MatchOptions): Matches {
  requireShape(events, pool, options);
  const { controlsPerEvent: wanted, fewestControls = wanted } = options;
  const rows = events.bar.length;
  const controls = new Int32Array(rows * wanted).fill(-1);
  const rung = new Int8Array(rows * wanted).fill(-1);
  const distance = new Float64Array(rows * wanted).fill(Number.NaN);
  const reuse = new Int32Array(pool.bar.length);
  const unmatched: number[] = [];
  const isEligible = eligibleRows(pool, options.exclusion.bars ?? events.bar, options.exclusion);
  const ladder = pool.strata.map((_, rung) => bucketRows(pool, rung, isEligible));
  for (const event of inTime(events)) {
    const found = findControls({ events, pool, options, ladder, reuse }, event);
    if (found.length < fewestControls) {
      unmatched.push(event);
      continue;
    }
    for (const [place, one] of found.entries()) {
      controls[event * wanted + place] = one.row;
      rung[event * wanted + place] = one.rung;
      distance[event * wanted + place] = one.distance;
      reuse[one.row]!++;
    }
  }
  return { controls, rung, distance, unmatched: unmatched.sort((a, b) => a - b), reuse };
}

interface Found {
  readonly row: number;
  readonly rung: number;
  readonly distance: number;
}

interface Search {
  readonly events: MatchRows;
  readonly pool: MatchRows;
  readonly options: MatchOptions;
  readonly ladder: readonly ReadonlyMap<number, Bucket>[];
  readonly reuse: Int32Array;
}

function findControls({ events, pool, options, ladder, reuse }: Search, event: number): Found[] {
  const { controlsPerEvent, maxReuse, maxBarDistance, minSeparationBars, pick } = { ...defaults, ...options };
  const here = events.bar[event]!;
  const found: Found[] = [];
  for (const [rung, buckets] of ladder.entries()) {
    const bucket = buckets.get(events.strata[rung]![event]!);
    if (bucket === undefined) continue;
    const caliper = options.caliper?.[rung] ?? Number.POSITIVE_INFINITY;
    const candidates = nearestFirst(bucket, { events, event, pool, caliper });
    for (const { row, distance } of pick === 'nearest' ? candidates : shuffled(candidates, `${pick.stream}/${here}`)) {
      if (found.length === controlsPerEvent) return found;
      const bar = pool.bar[row]!;
      const isApart = found.every((one) => one.row !== row && Math.abs(pool.bar[one.row]! - bar) >= minSeparationBars);
      if (isApart && reuse[row]! < maxReuse && Math.abs(bar - here) <= maxBarDistance) found.push({ row, rung, distance });
    }
  }
  return found;
}

/** Fisher-Yates from the front: only as many draws as controls taken. */
function* shuffled<T>(candidates: Iterable<T>, stream: string): Generator<T> {
  const left = [...candidates];
  const state = namedStream(stream);
  for (let taken = 0; taken < left.length; taken++) {
    const at = taken + nextIndex(state, left.length - taken);
    [left[taken], left[at]] = [left[at]!, left[taken]!];
    yield left[taken]!;
  }
}

function eligibleRows(pool: MatchRows, eventBars: ArrayLike<number>, { before, after }: MatchOptions['exclusion']): Uint8Array {
  const sorted = Float64Array.from(eventBars).sort();
  return Uint8Array.from(pool.bar, (bar) => {
    // The first event whose window does not end before this bar decides.
    let low = 0;
    for (let high = sorted.length; low < high;) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! + after < bar) low = middle + 1;
      else high = middle;
    }
    return low < sorted.length && sorted[low]! - before <= bar ? 0 : 1;
  });
}

function inTime({ bar }: MatchRows): number[] {
  return Array.from(bar, (_, row) => row).sort((a, b) => bar[a]! - bar[b]! || a - b);
}

function requireShape(events: MatchRows, pool: MatchRows, options: MatchOptions): void {
  requireWhole(options.controlsPerEvent, 'controls per event', 1);
  requireWhole(options.fewestControls ?? 1, 'fewest controls', 1);
  const isSame = events.strata.length === pool.strata.length && events.covariates.length === pool.covariates.length && pool.strata.length > 0;
  if (!isSame) throw new AppError('E_INTERNAL', { problem: 'events and pool need the same covariates and the same rungs, at least one' });
  for (const column of events.covariates) requireFinite(column, 'covariate');
  for (const rows of [events, pool]) {
    for (const column of [...rows.strata, ...rows.covariates]) {
      if (column.length !== rows.bar.length) throw new AppError('E_INTERNAL', { problem: 'columns to match on differ in length' });
    }
  }
}
