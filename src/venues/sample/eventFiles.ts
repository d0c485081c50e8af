import { DecimalWriter } from './decimalWriter.ts';
import type { fileDefects } from './defects.ts';
import { rowsInFile } from './files.ts';
import type { SampleInstrument } from './instruments.ts';
import { metricsStepMs } from '../binance/metrics.ts';
import type { LiquidationRow, PositioningRow } from './positioning.ts';
import type { QuoteTick, TradeTick } from './ticks.ts';

/** Files of one day that are not bars, in the layout of the real archive, file defects included. */

const metricsHeader =
  'create_time,symbol,sum_open_interest,sum_open_interest_value,count_toptrader_long_short_ratio,sum_toptrader_long_short_ratio,count_long_short_ratio,sum_taker_long_short_vol_ratio';
const liquidationsHeader =
  'time,side,order_type,time_in_force,original_quantity,price,average_price,order_status,last_fill_quantity,accumulated_fill_quantity';
const tradesHeader = 'agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker';
const quotesHeader = 'update_id,best_bid_price,best_bid_qty,best_ask_price,best_ask_qty,transaction_time,event_time';

/** Before this day stamps name the end of their five minutes, from it on the start, as at the venue. */
const startLabelsFrom = Date.UTC(2026, 5, 25);
const ratioDecimals = 8;
const eventLagMs = 6;

type KindAt = ReturnType<typeof fileDefects>;

export function metricsFile(
  { symbol, priceDecimals, quantityDecimals }: SampleInstrument,
  rows: readonly PositioningRow[],
  kindAt: KindAt,
): Uint8Array {
  const writer = new DecimalWriter(metricsHeader, rows.length * 130);
  for (const row of rowsInFile(rows, ({ time }) => time, kindAt)) {
    const stamp = row.time < startLabelsFrom ? row.time + metricsStepMs : row.time;
    writer.word(new Date(stamp).toISOString().slice(0, 19).replace('T', ' '));
    writer.word(symbol);
    writer.field(row.openInterest, quantityDecimals);
    writer.field(row.openInterestValue, priceDecimals + quantityDecimals);
    for (const ratio of [row.topAccounts, row.topPositions, row.accounts]) writer.field(Math.round(ratio * 10 ** ratioDecimals), ratioDecimals);
    if (row.takers === null) writer.word('', true);
    else writer.lastField(Math.round(row.takers * 10 ** ratioDecimals), ratioDecimals);
  }
  return writer.bytes();
}

/** Every row twice, as the venue writes them. */
export function liquidationsFile({ priceDecimals, quantityDecimals }: SampleInstrument, rows: readonly LiquidationRow[], kindAt: KindAt): Uint8Array {
  const writer = new DecimalWriter(liquidationsHeader, rows.length * 200);
  for (const row of rowsInFile(rows, ({ time }) => time, kindAt)) {
    for (let copy = 0; copy < 2; copy++) {
      writer.field(row.time, 0);
      writer.word(row.side);
      writer.word('LIMIT');
      writer.word('IOC');
      writer.field(row.quantity, quantityDecimals);
      writer.field(row.price, priceDecimals);
      writer.field(row.averagePrice, priceDecimals);
      writer.word('FILLED');
      writer.field(row.quantity, quantityDecimals);
      writer.lastField(row.quantity, quantityDecimals);
    }
  }
  return writer.bytes();
}

export function tradesFile({ priceDecimals, quantityDecimals }: SampleInstrument, rows: readonly TradeTick[], kindAt: KindAt): Uint8Array {
  const writer = new DecimalWriter(tradesHeader, rows.length * 80);
  for (const row of rowsInFile(rows, ({ time }) => time, kindAt)) {
    writer.field(row.id, 0);
    writer.field(row.price, priceDecimals);
    writer.field(row.quantity, quantityDecimals);
    writer.field(row.firstId, 0);
    writer.field(row.lastId, 0);
    writer.field(row.time, 0);
    writer.word(String(row.isBuyerMaker), true);
  }
  return writer.bytes();
}

export function quotesFile({ priceDecimals, quantityDecimals }: SampleInstrument, rows: readonly QuoteTick[], kindAt: KindAt): Uint8Array {
  const writer = new DecimalWriter(quotesHeader, rows.length * 90);
  for (const row of rowsInFile(rows, ({ time }) => time, kindAt)) {
    writer.field(row.id, 0);
    writer.field(row.bid, priceDecimals);
    writer.field(row.bidSize, quantityDecimals);
    writer.field(row.ask, priceDecimals);
    writer.field(row.askSize, quantityDecimals);
    writer.field(row.time, 0);
    writer.lastField(row.time + eventLagMs, 0);
  }
  return writer.bytes();
}
