/** The contract of statistics-vectors.json: each function name, mapped to product code. No arithmetic here. */
import { canonicalJson, hashOf } from '../../core/canonicalJson.ts';
import { namedStream, nextIndex, nextUint32, nextUniform } from '../../core/random.ts';
import { barAudit } from '../../market/barAudit.ts';
import { epochUnit } from '../../market/epochUnit.ts';
import { fundingSnap } from '../../market/fundingSnap.ts';
import * as stats from '../../stats/index.ts';
import { allocation } from './allocation.ts';
import { resampling } from './resampling.ts';
import { sharpeAndOverfitting } from './sharpeAndOverfitting.ts';
import { take, type VectorFunction } from './take.ts';

type Row = Readonly<Record<string, number>>;

interface ExcursionInput {
  side: 'long' | 'short';
  entryPrice: number;
  bars: Row[];
  exit: { when: 'intrabar' | 'open' | 'close'; price?: number };
}

export const vectorFunctions: Readonly<Record<string, VectorFunction>> = {
  summation: take(({ values }: { values: number[] }) => ({
    naive: stats.naiveSum(values),
    kahan: stats.kahanSum(values),
    neumaier: stats.neumaierSum(values),
    correctlyRounded: stats.exactSum(values),
  })),
  moments: take(({ values }: { values: number[] }) => stats.moments(values)),
  quantiles: take(({ values, probabilities }: { values: number[]; probabilities: number[] }) => ({
    quantiles: stats.quantiles(values, probabilities),
  })),
  normal_cdf: take(({ x }: { x: number[] }) => ({ cdf: x.map(stats.normalCdf) })),
  normal_quantile: take(({ p }: { p: number[] }) => ({ quantile: p.map(stats.normalQuantile) })),
  canonical_json: take(({ value }: { value: unknown }) => ({ canonical: canonicalJson(value), sha256: hashOf(value) })),
  prng_raw: take(({ state, count }: { state: number[]; count: number }) => {
    const words = Uint32Array.from(state);
    return { uint32: draws(count, () => nextUint32(words)) };
  }),
  prng_named: take(({ streamName, count, below }: { streamName: string; count: number; below: number }) => {
    const [uniforms, indices] = [namedStream(streamName), namedStream(streamName)];
    return {
      state: namedStream(streamName),
      uniforms: draws(count, () => nextUniform(uniforms)),
      indices: draws(count, () => nextIndex(indices, below)),
    };
  }),
  epoch_unit: take(({ values }: { values: number[] }) => ({ results: values.map((raw) => ({ raw, ...epochUnit(raw) })) })),
  bar_audit: take(({ intervalMs, rows }: { intervalMs: number; rows: Row[] }) => {
    const { openTime = new Float64Array(0), ...others } = columnsOf(rows);
    return barAudit({ openTime, values: Object.values(others), ...(others['volume'] && { volume: others['volume'] }) }, intervalMs);
  }),
  funding_snap: take(({ timestamps, gridMs, toleranceMs }: { timestamps: number[]; gridMs: number; toleranceMs: number }) => ({
    results: timestamps.map((raw) => fundingSnap(raw, gridMs, toleranceMs)),
  })),
  var_cvar: take(({ returns, confidence }: { returns: number[]; confidence: number }) => stats.expectedShortfall(returns, confidence)),
  cornish_fisher: take((input: stats.ReturnShape & { confidence: number }) => stats.cornishFisher(input, input.confidence)),
  drawdown: take(({ equity }: { equity: number[] }) => stats.drawdown(equity)),
  performance: take((input: stats.PerformanceOptions & { returns: number[] }) => stats.performance(input.returns, input)),
  trade_stats: take(({ netPnl }: { netPnl: number[] }) => stats.tradeStats(netPnl)),
  mae_mfe: take(({ side, entryPrice, bars, exit }: ExcursionInput) => {
    const { open, high, low, close } = { ...emptyBars, ...columnsOf(bars) };
    return stats.excursion({ side, entryPrice, exitPrice: exit.price ?? close.at(-1)!, exitWhen: exit.when }, { open, high, low });
  }),
  undefined_cases: take(({ series }: { series: Record<string, number[]> }) => {
    return Object.fromEntries(Object.entries(series).map(([name, values]) => [name, ratiosOf(values)]));
  }),
  ...allocation,
  ...resampling,
  ...sharpeAndOverfitting,
};

const emptyBars = { open: new Float64Array(0), high: new Float64Array(0), low: new Float64Array(0), close: new Float64Array(0) };

function draws(count: number, next: () => number): number[] {
  return Array.from({ length: count }, next);
}

function columnsOf(rows: readonly Row[]): Record<string, Float64Array> {
  const names = Object.keys(rows[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, Float64Array.from(rows, (row) => row[name] ?? Number.NaN)]));
}

function ratiosOf(values: readonly number[]) {
  const { profitFactor, hitRate } = stats.tradeStats(values);
  return { sharpe: stats.perPeriodSharpe(values), profitFactor, omega: stats.omega(values), sortino: stats.sortino(values), hitRate };
}
