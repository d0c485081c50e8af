import { dayMs, hourMs } from '../core/time.ts';
import { rollingMax } from '../stats/rolling/rollingMax.ts';
import { rollingMean } from '../stats/rolling/rollingMean.ts';
import { rollingMedian } from '../stats/rolling/rollingMedian.ts';
import { rollingMin } from '../stats/rolling/rollingMin.ts';
import { rollingRank } from '../stats/rolling/rollingRank.ts';
import { rollingStd } from '../stats/rolling/rollingStd.ts';
import { bySlot, overPresent } from './windows.ts';

export type FormulaType = 'number' | 'condition';

/** What an argument has to be: one value per bar, a truth per bar, or a whole number written out. */
export type ArgumentType = FormulaType | 'bars';

export interface FormulaFunction {
  readonly args: readonly ArgumentType[];
  /** How many of the last arguments may be left out. */
  readonly optional?: number;
  readonly gives: FormulaType;
  /** One sentence for the reference page. */
  readonly help: string;
  /** Bars before the last bar that the function itself reads of its first argument. */
  readonly reads: (bars: readonly number[]) => number;
  /** One value per bar from the columns of the first arguments and the written-out numbers of the others; both read only. */
  readonly compute: (columns: readonly Float64Array[], bars: readonly number[]) => Float64Array;
}

const minuteMs = 60_000;
const nothing = (): number => 0;
const window = ([bars = 1]: readonly number[]): number => bars - 1;

/** A function of one number per bar. */
const pointwise = (help: string, of: (value: number) => number): FormulaFunction => ({
  args: ['number'],
  gives: 'number',
  help,
  reads: nothing,
  compute: ([values]) => values!.map(of),
});

/** A trailing window over the last values that are present. */
const trailing = (help: string, kernel: (values: Float64Array, bars: number, out: Float64Array) => void): FormulaFunction => ({
  args: ['number', 'bars'],
  gives: 'number',
  help,
  reads: window,
  compute: ([values], [bars]) => overPresent(values!, bars!, kernel),
});

/**
 * Every function of the formula language. All are trailing: the value at a bar is made of that bar and earlier ones.
 * Windows take the last values that are present and are missing when those reach back too far (windows.ts).
 *
 * @source research specification 2, 3 and 10.3
 */
export const formulaFunctions: Readonly<Record<string, FormulaFunction>> = {
  abs: pointwise('absolute value', Math.abs),
  ln: pointwise('natural logarithm; missing for values that are not positive', (value) => (value > 0 ? Math.log(value) : Number.NaN)),
  sqrt: pointwise('square root; missing for negative values', (value) => (value >= 0 ? Math.sqrt(value) : Number.NaN)),
  sign: pointwise('-1, 0 or 1', (value) => (Number.isNaN(value) ? value : Math.sign(value))),
  min: pair('the smaller of two values', Math.min),
  max: pair('the larger of two values', Math.max),
  lag: {
    args: ['number', 'bars'],
    gives: 'number',
    help: 'the value so many bars earlier, gap bars counted',
    reads: ([bars = 0]) => bars,
    compute: ([values], [bars]) => shifted(values!, bars!),
  },
  change: {
    args: ['number', 'bars'],
    gives: 'number',
    help: 'the value minus the one so many bars earlier',
    reads: ([bars = 0]) => bars,
    compute: ([values], [bars]) => {
      const before = shifted(values!, bars!);
      return values!.map((value, i) => value - before[i]!);
    },
  },
  mean: trailing('mean of the last values', rollingMean),
  rms: trailing('square root of the mean square of the last values', (values, bars, out) => {
    rollingMean(
      values.map((value) => value * value),
      bars,
      out,
    );
    // A sliding sum of squares may end a rounding error below zero.
    for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(Math.max(0, out[i]!));
  }),
  std: trailing('sample standard deviation (n - 1) of the last values', rollingStd),
  median: trailing('median of the last values', rollingMedian),
  highest: trailing('largest of the last values', rollingMax),
  lowest: trailing('smallest of the last values', rollingMin),
  rank: {
    args: ['number', 'bars', 'bars'],
    optional: 1,
    gives: 'number',
    help: 'percentile rank (0 to 100) among the last values, equal values counted half; with a third number, among values so many bars apart (96: the same time of day)',
    reads: ([bars = 1, apart = 1]) => (bars - 1) * apart,
    compute: ([values], [bars, apart = 1]) => bySlot(values!, apart, (slot) => overPresent(slot, bars!, midRank)),
  },
  hour: clock('hour of the bar’s open, UTC, 0 to 23', (time) => Math.floor(time / hourMs) % 24),
  minute: clock('minute of the bar’s open, UTC, 0 to 59', (time) => Math.floor(time / minuteMs) % 60),
  weekday: clock('day of the bar’s open, UTC, 1 (Monday) to 7', (time) => ((Math.floor(time / dayMs) + 3) % 7) + 1),
  session: clock('third of the UTC day: 0 (Asia), 1 (Europe), 2 (America)', (time) => Math.floor((Math.floor(time / hourMs) % 24) / 8)),
  crosses_above: crossing(
    'at or above the level now, below it one bar earlier',
    (now, level, before, levelBefore) => now >= level && before < levelBefore,
  ),
  crosses_below: crossing(
    'at or below the level now, above it one bar earlier',
    (now, level, before, levelBefore) => now <= level && before > levelBefore,
  ),
  within: {
    args: ['condition', 'bars'],
    gives: 'condition',
    help: 'true at any of the last bars, this one included',
    reads: window,
    compute: ([values], [bars]) => recent(values!, (age) => (age < bars! ? 1 : 0)),
  },
  held: {
    args: ['condition', 'bars'],
    gives: 'condition',
    help: 'true at each of the last bars, this one included',
    reads: window,
    compute: ([values], [bars]) => runs(values!).map((run) => (run >= bars! ? 1 : 0)),
  },
  held_exactly: {
    args: ['condition', 'bars'],
    gives: 'condition',
    help: 'true for exactly so many bars in a row up to this one: once per run',
    reads: ([bars = 0]) => bars,
    compute: ([values], [bars]) => runs(values!).map((run) => (run === bars! ? 1 : 0)),
  },
  since: {
    args: ['condition', 'bars'],
    gives: 'number',
    help: 'bars since the condition last held, 0 on a bar where it does; missing when it held on none of the last bars',
    reads: window,
    compute: ([values], [bars]) => recent(values!, (age) => (age < bars! ? age : Number.NaN)),
  },
  median_where: {
    args: ['number', 'condition', 'bars'],
    gives: 'number',
    help: 'median of the values of those of the last bars on which the condition holds; missing where it holds on none, and before there are so many bars',
    reads: window,
    compute: ([values, holds], [bars]) => medianWhere(values!, holds!, bars!),
  },
  choose: {
    args: ['condition', 'number', 'number'],
    gives: 'number',
    help: 'the second value where the condition holds, the third where it does not',
    reads: nothing,
    compute: ([is, yes, no]) => is!.map((value, i) => (Number.isNaN(value) ? value : value === 1 ? yes![i]! : no![i]!)),
  },
};

