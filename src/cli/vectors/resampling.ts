/** Vector functions of resampling, multiple testing and event studies. No arithmetic here. */
import * as stats from '../../stats/index.ts';
import { take, type VectorFunction } from './take.ts';

interface MatchInput {
  events: stats.MatchRecord[];
  pool: stats.MatchRecord[];
  controlsPerEvent: number;
  exclusionBars: number;
}

interface ClusterInput {
  events: { day: string; effect: number }[];
  dayIndexRows: number[][];
  alpha: number;
}

interface SnoopingInput {
  differentials: number[][];
  indexRows: number[][];
  restartProbability: number;
}

export const resampling: Readonly<Record<string, VectorFunction>> = {
  stationary_indices: take(({ n, restartProbability, uniforms }: { n: number; restartProbability: number; uniforms: number[] }) =>
    stats.stationaryIndices(n, restartProbability, inOrder(uniforms)),
  ),
  circular_indices: take(({ n, blockLength, uniforms }: { n: number; blockLength: number; uniforms: number[] }) =>
    stats.circularIndices(n, blockLength, inOrder(uniforms)),
  ),
  politis_white: take(({ values }: { values: number[] }) => stats.blockLength(values)),
  bootstrap_mean_ci: take(({ values, indexRows, alpha }: { values: number[]; indexRows: number[][]; alpha: number }) =>
    stats.meanInterval(values, stats.resamplesOfRows(indexRows, values.length), alpha),
  ),
  reality_check_spa: take(({ differentials, indexRows, restartProbability }: SnoopingInput) =>
    stats.realityCheckAndSpa(differentials, { resamples: stats.resamplesOfRows(indexRows, differentials.length), restartProbability }),
  ),
  multiple_testing: take(({ pValues, alpha }: { pValues: number[]; alpha: number }) => stats.adjustFamily(pValues, alpha)),
  permutation_exact: take(({ events, controls }: { events: number[]; controls: number[] }) => stats.permutationExact(events, controls)),
  sign_flip_exact: take(({ differences }: { differences: number[] }) => stats.signFlipExact(differences)),
  placebo_p: take(({ observed, placebo }: { observed: number; placebo: number[] }) => stats.placeboTest(observed, placebo)),
  deoverlap: take(({ triggers, cooldown }: { triggers: number[]; cooldown: number }) => stats.deoverlap(triggers, cooldown)),
  matched_controls: take(({ events, pool, ...options }: MatchInput) =>
    stats.matchedEffects(events, pool, { ...options, exact: ['volQuartile', 'hourBucket'] }),
  ),
  cluster_bootstrap: take(({ events, dayIndexRows, alpha }: ClusterInput) => {
    const clusters = stats.clusterByDay(
      events.map(({ day }) => day),
      events.map(({ effect }) => effect),
    );
    const resamples = stats.resamplesOfRows(dayIndexRows, clusters.days.length);
    return { days: clusters.days, ...stats.clusterBootstrap(clusters, resamples, alpha) };
  }),
};

/** Hands out given uniforms one after the other. */
function inOrder(uniforms: readonly number[]): () => number {
  const values = uniforms.values();
  return () => values.next().value!;
}
