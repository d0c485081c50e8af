import { mean } from '../../../stats/moments.ts';
import { quantile } from '../../../stats/quantile.ts';

/** The finite values of a sample, in order. */
export function finiteOf(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).filter(Number.isFinite);
}

/** Mean of the finite values; NaN for none. */
export function meanOf(values: ArrayLike<number>): number {
  return mean(finiteOf(values)) ?? Number.NaN;
}

/** Type 7 quantile of the finite values; NaN for none. */
export function quantileOf(values: ArrayLike<number>, level: number): number {
  return quantile(finiteOf(values), level) ?? Number.NaN;
}

export function medianOf(values: ArrayLike<number>): number {
  return quantileOf(values, 0.5);
}

/**
 * Percentile rank of each value among the non-missing ones: mean rank of its ties over their number, in (0, 1]; NaN stays.
 *
 * @source research specification section 2
 */
export function percentRanks(values: ArrayLike<number>): Float64Array {
  const ranks = new Float64Array(values.length).fill(Number.NaN);
  const order = ascending(values);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let place = from; place < to; place++) ranks[order[place]!] = (from + 1 + to) / 2 / order.length;
    from = to;
  }
  return ranks;
}

/**
 * Quartile 0 to 3 of each value by its rank, equal values ranked as they come; NaN for missing values and for a single one.
 * Three values give 0, 1, 3, as the equal-frequency cut of three ranks does.
 *
 * @source research specification section 2
 */
export function firstComeQuartiles(values: ArrayLike<number>): Float64Array {
  const quartiles = new Float64Array(values.length).fill(Number.NaN);
  const order = ascending(values);
  if (order.length < 2) return quartiles;
  const cuts = [0.25, 0.5, 0.75].map((level) => 1 + level * (order.length - 1));
  order.forEach((index, place) => (quartiles[index] = cuts.filter((cut) => cut < place + 1).length));
  return quartiles;
}

/** Sign of a mean: 0 within 1e-12 of zero and where it is missing. */
export function signOf(value: number): number {
  return Math.abs(value) < 1e-12 || Number.isNaN(value) ? 0 : Math.sign(value);
}

/** Largest less smallest; NaN when a value is missing or there is none. */
export function spreadOf(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : Math.max(...values) - Math.min(...values);
}

/** Rows by a key, keys in ascending order. */
export function groupBy<T>(rows: readonly T[], keyOf: (row: T) => string | number): Map<string | number, T[]> {
  const groups = new Map<string | number, T[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Indices of the non-missing values in ascending order, equal ones as they come. */
function ascending(values: ArrayLike<number>): Int32Array {
  const present: number[] = [];
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) present.push(i);
  return Int32Array.from(present).sort((a, b) => values[a]! - values[b]! || a - b);
}
