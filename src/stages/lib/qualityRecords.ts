import type { QualityShare } from '../../engine/qualityShares.ts';

/** One row as `engine/metrics.json` holds it. */
interface StoredShare {
  readonly flag: QualityShare['flag'];
  readonly bars: number;
  readonly pnl: number;
  readonly trades: number;
  readonly trades_pnl: number;
}

/** Shares of quality flags as the engine's file holds them. */
export function qualityRecords(shares: readonly QualityShare[]): StoredShare[] {
  return shares.map(({ flag, bars, pnl, trades, tradesPnl }) => ({ flag, bars, pnl, trades, trades_pnl: tradesPnl }));
}

/** The shares of such records. */
export function readQuality(stored: readonly StoredShare[]): QualityShare[] {
  return stored.map(({ flag, bars, pnl, trades, trades_pnl: tradesPnl }) => ({ flag, bars, pnl, trades, tradesPnl }));
}
