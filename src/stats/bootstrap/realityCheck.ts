import { AppError } from '../../core/errors.ts';
import { isZeroDispersion, mean } from '../moments.ts';
import { bootstrapMeanAndSharpe } from './meanAndSharpe.ts';
import { stationaryKernelVariance } from './kernelVariance.ts';
import type { Resamples } from './resamples.ts';

export interface SnoopingOptions {
  readonly resamples: Resamples;
  /** 1 / mean block length of those resamples, in (0, 1]: the kernel of the studentizing variance. */
  readonly restartProbability: number;
}

/** One number per way of re-centering; `consistent` is the verdict, the others bound it. */
export interface SpaValues<T> {
  readonly lower: T;
  readonly consistent: T;
  readonly upper: T;
}

/** P-values are (1 + draws at least as large as the statistic) / (draws + 1). */
export interface RealityCheckAndSpa {
  /** [models] */
  readonly means: Float64Array;
  /** [models] long-run deviation of each model's differentials; 0 for a constant one, which SPA leaves out. */
  readonly omega: Float64Array;
  readonly realityCheckStatistic: number | null;
  readonly realityCheckP: number | null;
  readonly spaStatistic: number | null;
  readonly spaP: SpaValues<number | null>;
  /** [draws] */
  readonly realityCheckDraws: Float64Array;
  readonly spaDraws: SpaValues<Float64Array>;
}

/**
 * Is the best of many models better than the benchmark, given that it was picked as the best? White's Reality Check (plain means) and Hansen's SPA
 * (studentized, hopeless models not counted against the good ones).
 *
 * @param differentials [n][models] model minus benchmark per period, larger is better, finite, read only
 * @param options       resamples of n periods and the restart probability they were drawn with
 * @returns             null statistics and p-values for no models or fewer than 3 periods
 * @throws E_INTERNAL on NaN, Infinity, rows of unequal length or a probability out of range
 * @source White 2000; Hansen 2005
 * @vector bootstrap.realityCheckAndSpa
 */
export function realityCheckAndSpa(differentials: readonly ArrayLike<number>[], options: SnoopingOptions): RealityCheckAndSpa {
  const { resamples, restartProbability } = options;
  const n = differentials.length;
  const models = columnsOf(differentials);
  if (models.length === 0 || n < 3) return undefinedTest;
  const means = Float64Array.from(models, (model) => mean(model)!);
  const omega = Float64Array.from(models, (model) => longRunDeviation(model, restartProbability));
  const root = Math.sqrt(n);
  // Hansen's rate: a model further below zero than this is taken to be really worse.
  const hopeless = -Math.sqrt(2 * Math.log(Math.log(n)));
  const realityCheckDraws = new Float64Array(resamples.draws).fill(Number.NEGATIVE_INFINITY);
  const spaDraws = { lower: zeros(resamples), consistent: zeros(resamples), upper: zeros(resamples) };
  let realityCheckStatistic = Number.NEGATIVE_INFINITY;
  let spaStatistic = 0;
  for (const [k, model] of models.entries()) {
    const center = means[k]!;
    const deviation = omega[k]!;
    const replicates = bootstrapMeanAndSharpe(model, resamples).means;
    realityCheckStatistic = Math.max(realityCheckStatistic, root * center);
    raise(realityCheckDraws, replicates, { center, scale: root });
    if (deviation === 0) continue;
    const scale = root / deviation;
    spaStatistic = Math.max(spaStatistic, scale * center);
    raise(spaDraws.lower, replicates, { center: Math.max(0, center), scale });
    raise(spaDraws.consistent, replicates, { center: scale * center >= hopeless ? center : 0, scale });
    raise(spaDraws.upper, replicates, { center, scale });
  }
  const spaP = {
    lower: shareAtLeast(spaStatistic, spaDraws.lower),
    consistent: shareAtLeast(spaStatistic, spaDraws.consistent),
    upper: shareAtLeast(spaStatistic, spaDraws.upper),
  };
  const realityCheckP = shareAtLeast(realityCheckStatistic, realityCheckDraws);
  return { means, omega, realityCheckStatistic, realityCheckP, spaStatistic, spaP, realityCheckDraws, spaDraws };
}

const none = new Float64Array(0);
const undefinedTest: RealityCheckAndSpa = {
  means: none,
  omega: none,
  realityCheckStatistic: null,
  realityCheckP: null,
  spaStatistic: null,
  spaP: { lower: null, consistent: null, upper: null },
  realityCheckDraws: none,
  spaDraws: { lower: none, consistent: none, upper: none },
};

function columnsOf(rows: readonly ArrayLike<number>[]): Float64Array[] {
  const models = rows[0]?.length ?? 0;
  const uneven = rows.findIndex((row) => row.length !== models);
  if (uneven >= 0) throw new AppError('E_INTERNAL', { problem: `differentials[${uneven}] has ${rows[uneven]!.length} models instead of ${models}` });
  return Array.from({ length: models }, (_, k) => Float64Array.from(rows, (row) => row[k]!));
}

function longRunDeviation(model: Float64Array, restartProbability: number): number {
  const deviation = Math.sqrt(Math.max(0, stationaryKernelVariance(model, restartProbability)!));
  return isZeroDispersion(deviation, model) ? 0 : deviation;
}

function zeros({ draws }: Resamples): Float64Array {
  return new Float64Array(draws);
}

/** Lifts each draw's maximum to this model's re-centered replicate where that is larger. */
function raise(maxima: Float64Array, replicates: Float64Array, { center, scale }: { center: number; scale: number }): void {
  for (let draw = 0; draw < maxima.length; draw++) maxima[draw] = Math.max(maxima[draw]!, scale * (replicates[draw]! - center));
}

function shareAtLeast(statistic: number, draws: Float64Array): number {
  let count = 0;
  for (let draw = 0; draw < draws.length; draw++) count += +(draws[draw]! >= statistic);
  return (count + 1) / (draws.length + 1);
}
