import type { LineDiagnostics } from '../accounting.ts';

/** What of a book rests on doubtful data; keys as in `risk_metrics.json`. */
export interface DataQuality {
  /** Bars of all lines. */
  readonly bars: number;
  /** Bars without a return: gaps, the first bar after each, and the first of all. */
  readonly gap_bars: number;
  readonly gap_share: number | null;
  /** Bars on which a position was carried although nothing could be decided. */
  readonly blind_bars: number;
  /** Trades that touch a bar with a quality flag. */
  readonly flagged_trades: number;
  readonly flagged_trade_share: number | null;
  /** Net return of those trades. */
  readonly flagged_trades_net_return: number;
}

/**
 * The data behind some lines, from what each counted on its way.
 *
 * @param trades of all of them
 * @source statistics specification 15
 */
export function dataQuality(lines: readonly LineDiagnostics[], trades: number): DataQuality {
  const sum = (key: keyof LineDiagnostics) => lines.reduce((total, line) => total + line[key], 0);
  const [bars, gaps, flagged] = [sum('totalBars'), sum('nanReturnBars'), sum('flaggedTrades')];
  return {
    bars,
    gap_bars: gaps,
    gap_share: bars === 0 ? null : gaps / bars,
    blind_bars: sum('blockedHeldBars'),
    flagged_trades: flagged,
    flagged_trade_share: trades === 0 ? null : flagged / trades,
    flagged_trades_net_return: sum('flaggedTradesPnl'),
  };
}
