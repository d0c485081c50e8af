import { dayMs } from '../../core/time.ts';
import { sampleStd } from '../../stats/moments.ts';
import { mean } from '../../stats/moments.ts';
import { neumaierSum, sumOver } from '../../stats/sums.ts';
import { type LegacyMetrics, legacySharpe } from './metrics.ts';
import type { LegacyEdge, LegacyRun } from './runLegacy.ts';

export interface LegacyEdgeRow {
  readonly edge_id: string;
  readonly total_pnl: number;
  readonly mean_weight: number;
  /** The stand-alone Sharpe ratio of the weighted returns; the reference's name is a misnomer. */
  readonly marginal_sharpe: number;
}

export interface LegacySymbolRow {
  readonly symbol: string;
  readonly total_pnl: number;
  /** Share of bars that gained; the reference's name is a misnomer. */
  readonly positive_days_ratio: number;
}

/** What each edge earned at its weights, most first. @source governance specification 10.2 */
export function legacyEdgeRows({ weights }: LegacyRun, edges: readonly LegacyEdge[]): LegacyEdgeRow[] {
  const rows = edges.map(({ id, returns }, e) => {
    const earned = returns.map((value, bar) => value * weights[e]![bar]!);
    return { edge_id: id, total_pnl: neumaierSum(earned), mean_weight: mean(weights[e]!) ?? 0, marginal_sharpe: legacySharpe(earned) };
  });
  return rows.sort((a, b) => b.total_pnl - a.total_pnl);
}

/**
 * What each symbol earned at the weights of the edges, most first.
 *
 * @param pnl per edge, per symbol [bars] returns of one unit
 * @source governance specification 10.2
 */
export function legacySymbolRows({ weights }: LegacyRun, symbols: readonly string[], pnl: readonly (readonly Float64Array[])[]): LegacySymbolRow[] {
  const rows = symbols.map((symbol, s) => {
    const earned = Float64Array.from(pnl[0]?.[s] ?? [], (_, bar) => pnl.reduce((sum, columns, e) => sum + weights[e]![bar]! * columns[s]![bar]!, 0));
    const gains = earned.reduce((count, value) => count + (value > 0 ? 1 : 0), 0);
    return { symbol, total_pnl: neumaierSum(earned), positive_days_ratio: earned.length === 0 ? 0 : gains / earned.length };
  });
  return rows.sort((a, b) => b.total_pnl - a.total_pnl);
}

/** An estimate of what turnover cost, which the reference prints and never charges. @source governance specification 10.2 */
export function legacyCostDrag(
  { avg_daily_turnover }: Pick<LegacyMetrics, 'avg_daily_turnover'>,
  openTime: Float64Array,
  costFraction: number,
): number {
  const days = new Set(Array.from(openTime, (time) => Math.floor(time / dayMs))).size;
  return avg_daily_turnover * costFraction * Math.max(1, days);
}

/** One less the ratio of the portfolio's deviation to the sum of the edges'; 0 for edges that did not move. @source governance specification 10.2 */
export function legacyDiversification({ pnl, weights }: LegacyRun, edges: readonly LegacyEdge[]): number {
  const apart = sumOver(edges.length, (e) => sampleStd(edges[e]!.returns.map((value, bar) => value * weights[e]![bar]!)) ?? 0);
  return apart === 0 ? 0 : 1 - (sampleStd(pnl) ?? 0) / apart;
}

/** The mode that the reference selects on the sample that it reports: limits kept, then the larger return, then the first. @source governance specification 10.3 */
export function legacySelection<T extends Pick<LegacyMetrics, 'constraints_pass' | 'net_total_return'>>(modes: readonly T[]): T | null {
  let chosen: T | null = null;
  for (const mode of modes) {
    if (chosen !== null && Number(mode.constraints_pass) < Number(chosen.constraints_pass)) continue;
    const isBetter = chosen === null || Number(mode.constraints_pass) > Number(chosen.constraints_pass);
    if (isBetter || mode.net_total_return > chosen!.net_total_return) chosen = mode;
  }
  return chosen;
}
