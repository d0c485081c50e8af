import { dayMs, daysPerYear, formatDay, parseDay } from '../../core/time.ts';
import { leastBlockDays, leastDays, riskDraws } from '../../engine/risk/objective.ts';
import { calendarPeriods, periodUnitOf } from '../../engine/risk/periods.ts';
import { blockLength } from '../../stats/bootstrap/blockLength.ts';
import { realityCheckAndSpa } from '../../stats/bootstrap/realityCheck.ts';
import { stationaryResamples } from '../../stats/bootstrap/resamples.ts';
import { mean } from '../../stats/moments.ts';
import { cpcv } from '../../stats/overfitting/cpcv.ts';
import { pathSharpes } from '../../stats/overfitting/cpcvPaths.ts';
import { pbo } from '../../stats/overfitting/pbo.ts';
import { perPeriodSharpe } from '../../stats/sharpe.ts';
import { sumOver } from '../../stats/sums.ts';
import type { MetricId } from '../documents/metrics.ts';

/** Numbers that a result has only together with the returns of everything else that was tried on its days. */
export const selectionMetrics = [
  'pbo',
  'spa_cash_p',
  'spa_baseline_p',
  'cpcv_sharpe_median',
  'cpcv_sharpe_p05',
  'walk_forward_net',
] as const satisfies readonly MetricId[];
export type SelectionMetric = (typeof selectionMetrics)[number];

/** Trials below which a probability of overfitting is too coarse to decide anything. */
export const leastPboTrials = 10;
const pboBlocks = 16;
const folds = 10;
const testFolds = 2;

/** Daily returns of one trial on the days of the evidence, [days] each; 0 where the trial did not look at a day. */
export interface TrialReturns {
  /** Whether it is a trial of the evidence itself. */
  readonly isOwn: boolean;
  /** What is judged: of an edge its net return, of an overlay the difference that it makes. */
  readonly effect: Float64Array;
  readonly overCash: Float64Array;
  /** Over the mean position held throughout, or over the same strategy without the overlay. */
  readonly overBaseline: Float64Array;
  readonly longestTradeDays: number;
}

/** The trials that were alternatives to a piece of evidence, as far as their returns are to be had. */
export interface FamilyReturns {
  /** Days since 1970-01-01. */
  readonly firstDay: number;
  readonly days: number;
  readonly trials: readonly TrialReturns[];
  /** Results that are alternatives whether or not their returns are to be had. */
  readonly counted: number;
  /** What is not to be had, one line each. */
  readonly missing: readonly string[];
  /** Names the random streams. */
  readonly unit: string;
}

/** A number, or why there is none. A gate over one that does not apply neither passes nor fails. */
export interface SelectionNumber {
  readonly value: number | null;
  readonly applies: boolean;
  readonly note: string;
}

export type SelectionNumbers = Readonly<Record<SelectionMetric, SelectionNumber>>;

/**
 * What choosing among the trials of a family is worth on the days of one piece of evidence: the probability that the choice was overfitted, whether
 * the evidence beats cash and its baseline given all that was tried, and what the choice would have earned out of sample, across purged folds and
 * walking forward in time. Where returns are missing no number is given.
 *
 * @formula SPA: p = (1 + draws whose best is at least the evidence's own studentized mean) / (draws + 1), consistent re-centering; equal to
 *   Hansen's p where the evidence is the best
 * @source statistics specification 5, 6, 15; Bailey et al. 2017; Hansen 2005; Lopez de Prado 2018, chapter 12
 */
export function selectionNumbers(family: FamilyReturns): SelectionNumbers {
  const short = family.days < leastDays ? `${family.days} days, ${leastDays} are needed` : null;
  const lacking = family.missing[0] ?? (family.trials.some(({ isOwn }) => isOwn) ? short : 'the ledger has no trial of this run');
  const shown = `${family.counted} ${family.counted === 1 ? 'trial' : 'trials'}, ${family.days} days from ${formatDay(family.firstDay * dayMs)}`;
  const number = (value: () => number | null, reason: string): SelectionNumber => {
    if (lacking !== null) return { value: null, applies: true, note: lacking };
    const found = value();
    return { value: found, applies: true, note: found === null ? reason : shown };
  };
  const paths = lacking === null ? cpcvPaths(family) : null;
  const flat = 'no trial has any variance';
  return {
    pbo:
      family.counted < leastPboTrials
        ? { value: null, applies: false, note: `${shown}; it takes ${leastPboTrials} trials to tell` }
        : number(() => pbo(effects(family), pboBlocks).pbo, flat),
    spa_cash_p: number(() => spa(family, 'overCash'), 'the evidence has no variance'),
    spa_baseline_p: number(() => spa(family, 'overBaseline'), 'the evidence does not differ from its baseline'),
    cpcv_sharpe_median: number(() => paths?.median ?? null, 'no path has a Sharpe ratio'),
    cpcv_sharpe_p05: number(() => paths?.fifthPercentile ?? null, 'no path has a Sharpe ratio'),
    walk_forward_net: number(() => walkForwardNet(family), 'the days leave no calendar period to test after a first one of 30 days'),
  };
}

