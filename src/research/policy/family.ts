import { meanInterval } from '../../stats/bootstrap/interval.ts';
import { blockLength } from '../../stats/bootstrap/blockLength.ts';
import { realityCheckAndSpa } from '../../stats/bootstrap/realityCheck.ts';
import { stationaryResamples } from '../../stats/bootstrap/resamples.ts';
import { deflatedSharpe } from '../../stats/deflatedSharpe.ts';
import { placeboTest } from '../../stats/events/placebo.ts';
import { moments } from '../../stats/moments.ts';
import { benjaminiYekutieli } from '../../stats/multiple/adjust.ts';
import { stepDownMaxT } from '../../stats/multiple/stepDownMaxT.ts';
import { pbo } from '../../stats/overfitting/pbo.ts';
import { effectiveTrials, trialSpread } from '../../stats/trials.ts';
import { excessSharpe, type Measure } from './measure.ts';
import type { ResamplePlan } from './plan.ts';
import type { PolicyFamily } from './result.ts';
import type { Throttles } from './throttles.ts';

/** Fewer cells than this give no probability of overfitting worth a gate. */
const leastCellsForPbo = 10;

/** A distinct cell of the development slice with its throttles. */
export interface FamilyMember {
  readonly measure: Measure;
  readonly throttles: Throttles;
}

/** What the whole family says about each member. */
export interface MemberStanding {
  readonly p: number | null;
  readonly pAdjusted: number | null;
  readonly pBy: number | null;
  readonly deflated: number | null;
  readonly deflatedCounted: number | null;
}

/** P-value of one cell against its own throttles; null without any. */
export function throttleP({ measure: { excess }, throttles }: FamilyMember): number | null {
  return placeboTest(excessSharpe(excess), throttles.sharpe).pUpper;
}

/**
 * Every distinct cell judged as one of many: step-down p over the shared throttles, Benjamini-Yekutieli p, Sharpe ratios of the excess deflated by the
 * number of trials, the family's SPA on net differences and its probability of overfitting on the excess.
 *
 * @param prior trials of the same hypothesis before these
 * @source Romano & Wolf 2005; Benjamini & Yekutieli 2001; Hansen 2005; Bailey & Lopez de Prado 2014; Bailey et al. 2017
 */
export function judgeFamily(
  members: readonly FamilyMember[],
  { prior, cells, plan }: { readonly prior: number; readonly cells: number; readonly plan: ResamplePlan },
): { family: PolicyFamily; standings: MemberStanding[] } {
  const excess = members.map(({ measure }) => measure.excess);
  const sharpes = excess.map(excessSharpe);
  const p = members.map(throttleP);
  const isTold = members.length > 0 && p.every((value) => value !== null);
  const adjusted = isTold ? stepDownMaxT(sharpes, drawRows(members), { side: 'greater' }) : null;
  const by = isTold ? benjaminiYekutieli(p) : null;
  const { trialSharpeVariance, meanCorrelation } = trialSpread(excess);
  const effective = members.length === 0 ? null : effectiveTrials(meanCorrelation ?? 0, members.length);
  const deflated = (member: number, trials: number): number | null => {
    const { n, skewness, kurtosis } = moments(excess[member]!);
    if (skewness === null || kurtosis === null) return null;
    return deflatedSharpe(sharpes[member]!, { trials: Math.max(1, trials), trialSharpeVariance }, { n, skewness, kurtosis }).dsr;
  };
  return {
    family: {
      cells,
      distinct: members.length,
      prior,
      effective_trials: effective,
      spa_p: spa(members, plan),
      pbo: members.length < leastCellsForPbo ? null : pbo(excess).pbo,
    },
    standings: members.map((_, i) => ({
      p: p[i]!,
      pAdjusted: adjusted?.[i] ?? null,
      pBy: by?.[i] ?? null,
      deflated: deflated(i, (effective ?? 0) + prior),
      deflatedCounted: deflated(i, members.length + prior),
    })),
  };
}

/** Interval of the mean net difference of a day; null with fewer than 3 days. */
export function differenceInterval({ difference }: Measure, plan: ResamplePlan, level: number): readonly [number, number] | null {
  if (difference.length < 3) return null;
  const resamples = stationaryResamples(difference.length, { draws: plan.draws, stream: plan.stream, meanBlock: blockOf(difference, plan) });
  return meanInterval(difference, resamples, 1 - level).percentile;
}

/** Consistent p of the best net difference against the baseline; null with fewer than 3 days or no member. */
function spa(members: readonly FamilyMember[], plan: ResamplePlan): number | null {
  const differences = members.map(({ measure }) => measure.difference);
  const days = differences[0]?.length ?? 0;
  if (days < 3) return null;
  const meanBlock = Math.max(...differences.map((difference) => blockOf(difference, plan)));
  const resamples = stationaryResamples(days, { draws: plan.draws, stream: plan.stream, meanBlock });
  const rows = Array.from({ length: days }, (_, day) => differences.map((difference) => difference[day]!));
  return realityCheckAndSpa(rows, { resamples, restartProbability: 1 / meanBlock }).spaP.consistent;
}

function blockOf(values: Float64Array, { leastBlock }: ResamplePlan): number {
  return Math.min(values.length, Math.max(leastBlock, blockLength(values).stationary ?? 1));
}

/** [draws][members] in one array, as the step-down test reads it. */
function drawRows(members: readonly FamilyMember[]): Float64Array {
  const draws = members[0]!.throttles.sharpe.length;
  const rows = new Float64Array(draws * members.length);
  members.forEach(({ throttles }, i) => {
    for (let draw = 0; draw < draws; draw++) rows[draw * members.length + i] = throttles.sharpe[draw]!;
  });
  return rows;
}
