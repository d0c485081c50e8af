import { barsPerYear, dayMs } from '../../core/time.ts';
import { quantile } from '../../stats/quantile.ts';
import { mean, sampleStd } from '../../stats/moments.ts';
import { neumaierSum, sumOver } from '../../stats/sums.ts';
import type { LegacyEdge, LegacyLimits, LegacyRun } from './runLegacy.ts';

const initialEquity = 1_000_000;

/** The reference's figures of one mode, under its names and with its definitions. */
export interface LegacyMetrics {
  readonly mode: string;
  readonly net_total_return: number;
  readonly ending_equity: number;
  readonly max_drawdown: number;
  readonly sharpe_annualized: number;
  readonly cvar_1d_99: number;
  readonly avg_daily_turnover: number;
  readonly max_symbol_abs_exposure: number;
  readonly max_gross_exposure: number;
  readonly max_net_exposure: number;
  readonly max_edge_risk_contrib: number;
  readonly constraint_breaches: readonly string[];
  readonly constraints_pass: boolean;
}

/**
 * Figures of a run as the reference takes them afterwards, its faults included: a tail of gains counts as a loss, the drawdown's peak
 * begins at the first bar, limits are compared without room for rounding.
 *
 * @param openTime [bars] epoch ms
 * @source governance specification 9.7
 */
export function legacyMetrics(run: LegacyRun, edges: readonly LegacyEdge[], openTime: Float64Array, limits: LegacyLimits): LegacyMetrics {
  const { mode, pnl, weights, exposures, dailyTurnover } = run;
  const total = neumaierSum(pnl);
  const { largest, gross, net } = largestExposures(exposures);
  const figures = {
    mode,
    net_total_return: total,
    ending_equity: initialEquity * (1 + total),
    max_drawdown: legacyDrawdown(pnl),
    sharpe_annualized: legacySharpe(pnl),
    cvar_1d_99: legacyShortfall(pnl, openTime),
    avg_daily_turnover: mean(dailyTurnover) ?? 0,
    max_symbol_abs_exposure: largest,
    max_gross_exposure: gross,
    max_net_exposure: net,
    max_edge_risk_contrib: legacyRiskContribution(
      weights.map((column) => mean(column) ?? 0),
      edges.map(({ returns }) => returns),
    ),
  };
  const breaches = (
    [
      ['max_drawdown_pct', figures.max_drawdown, limits.maxDrawdown],
      ['cvar_1d_99_pct', figures.cvar_1d_99, limits.cvarDaily99],
      ['gross_exposure_max', gross, limits.grossMax],
      ['net_exposure_max', net, limits.netMax],
      ['single_symbol_weight_max', largest, limits.symbolMax],
      ['single_edge_risk_contrib_max', figures.max_edge_risk_contrib, limits.edgeMax],
      ['turnover_budget_daily', figures.avg_daily_turnover, limits.turnoverDaily],
    ] as const
  ).flatMap(([name, value, limit]) => (value > limit ? [name] : []));
  return { ...figures, constraint_breaches: breaches, constraints_pass: breaches.length === 0 };
}

/** Largest fall from the highest equity so far, as a fraction of it; the initial equity is not among the peaks. */
export function legacyDrawdown(pnl: Float64Array): number {
  let [level, peak, deepest] = [0, -Infinity, 0];
  for (const value of pnl) {
    level += value;
    peak = Math.max(peak, 1 + level);
    deepest = Math.max(deepest, (peak - 1 - level) / peak);
  }
  return deepest;
}

/** Mean over deviation of bars, per year; 0 where undefined. */
export function legacySharpe(pnl: Float64Array): number {
  const deviation = sampleStd(pnl) ?? 0;
  return deviation === 0 ? 0 : (mean(pnl)! / deviation) * Math.sqrt(barsPerYear);
}

/** Absolute mean of the days at or below the 1 % quantile of days. */
export function legacyShortfall(pnl: Float64Array, openTime: Float64Array): number {
  const days = new Map<number, number>();
  for (let bar = 0; bar < pnl.length; bar++) {
    const day = Math.floor(openTime[bar]! / dayMs);
    days.set(day, (days.get(day) ?? 0) + pnl[bar]!);
  }
  const sums = [...days.values()];
  const border = quantile(sums, 0.01);
  return border === null ? 0 : Math.abs(mean(sums.filter((value) => value <= border))!);
}

/** Largest share of one edge in the variance at time-mean weights. */
export function legacyRiskContribution(weights: readonly number[], returns: readonly Float64Array[]): number {
  const n = weights.length;
  const centers = returns.map((column) => mean(column) ?? 0);
  const covariance = (i: number, j: number) => {
    const bars = returns[i]!.length;
    return bars < 2 ? 0 : sumOver(bars, (t) => (returns[i]![t]! - centers[i]!) * (returns[j]![t]! - centers[j]!)) / (bars - 1);
  };
  const parts = weights.map((weight, i) => weight * sumOver(n, (j) => covariance(i, j) * weights[j]!));
  const variance = neumaierSum(parts);
  return variance > 0 ? Math.max(...parts.map((part) => Math.abs(part / variance))) : 0;
}

function largestExposures(exposures: readonly Float64Array[]) {
  let [largest, gross, net] = [0, 0, 0];
  for (let bar = 0; bar < (exposures[0]?.length ?? 0); bar++) {
    let [size, sum] = [0, 0];
    for (const column of exposures) {
      largest = Math.max(largest, Math.abs(column[bar]!));
      size += Math.abs(column[bar]!);
      sum += column[bar]!;
    }
    gross = Math.max(gross, size);
    net = Math.max(net, Math.abs(sum));
  }
  return { largest, gross, net };
}
