import { formatTime } from '../../core/time.ts';
import { checkHeader, CsvCursor } from '../csv.ts';
import { stampToMs, stampUnit } from './stampUnit.ts';

export interface LiquidationsContext {
  /** For messages only. */
  readonly file: string;
  readonly symbol: string;
  /** Day of the file, epoch ms, half-open: rows outside refuse the file. */
  readonly from: number;
  readonly to: number;
}

/** Liquidation orders of one day in ascending order of time; several may share one. All columns are [rows]. */
export interface LiquidationRows {
  readonly rows: number;
  /** Epoch ms. */
  readonly time: Float64Array;
  /** 1: the order bought (a short position was closed by force), -1: it sold. */
  readonly side: Float64Array;
  /** Base units that the order asked for, and those that were filled. */
  readonly quantity: Float64Array;
  readonly filledQuantity: Float64Array;
  /** Limit of the order and average of its fills, quote units. */
  readonly price: Float64Array;
  readonly averagePrice: Float64Array;
  readonly duplicatesDropped: number;
  readonly outOfOrderRows: number;
}

const header = [
  ['time'],
  ['side'],
  ['order_type'],
  ['time_in_force'],
  ['original_quantity'],
  ['price'],
  ['average_price'],
  ['order_status'],
  ['last_fill_quantity'],
  ['accumulated_fill_quantity'],
] as const;
const columnCount = 6;

/**
 * Rows of a liquidation snapshot CSV, header or not. The publisher writes every row twice (binance-public-data#259, #337),
 * and tells at most one order per second and symbol, so identical rows are repeats of one: dropped and counted.
 *
 * @param csv uncompressed file (read only); a file of a header alone is a day without liquidations
 * @throws E_CSV with the line number
 */
export function parseLiquidations(csv: Buffer, context: LiquidationsContext): LiquidationRows {
  const cursor = new CsvCursor(csv, context.file);
  const names = cursor.header();
  if (names !== null) checkHeader(cursor, names, header);
  const rows: number[][] = [];
  let outOfOrderRows = 0;
  while (!cursor.isAtEnd) {
    const row = readRow(cursor, context);
    if (rows.length > 0 && row[0]! < rows.at(-1)![0]!) outOfOrderRows++;
    rows.push(row);
  }
  rows.sort(compareRows);
  const kept = rows.filter((row, i) => i === 0 || compareRows(rows[i - 1]!, row) !== 0);
  const columns = Array.from({ length: columnCount }, (_, column) => Float64Array.from(kept, (row) => row[column]!));
  const [time, side, quantity, filledQuantity, price, averagePrice] = columns as [Column, Column, Column, Column, Column, Column];
  return {
    rows: kept.length,
    time,
    side,
    quantity,
    filledQuantity,
    price,
    averagePrice,
    duplicatesDropped: rows.length - kept.length,
    outOfOrderRows,
  };
}

type Column = Float64Array;

function readRow(cursor: CsvCursor, { from, to }: LiquidationsContext): number[] {
  const line = cursor.line;
  const stamp = cursor.integer(false);
  const unit = stampUnit(stamp) ?? cursor.refuse(`time ${stamp} is no plausible time in seconds, milliseconds or microseconds`, line);
  const time = stampToMs(stamp, unit);
  if (!(time >= from && time < to)) {
    cursor.refuse(`time ${formatTime(time)} is outside the file's period ${formatTime(from)} to ${formatTime(to)}`, line);
  }
  const side = cursor.word(false);
  if (side !== 'BUY' && side !== 'SELL') cursor.refuse(`side ${side} is neither BUY nor SELL`, line);
  cursor.word(false);
  cursor.word(false);
  const quantity = cursor.decimal(false);
  const price = cursor.decimal(false);
  const averagePrice = cursor.decimal(false);
  cursor.word(false);
  cursor.decimal(false);
  const filledQuantity = cursor.decimal(true);
  if (!(quantity > 0 && filledQuantity >= 0)) cursor.refuse('a quantity is not above 0', line);
  if (!(price > 0 && averagePrice >= 0)) cursor.refuse('a price is not above 0', line);
  return [time, side === 'BUY' ? 1 : -1, quantity, filledQuantity, price, averagePrice];
}

function compareRows(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}
