import { formatTime } from '../../core/time.ts';
import { checkHeader, CsvCursor } from '../csv.ts';
import { orderRows } from '../orderRows.ts';
import { stampToMs, stampUnit } from './stampUnit.ts';
import type { StampUnit } from './stampUnit.ts';

export interface KlinesContext {
  /** For messages only. */
  readonly file: string;
  readonly symbol: string;
  readonly intervalMs: number;
  /** Period of the file, epoch ms, half-open: rows outside refuse the file. */
  readonly from: number;
  readonly to: number;
  /** True for answers in which no row is a fact; an archive without rows is damaged. */
  readonly mayBeEmpty?: boolean;
  /** True for an index around zero; prices are above it. */
  readonly mayBeNegative?: boolean;
}

/** Bars of one archive file in ascending order of open time. All columns are [rows]; volumes in base or quote units. */
export interface Klines {
  readonly rows: number;
  /** Epoch ms. */
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly quoteVolume: Float64Array;
  readonly tradeCount: Float64Array;
  readonly takerBuyVolume: Float64Array;
  readonly takerBuyQuoteVolume: Float64Array;
  readonly hasHeader: boolean;
  readonly stampUnit: StampUnit['name'] | null;
  readonly duplicatesDropped: number;
  readonly outOfOrderRows: number;
}

const header = [
  ['open_time'],
  ['open'],
  ['high'],
  ['low'],
  ['close'],
  ['volume'],
  ['close_time'],
  ['quote_volume', 'quote_asset_volume'],
  ['count', 'number_of_trades'],
  ['taker_buy_volume', 'taker_buy_base_asset_volume'],
  ['taker_buy_quote_volume', 'taker_buy_quote_asset_volume'],
  ['ignore'],
] as const;

const columnCount = 10;

/**
 * Bars of a klines CSV, header or not, strictly checked. A single bad row refuses the whole file.
 *
 * Checks: exactly 12 decimal columns; known header names; one plausible time unit (s, ms or us) with
 * close time = open time + interval - 1 unit; times on the grid and inside the period; prices above 0 (unless it is an
 * index around zero) with low <= open, close <= high; volumes and counts not negative. Identical repeats are dropped and counted, disorder is
 * sorted and counted.
 *
 * @param csv uncompressed file (read only)
 * @throws E_CSV with the line number, E_DATA_CONFLICT for different rows of one time
 */
export function parseKlines(csv: Buffer, context: KlinesContext): Klines {
  const cursor = new CsvCursor(csv, context.file);
  const names = context.mayBeEmpty === true && csv.length === 0 ? null : cursor.header();
  if (names !== null) checkHeader(cursor, names, header);

  let columns = allocate(Math.max(16, Math.ceil((context.to - context.from) / context.intervalMs)));
  let rows = 0;
  const unit = cursor.isAtEnd ? null : unitOfFirstRow(cursor);
  while (unit !== null && !cursor.isAtEnd) {
    if (rows === columns[0]!.length) columns = grow(columns);
    rows = parseRows(cursor, context, unit, columns, rows);
  }
  const ordered = orderRows(columns, rows, { symbol: context.symbol, dataset: 'bars', file: context.file });
  const [openTime, open, high, low, close, volume, quoteVolume, tradeCount, takerBuyVolume, takerBuyQuoteVolume] = ordered.columns as Ten;
  return {
    rows: ordered.rows,
    openTime,
    open,
    high,
    low,
    close,
    volume,
    quoteVolume,
    tradeCount,
    takerBuyVolume,
    takerBuyQuoteVolume,
    hasHeader: names !== null,
    stampUnit: unit === null ? null : unit.name,
    duplicatesDropped: ordered.duplicatesDropped,
    outOfOrderRows: ordered.outOfOrderRows,
  };
}

type Column = Float64Array;
type Ten = [Column, Column, Column, Column, Column, Column, Column, Column, Column, Column];

/** Reads rows until the columns are full or the file ends; returns the new row count. */
function parseRows(cursor: CsvCursor, context: KlinesContext, unit: StampUnit, columns: readonly Column[], firstRow: number): number {
  const [openTimes, opens, highs, lows, closes, volumes, quoteVolumes, counts, takerVolumes, takerQuoteVolumes] = columns as Ten;
  const { from, to, intervalMs } = context;
  const lowest = context.mayBeNegative === true ? -Infinity : 0;
  const { perMs } = unit;
  const closeOffset = intervalMs * perMs - 1;
  const capacity = openTimes.length;
  let row = firstRow;
  for (; row < capacity && !cursor.isAtEnd; row++) {
    const line = cursor.line;
    const stamp = cursor.integer(false);
    const open = cursor.decimal(false);
    const high = cursor.decimal(false);
    const low = cursor.decimal(false);
    const close = cursor.decimal(false);
    const volume = cursor.decimal(false);
    const closeStamp = cursor.integer(false);
    const quoteVolume = cursor.decimal(false);
    const count = cursor.integer(false);
    const takerVolume = cursor.decimal(false);
    const takerQuoteVolume = cursor.decimal(false);
    cursor.decimal(true);

    const openTime = perMs === 1 ? stamp : stampToMs(stamp, unit);
    if (!(openTime >= from && openTime < to)) refusePeriod(cursor, line, stamp, unit, context);
    if (openTime % intervalMs !== 0) cursor.refuse(`open time ${stamp} is not on the ${intervalMs / 60_000}-minute grid`, line);
    if (closeStamp !== stamp + closeOffset) cursor.refuse(`close time ${closeStamp} is not open time + interval - 1 (${stamp + closeOffset})`, line);
    if (!(low > lowest)) cursor.refuse(`low ${low} is not above 0`, line);
    if (!(high >= open && high >= close && high >= low)) cursor.refuse(`high ${high} is below open ${open}, close ${close} or low ${low}`, line);
    if (!(low <= open && low <= close)) cursor.refuse(`low ${low} is above open ${open} or close ${close}`, line);
    if (!(volume >= 0 && quoteVolume >= 0 && takerVolume >= 0 && takerQuoteVolume >= 0)) cursor.refuse('a volume is negative', line);

    openTimes[row] = openTime;
    opens[row] = open;
    highs[row] = high;
    lows[row] = low;
    closes[row] = close;
    volumes[row] = volume;
    quoteVolumes[row] = quoteVolume;
    counts[row] = count;
    takerVolumes[row] = takerVolume;
    takerQuoteVolumes[row] = takerQuoteVolume;
  }
  return row;
}

/** Looks at the first time stamp without consuming it. */
function unitOfFirstRow(cursor: CsvCursor): StampUnit {
  const start = cursor.position;
  const stamp = cursor.integer(false);
  cursor.position = start;
  return stampUnit(stamp) ?? cursor.refuse(`time ${stamp} is no plausible time in seconds, milliseconds or microseconds`);
}

function refusePeriod(cursor: CsvCursor, line: number, stamp: number, unit: StampUnit, context: KlinesContext): never {
  const other = stampUnit(stamp);
  if (other !== unit) cursor.refuse(`time ${stamp} is not in ${unit.name} like the rows above`, line);
  const time = formatTime(stampToMs(stamp, unit));
  return cursor.refuse(`open time ${time} is outside the file's period ${formatTime(context.from)} to ${formatTime(context.to)}`, line);
}

function allocate(rows: number): Column[] {
  return Array.from({ length: columnCount }, () => new Float64Array(rows));
}

function grow(columns: readonly Column[]): Column[] {
  return columns.map((column) => {
    const larger = new Float64Array(column.length * 2);
    larger.set(column);
    return larger;
  });
}
