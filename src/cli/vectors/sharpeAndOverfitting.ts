/** Vector functions of the groups sharpe, overfitting and look-ahead. No arithmetic here. */
import * as stats from '../../stats/index.ts';
import { take, type VectorFunction } from './take.ts';

interface SharpeInput extends stats.SampleShape {
  sharpePerPeriod: number;
}

interface LookaheadInput {
  values: number[];
  features: (keyof typeof stats.lookaheadExamples)[];
  cutPoints: number[];
}

interface WarmupInput {
  values: number[];
  span: number;
  starts: number[];
  tolerance: number;
}

interface PurgeInput {
  samples: stats.LabelInterval[];
  testSamples: number[];
  embargo: number;
}

export const sharpeAndOverfitting: Readonly<Record<string, VectorFunction>> = {
  sharpe: take(({ returns, periodsPerYear }: { returns: number[]; periodsPerYear: number }) => stats.sharpe(returns, periodsPerYear)),
  daily_sharpe: take((input: { returns: number[]; barsPerDay: number; daysPerYear: number }) => stats.dailySharpe(input.returns, input)),
  sharpe_se: take((input: SharpeInput) => stats.sharpeStandardError(input.sharpePerPeriod, input)),
  sharpe_se_hac: take(({ returns, lags }: { returns: number[]; lags?: number }) => stats.autocorrelatedSharpeError(returns, lags)),
  lo_eta: take((input: stats.AggregationInput) => stats.aggregateSharpe(input)),
  lo_eta_ar1: take(({ q, rho }: { q: number; rho: number }) => ({ eta: stats.loFactorAr1(q, rho) })),
  psr: take((input: SharpeInput & { benchmarkPerPeriod: number }) =>
    stats.probabilisticSharpe(input.sharpePerPeriod, input.benchmarkPerPeriod, input),
  ),
  min_trl: take((input: stats.TrackRecordClaim & { sharpePerPeriod: number; benchmarkPerPeriod: number }) =>
    stats.minTrackRecord(input.sharpePerPeriod, input.benchmarkPerPeriod, input),
  ),
  expected_max: take(({ trials }: { trials: number[] }) => ({
    approximation: trials.map(stats.expectedMaximum),
    exactNormalOrderStatistic: trials.map(stats.exactExpectedMaximum),
  })),
  deflated_sharpe: take((input: SharpeInput & stats.TrialCount) => stats.deflatedSharpe(input.sharpePerPeriod, input, input)),
  deflated_sharpe_annual: take((input: stats.AnnualTrials) => stats.deflatedSharpeAnnual(input)),
  min_btl: take(({ trials, maxAnnualSharpe }: { trials: number[]; maxAnnualSharpe: number }) => ({
    years: trials.map((count) => stats.minBacktestLength(count, maxAnnualSharpe)),
  })),
  effective_trials: take(({ meanCorrelation, trials }: { meanCorrelation: number; trials: number }) => ({
    effectiveTrials: stats.effectiveTrials(meanCorrelation, trials),
  })),
  pbo: take(({ returns, blocks }: { returns: number[][]; blocks: number }) => {
    const result = stats.pbo(columnsOfRows(returns), blocks);
    return { ...result, combinations: stats.pboSplits(result) };
  }),
  cpcv: take((input: stats.CpcvPlan) => stats.cpcv(input)),
  walk_forward: take((input: stats.WalkForwardPlan) => ({ splits: stats.walkForward(input) })),
  purge_intervals: take((input: PurgeInput) => stats.purgeIntervals(input.samples, input.testSamples, input.embargo)),
  lookahead: take((input: LookaheadInput) => ({ results: lookaheadResults(input) })),
  ema_warmup: take(({ values, span, starts, tolerance }: WarmupInput) => ({
    ...stats.startSensitivity(values, starts, (some) => stats.exponentialAverage(some, span).at(-1) ?? null),
    barsForTolerance: stats.exponentialMemory(span, tolerance),
  })),
};

function lookaheadResults({ values, features, cutPoints }: LookaheadInput) {
  const compute = (some: number[]) => Object.fromEntries(features.map((feature) => [feature, stats.lookaheadExamples[feature](some)]));
  const truncate = (some: number[], rows: number) => some.slice(0, rows);
  const leaks = stats.findLeaks({ input: values, rows: values.length, compute, truncate }, cutPoints);
  const whole = compute(values);
  return features.map((feature) => {
    const leak = leaks.find(({ column }) => column === feature);
    return { feature, full: Array.from(whole[feature]!, stats.finiteOrNull), firstViolation: leak === undefined ? null : violationOf(leak) };
  });
}

function violationOf({ cut, row, whole, seen }: stats.Leak) {
  return { cut, index: row, full: stats.finiteOrNull(whole), truncated: stats.finiteOrNull(seen) };
}

/** The vectors list a table row by row; statistics take it column by column. */
function columnsOfRows(rows: readonly (readonly number[])[]): Float64Array[] {
  return Array.from(rows[0] ?? [], (_, column) => Float64Array.from(rows, (row) => row[column]!));
}
