/** Returns of strategies without skill, and what the statistics of selection say about the best of them. */
import { namedStream, nextNormal, nextUniform, type RandomState } from '../../src/core/random.ts';
import { deflatedSharpe } from '../../src/stats/deflatedSharpe.ts';
import { moments } from '../../src/stats/moments.ts';
import { normalQuantile } from '../../src/stats/normal.ts';
import { perPeriodSharpe } from '../../src/stats/sharpe.ts';
import { sharpeReport } from '../../src/stats/sharpeReport.ts';
import { effectiveTrials, trialSpread } from '../../src/stats/trials.ts';

/** A return without skill: mean 0. */
export type Draw = (random: RandomState) => number;

/** Calm days, and one in twenty that is three times as wild: a kurtosis of 7.7. */
const fatTailed: Draw = (random) => (nextUniform(random) < 0.05 ? 3 : 1) * nextNormal(random);

export const draws = {
  normal: nextNormal,
  fat_tailed: fatTailed,
  /** Many small gains and a few large losses. */
  skewed: (random) => 1 + Math.log(1 - nextUniform(random)),
} as const satisfies Record<string, Draw>;

export interface NoiseMarket {
  readonly trials: number;
  readonly rows: number;
  readonly draw: Draw;
  /** Share of each return's variance that all trials have in common: their correlation. */
  readonly common: number;
}

/** [trials][rows] returns of strategies that know nothing. */
export function noiseTrials({ trials, rows, draw, common }: NoiseMarket, stream: string): Float64Array[] {
  const random = namedStream(stream);
  const shared = Float64Array.from({ length: rows }, () => Math.sqrt(common) * draw(random));
  return Array.from({ length: trials }, () => shared.map((value) => 0.01 * (value + Math.sqrt(1 - common) * draw(random))));
}

/** Deflated Sharpe ratios of the best trial, by the number of trials and by their effective number. */
export function deflatedBest(returns: readonly Float64Array[]): { counted: number; effective: number } {
  const sharpes = returns.map((column) => perPeriodSharpe(column)!);
  const best = sharpes.indexOf(Math.max(...sharpes));
  const { n, skewness, kurtosis } = moments(returns[best]!);
  const { trialSharpeVariance, meanCorrelation } = trialSpread(returns);
  const by = (trials: number) =>
    deflatedSharpe(sharpes[best]!, { trials, trialSharpeVariance }, { n, skewness: skewness!, kurtosis: kurtosis! }).dsr!;
  return { counted: by(returns.length), effective: by(effectiveTrials(meanCorrelation!, returns.length)) };
}

/** Experiments whose best trial passes the 0.95 gate, and how many may: 5 % and two standard errors. */
export function falseDiscoveries(market: NoiseMarket, experiments: number, seed: number) {
  const passed = { counted: 0, effective: 0 };
  for (let k = 0; k < experiments; k++) {
    const { counted, effective } = deflatedBest(noiseTrials(market, `seed=${seed}/test/noise/${k}`));
    passed.counted += +(counted > 0.95);
    passed.effective += +(effective > 0.95);
  }
  return { ...passed, allowed: experiments * (0.05 + 2 * Math.sqrt((0.05 * 0.95) / experiments)) };
}

/** Standard deviation of each draw. */
const deviations = { normal: 1, fat_tailed: Math.sqrt(1.4), skewed: 1 } as const;

/** Returns with a per-period Sharpe ratio of 0.1 that carry a share `memory` of each shock to the next period. */
function skilled(kind: keyof typeof draws, { rows, memory }: { rows: number; memory: number }, random: RandomState): Float64Array {
  const burnIn = 50;
  const returns = new Float64Array(rows);
  let shock = 0;
  for (let i = -burnIn; i < rows; i++) {
    shock = memory * shock + draws[kind](random);
    if (i >= 0) returns[i] = shock + (0.1 * deviations[kind]) / Math.sqrt(1 - memory * memory);
  }
  return returns;
}

/** Share of experiments whose 95 % interval of the Sharpe ratio holds the true one, by standard error. */
export function coverage(kind: keyof typeof draws, market: { rows: number; memory: number }, experiments: number) {
  const held = { iidNormal: 0, nonNormal: 0, autocorrelated: 0 };
  for (let k = 0; k < experiments; k++) {
    const { perPeriod, standardError } = sharpeReport(skilled(kind, market, namedStream(`seed=1/test/coverage-${kind}/${k}`)));
    const distance = Math.abs(perPeriod! - 0.1) / normalQuantile(0.975)!;
    for (const error of ['iidNormal', 'nonNormal', 'autocorrelated'] as const) held[error] += +(distance <= standardError[error]!);
  }
  const share = (error: keyof typeof held) => held[error] / experiments;
  return { iidNormal: share('iidNormal'), nonNormal: share('nonNormal'), autocorrelated: share('autocorrelated') };
}
