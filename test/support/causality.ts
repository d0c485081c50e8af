/**
 * Look-ahead, found by experiment: a value that changes when the future is cut off, or when the future is
 * replaced by noise, was made from the future. Knows nothing of features or strategies; whatever turns an input
 * into named columns can be tried.
 *
 * @source statistics specification 14
 */
import { namedStream, nextIndex, nextNormal, nextUniform, type RandomState } from '../../src/core/random.ts';
import type { Frame } from '../../src/engine/frame.ts';

export interface Experiment<Input> {
  readonly input: Input;
  readonly rows: number;
  /** Named columns [rows of the input]. */
  readonly compute: (input: Input) => Readonly<Record<string, ArrayLike<number>>>;
  /** The first `rows` rows. */
  readonly truncate: (input: Input, rows: number) => Input;
  /** All rows, those from `from` on replaced by noise. */
  readonly perturb: (input: Input, from: number, random: RandomState) => Input;
}

export interface Leak {
  readonly column: string;
  readonly kind: 'truncated' | 'perturbed';
  /** First row that the experiment took away or replaced. */
  readonly cut: number;
  /** First row before the cut whose value differs. */
  readonly row: number;
  readonly whole: number;
  readonly seen: number;
}

/** `count` random cuts and one at each of the last `tail` rows, ascending. */
export function chooseCuts(rows: number, seed: number, { count = 20, tail = 50 } = {}): number[] {
  const random = namedStream(`seed=${seed}/causality/cuts/0`);
  const cuts = new Set<number>();
  for (let k = 0; k < count && rows > 1; k++) cuts.add(1 + nextIndex(random, rows - 1));
  for (let row = Math.max(1, rows - tail); row < rows; row++) cuts.add(row);
  return [...cuts].sort((a, b) => a - b);
}

/** The first leak of each column and kind; none for columns that never look ahead. */
export function findLeaks<Input>(experiment: Experiment<Input>, cuts: readonly number[], seed = 1): Leak[] {
  const { input, compute, truncate, perturb } = experiment;
  const whole = compute(input);
  const leaks = new Map<string, Leak>();
  for (const cut of cuts) {
    const random = namedStream(`seed=${seed}/causality/noise/${cut}`);
    const attempts = { truncated: compute(truncate(input, cut)), perturbed: compute(perturb(input, cut, random)) };
    for (const [kind, seen] of Object.entries(attempts) as [Leak['kind'], typeof whole][]) {
      for (const column of Object.keys(whole)) {
        const key = `${column} ${kind}`;
        if (leaks.has(key)) continue;
        const row = firstDifference(whole[column]!, seen[column], cut);
        if (row >= 0) leaks.set(key, { column, kind, cut, row, whole: whole[column]![row]!, seen: seen[column]![row]! });
      }
    }
  }
  return [...leaks.values()];
}

/** Names of the leaking columns, sorted. */
export const leakingColumns = (leaks: readonly Leak[]): string[] => [...new Set(leaks.map(({ column }) => column))].sort();

/** First row below `end` at which two columns are not the same bits, or -1. A column that ends early differs there. */
function firstDifference(a: ArrayLike<number>, b: ArrayLike<number> | undefined, end: number): number {
  for (let row = 0; row < end; row++) if (b === undefined || !Object.is(a[row], b[row])) return row;
  return -1;
}

/** Columns beside a mark of their gap rows: what features are computed from. */
export interface MarketInput {
  readonly columns: Readonly<Record<string, Float64Array>>;
  readonly isGap: Uint8Array;
}

export function truncateMarket({ columns, isGap }: MarketInput, rows: number): MarketInput {
  return { columns: mapColumns(columns, (values) => values.slice(0, rows)), isGap: isGap.slice(0, rows) };
}

/** Times stay; every other value is scaled by noise, some become missing, some rows become gaps and some gaps rows. */
export function perturbMarket({ columns, isGap }: MarketInput, from: number, random: RandomState): MarketInput {
  const gaps = isGap.slice();
  for (let row = from; row < gaps.length; row++) gaps[row] = nextUniform(random) < 0.02 ? 1 : 0;
  const noisy = mapColumns(columns, (values, name) => {
    const out = values.slice();
    if (name === 'timestamp') return out;
    for (let row = from; row < out.length; row++) out[row] = nextUniform(random) < 0.02 ? Number.NaN : noise(out[row]!, random);
    return out;
  });
  return { columns: noisy, isGap: gaps };
}

export function truncateFrame(frame: Frame, rows: number): Frame {
  const market = truncateMarket(frame, rows);
  return { ...frame, ...market, rows, openTime: frame.openTime.slice(0, rows), fundingRate: frame.fundingRate.slice(0, rows) };
}

export function perturbFrame(frame: Frame, from: number, random: RandomState): Frame {
  const fundingRate = frame.fundingRate.slice();
  for (let row = from; row < frame.rows; row++) fundingRate[row] = 0.001 * nextNormal(random);
  return { ...frame, ...perturbMarket(frame, from, random), fundingRate };
}

function noise(value: number, random: RandomState): number {
  return (Number.isNaN(value) ? 50 : value) * Math.exp(0.3 * nextNormal(random));
}

function mapColumns(columns: Readonly<Record<string, Float64Array>>, change: (values: Float64Array, name: string) => Float64Array) {
  return Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, change(values, name)]));
}
