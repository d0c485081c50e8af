import { finiteOrNull, requireFinite } from './requireFinite.ts';
import { sumOver } from './sums.ts';

/** Summary of closed trades, in the unit of the PnL given. Null where a denominator is missing. */
export interface TradeStats {
  readonly trades: number;
  /** Winning over all trades; break-even trades stay in the denominator. */
  readonly hitRate: number | null;
  /** Gross wins over gross losses. */
  readonly profitFactor: number | null;
  readonly expectancy: number | null;
  readonly averageWin: number | null;
  /** Negative. */
  readonly averageLoss: number | null;
  /** Average win over the size of the average loss. */
  readonly payoffRatio: number | null;
  /** The most negative PnL; null without a loss. */
  readonly largestLoss: number | null;
  /** Longest run of losing trades; a break-even trade ends a run. */
  readonly maxConsecutiveLosses: number;
}

/**
 * Hit rate, profit factor, expectancy and loss figures of closed trades.
 *
 * @param netPnl PnL of each trade after all costs, in closing order, finite, read only
 * @throws E_INTERNAL on NaN or Infinity
 * @formula hit rate = wins / trades; profit factor = sum(gains) / sum(losses); expectancy = mean(pnl); payoff = mean gain / mean loss
 * @source standard definitions
 * @vector risk.trades
 */
export function tradeStats(netPnl: ArrayLike<number>): TradeStats {
  requireFinite(netPnl, 'netPnl');
  const trades = netPnl.length;
  const { wins, losses, largestLoss, maxConsecutiveLosses } = countTrades(netPnl);
  const grossWins = sumOver(trades, (i) => Math.max(netPnl[i]!, 0));
  const grossLosses = sumOver(trades, (i) => Math.max(-netPnl[i]!, 0));
  const averageWin = ratio(grossWins, wins);
  const averageLossSize = ratio(grossLosses, losses);
  return {
    trades,
    hitRate: ratio(wins, trades),
    profitFactor: ratio(grossWins, grossLosses),
    expectancy: ratio(
      sumOver(trades, (i) => netPnl[i]!),
      trades,
    ),
    averageWin,
    averageLoss: averageLossSize === null ? null : -averageLossSize,
    payoffRatio: averageWin === null || averageLossSize === null ? null : ratio(averageWin, averageLossSize),
    largestLoss,
    maxConsecutiveLosses,
  };
}

function countTrades(netPnl: ArrayLike<number>) {
  let wins = 0;
  let losses = 0;
  let run = 0;
  let maxConsecutiveLosses = 0;
  let largestLoss: number | null = null;
  for (let i = 0; i < netPnl.length; i++) {
    const pnl = netPnl[i]!;
    if (pnl > 0) wins++;
    run = pnl < 0 ? run + 1 : 0;
    if (pnl >= 0) continue;
    losses++;
    maxConsecutiveLosses = Math.max(maxConsecutiveLosses, run);
    largestLoss = Math.min(largestLoss ?? 0, pnl);
  }
  return { wins, losses, largestLoss, maxConsecutiveLosses };
}

function ratio(numerator: number, denominator: number): number | null {
  return denominator === 0 ? null : finiteOrNull(numerator / denominator);
}
