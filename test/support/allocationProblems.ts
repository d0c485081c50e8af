import { fillNormals } from '../../src/core/normals.ts';
import { namedStream, nextIndex, nextUniform } from '../../src/core/random.ts';
import type { AllocationProblem, PortfolioLimits } from '../../src/portfolio/problem.ts';

/** No limit but the largest weight. */
export const looseLimits: PortfolioLimits = {
  investedMin: null,
  weightMax: 1,
  grossMax: null,
  netMax: null,
  symbolMax: null,
  cvarMax: null,
  cvarLevel: 0.9,
  drawdownMax: null,
  drawdownLevel: 0.8,
  turnoverDailyMax: null,
  riskShareMax: null,
  clusters: [],
};

/** A problem from daily returns: sample moments, each edge long one symbol of its own, nothing held. */
export function problemOf(returns: readonly Float64Array[], changes: Partial<AllocationProblem> = {}): AllocationProblem {
  const [n, days] = [returns.length, returns[0]!.length];
  const mean = Float64Array.from(returns, (column) => column.reduce((sum, value) => sum + value, 0) / days);
  const covariance = Float64Array.from({ length: n * n }, (_, k) => {
    const [i, j] = [Math.floor(k / n), k % n];
    return returns[i]!.reduce((sum, value, t) => sum + (value - mean[i]!) * (returns[j]![t]! - mean[j]!), 0) / days;
  });
  const exposure = Float64Array.from({ length: n * n }, (_, k) => (Math.floor(k / n) === k % n ? 1 : 0));
  return {
    edges: returns.map((_, e) => `edge_${e}`),
    symbols: returns.map((_, e) => `S${e}USDT`),
    returns,
    scenarioWeights: new Float64Array(days).fill(1 / days),
    mean,
    covariance,
    volatility: Float64Array.from({ length: n }, (_, e) => Math.sqrt(covariance[e * n + e]!)),
    eligible: new Uint8Array(n).fill(1),
    exposureLow: new Float64Array(n * n),
    exposureHigh: exposure,
    previous: new Float64Array(n),
    turnoverLeft: null,
    limits: looseLimits,
    settings: { riskAversion: 5, returnTilt: 0.35, turnoverCost: 0 },
    ...changes,
  };
}

/** Correlated daily returns of edges, about 1 % a day, some of them paying. */
export function randomReturns(name: string, edges: number, days: number): Float64Array[] {
  const stream = namedStream(`seed=1/allocation/${name}`);
  const normals = () => {
    const values = new Float64Array(days);
    fillNormals(stream, values);
    return values;
  };
  const common = normals();
  return Array.from({ length: edges }, () => {
    const [own, level, drift, share] = [normals(), 0.004 + 0.02 * nextUniform(stream), nextUniform(stream) - 0.3, nextUniform(stream)];
    return own.map((value, t) => level * (drift * 0.2 + Math.sqrt(share) * common[t]! + Math.sqrt(1 - share) * value));
  });
}

/** A random problem in which each limit is on or off and often binds. */
export function randomProblem(name: string, size: { edges?: number; days?: number } = {}): AllocationProblem {
  const stream = namedStream(`seed=1/allocation/problem/${name}`);
  const uniform = (low: number, high: number) => low + (high - low) * nextUniform(stream);
  const maybe = (value: number) => (nextUniform(stream) < 0.6 ? value : null);
  const n = size.edges ?? 2 + nextIndex(stream, 7);
  const symbols = 1 + nextIndex(stream, 4);
  const returns = randomReturns(name, n, size.days ?? 40);
  const high = Float64Array.from({ length: symbols * n }, () => (nextUniform(stream) < 0.7 ? uniform(0, 1) : 0));
  const low = high.map((value) => (nextUniform(stream) < 0.5 ? -value : 0));
  const previous = Float64Array.from({ length: n }, () => (nextUniform(stream) < 0.5 ? uniform(0, 0.3) : 0));
  const base = problemOf(returns);
  const typical = base.volatility.reduce((sum, value) => sum + value, 0) / n;
  return {
    ...base,
    symbols: Array.from({ length: symbols }, (_, s) => `S${s}USDT`),
    exposureHigh: high,
    exposureLow: low,
    previous,
    turnoverLeft: maybe(uniform(0, 0.6)),
    limits: {
      ...looseLimits,
      weightMax: uniform(0.2, 1),
      grossMax: maybe(uniform(0.3, 2)),
      netMax: maybe(uniform(0.1, 1)),
      symbolMax: maybe(uniform(0.1, 0.8)),
      cvarMax: maybe(typical * uniform(0.2, 2)),
      drawdownMax: maybe(typical * uniform(0.3, 4)),
      clusters: nextUniform(stream) < 0.4 ? [{ id: 'first', edges: [0, 1], budget: typical * uniform(0.1, 0.8) }] : [],
    },
    settings: {
      riskAversion: nextUniform(stream) < 0.15 ? 0 : uniform(1, 20),
      returnTilt: uniform(0, 1),
      turnoverCost: nextUniform(stream) < 0.5 ? 0 : uniform(0, 0.001),
    },
  };
}

/** An edge order applied to everything that is listed by edge. */
export function permuted(problem: AllocationProblem, order: readonly number[]): AllocationProblem {
  const n = order.length;
  const pick = (values: Float64Array) => Float64Array.from(order, (e) => values[e]!);
  const bySymbol = (values: Float64Array) => Float64Array.from({ length: values.length }, (_, k) => values[Math.floor(k / n) * n + order[k % n]!]!);
  return {
    ...problem,
    edges: order.map((e) => problem.edges[e]!),
    returns: order.map((e) => problem.returns[e]!),
    mean: pick(problem.mean),
    volatility: pick(problem.volatility),
    eligible: Uint8Array.from(order, (e) => problem.eligible[e]!),
    previous: pick(problem.previous),
    covariance: Float64Array.from({ length: n * n }, (_, k) => problem.covariance[order[Math.floor(k / n)]! * n + order[k % n]!]!),
    exposureLow: bySymbol(problem.exposureLow),
    exposureHigh: bySymbol(problem.exposureHigh),
    limits: { ...problem.limits, clusters: problem.limits.clusters.map((c) => ({ ...c, edges: c.edges.map((e) => order.indexOf(e)) })) },
  };
}
