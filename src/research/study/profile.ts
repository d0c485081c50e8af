import { dayMs } from '../../core/time.ts';
import { normalQuantile } from '../../stats/normal.ts';
import { neumaierSum } from '../../stats/sums.ts';
import type { CompiledStudy } from './compile.ts';
import type { SliceEstimate } from './estimateSlice.ts';
import type { StudySymbol } from './studySymbol.ts';
import type { ProfileRow } from './result.ts';
import type { Slice } from './slices.ts';

/** Ages shown around an anchor: of bars, half a day before it and a day after it. */
export const profileAges = { from: -48, to: 96 } as const;

const measures = ['cumulated_return', 'absolute_return'] as const;
const cohorts = ['event', 'control'] as const;
const ages = profileAges.to - profileAges.from + 1;

export interface ProfileInput {
  readonly study: CompiledStudy;
  readonly symbols: readonly StudySymbol[];
  readonly estimate: SliceEstimate;
  readonly slice: Slice;
}

/** Values of one measure and cohort around every anchor, [events][ages]; NaN where there is no bar. */
type Paths = Float64Array[];

/**
 * Mean path around the anchor with a band, matched events beside their controls: the return since the anchor in the event's direction, and the
 * absolute return of each bar. A picture of what was compared; no outcome, no gate. Bars after the slice are not read.
 *
 * @returns one row per measure, cohort and age from -48 to 96, none for a slice without matched events; bounds are null with fewer than two event days
 * @source research specification 10.7 (event-time averages); Politis & Romano 1994 for the band (standard error of the mean when calendar days are resampled
 * in stationary blocks, in closed form)
 */
export function profileRows({ study, symbols, estimate, slice }: ProfileInput): ProfileRow[] {
  const { level } = study.document.inference;
  const { days, paths } = collect(symbols, estimate);
  if (days.length === 0) return [];
  const reach = normalQuantile((1 + level) / 2)!;
  const resampled = daysOf(days, study, slice);
  return measures.flatMap((measure, m) =>
    cohorts.flatMap((cohort, c) =>
      Array.from({ length: ages }, (_, a): ProfileRow => {
        const values = paths[m * 2 + c]!.map((path) => path[a]!);
        const known = values.filter((value) => !Number.isNaN(value));
        const center = known.length === 0 ? null : neumaierSum(known) / known.length;
        const error = center === null ? null : blockError(values, center, resampled);
        const bound = (side: 1 | -1) => (error === null ? null : center! + side * reach * error);
        return { slice: estimate.id, measure, cohort, age: profileAges.from + a, n: known.length, mean: center, low: bound(-1), high: bound(1) };
      }),
    ),
  );
}

/** Paths of every event that has controls, and those of its controls averaged; with the UTC day of each event. */
function collect(symbols: readonly StudySymbol[], { matched, ranges }: SliceEstimate): { days: number[]; paths: Paths[] } {
  const days: number[] = [];
  const paths: Paths[] = measures.flatMap(() => cohorts.map(() => []));
  matched.forEach(({ events, controls }, s) => {
    const { frame } = symbols[s]!.series;
    const around = pathReader(frame.columns['close']!, ranges[s]!.to);
    events.forEach(({ anchor, direction }, e) => {
      const rows = controls[e]!;
      if (rows.length === 0) return;
      days.push(Math.floor(frame.openTime[anchor]! / dayMs));
      measures.forEach((measure, m) => {
        paths[m * 2]!.push(around(measure, anchor, direction));
        paths[m * 2 + 1]!.push(meanPath([...rows].map((row) => around(measure, row, direction))));
      });
    });
  });
  return { days, paths };
}

/** Reads one path around a row of a symbol; rows from `end` on are not looked at. */
function pathReader(close: Float64Array, end: number): (measure: ProfileRow['measure'], anchor: number, direction: number) => Float64Array {
  const priceAt = (row: number): number => (row < 0 || row >= end ? Number.NaN : close[row]!);
  return (measure, anchor, direction) =>
    new Float64Array(ages).map((_, a) => {
      const row = anchor + profileAges.from + a;
      return measure === 'cumulated_return' ? direction * (priceAt(row) / priceAt(anchor) - 1) : Math.abs(priceAt(row) / priceAt(row - 1) - 1);
    });
}

/** Age by age the mean of the paths that have a value. */
function meanPath(paths: readonly Float64Array[]): Float64Array {
  return new Float64Array(ages).map((_, a) => {
    let [sum, count] = [0, 0];
    for (let p = 0; p < paths.length; p++) {
      const value = paths[p]![a]!;
      if (Number.isNaN(value)) continue;
      sum += value;
      count++;
    }
    return count === 0 ? Number.NaN : sum / count;
  });
}

/** Sums over the events of a day, and the pairs of days that resampled blocks keep together, with how strongly. */
interface Days {
  /** [events] place of the event's day among the event days. */
  readonly placeOf: Int32Array;
  readonly count: number;
  readonly pairs: { readonly a: Int32Array; readonly b: Int32Array; readonly weight: Float64Array };
}

/** A weight that changes no band. */
const negligible = 1e-9;

function daysOf(eventDays: readonly number[], { horizon, barMs }: CompiledStudy, slice: Slice): Days {
  const days = Math.ceil(slice.end / dayMs) - Math.floor(slice.start / dayMs);
  const meanBlock = 1 + Math.ceil((Math.max(horizon, profileAges.to) * barMs) / dayMs);
  // Chance that a block goes on for so many days.
  const stays = new Float64Array(days + 1).fill(1);
  for (let i = 1; i <= days; i++) stays[i] = stays[i - 1]! * (1 - 1 / meanBlock);
  const distinct = [...new Set(eventDays)].sort((a, b) => a - b);
  const [first, second, weights]: [number[], number[], number[]] = [[], [], []];
  distinct.forEach((day, a) => {
    for (let b = a + 1; b < distinct.length; b++) {
      const apart = distinct[b]! - day;
      // The slice is a circle: two days are neighbors on the other way around as well.
      const weight = (1 - apart / days) * stays[apart]! + (apart / days) * stays[days - apart]!;
      if (weight <= negligible) continue;
      first.push(a);
      second.push(b);
      weights.push(weight);
    }
  });
  const pairs = { a: Int32Array.from(first), b: Int32Array.from(second), weight: Float64Array.from(weights) };
  const places = new Map(distinct.map((day, place) => [day, place]));
  return { placeOf: Int32Array.from(eventDays, (day) => places.get(day)!), count: distinct.length, pairs };
}

/**
 * Standard error of a mean over events when whole days are resampled in stationary blocks, without drawing; null with fewer than two days.
 *
 * @param values [events], NaN is left out
 */
function blockError(values: readonly number[], center: number, { placeOf, count, pairs }: Days): number | null {
  if (count < 2) return null;
  const off = new Float64Array(count);
  let n = 0;
  for (let event = 0; event < values.length; event++) {
    if (Number.isNaN(values[event]!)) continue;
    off[placeOf[event]!]! += values[event]! - center;
    n++;
  }
  let sum = 0;
  for (let day = 0; day < count; day++) sum += off[day]! * off[day]!;
  const { a, b, weight } = pairs;
  for (let i = 0; i < weight.length; i++) sum += 2 * weight[i]! * off[a[i]!]! * off[b[i]!]!;
  return Math.sqrt(Math.max(0, sum)) / n;
}
