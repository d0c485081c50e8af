import { barsPerDay } from '../../src/core/time.ts';
import { namedStream, nextIndex } from '../../src/core/random.ts';
import type { CompiledStudy } from '../../src/research/study/compile.ts';
import type { StudyEvent } from '../../src/research/study/detect.ts';
import type { StudySymbol } from '../../src/research/study/studySymbol.ts';
import type { RowRange } from '../../src/research/study/frame.ts';
import { neumaierSum } from '../../src/stats/sums.ts';

export interface ShiftedInput {
  readonly study: CompiledStudy;
  readonly symbols: readonly StudySymbol[];
  readonly ranges: readonly RowRange[];
  readonly stream: string;
}

/** The primary mean difference under one move of the event times: every row of the slice looked at for every event, in the order of the definition. */
export function naiveShiftedEffect({ study, symbols, ranges, stream }: ShiftedInput, draw: number): number {
  const days = Math.floor(Math.max(...ranges.map(({ from, to }) => to - from)) / barsPerDay);
  const offset = (1 + nextIndex(namedStream(`${stream}/${draw}`), days - 1)) * barsPerDay;
  const { outcome } = study.document.estimands[study.document.hypothesis.primary]!;
  const effects = symbols.flatMap((symbol, s) => {
    const pool = poolOf(symbol, ranges[s]!);
    const events = moved(symbol, { range: ranges[s]!, offset, pool });
    const column = symbol.outcomes.get(outcome)!;
    return controlsOf(symbol, events, pool).flatMap((rows, e) => {
      const { anchor, direction } = events[e]!;
      const own = column.at(anchor, direction).value;
      const others = rows.map((row) => column.at(row, direction).value).filter((value) => !Number.isNaN(value));
      return Number.isNaN(own) || others.length === 0 ? [] : [own - others.reduce((sum, value) => sum + value, 0) / others.length];
    });
  });
  return neumaierSum(effects) / effects.length;
}

interface Pool {
  readonly variables: readonly Float64Array[];
  readonly keyOf: (row: number) => string;
  readonly isWhole: (row: number) => boolean;
  /** Rows on which a control may lie, ascending in the first variable. */
  readonly rows: readonly number[];
}

function poolOf({ series }: StudySymbol, { from, to }: RowRange): Pool {
  const { study, frame, nextGap } = series;
  const variables = study.nearest.map(({ of }) => series.of(of));
  const labels = study.exact.map((formula) => series.of(formula));
  const where = study.where === null ? null : series.of(study.where);
  const isWhole = (row: number): boolean => row >= from && row + study.horizon < to && nextGap[row]! > row + study.horizon;
  const rows = Array.from({ length: frame.rows }, (_, row) => row).filter(
    (row) => isWhole(row) && (where === null || where[row] === 1) && [...variables, ...labels].every((values) => !Number.isNaN(values[row])),
  );
  rows.sort((a, b) => variables[0]![a]! - variables[0]![b]! || a - b);
  return { variables, keyOf: (row) => labels.map((values) => values[row]).join('|'), isWhole, rows };
}

function moved({ series, events }: StudySymbol, { range, offset, pool }: { range: RowRange; offset: number; pool: Pool }): StudyEvent[] {
  const { from, to } = range;
  const keys = new Set(pool.rows.map(pool.keyOf));
  const isEligible = (row: number) => pool.isWhole(row) && pool.variables.every((values) => !Number.isNaN(values[row])) && keys.has(pool.keyOf(row));
  return events
    .filter(({ trigger, anchor }) => trigger >= from && anchor < series.frame.rows && isEligible(anchor))
    .flatMap((event) => {
      const anchor = from + ((event.anchor - from + offset) % (to - from));
      const [trigger, exit] = [event.trigger + anchor - event.anchor, event.exit + anchor - event.anchor];
      return trigger < from || exit >= to || !isEligible(anchor) ? [] : [{ ...event, trigger, anchor, exit }];
    });
}

function controlsOf({ series: { study } }: StudySymbol, events: readonly StudyEvent[], { variables, keyOf, rows }: Pool): number[][] {
  const { k, max_reuse: reuse, min_separation: apart, exclude } = study.document.matching;
  const uses = new Map<number, number>();
  const isFree = (row: number) =>
    (uses.get(row) ?? 0) < reuse && !events.some(({ trigger, exit }) => row >= trigger - exclude.before && row <= exit + exclude.after);
  return events.map(({ anchor }) => {
    const first = variables[0]!;
    const off = (row: number) => Math.abs(first[row]! - first[anchor]!);
    const sameKey = rows.filter((row) => keyOf(row) === keyOf(anchor));
    const below = sameKey.filter((row) => first[row]! < first[anchor]!).toReversed();
    const above = sameKey.filter((row) => first[row]! >= first[anchor]!);
    const kept: { row: number; distance: number }[] = [];
    // Outwards along the first variable; of two equally far the smaller first.
    for (const row of [...below, ...above].sort((a, b) => off(a) - off(b))) {
      const parts = variables.map((values, v) => Math.abs(values[row]! - values[anchor]!) / study.nearest[v]!.caliper);
      if (parts[0]! > 1) break;
      if (parts.some((part) => part > 1) || !isFree(row)) continue;
      const distance = parts.reduce((sum, part) => sum + part, 0);
      if (kept.some((other) => other.distance <= distance && Math.abs(other.row - row) < apart)) continue;
      if (kept.length === k && kept[k - 1]!.distance <= distance) continue;
      const stay = kept.filter((other) => Math.abs(other.row - row) >= apart);
      stay.splice(stay.filter((other) => other.distance <= distance).length, 0, { row, distance });
      kept.splice(0, kept.length, ...stay.slice(0, k));
    }
    for (const { row } of kept) uses.set(row, (uses.get(row) ?? 0) + 1);
    return kept.map(({ row }) => row);
  });
}
