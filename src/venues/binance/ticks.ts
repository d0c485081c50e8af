import { formatTime } from '../../core/time.ts';
import type { QuoteSeconds } from '../../market/quoteSeconds.ts';
import type { TradeSeconds } from '../../market/tradeSeconds.ts';
import { checkHeader, type CsvCursor } from '../csv.ts';
import { csvBlocks } from '../csvBlocks.ts';
import { type StampUnit, stampToMs, stampUnit } from './stampUnit.ts';

export interface TicksContext {
  /** For messages only. */
  readonly file: string;
  readonly symbol: string;
  /** Day of the file, epoch ms, half-open: rows outside refuse the file. */
  readonly from: number;
  readonly to: number;
}

const tradesHeader = [
  ['agg_trade_id', 'a'],
  ['price', 'p'],
  ['quantity', 'q'],
  ['first_trade_id', 'f'],
  ['last_trade_id', 'l'],
  ['transact_time', 't'],
  ['is_buyer_maker', 'm'],
] as const;

const quotesHeader = [
  ['update_id'],
  ['best_bid_price'],
  ['best_bid_qty'],
  ['best_ask_price'],
  ['best_ask_qty'],
  ['transaction_time'],
  ['event_time'],
] as const;

/**
 * Feeds the rows of an aggTrades CSV that arrives piece by piece into seconds. Trades have numbers that ascend; a file in
 * which they go back mixes periods (binance-public-data#12, #288), and the direction of its trades cannot be told.
 *
 * @returns rows read, repeats included
 * @throws E_CSV with the line number
 */
export async function readTrades(csv: AsyncIterable<Buffer>, context: TicksContext, seconds: TradeSeconds): Promise<number> {
  const trade = { id: 0, time: 0, price: 0, quantity: 0, isBuyerMaker: false };
  return readRows(csv, { context, header: tradesHeader }, (cursor, timeOf) => {
    const line = cursor.line;
    trade.id = cursor.integer(false);
    trade.price = cursor.decimal(false);
    trade.quantity = cursor.decimal(false);
    cursor.integer(false);
    cursor.integer(false);
    trade.time = timeOf(cursor.integer(false), line);
    const isBuyerMaker = cursor.word(true).toLowerCase();
    trade.isBuyerMaker = isBuyerMaker === 'true';
    if (!trade.isBuyerMaker && isBuyerMaker !== 'false') cursor.refuse(`is_buyer_maker is ${isBuyerMaker}, neither true nor false`, line);
    if (!(trade.price > 0 && trade.quantity > 0)) cursor.refuse(`price ${trade.price} or quantity ${trade.quantity} is not above 0`, line);
    if (!seconds.add(trade)) cursor.refuse(`trade ${trade.id} comes after a later one: rows of several periods are mixed`, line);
  });
}

/**
 * Feeds the rows of a bookTicker CSV that arrives piece by piece into seconds. Their order does not matter: of each second
 * the last update by time and number counts (files of early 2024 mix hours, binance-public-data#305).
 *
 * @returns rows read
 * @throws E_CSV with the line number
 */
export async function readQuotes(csv: AsyncIterable<Buffer>, context: TicksContext, seconds: QuoteSeconds): Promise<number> {
  // One object for all rows: days have tens of millions of them.
  const quote = { id: 0, time: 0, bid: 0, bidSize: 0, ask: 0, askSize: 0 };
  return readRows(csv, { context, header: quotesHeader }, (cursor, timeOf) => {
    const line = cursor.line;
    quote.id = cursor.integer(false);
    quote.bid = cursor.decimal(false);
    quote.bidSize = cursor.decimal(false);
    quote.ask = cursor.decimal(false);
    quote.askSize = cursor.decimal(false);
    quote.time = timeOf(cursor.integer(false), line);
    cursor.integer(true);
    seconds.add(quote);
  });
}

type ReadRow = (cursor: CsvCursor, timeOf: (stamp: number, line: number) => number) => void;

async function readRows(
  csv: AsyncIterable<Buffer>,
  { context, header }: { context: TicksContext; header: readonly (readonly string[])[] },
  readRow: ReadRow,
): Promise<number> {
  let unit: StampUnit | null = null;
  let rows = 0;
  let isFirst = true;
  for await (const cursor of csvBlocks(csv, context.file)) {
    const timeOf = (stamp: number, line: number): number => {
      unit ??= stampUnit(stamp) ?? cursor.refuse(`time ${stamp} is no plausible time in seconds, milliseconds or microseconds`, line);
      const time = stampToMs(stamp, unit);
      if (time >= context.from && time < context.to) return time;
      const shown = stampUnit(stamp) === unit ? formatTime(time) : String(stamp);
      return cursor.refuse(`time ${shown} is outside the file's period ${formatTime(context.from)} to ${formatTime(context.to)}`, line);
    };
    const names = isFirst ? cursor.header() : null;
    if (names !== null) checkHeader(cursor, names, header);
    isFirst = false;
    for (; !cursor.isAtEnd; rows++) readRow(cursor, timeOf);
  }
  return rows;
}
