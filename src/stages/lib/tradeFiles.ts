import { barMs, formatTime } from '../../core/time.ts';
import type { Trade } from '../../engine/trades.ts';
import { csvText } from './csv.ts';

/** The reference's twelve columns, then the strategy, then what the reference does not have. */
const header = [
  'symbol',
  'direction',
  'entry_time',
  'exit_time',
  'entry_price',
  'exit_price',
  'qty',
  'pnl',
  'r_multiple',
  'exit_reason',
  'stop_price',
  'target_price',
  'strategy',
  'entry_known_at',
  'exit_known_at',
  'bars_held',
  'gross',
  'cost',
  'funding',
  'mae',
  'mfe',
  'range_edge_r',
  'is_open',
  'flagged_bars',
] as const;

/**
 * Trades of one symbol as CSV, in the order given. `entry_time` and `exit_time` are the open times of the
 * deciding bars; `..._known_at` their closes, when decision and fill happen. Money is a fraction of the line's notional.
 */
export function tradesCsv(trades: readonly Trade[]): string {
  return csvText(
    header,
    trades.map((trade) => [
      trade.symbol,
      trade.direction,
      formatTime(trade.entryTime),
      formatTime(trade.exitTime),
      trade.entryPrice,
      trade.exitPrice,
      1,
      trade.pnl,
      trade.rMultiple,
      trade.exitReason,
      trade.stop,
      trade.target,
      trade.strategy,
      formatTime(trade.entryTime + barMs),
      formatTime(trade.exitTime + barMs),
      trade.barsHeld,
      trade.gross,
      trade.cost,
      trade.funding,
      trade.mae,
      trade.mfe,
      trade.rangeEdgeR,
      trade.isOpen,
      trade.flaggedBars,
    ]),
  );
}
