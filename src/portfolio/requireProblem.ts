import { AppError } from '../core/errors.ts';
import type { AllocationProblem, PortfolioLimits } from './problem.ts';

/**
 * Nothing when limits make sense by themselves.
 *
 * @throws E_INPUT naming the limit and what it must be
 */
export function requireLimits(limits: PortfolioLimits): void {
  const known = [
    'investedMin',
    'weightMax',
    'grossMax',
    'netMax',
    'symbolMax',
    'cvarMax',
    'drawdownMax',
    'turnoverDailyMax',
    'riskShareMax',
  ] as const;
  for (const name of known) {
    const value = limits[name];
    if (value !== null && !(Number.isFinite(value) && value >= 0)) refuse(`limit ${name}`, `it must be a number from 0 up, not ${value}`);
  }
  if (limits.weightMax > 1_000) refuse('limit weightMax', `it must be at most 1000, not ${limits.weightMax}`);
  for (const name of ['cvarLevel', 'drawdownLevel'] as const)
    if (!(limits[name] > 0 && limits[name] <= 0.9999)) refuse(`limit ${name}`, `it must lie between 0 and 0.9999, not ${limits[name]}`);
  for (const { id, budget } of limits.clusters)
    if (!(Number.isFinite(budget) && budget >= 0)) refuse(`cluster ${id}`, `its budget must be a number from 0 up, not ${budget}`);
}

/**
 * Nothing when a problem's arrays fit together and hold numbers.
 *
 * @throws E_INPUT naming the part and what it must be
 */
export function requireProblem(problem: AllocationProblem): void {
  requireLimits(problem.limits);
  const [n, days] = [problem.edges.length, problem.scenarioWeights.length];
  const lengths = {
    returns: [problem.returns.length, n],
    mean: [problem.mean.length, n],
    covariance: [problem.covariance.length, n * n],
    volatility: [problem.volatility.length, n],
    eligible: [problem.eligible.length, n],
    previous: [problem.previous.length, n],
    exposureLow: [problem.exposureLow.length, n * problem.symbols.length],
    exposureHigh: [problem.exposureHigh.length, n * problem.symbols.length],
  };
  for (const [name, [length, wanted]] of Object.entries(lengths))
    if (length !== wanted) refuse(`allocation problem: ${name}`, `it must have ${wanted} entries, not ${length}`);
  if (problem.returns.some((column) => column.length !== days)) refuse('allocation problem: returns', `each edge must have ${days} days`);
  for (const name of ['mean', 'covariance', 'volatility', 'exposureLow', 'exposureHigh', 'previous', 'scenarioWeights'] as const)
    if (!problem[name].every(Number.isFinite)) refuse(`allocation problem: ${name}`, 'it must hold finite numbers');
  if (!problem.returns.every((column) => column.every(Number.isFinite))) refuse('allocation problem: returns', 'it must hold finite numbers');
  if (problem.previous.some((weight) => weight < 0)) refuse('allocation problem: previous', 'weights are never negative');
  const outside = problem.limits.clusters.find(({ edges }) => edges.some((e) => !(e >= 0 && e < n)));
  if (outside !== undefined) refuse(`cluster ${outside.id}`, `its edges are numbers from 0 to ${n - 1}`);
}

function refuse(what: string, problem: string): never {
  throw new AppError('E_INPUT', { what, problem });
}
