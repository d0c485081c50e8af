import { namedStream, nextIndex, type RandomState } from '../core/random.ts';

/** Something that turns an input into named columns, and how to take its future away. */
export interface Experiment<Input> {
  readonly input: Input;
  readonly rows: number;
  /** Named columns [rows of the input]. */
  readonly compute: (input: Input) => Readonly<Record<string, ArrayLike<number>>>;
  /** The first `rows` rows. */
  readonly truncate: (input: Input, rows: number) => Input;
  /** All rows, those from `from` on replaced by noise; without it the future is only cut off. */
  readonly perturb?: (input: Input, from: number, random: RandomState) => Input;
}

/** A value made from the future. */
export interface Leak {
  readonly column: string;
  readonly kind: 'truncated' | 'perturbed';
  /** First row that the experiment took away or replaced. */
  readonly cut: number;
  /** First row before the cut whose value differs. */
  readonly row: number;
  readonly whole: number;
  /** The same value without its future; NaN when it is missing then. */
  readonly seen: number;
}

/**
 * Rows to cut at: some at random and one at each of the last rows, ascending, each once.
 *
 * @param rows   rows of the input
 * @param seed   of the random cuts
 * @param counts how many random cuts, and how many of the last rows
 * @source statistics specification section 14
 * @vector lookahead.truncate
 */
export function chooseCuts(rows: number, seed: number, { count = 20, tail = 50 } = {}): number[] {
  const random = namedStream(`seed=${seed}/causality/cuts/0`);
  const cuts = new Set<number>();
  for (let k = 0; k < count && rows > 1; k++) cuts.add(1 + nextIndex(random, rows - 1));
  for (let row = Math.max(1, rows - tail); row < rows; row++) cuts.add(row);
  return [...cuts].sort((a, b) => a - b);
}

/**
 * Look-ahead, found by experiment: a value that changes, bit for bit, when the future is cut off or replaced by noise was
 * made from the future.
 *
 * @param experiment what to compute, and from what
 * @param cuts       first row to take away, each in turn
 * @param seed       of the noise
 * @returns          the first leak of each column and kind; none for columns that never look ahead
 * @source statistics specification section 14
 * @vector lookahead.truncate
 */
export function findLeaks<Input>(experiment: Experiment<Input>, cuts: readonly number[], seed = 1): Leak[] {
  const { input, compute, truncate, perturb } = experiment;
  const whole = compute(input);
  const leaks = new Map<string, Leak>();
  for (const cut of cuts) {
    const attempts: [Leak['kind'], typeof whole][] = [['truncated', compute(truncate(input, cut))]];
    if (perturb) attempts.push(['perturbed', compute(perturb(input, cut, namedStream(`seed=${seed}/causality/noise/${cut}`)))]);
    for (const [kind, seen] of attempts) {
      for (const column of Object.keys(whole)) {
        const key = `${column} ${kind}`;
        if (leaks.has(key)) continue;
        const row = firstDifference(whole[column]!, seen[column], cut);
        if (row >= 0) leaks.set(key, { column, kind, cut, row, whole: whole[column]![row]!, seen: seen[column]?.[row] ?? Number.NaN });
      }
    }
  }
  return [...leaks.values()];
}

/**
 * Names of the leaking columns, sorted.
 *
 * @param leaks found by `findLeaks`
 * @source statistics specification section 14
 * @vector lookahead.truncate
 */
export function leakingColumns(leaks: readonly Leak[]): string[] {
  return [...new Set(leaks.map(({ column }) => column))].sort();
}

/** First row below `end` at which two columns are not the same bits, or -1. A column that ends early differs there. */
function firstDifference(a: ArrayLike<number>, b: ArrayLike<number> | undefined, end: number): number {
  for (let row = 0; row < Math.min(end, a.length); row++) if (b === undefined || !Object.is(a[row], b[row])) return row;
  return -1;
}
