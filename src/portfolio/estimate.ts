import { AppError } from '../core/errors.ts';
import { ledoitWolfConstantCorrelation } from '../stats/covariance/ledoitWolf.ts';
import { effectiveCount } from '../stats/covariance/weightedCovariance.ts';
import { sampleStd } from '../stats/moments.ts';
import { normalQuantile } from '../stats/normal.ts';
import { quantile } from '../stats/quantile.ts';
import { sumOver } from '../stats/sums.ts';
import type { AllocationProblem, PortfolioLimits } from './problem.ts';

export interface EstimateSettings {
  /** Days that are scenarios, at most. */
  readonly windowDays: number;
  /** A day this many days older weighs half. */
  readonly halfLifeDays: number;
  /** Days of history that a mean of zero is worth. */
  readonly meanPriorDays: number;
  /** An edge that traded on fewer days of the window gets weight 0. */
  readonly activeDaysMin: number;
}

export type Estimate = Pick<AllocationProblem, 'returns' | 'scenarioWeights' | 'mean' | 'covariance' | 'volatility' | 'eligible'> & {
  /** Equally weighted days that the weighted ones are worth. */
  readonly effectiveDays: number;
  /** Share of the common correlation in the covariance; null when no edge is eligible. */
  readonly shrinkage: number | null;
};

/** Fraction of the median volatility below which none is believed. */
const volatilityFloorShare = 0.1;
/** Days that a covariance needs per edge. */
const daysPerEdge = 3;

/**
 * What an allocator may believe at the end of a day, from the daily returns of edges up to that day. Edges without enough active days, or
 * that never varied, enter nothing: adding one changes no bit of the others' figures.
 *
 * @param history  per edge [days] net daily returns at unit weight, all complete days up to the decision, oldest first; read only
 * @throws E_INPUT for edges with different numbers of days, or settings out of range
 * @formula q halves every halfLifeDays; mean = kappa sum(q r), kappa = n_eff / (n_eff + meanPriorDays), n_eff = 1 / sum(q^2); covariance shrunk
 *          toward constant correlation; volatility at least max(long-run volatility of the edge, a tenth of the median volatility)
 * @source governance specification 18.1
 */
export function estimate(history: readonly Float64Array[], settings: EstimateSettings): Estimate {
  requireSettings(history, settings);
  const n = history.length;
  const days = Math.min(settings.windowDays, history[0]?.length ?? 0);
  const returns = history.map((column) => column.subarray(column.length - days));
  const scenarioWeights = halvingWeights(days, settings.halfLifeDays);
  const effectiveDays = days === 0 ? 0 : effectiveCount(scenarioWeights);
  const eligible = eligibleEdges(returns, settings);
  const edges = [...eligible.keys()].filter((e) => eligible[e] === 1);
  const estimates = { returns, scenarioWeights, eligible, effectiveDays };
  const [mean, volatility, covariance] = [new Float64Array(n), new Float64Array(n), new Float64Array(n * n)];
  const shrunk =
    edges.length === 0
      ? null
      : ledoitWolfConstantCorrelation(
          edges.map((e) => returns[e]!),
          scenarioWeights,
        );
  if (shrunk === null) return { ...estimates, eligible: new Uint8Array(n), mean, volatility, covariance, shrinkage: null };
  const sample = Float64Array.from(edges, (_, k) => Math.sqrt(shrunk.covariance[k * edges.length + k]!));
  const floor = volatilityFloorShare * quantile(sample, 0.5)!;
  const kappa = effectiveDays / (effectiveDays + settings.meanPriorDays);
  for (const [k, e] of edges.entries()) {
    mean[e] = kappa * sumOver(days, (t) => scenarioWeights[t]! * returns[e]![t]!);
    volatility[e] = Math.max(sample[k]!, longRunVolatility(history[e]!), floor);
  }
  for (const [k, e] of edges.entries()) {
    for (const [l, f] of edges.entries()) {
      const correlation = shrunk.covariance[k * edges.length + l]! / (sample[k]! * sample[l]!);
      covariance[e * n + f] = (k === l ? 1 : correlation) * volatility[e]! * volatility[f]!;
    }
  }
  return { ...estimates, mean, volatility, covariance, shrinkage: shrunk.shrinkage };
}

/**
 * The limits that so many scenario days can carry. A 99 % expected shortfall needs three days in its tail; with fewer than 300 days the
 * 95 % one stands in, its limit scaled as between the two of a normal distribution.
 *
 * @param days scenario days
 * @returns    the same object when nothing changes
 * @source governance specification 18.2
 */
export function limitsForDays(limits: PortfolioLimits, days: number): PortfolioLimits {
  const substitute = 0.95;
  if (limits.cvarMax === null || limits.cvarLevel <= substitute || Math.round((1 - limits.cvarLevel) * days * 1e9) / 1e9 >= 3) return limits;
  return { ...limits, cvarLevel: substitute, cvarMax: limits.cvarMax * (normalShortfall(substitute) / normalShortfall(limits.cvarLevel)) };
}

/** Expected shortfall of a standard normal loss. */
function normalShortfall(level: number): number {
  const z = normalQuantile(level) ?? Number.NaN;
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI) / (1 - level);
}

function requireSettings(history: readonly Float64Array[], settings: EstimateSettings): void {
  const days = history[0]?.length ?? 0;
  if (history.some((column) => column.length !== days))
    throw new AppError('E_INPUT', { what: 'daily returns', problem: 'every edge must have the same days' });
  for (const name of ['windowDays', 'halfLifeDays', 'meanPriorDays', 'activeDaysMin'] as const) {
    const least = name === 'meanPriorDays' ? 0 : 1;
    if (!(Number.isFinite(settings[name]) && settings[name] >= least))
      throw new AppError('E_INPUT', { what: `setting ${name}`, problem: `it must be a number from ${least} up, not ${settings[name]}` });
  }
}

/** [days], newest last, summing to 1. */
function halvingWeights(days: number, halfLife: number): Float64Array {
  const raw = Float64Array.from({ length: days }, (_, t) => Math.exp((-Math.LN2 * (days - 1 - t)) / halfLife));
  const total = sumOver(days, (t) => raw[t]!);
  return raw.map((value) => value / total);
}

function eligibleEdges(returns: readonly Float64Array[], { activeDaysMin }: EstimateSettings): Uint8Array {
  const eligible = Uint8Array.from(returns, (column) => {
    const active = column.reduce((count, value) => count + (value === 0 ? 0 : 1), 0);
    const isVarying = column.some((value) => value !== column[0]);
    return active >= activeDaysMin && isVarying ? 1 : 0;
  });
  const count = eligible.reduce((sum, value) => sum + value, 0);
  return (returns[0]?.length ?? 0) < daysPerEdge * count ? eligible.fill(0) : eligible;
}

/** Since the first day on which the edge traded. */
function longRunVolatility(history: Float64Array): number {
  const first = history.findIndex((value) => value !== 0);
  return first < 0 ? 0 : (sampleStd(history.subarray(first)) ?? 0);
}
