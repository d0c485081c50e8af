import { formatTime } from '../../core/time.ts';
import { checkHeader, CsvCursor } from '../csv.ts';
import { orderRows } from '../orderRows.ts';

export interface MetricsContext {
  /** For messages only. */
  readonly file: string;
  readonly symbol: string;
  /** Day of the file, epoch ms, half-open. */
  readonly from: number;
  readonly to: number;
}

/** Positioning of one day, taken every five minutes. All columns are [rows], ascending; NaN where the file has no value. */
export interface MetricsRows {
  readonly rows: number;
  /** Start of the five minutes at whose end the values were taken, epoch ms. */
  readonly time: Float64Array;
  /** The file's own stamp, epoch ms. */
  readonly rawTime: Float64Array;
  /** Base units, and the same in quote units. */
  readonly openInterest: Float64Array;
  readonly openInterestValue: Float64Array;
  /** Long over short: accounts and positions of the largest traders, accounts of all. */
  readonly topAccountRatio: Float64Array;
  readonly topPositionRatio: Float64Array;
  readonly accountRatio: Float64Array;
  /** Volume that takers bought over volume that they sold, in the five minutes. */
  readonly takerRatio: Float64Array;
  /** Whether stamps name the start or the end of their five minutes. */
  readonly label: 'start' | 'end';
  readonly emptyValues: number;
  /** Stamps that are not whole multiples of five minutes. */
  readonly offGridCount: number;
  readonly duplicatesDropped: number;
  readonly outOfOrderRows: number;
}

export const metricsStepMs = 300_000;

/** From this day on stamps name the start of their five minutes, before it the end (binance-public-data#491). */
const startLabelsFrom = Date.UTC(2026, 5, 25);

const header = [
  ['create_time'],
  ['symbol'],
  ['sum_open_interest'],
  ['sum_open_interest_value'],
  ['count_toptrader_long_short_ratio'],
  ['sum_toptrader_long_short_ratio'],
  ['count_long_short_ratio'],
  ['sum_taker_long_short_vol_ratio'],
] as const;
const values = 6;

/**
 * Rows of a metrics CSV, header or not, at the time at which their values were taken.
 *
 * The publisher has changed what a stamp means without a word, so a file says it itself: a row stamped with the end of its
 * day makes all stamps ends, one stamped with the start makes them starts, and without either the date decides. A file
 * that was misjudged would be five minutes late, never early: of a start label the end is what counts.
 *
 * @param csv uncompressed file (read only)
 * @throws E_CSV with the line number, E_DATA_CONFLICT for different rows of one time
 */
export function parseMetrics(csv: Buffer, context: MetricsContext): MetricsRows {
  const cursor = new CsvCursor(csv, context.file);
  const names = cursor.header();
  if (names !== null) checkHeader(cursor, names, header);
  const columns: number[][] = Array.from({ length: 1 + values }, () => []);
  while (!cursor.isAtEnd) readRow(cursor, context, columns);
  const { label, shift } = labelOf(columns[0]!, context);
  const times = Float64Array.from(columns[0]!, (stamp) => stamp - shift);
  const strayRow = times.findIndex((time) => time < context.from || time >= context.to);
  if (strayRow >= 0) {
    const day = `${formatTime(context.from)} to ${formatTime(context.to)}`;
    cursor.refuse(`time ${formatTime(columns[0]![strayRow]!)} does not belong to the file's day ${day}`, strayRow + (names === null ? 1 : 2));
  }
  const all = [times, ...columns.slice(1).map((column) => Float64Array.from(column))];
  const ordered = orderRows(all, times.length, { symbol: context.symbol, dataset: 'metrics', file: context.file });
  const [time, openInterest, openInterestValue, topAccountRatio, topPositionRatio, accountRatio, takerRatio] = ordered.columns as Seven;
  return {
    rows: ordered.rows,
    time,
    rawTime: time.map((at) => at + shift),
    openInterest,
    openInterestValue,
    topAccountRatio,
    topPositionRatio,
    accountRatio,
    takerRatio,
    label,
    emptyValues: ordered.columns.slice(1).reduce((sum, column) => sum + column.reduce((count, value) => count + Number(value !== value), 0), 0),
    offGridCount: time.reduce((count, at) => count + Number(at % metricsStepMs !== 0), 0),
    duplicatesDropped: ordered.duplicatesDropped,
    outOfOrderRows: ordered.outOfOrderRows,
  };
}

type Column = Float64Array;
type Seven = [Column, Column, Column, Column, Column, Column, Column];

function readRow(cursor: CsvCursor, { symbol }: MetricsContext, columns: readonly number[][]): void {
  const line = cursor.line;
  columns[0]!.push(cursor.dateTime(false));
  const found = cursor.word(false);
  if (found !== symbol) cursor.refuse(`the row is about ${found}, the file about ${symbol}`, line);
  for (let i = 1; i <= values; i++) {
    const value = cursor.optionalDecimal(i === values);
    if (value < 0) cursor.refuse(`${header[i + 1]![0]} ${value} is negative`, line);
    columns[i]!.push(value);
  }
}

function labelOf(stamps: readonly number[], { from, to }: MetricsContext): { label: 'start' | 'end'; shift: number } {
  const isEnd = stamps.includes(to) || (!stamps.includes(from) && from < startLabelsFrom);
  return isEnd ? { label: 'end', shift: metricsStepMs } : { label: 'start', shift: 0 };
}