/** Random streams behind the numbers of a family. */
export function selectionStreams({ unit }: Pick<FamilyReturns, 'unit'>): string[] {
  return (['overCash', 'overBaseline'] as const).map((against) => streamOf(unit, against));
}

type Against = 'overCash' | 'overBaseline';

function streamOf(unit: string, against: Against): string {
  return `seed=1/spa/${unit}/${against === 'overCash' ? 'cash' : 'baseline'}`;
}

function effects({ trials }: FamilyReturns): Float64Array[] {
  return trials.map(({ effect }) => effect);
}

/** The evidence's own p-value among all trials; null where it has no variance. */
function spa({ trials, days, unit }: FamilyReturns, against: Against): number | null {
  const own = trials.filter(({ isOwn }) => isOwn);
  const together = Float64Array.from({ length: days }, (_, day) => mean(own.map((trial) => trial[against][day]!))!);
  const fitting = blockLength(together).stationary;
  if (fitting === null) return null;
  // The evidence comes first, so that its place is known; a trial twice does not move a maximum.
  const models = [together, ...trials.map((trial) => trial[against])];
  const rows = Array.from({ length: days }, (_, day) => models.map((model) => model[day]!));
  const meanBlock = Math.max(leastBlockDays, fitting);
  const resamples = stationaryResamples(days, { meanBlock, draws: riskDraws, stream: streamOf(unit, against) });
  const { means, omega, spaDraws } = realityCheckAndSpa(rows, { resamples, restartProbability: 1 / meanBlock });
  if (omega[0] === 0) return null;
  const statistic = Math.max(0, (Math.sqrt(days) * means[0]!) / omega[0]!);
  const draws = spaDraws.consistent;
  return (1 + draws.reduce((count, draw) => count + +(draw >= statistic), 0)) / (1 + draws.length);
}

/** Sharpe ratios of the paths on which each fold is traded by the trial that was best on other days. */
function cpcvPaths(family: FamilyReturns): { median: number | null; fifthPercentile: number | null } | null {
  const trials = effects(family);
  const labelHorizon = horizonOf(family);
  const plan = cpcv({ n: family.days, folds, testFolds, labelHorizon, embargo: Math.ceil(family.days / 100) });
  if (plan.splits.some(({ train }) => train.length < leastDays / 2)) return null;
  const chosen = plan.splits.map(({ train, test }) => {
    const best = bestOn(trials, train);
    return Float64Array.from(test, (day) => best[day]!);
  });
  return pathSharpes(plan, chosen, daysPerYear);
}

/** Mean daily result in basis points of trading each calendar period by the trial that was best before it; null without such a period. */
function walkForwardNet(family: FamilyReturns): number | null {
  const trials = effects(family);
  const gap = horizonOf(family);
  let tested = 0;
  const earned: number[] = [];
  for (const { from, to } of calendarPeriods(family.firstDay, family.days, periodUnitOf(family.days)).slice(1)) {
    if (from - gap < leastDays) continue;
    const best = bestOn(
      trials,
      Int32Array.from({ length: from - gap }, (_, day) => day),
    );
    earned.push(sumOver(to - from, (i) => best[from + i]!));
    tested += to - from;
  }
  return tested === 0 ? null : (10_000 * sumOver(earned.length, (i) => earned[i]!)) / tested;
}

/** Days over which a return may hang together with the next: as long as the longest trade of any trial. */
function horizonOf({ trials }: FamilyReturns): number {
  return Math.max(1, ...trials.map(({ longestTradeDays }) => longestTradeDays));
}

/** The trial with the largest Sharpe ratio on some days; the first of equals, and cash for one without variance. */
function bestOn(trials: readonly Float64Array[], days: Int32Array): Float64Array {
  let [best, most] = [trials[0]!, Number.NEGATIVE_INFINITY];
  for (const trial of trials) {
    const ratio = perPeriodSharpe(Float64Array.from(days, (day) => trial[day]!)) ?? 0;
    if (ratio > most) [best, most] = [trial, ratio];
  }
  return best;
}

/** Days of a window since 1970-01-01, `to` excluded; null for text that is no day. */
export function daysOfWindow({ start, end }: { readonly start: string; readonly end: string }): { from: number; to: number } | null {
  const [first, last] = [parseDay(start), parseDay(end)];
  return first === null || last === null || last < first ? null : { from: first / dayMs, to: last / dayMs + 1 };
}
