import { barsPerYear } from '../core/time.ts';
import type { Trade } from './trades.ts';

/** The reference system's seven headline numbers, by its definitions and under its keys. */
export interface ReferenceMetrics {
  readonly total_trades: number;
  readonly win_rate: number;
  readonly avg_r: number;
  readonly net_total_return: number;
  readonly ending_equity: number;
  readonly max_drawdown: number;
  readonly sharpe_annualized: number;
}

/**
 * Additive equity, per-bar Sharpe over all bars, drawdown from the first row's peak; 0 where undefined.
 *
 * @param pnl [rows] of the lines in question, as a fraction of the unit notional
 * @param initial equity before the first bar
 * @formula E_t = K (1 + sum(pnl up to t)); drawdown = min((E_t - max E) / max E); Sharpe = mean(pnl) / std(pnl) sqrt(35040)
 * @source core-pipeline specification 16.6
 */
export function referenceMetrics(trades: readonly Trade[], pnl: Float64Array, initial: number): ReferenceMetrics {
  const count = trades.length;
  let wins = 0;
  let r = 0;
  for (const trade of trades) {
    if (trade.pnl > 0) wins++;
    r += trade.rangeEdgeR;
  }
  let net = 0;
  for (let row = 0; row < pnl.length; row++) net += pnl[row]!;
  return {
    total_trades: count,
    win_rate: count === 0 ? 0 : wins / count,
    avg_r: count === 0 ? 0 : r / count,
    net_total_return: net,
    ending_equity: initial * (1 + net),
    max_drawdown: additiveDrawdown(pnl, initial),
    sharpe_annualized: barSharpe(pnl),
  };
}

/** Lowest (equity - peak) / peak of additive equity, the peak starting at the first row; 0 when empty. */
export function additiveDrawdown(pnl: Float64Array, initial: number): number {
  let sum = 0;
  let peak = -Infinity;
  let worst = 0;
  for (let row = 0; row < pnl.length; row++) {
    sum += pnl[row]!;
    const equity = initial * (1 + sum);
    if (equity > peak) peak = equity;
    const drop = (equity - peak) / peak;
    if (drop < worst) worst = drop;
  }
  return worst;
}

/** mean / sample std * sqrt(35,040) over all bars; 0 where undefined. */
export function barSharpe(pnl: Float64Array): number {
  const deviation = sampleDeviation(pnl);
  return deviation.std > 0 ? (deviation.mean / deviation.std) * Math.sqrt(barsPerYear) : 0;
}

/** Plain two-pass mean and sample standard deviation; std 0 for fewer than two values. */
export function sampleDeviation(values: Float64Array): { mean: number; std: number } {
  const n = values.length;
  if (n === 0) return { mean: 0, std: 0 };
  let sum = 0;
  for (let row = 0; row < n; row++) sum += values[row]!;
  const mean = sum / n;
  let squares = 0;
  for (let row = 0; row < n; row++) squares += (values[row]! - mean) * (values[row]! - mean);
  return { mean, std: n < 2 ? 0 : Math.sqrt(squares / (n - 1)) };
}
