import { barMs, dayMs } from '../core/time.ts';

/** Raw bars of one symbol, [rows], strictly increasing in openTime. */
export interface RawBars {
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** Bars on the canonical 15-minute grid; prices and volume are NaN on gap rows. */
export interface CleanBars extends RawBars {
  readonly rows: number;
  /** 1 where there is no usable bar. */
  readonly isGap: Uint8Array;
  /** Length of the whole run of gap rows that a row belongs to (known in retrospect); 0 on usable rows. */
  readonly gapLength: Float64Array;
  /** 1 where the source has no row at all. */
  readonly isMissing: Uint8Array;
  /** 1 where the source has a flat bar without volume, as published for outages. */
  readonly isFlatEmpty: Uint8Array;
  /** Flat bars without volume that the source repeats up to its end, as after a delisting; they are not on the grid. */
  readonly deadTailBars: number;
}

/** A flat, empty stretch of at least a day that lasts to the end of the data is a delisting, not an outage. */
const deadTailAtLeast = 96;

export interface CleanWindow {
  /** First instant wanted (epoch ms). */
  readonly start: number;
  /** First instant no longer wanted. */
  readonly end: number;
  /** `none` ends the grid at the last real bar; `reference` pads as the reference system does. */
  readonly tailPadding: 'none' | 'reference';
}

/**
 * Raw bars inside the window, laid on the canonical grid. Nothing is filled: a missing bar and a flat bar
 * without volume become gap rows. The grid begins at the first real bar when that is later than the window.
 *
 * @returns zero rows when no raw bar lies in the window
 * @source core-pipeline specification 8.2
 */
export function cleanBars(raw: RawBars, window: CleanWindow): CleanBars {
  const dead = window.tailPadding === 'none' ? deadTail(raw, window) : 0;
  const bounds = gridBounds(raw.openTime.subarray(0, raw.openTime.length - dead), window);
  const rows = Math.max(0, Math.round((bounds.end - bounds.start) / barMs));
  const column = () => new Float64Array(rows).fill(Number.NaN);
  const bars: CleanBars = {
    rows,
    openTime: new Float64Array(rows),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    isGap: new Uint8Array(rows).fill(1),
    gapLength: new Float64Array(rows),
    isMissing: new Uint8Array(rows).fill(1),
    isFlatEmpty: new Uint8Array(rows),
    deadTailBars: dead,
  };
  for (let row = 0; row < rows; row++) bars.openTime[row] = bounds.start + row * barMs;
  for (let i = lowerBound(raw.openTime, bounds.start); i < raw.openTime.length && raw.openTime[i]! < bounds.end; i++) {
    const slot = (raw.openTime[i]! - bounds.start) / barMs;
    if (!Number.isInteger(slot)) continue;
    placeBar(raw, i, bars, slot);
  }
  measureGaps(bars.isGap, bars.gapLength);
  return bars;
}

/** Rows [from, to) of clean bars, as views on the same memory. */
export function sliceBars(bars: CleanBars, from: number, to: number): CleanBars {
  return {
    rows: to - from,
    openTime: bars.openTime.subarray(from, to),
    open: bars.open.subarray(from, to),
    high: bars.high.subarray(from, to),
    low: bars.low.subarray(from, to),
    close: bars.close.subarray(from, to),
    volume: bars.volume.subarray(from, to),
    isGap: bars.isGap.subarray(from, to),
    gapLength: bars.gapLength.subarray(from, to),
    isMissing: bars.isMissing.subarray(from, to),
    isFlatEmpty: bars.isFlatEmpty.subarray(from, to),
    deadTailBars: bars.deadTailBars,
  };
}

function placeBar(raw: RawBars, i: number, bars: CleanBars, slot: number): void {
  bars.isMissing[slot] = 0;
  const [open, high, low, close, volume] = [raw.open[i]!, raw.high[i]!, raw.low[i]!, raw.close[i]!, raw.volume[i]!];
  if (volume === 0 && open === high && open === low && open === close) {
    bars.isFlatEmpty[slot] = 1;
    return;
  }
  bars.open[slot] = open;
  bars.high[slot] = high;
  bars.low[slot] = low;
  bars.close[slot] = close;
  bars.volume[slot] = volume;
  const isComplete = open === open && high === high && low === low && close === close && volume === volume;
  bars.isGap[slot] = isComplete ? 0 : 1;
}

/** Flat, empty rows at the end of the window's raw bars; 0 when they are fewer than a day or the data go on later. */
function deadTail(raw: RawBars, window: CleanWindow): number {
  const { open, high, low, close, volume, openTime } = raw;
  const last = openTime.length - 1;
  if (last < 0 || openTime[last]! >= window.end) return 0;
  let row = last;
  while (row >= 0 && volume[row] === 0 && open[row] === high[row] && open[row] === low[row] && open[row] === close[row]) row--;
  const count = last - row;
  return count >= deadTailAtLeast ? count : 0;
}

function gridBounds(openTime: Float64Array, window: CleanWindow): { start: number; end: number } {
  if (openTime.length === 0) return { start: window.start, end: window.start };
  const first = openTime[0]!;
  const last = openTime[openTime.length - 1]!;
  const start = Math.ceil(Math.max(first, window.start) / barMs) * barMs;
  if (window.tailPadding === 'reference') {
    // The reference counts one whole day from the earlier of the last bar and the end day's midnight, and
    // writes only the months up to that instant.
    const lastDay = Math.min(last, window.end - dayMs);
    const monthEnd = Date.UTC(new Date(lastDay).getUTCFullYear(), new Date(lastDay).getUTCMonth() + 1, 1);
    return { start, end: Math.min(lastDay + dayMs, monthEnd) };
  }
  return { start, end: Math.min(last + barMs, window.end) };
}

function measureGaps(isGap: Uint8Array, length: Float64Array): void {
  for (let row = 0; row < isGap.length; row++) {
    if (isGap[row] === 0) continue;
    const from = row;
    while (row < isGap.length && isGap[row] === 1) row++;
    length.fill(row - from, from, row);
  }
}

/** Index of the first element >= value in an ascending array. */
export function lowerBound(values: Float64Array, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
