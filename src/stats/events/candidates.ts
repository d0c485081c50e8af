import { requireFinite } from '../requireFinite.ts';

/** Rows of one symbol to be matched, as columns. Everything in them must be known at the close of the row's bar. */
export interface MatchRows {
  /** [rows] */
  readonly bar: ArrayLike<number>;
  /** [rungs][rows] stratum of a row on each rung of the ladder, strictest first; a negative code is no stratum and matches nothing. */
  readonly strata: readonly ArrayLike<number>[];
  /** [covariates][rows] what distance is taken on, finite, in comparable units: ranks, or whitened columns. */
  readonly covariates: readonly ArrayLike<number>[];
}

/** Rows of one stratum, by rising first covariate. */
export interface Bucket {
  readonly rows: Int32Array;
  /** Their first covariate; 0 where there is none. */
  readonly leading: Float64Array;
}

export interface Candidate {
  readonly row: number;
  readonly distance: number;
}

/**
 * Eligible rows of a pool by stratum, each stratum sorted by its first covariate.
 *
 * @param pool       rows of one symbol, read only
 * @param rung       which of its strata
 * @param isEligible [rows] 0 for rows that may not serve
 * @throws E_INTERNAL on NaN or Infinity among the covariates
 * @source Rosenbaum 2010
 * @vector events.matchedControls
 */
export function bucketRows(pool: MatchRows, rung: number, isEligible: Uint8Array): Map<number, Bucket> {
  for (const column of pool.covariates) requireFinite(column, 'covariate');
  const lists = new Map<number, number[]>();
  const codes = pool.strata[rung]!;
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!;
    if (code < 0 || isEligible[row] === 0) continue;
    const list = lists.get(code);
    if (list === undefined) lists.set(code, [row]);
    else list.push(row);
  }
  const covariate = pool.covariates[0] ?? new Float64Array(codes.length);
  return new Map(
    [...lists].map(([code, list]) => {
      const rows = Int32Array.from(list).sort((a, b) => covariate[a]! - covariate[b]! || a - b);
      return [code, { rows, leading: Float64Array.from(rows, (row) => covariate[row]!) }];
    }),
  );
}

/**
 * Candidates for one event, nearest first: by Euclidean distance on the covariates, then by distance in bars, then the earlier bar.
 *
 * @param bucket rows of the event's stratum
 * @param at     the event's row, the pool, and the largest distance allowed
 * @returns      one at a time, so that a search that is content stops early
 * @source Rosenbaum 2010; statistics specification section 8
 * @vector events.matchedControls
 */
export function* nearestFirst(
  bucket: Bucket,
  at: { events: MatchRows; event: number; pool: MatchRows; caliper: number },
): Generator<Candidate, void, undefined> {
  const { events, event, pool, caliper } = at;
  const here = events.bar[event]!;
  const byBar = (a: Candidate, b: Candidate) => {
    const [barA, barB] = [pool.bar[a.row]!, pool.bar[b.row]!];
    return a.distance - b.distance || Math.abs(barA - here) - Math.abs(barB - here) || barA - barB || a.row - b.row;
  };
  const place = events.covariates.map((column) => column[event]!);
  if (place.length > 1) {
    const all = Array.from(bucket.rows, (row) => ({ row, distance: Math.hypot(...place.map((x, c) => pool.covariates[c]![row]! - x)) }));
    yield* all.filter(({ distance }) => distance <= caliper).sort(byBar);
    return;
  }
  for (const tied of outward(bucket, place[0] ?? 0)) {
    if (tied[0]!.distance > caliper) return;
    yield* tied.sort(byBar);
  }
}

/** Groups of rows at equal distance from x on the first covariate, nearest group first, by walking outward from its place. */
function* outward({ rows, leading }: Bucket, x: number): Generator<Candidate[], void, undefined> {
  let right = lowerBound(leading, x);
  let left = right - 1;
  while (left >= 0 || right < rows.length) {
    const below = left >= 0 ? x - leading[left]! : Number.POSITIVE_INFINITY;
    const above = right < rows.length ? leading[right]! - x : Number.POSITIVE_INFINITY;
    const distance = Math.min(below, above);
    const tied: Candidate[] = [];
    while (left >= 0 && distance === x - leading[left]!) tied.push({ row: rows[left--]!, distance });
    while (right < rows.length && distance === leading[right]! - x) tied.push({ row: rows[right++]!, distance });
    yield tied;
  }
}

function lowerBound(sorted: Float64Array, x: number): number {
  let low = 0;
  for (let high = sorted.length; low < high;) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
