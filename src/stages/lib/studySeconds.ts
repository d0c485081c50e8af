import { dayMs, hourMs, monthOf } from '../../core/time.ts';
import type { Frame } from '../../engine/frame.ts';
import type { CompiledStudy } from '../../research/study/compile.ts';
import type { StudyFrame } from '../../research/study/frame.ts';
import { loadSecondFrame } from './extraSeconds.ts';
import { secondColumns } from './secondColumns.ts';
import type { Artifact, StageContext } from './stage.ts';

/** The book is taken for unknown when its best quotes are older: outages, not quiet, on a market that is worth a study. */
const maxQuoteAgeMs = 60_000;
const secondMs = 1_000;

interface Instants {
  /** Epoch ms, ascending. */
  readonly times: readonly number[];
  readonly settlements: ReadonlySet<number>;
}

/**
 * One symbol's seconds around the instants of a study, as far before them as its formulas look back and as far after as its outcomes reach, with
 * the columns that it reads and no others. Months are read one after the other: of a month's seconds only those rows are kept.
 *
 * Memory is 8 bytes per row and column that the study reads or makes; rows are instants times (lookback + horizon + 3).
 *
 * @param bars the symbol's bars, of which the settlements are read
 */
export async function loadStudySeconds(
  context: StageContext,
  study: CompiledStudy,
  bars: Frame,
): Promise<{ readonly frame: StudyFrame; readonly inputs: readonly Artifact[] }> {
  const instants = instantsOf(context, study, bars);
  // One more for the row whose close the first change starts from.
  const reach = { before: study.purgeBars - study.horizon + 2, after: study.horizon + 1 };
  const parts: StudyFrame[] = [];
  const inputs = new Map<string, Artifact>();
  for (const times of byMonth(instants.times, (reach.before + reach.after + 1) * secondMs)) {
    const { frame, inputs: read } = await loadSecondFrame(context, bars.symbol, { instants: times, ...reach, maxQuoteAgeMs });
    for (const input of read) inputs.set(input.path, input);
    const marks = markInstants(frame, instants);
    const columns: Record<string, Float64Array> = {};
    for (const name of study.columns) {
      const { dataset, column } = secondColumns[name]!;
      const values = dataset === null ? marks[column] : frame.columns[column];
      if (values !== undefined) columns[name] = values;
    }
    parts.push({ symbol: bars.symbol, rows: frame.rows, openTime: frame.openTime, isGap: frame.isGap, columns });
  }
  return { frame: joinFrames(bars.symbol, parts, study.columns), inputs: [...inputs.values()] };
}

/** What of a study's data the run has nothing of for any symbol, in sentences. */
export function absentSeconds(study: CompiledStudy, frames: readonly StudyFrame[]): string[] {
  const names = new Map<string, string[]>();
  for (const name of study.columns) {
    const { dataset } = secondColumns[name]!;
    const isThere = frames.some(({ columns }) => columns[name]?.some((value) => !Number.isNaN(value)) === true);
    if (dataset !== null && !isThere) names.set(dataset, [...(names.get(dataset) ?? []), name]);
  }
  return [...names]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([dataset, columns]) => `the run has no rows of ${dataset}, which ${columns.join(', ')} are made of`);
}

/** The instants of the run's days: settlements as the funding data have them, whatever their interval, and the hours that the document lists. */
function instantsOf({ config }: StageContext, { document }: CompiledStudy, { openTime, columns }: Frame): Instants {
  const [from, to] = [Math.max(config.start, openTime[0] ?? Infinity), config.end + dayMs];
  // A settlement is stamped some milliseconds late; it belongs to the second it was due in.
  const settlements = new Set<number>();
  for (const time of columns['funding_event_ts'] ?? []) if (time >= from && time < to) settlements.add(Math.floor(time / secondMs) * secondMs);
  const { settlements: isWanted = false, hours = [] } = document.instants ?? {};
  const times = new Set(isWanted ? settlements : []);
  for (let day = Math.floor(from / dayMs) * dayMs; day < to; day += dayMs)
    for (const hour of hours) if (day + hour * hourMs >= from) times.add(day + hour * hourMs);
  return { times: [...times].sort((a, b) => a - b), settlements };
}

/** Instants by calendar month, windows that touch kept together. */
function byMonth(times: readonly number[], width: number): number[][] {
  const groups: number[][] = [];
  let label = '';
  for (const time of times) {
    const month = monthOf(time).label;
    const isApart = groups.length === 0 || time - groups.at(-1)!.at(-1)! > width;
    if (isApart && month !== label) {
      groups.push([]);
      label = month;
    }
    groups.at(-1)!.push(time);
  }
  return groups;
}

/** The columns `instant.*`: a value on the last row before each instant. */
function markInstants(
  { rows, openTime }: { readonly rows: number; readonly openTime: Float64Array },
  { times, settlements }: Instants,
): Record<string, Float64Array> {
  const [hour, weekday, settles] = [0, 1, 2].map(() => new Float64Array(rows).fill(Number.NaN)) as [Float64Array, Float64Array, Float64Array];
  const known = new Set(times);
  for (let row = 0; row < rows; row++) {
    const time = openTime[row]! + secondMs;
    if (!known.has(time)) continue;
    hour[row] = Math.floor(time / hourMs) % 24;
    weekday[row] = ((Math.floor(time / dayMs) + 3) % 7) + 1;
    settles[row] = Number(settlements.has(time));
  }
  return { hour, weekday, settles };
}

/** Frames after one another, a gap between each two. A column that one of them lacks is missing there. */
function joinFrames(symbol: string, parts: readonly StudyFrame[], names: readonly string[]): StudyFrame {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0) + Math.max(0, parts.length - 1);
  const openTime = new Float64Array(rows);
  const isGap = new Uint8Array(rows).fill(1);
  const columns = Object.fromEntries(
    names.filter((name) => parts.some((part) => part.columns[name] !== undefined)).map((name) => [name, new Float64Array(rows).fill(Number.NaN)]),
  );
  let at = 0;
  for (const part of parts) {
    // The row between two stretches has the time of the second before the later one.
    if (at > 0) openTime[at++] = part.openTime[0]! - secondMs;
    openTime.set(part.openTime, at);
    isGap.set(part.isGap, at);
    for (const [name, column] of Object.entries(part.columns)) columns[name]!.set(column, at);
    at += part.rows;
  }
  return { symbol, rows, openTime, isGap, columns };
}
