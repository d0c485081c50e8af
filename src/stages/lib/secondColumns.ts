export interface SecondColumn {
  /** The dataset behind it; null for what the calendar and the run's funding say. */
  readonly dataset: 'quotes_1s' | 'trades_1s' | null;
  /** Its name in a frame of seconds (market/secondFrame.ts). */
  readonly column: string;
  readonly meaning: string;
}

/**
 * Columns that a study on the clock of seconds may read, by the name that formulas use; the one list. A row is known at the end of its second.
 * The columns `instant.*` have values on one row of each instant alone: the last second before it, after which outcomes begin.
 */
export const secondColumns: Readonly<Record<string, SecondColumn>> = {
  open: { dataset: 'quotes_1s', column: 'open', meaning: 'middle of the best quotes before the second' },
  high: { dataset: 'quotes_1s', column: 'high', meaning: 'the larger of both middles' },
  low: { dataset: 'quotes_1s', column: 'low', meaning: 'the smaller of both middles' },
  close: { dataset: 'quotes_1s', column: 'close', meaning: 'middle of the best quotes at the second’s end' },
  'book.bid': { dataset: 'quotes_1s', column: 'bid', meaning: 'best bid' },
  'book.ask': { dataset: 'quotes_1s', column: 'ask', meaning: 'best ask' },
  'book.bid_size': { dataset: 'quotes_1s', column: 'bid_size', meaning: 'size of the best bid, base units' },
  'book.ask_size': { dataset: 'quotes_1s', column: 'ask_size', meaning: 'size of the best ask, base units' },
  'book.microprice': { dataset: 'quotes_1s', column: 'microprice', meaning: 'middle weighted with the size of the other side' },
  'book.spread': { dataset: 'quotes_1s', column: 'spread', meaning: 'distance of the best quotes over their middle' },
  'book.micro_deviation': { dataset: 'quotes_1s', column: 'micro_deviation', meaning: 'distance of microprice and middle over the middle' },
  'book.quote_age': { dataset: 'quotes_1s', column: 'quote_age', meaning: 'seconds since the quotes changed' },
  'trades.volume': { dataset: 'trades_1s', column: 'volume', meaning: 'base volume' },
  'trades.taker_volume': { dataset: 'trades_1s', column: 'taker_base_volume', meaning: 'base volume that takers bought' },
  'trades.count': { dataset: 'trades_1s', column: 'trade_count', meaning: 'aggregate trades' },
  'trades.tick_balance': { dataset: 'trades_1s', column: 'tick_balance', meaning: 'trades at rising less trades at falling prices' },
  'trades.sign_entropy': { dataset: 'trades_1s', column: 'sign_entropy', meaning: 'mean entropy of the signs of 50 trades, bits' },
  'instant.hour': { dataset: null, column: 'hour', meaning: 'hour of the instant, UTC, 0 to 23' },
  'instant.weekday': { dataset: null, column: 'weekday', meaning: 'day of the instant, UTC, 1 (Monday) to 7' },
  'instant.settles': { dataset: null, column: 'settles', meaning: '1 where the symbol’s funding is settled at the instant, else 0' },
};
