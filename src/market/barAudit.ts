import { AppError } from '../core/errors.ts';

/** Rows of a bar file as columns, in file order, all of one length, read only. */
export interface BarRows {
  /** Epoch ms. */
  readonly openTime: Float64Array;
  /** Base volume; without it no bar counts as zero-volume. */
  readonly volume?: ArrayLike<number>;
  /** Every column that must agree when a time repeats (volume too, if it must). NaN agrees with NaN. */
  readonly values: readonly ArrayLike<number>[];
}

/** Consecutive missing bars; both times are open times of missing bars. */
export interface BarGap {
  readonly from: number;
  readonly to: number;
  readonly bars: number;
}

/** What is wrong with a bar file. Times are epoch ms and ascend. */
export interface BarAudit {
  /** Different times on the grid. */
  readonly bars: number;
  /** Rows that repeat the first row of their time exactly. */
  readonly exactDuplicates: number;
  /** Times that come with different values; the caller refuses them. */
  readonly conflictingTimes: number[];
  /** Rows with a time below one seen before them. */
  readonly outOfOrderRows: number;
  /** Times off the grid, which are no bars. */
  readonly misaligned: number[];
  /** Bars without volume. */
  readonly zeroVolume: number[];
  readonly gaps: BarGap[];
  /** Grid times from the first bar to the last. */
  readonly expectedBars: number;
  /** Bars over expected bars; null without bars. */
  readonly coverage: number | null;
  /** Row index of each bar (the first occurrence of its time), in time order: the rows to keep. */
  readonly keptRows: Uint32Array;
}

/**
 * Duplicates, conflicts, disorder, off-grid times, gaps and coverage of the rows of a bar file.
 * The first row of a time wins.
 *
 * @param rows       columns in file order
 * @param intervalMs length of a bar; the grid is its multiples since the epoch
 * @throws E_INTERNAL on different column lengths, a time that is not finite or an interval that is not positive
 * @source defects reported for public archives (binance-public-data)
 * @vector data.barAudit
 */
export function barAudit(rows: BarRows, intervalMs: number): BarAudit {
  checkRows(rows, intervalMs);
  const { openTime, volume } = rows;
  const { outOfOrderRows, order } = timeOrder(openTime);
  const { firstRows, exactDuplicates, conflictingTimes } = firstOccurrences(rows, order);
  const misaligned: number[] = [];
  const zeroVolume: number[] = [];
  const kept = firstRows.filter((row) => openTime[row]! % intervalMs === 0);
  if (kept.length < firstRows.length) {
    for (const row of firstRows) if (openTime[row]! % intervalMs !== 0) misaligned.push(openTime[row]!);
  }
  if (volume) for (const row of kept) if (volume[row] === 0) zeroVolume.push(openTime[row]!);
  const bars = kept.length;
  const expectedBars = bars === 0 ? 0 : (openTime[kept[bars - 1]!]! - openTime[kept[0]!]!) / intervalMs + 1;
  return {
    bars,
    exactDuplicates,
    conflictingTimes,
    outOfOrderRows,
    misaligned,
    zeroVolume,
    gaps: findGaps(openTime, kept, intervalMs),
    expectedBars,
    coverage: bars === 0 ? null : bars / expectedBars,
    keptRows: kept,
  };
}

/** Row indices by time, then by place in the file. Sorting is skipped for the usual file, which is in order. */
function timeOrder(openTime: Float64Array): { outOfOrderRows: number; order: Uint32Array } {
  let outOfOrderRows = 0;
  let latest = -Infinity;
  for (let i = 0; i < openTime.length; i++) {
    if (openTime[i]! < latest) outOfOrderRows++;
    else latest = openTime[i]!;
  }
  const order = new Uint32Array(openTime.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  if (outOfOrderRows > 0) order.sort((a, b) => openTime[a]! - openTime[b]! || a - b);
  return { outOfOrderRows, order };
}

function firstOccurrences(rows: BarRows, order: Uint32Array) {
  const firstRows = new Uint32Array(order.length);
  const conflictingTimes: number[] = [];
  let count = 0;
  let exactDuplicates = 0;
  for (const row of order) {
    const time = rows.openTime[row]!;
    const first = count === 0 ? -1 : firstRows[count - 1]!;
    if (first < 0 || rows.openTime[first] !== time) firstRows[count++] = row;
    else if (rowsAgree(rows.values, first, row)) exactDuplicates++;
    else if (conflictingTimes.at(-1) !== time) conflictingTimes.push(time);
  }
  return { firstRows: firstRows.slice(0, count), exactDuplicates, conflictingTimes };
}

function rowsAgree(values: BarRows['values'], first: number, row: number): boolean {
  return values.every((column) => column[first] === column[row] || (Number.isNaN(column[first]) && Number.isNaN(column[row])));
}

function findGaps(openTime: Float64Array, kept: Uint32Array, intervalMs: number): BarGap[] {
  const gaps: BarGap[] = [];
  for (let i = 1; i < kept.length; i++) {
    const from = openTime[kept[i - 1]!]! + intervalMs;
    const next = openTime[kept[i]!]!;
    if (next > from) gaps.push({ from, to: next - intervalMs, bars: (next - from) / intervalMs });
  }
  return gaps;
}

function checkRows({ openTime, volume, values }: BarRows, intervalMs: number): void {
  const lengths = [...values, ...(volume ? [volume] : [])].map((column) => column.length);
  const bad = openTime.findIndex((time) => !Number.isFinite(time));
  const problem = !(intervalMs > 0)
    ? `interval must be positive, not ${intervalMs}`
    : lengths.some((length) => length !== openTime.length)
      ? `columns have ${lengths.join(', ')} rows, times have ${openTime.length}`
      : bad >= 0
        ? `openTime[${bad}] is ${openTime[bad]}`
        : null;
  if (problem !== null) throw new AppError('E_INTERNAL', { problem: `bar audit: ${problem}` });
}