/** Functions of the bar's clock get one column: its open time, epoch ms (after 1970). */
function clock(help: string, of: (time: number) => number): FormulaFunction {
  return { args: [], gives: 'number', help, reads: nothing, compute: ([openTime]) => openTime!.map(of) };
}

function pair(help: string, of: (a: number, b: number) => number): FormulaFunction {
  return {
    args: ['number', 'number'],
    gives: 'number',
    help,
    reads: nothing,
    compute: ([a, b]) => a!.map((value, i) => of(value, b![i]!)),
  };
}

function crossing(help: string, of: (now: number, level: number, before: number, levelBefore: number) => boolean): FormulaFunction {
  return {
    args: ['number', 'number'],
    gives: 'condition',
    help,
    reads: () => 1,
    compute: ([values, levels]) =>
      values!.map((now, i) => {
        const [level, before, levelBefore] = [levels![i]!, values![i - 1] ?? Number.NaN, levels![i - 1] ?? Number.NaN];
        if (Number.isNaN(now) || Number.isNaN(level) || Number.isNaN(before) || Number.isNaN(levelBefore)) return Number.NaN;
        return of(now, level, before, levelBefore) ? 1 : 0;
      }),
  };
}

function shifted(values: Float64Array, bars: number): Float64Array {
  const out = new Float64Array(values.length).fill(Number.NaN);
  if (bars < values.length) out.set(values.subarray(0, values.length - bars), bars);
  return out;
}

/** Percentile rank with ties counted half: at most as large, and (through the negated series) at least as large. */
function midRank(values: Float64Array, bars: number, out: Float64Array): void {
  rollingRank(values, bars, out);
  const atLeast = new Float64Array(values.length);
  rollingRank(
    values.map((value) => -value),
    bars,
    atLeast,
  );
  for (let i = 0; i < out.length; i++) out[i] = (out[i]! + (100 - atLeast[i]!)) / 2;
}

/** How many bars in a row up to each one hold; a missing truth ends a run. */
function runs(values: Float64Array): Float64Array {
  let run = 0;
  return values.map((value) => (run = value === 1 ? run + 1 : 0));
}

/** A value made of the bars since the condition last held; before it ever did, of infinity. */
function recent(values: Float64Array, of: (age: number) => number): Float64Array {
  let age = Number.POSITIVE_INFINITY;
  return values.map((value) => of((age = value === 1 ? 0 : age + 1)));
}

/** Median of the values at the rows of each full trailing window on which the condition holds; the chosen values are kept sorted. */
function medianWhere(values: Float64Array, holds: Float64Array, bars: number): Float64Array {
  const chosen: number[] = [];
  const placeOf = (value: number): number => {
    let [low, high] = [0, chosen.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (chosen[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const isChosen = (row: number): boolean => row >= 0 && holds[row] === 1 && !Number.isNaN(values[row]);
  const out = new Float64Array(values.length);
  for (let row = 0; row < values.length; row++) {
    if (isChosen(row)) chosen.splice(placeOf(values[row]!), 0, values[row]!);
    if (isChosen(row - bars)) chosen.splice(placeOf(values[row - bars]!), 1);
    const half = chosen.length >> 1;
    out[row] = row < bars - 1 || chosen.length === 0 ? Number.NaN : chosen.length % 2 === 1 ? chosen[half]! : (chosen[half - 1]! + chosen[half]!) / 2;
  }
  return out;
}
