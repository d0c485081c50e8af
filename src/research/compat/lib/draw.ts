import { namedStream, nextIndex } from '../../../core/random.ts';
import { bucketRows, type MatchRows, nearestFirst } from '../../../stats/events/candidates.ts';

/** Controls that were drawn elsewhere: bars by event key, in place of our own draws. */
export type Picks = ReadonlyMap<string, readonly number[]>;

/** What a draw of controls hangs on. */
export interface DrawOptions {
  readonly seed: number;
  readonly picks?: Picks | undefined;
}

/**
 * Bars drawn for one event from its candidates without replacement; with replacement where there are fewer than wanted, and then as many as there are
 * candidates, as the reference does.
 *
 * @param key        the event's, which names its random stream and its entry in the picks
 * @param candidates bars, read only
 * @throws RangeError when a pick handed in is not among the candidates
 */
export function drawControls(
  key: string,
  candidates: readonly number[],
  { wanted, seed, picks }: DrawOptions & { readonly wanted: number },
): readonly number[] {
  const picked = picks?.get(key);
  if (picked !== undefined) {
    const allowed = new Set(candidates);
    const wrong = picked.find((bar) => !allowed.has(bar));
    if (wrong !== undefined) throw new RangeError(`bar ${wrong} is not a candidate for event ${key}`);
    return picked;
  }
  const state = namedStream(`seed=${seed}/reference-control/${key}`);
  if (candidates.length < wanted) return candidates.map(() => candidates[nextIndex(state, candidates.length)]!);
  const left = [...candidates];
  return Array.from({ length: wanted }, () => left.splice(nextIndex(state, left.length), 1)[0]!);
}

/** A pool of bars with the rank that they are matched on. */
export interface RankedPool {
  readonly bars: readonly number[];
  /** [bars] NaN where missing. */
  readonly ranks: Float64Array;
}

/**
 * Finds the bars of a pool whose rank is nearest to an event's, nearest first. Bars without a rank come last, and so does everything for an event
 * without one, in order of time.
 */
export function nearestRanks({ bars, ranks }: RankedPool): (rank: number, count: number) => number[] {
  const ranked = bars.flatMap((_, place) => (Number.isNaN(ranks[place]) ? [] : [place]));
  const unranked = bars.filter((_, place) => Number.isNaN(ranks[place]));
  const pool: MatchRows = {
    bar: ranked.map((place) => bars[place]!),
    strata: [new Int8Array(ranked.length)],
    covariates: [ranked.map((place) => ranks[place]!)],
  };
  const bucket = bucketRows(pool, 0, new Uint8Array(ranked.length).fill(1)).get(0);
  return (rank, count) => {
    if (Number.isNaN(rank)) return bars.slice(0, count);
    const found: number[] = [];
    if (bucket !== undefined) {
      const events = { bar: [0], strata: [[0]], covariates: [[rank]] };
      for (const { row } of nearestFirst(bucket, { events, event: 0, pool, caliper: Number.POSITIVE_INFINITY })) {
        if (found.length === count) break;
        found.push(pool.bar[row]!);
      }
    }
    return found.length < count ? [...found, ...unranked].slice(0, count) : found;
  };
}
