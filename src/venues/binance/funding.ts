import { formatTime, hourMs } from '../../core/time.ts';
import { fundingSnap } from '../../market/fundingSnap.ts';
import { checkHeader, CsvCursor } from '../csv.ts';
import { orderRows } from '../orderRows.ts';
import { stampToMs, stampUnit } from './stampUnit.ts';

export interface FundingContext {
  /** For messages only. */
  readonly file: string;
  readonly symbol: string;
  /** Period of the file, epoch ms, half-open: a row whose stamp and settlement time are both outside refuses the file. */
  readonly from: number;
  readonly to: number;
  /** True for answers in which no row is a fact; an archive without rows is damaged. */
  readonly mayBeEmpty?: boolean;
}

/** Settlements of one archive file in ascending order. All columns are [rows]. */
export interface FundingRows {
  readonly rows: number;
  /** Settlement time, epoch ms: the whole hour when the stamp lies within 5 s of it, else the stamp itself. */
  readonly time: Float64Array;
  /** Stamp of the file, epoch ms. */
  readonly rawTime: Float64Array;
  /** Fraction of notional paid by longs to shorts at the settlement (per interval, not annualized). */
  readonly rate: Float64Array;
  /** Hours since the previous settlement, as the file states: 8, 4 or 1. */
  readonly intervalHours: Float64Array;
  readonly hasHeader: boolean;
  /** Stamps moved by snapping. */
  readonly snappedCount: number;
  /** Stamps further than 5 s from a whole hour, kept as they are. */
  readonly offHourCount: number;
  readonly duplicatesDropped: number;
  readonly outOfOrderRows: number;
}

/** Largest distance from a whole hour that is taken for jitter of the venue's clock (ccxt#12232). */
export const snapToleranceMs = 5_000;

const header = [['calc_time'], ['funding_interval_hours'], ['last_funding_rate']] as const;

/**
 * Funding settlements of an archive CSV, header or not, at their true times (8, 4 or 1 hour apart, no grid assumed).
 *
 * @param csv uncompressed file of three columns: stamp, interval in hours, rate (read only)
 * @throws E_CSV with the line number, E_DATA_CONFLICT for different rates at one settlement
 */
export function parseFunding(csv: Buffer, context: FundingContext): FundingRows {
  const cursor = new CsvCursor(csv, context.file);
  const names = context.mayBeEmpty === true && csv.length === 0 ? null : cursor.header();
  if (names !== null) checkHeader(cursor, names, header);
  const [times, rawTimes, rates, intervals]: [number[], number[], number[], number[]] = [[], [], [], []];
  let first: ReturnType<typeof stampUnit> = null;
  while (!cursor.isAtEnd) {
    const line = cursor.line;
    const stamp = cursor.integer(false);
    const intervalHours = cursor.integer(false);
    const rate = cursor.decimal(true);
    const unit = stampUnit(stamp) ?? cursor.refuse(`time ${stamp} is no plausible time in seconds, milliseconds or microseconds`, line);
    first ??= unit;
    if (unit !== first) cursor.refuse(`time ${stamp} is not in ${first.name} like the rows above`, line);
    if (intervalHours < 1 || intervalHours > 24) cursor.refuse(`funding interval ${intervalHours} h is not between 1 and 24`, line);
    if (Math.abs(rate) >= 1) cursor.refuse(`funding rate ${rate} is not a fraction between -1 and 1`, line);
    const rawTime = stampToMs(stamp, unit);
    const time = snapToHour(rawTime);
    const isInside = (at: number) => at >= context.from && at < context.to;
    if (!isInside(rawTime) && !isInside(time)) {
      cursor.refuse(`time ${formatTime(rawTime)} is outside the file's period ${formatTime(context.from)} to ${formatTime(context.to)}`, line);
    }
    times.push(time);
    rawTimes.push(rawTime);
    rates.push(rate);
    intervals.push(intervalHours);
  }
  const columns = [times, rates, intervals, rawTimes].map((column) => Float64Array.from(column));
  const ordered = orderRows(columns, times.length, { symbol: context.symbol, dataset: 'funding', file: context.file });
  const [time, rate, intervalHours, rawTime] = ordered.columns as [Float64Array, Float64Array, Float64Array, Float64Array];
  return {
    rows: ordered.rows,
    time,
    rawTime,
    rate,
    intervalHours,
    hasHeader: names !== null,
    snappedCount: time.reduce((count, at, i) => count + Number(at !== rawTime[i]), 0),
    offHourCount: time.reduce((count, at) => count + Number(at % hourMs !== 0), 0),
    duplicatesDropped: ordered.duplicatesDropped,
    outOfOrderRows: ordered.outOfOrderRows,
  };
}

/** The nearest whole hour when it is within 5 s, else the stamp unchanged. Epoch ms in and out. */
export function snapToHour(stamp: number): number {
  return fundingSnap(stamp, hourMs, snapToleranceMs).snapped ?? stamp;
}
