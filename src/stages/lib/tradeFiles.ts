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

/** One line of a trades file. Times are epoch ms, money is a fraction of the line's notional, null is undefined. */
export interface StoredTrade {
  readonly symbol: string;
  readonly strategy: string;
  readonly direction: 'long' | 'short';
  /** Open times of the deciding bars; decision and fill happen at `...KnownAt`, their closes. */
  readonly entryTime: number;
  readonly exitTime: number;
  readonly entryKnownAt: number;
  readonly exitKnownAt: number;
  readonly entryPrice: number | null;
  readonly exitPrice: number | null;
  readonly pnl: number;
  readonly gross: number;
  readonly cost: number;
  readonly funding: number;
  readonly rMultiple: number | null;
  readonly exitReason: string;
  readonly stopPrice: number | null;
  readonly targetPrice: number | null;
  readonly barsHeld: number;
  readonly mae: number;
  readonly mfe: number;
  readonly rangeEdgeR: number;
  readonly isOpen: boolean;
  readonly flaggedBars: number;
}

/** The trades of a file made by `tradesCsv`, in its order. */
export function parseTrades(csv: string): StoredTrade[] {
  const [head, ...lines] = csv.trimEnd().split('\n');
  const names = head!.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    const text = (name: (typeof header)[number]) => cells[names.indexOf(name)]!;
    const value = (name: (typeof header)[number]) => (text(name) === '' ? null : Number(text(name)));
    const time = (name: (typeof header)[number]) => Date.parse(text(name));
    return {
      symbol: text('symbol'),
      strategy: text('strategy'),
      direction: text('direction') as 'long' | 'short',
      entryTime: time('entry_time'),
      exitTime: time('exit_time'),
      entryKnownAt: time('entry_known_at'),
      exitKnownAt: time('exit_known_at'),
      entryPrice: value('entry_price'),
      exitPrice: value('exit_price'),
      pnl: value('pnl')!,
      gross: value('gross')!,
      cost: value('cost')!,
      funding: value('funding')!,
      rMultiple: value('r_multiple'),
      exitReason: text('exit_reason'),
      stopPrice: value('stop_price'),
      targetPrice: value('target_price'),
      barsHeld: value('bars_held')!,
      mae: value('mae')!,
      mfe: value('mfe')!,
      rangeEdgeR: value('range_edge_r')!,
      isOpen: text('is_open') === 'true',
      flaggedBars: value('flagged_bars')!,
    };
  });
}

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
