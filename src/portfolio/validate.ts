import { AppError } from '../core/errors.ts';
import type { AllocationProblem, ConstraintName, ConstraintUse } from './problem.ts';
import { sumOver } from '../stats/sums.ts';

/**
 * The check of an answer that knows nothing of how it was found: it sees weights and inputs only, and measures every limit from its
 * definition with code of its own.
 *
 * @source governance specification 18.2, 18.6; statistics specification 10 (hard constraints)
 */

/** Room for rounding: a value breaks a limit beyond limit (1 + 1e-9) + 1e-12. */
export function exceeds(value: number, limit: number): boolean {
  return value > limit + Math.abs(limit) * 1e-9 + 1e-12;
}

/** True when a use breaks its limit by more than rounding. */
export function isBreach({ constraint, value, limit }: ConstraintUse): boolean {
  return constraint === 'invested' ? exceeds(-value, -limit) : exceeds(value, limit);
}

/**
 * The risk-share cap in force: none where the number of edges with history makes it impossible.
 *
 * @returns null where no cap is in force
 */
export function riskShareCap({ eligible, limits }: AllocationProblem): number | null {
  const count = eligible.reduce((sum, value) => sum + value, 0);
  return limits.riskShareMax === null || limits.riskShareMax * count < 1 ? null : limits.riskShareMax;
}

/**
 * How much of every limit some weights use.
 *
 * @param weights [edges], read only
 * @throws E_INTERNAL when weights are missing, negative, not finite, or given to an edge without history
 */
export function measureUses(problem: AllocationProblem, weights: Float64Array): ConstraintUse[] {
  requireWeights(problem, weights);
  const { limits, edges, symbols } = problem;
  const uses: ConstraintUse[] = [];
  const add = (constraint: ConstraintName, subject: string | null, value: number, limit: number | null) => {
    if (limit !== null) uses.push({ constraint, subject, value, limit, isBinding: isAt(value, limit), price: null });
  };
  for (const [e, edge] of edges.entries()) add('weight', edge, weights[e]!, limits.weightMax);
  add(
    'invested',
    null,
    sumOver(edges.length, (e) => weights[e]!),
    limits.investedMin,
  );
  const [long, short] = [sides(problem, weights, problem.exposureHigh), sides(problem, weights, problem.exposureLow)];
  const largest = symbols.map((_, s) => Math.max(0, long[s]!, -short[s]!));
  for (const [s, symbol] of symbols.entries()) add('symbol', symbol, largest[s]!, limits.symbolMax);
  add(
    'gross',
    null,
    sumOver(symbols.length, (s) => largest[s]!),
    limits.grossMax,
  );
  add(
    'net',
    null,
    Math.max(
      0,
      sumOver(symbols.length, (s) => long[s]!),
      -sumOver(symbols.length, (s) => short[s]!),
    ),
    limits.netMax,
  );
  if (limits.cvarMax !== null || limits.drawdownMax !== null) {
    const daily = portfolioReturns(problem, weights);
    if (limits.cvarMax !== null) add('cvar', null, dailyShortfall(problem, daily), limits.cvarMax);
    if (limits.drawdownMax !== null) add('drawdown', null, conditionalDrawdown(problem, daily), limits.drawdownMax);
  }
  const increases = sumOver(edges.length, (e) => Math.max(0, weights[e]! - problem.previous[e]!));
  add('turnover', null, increases, problem.turnoverLeft === null ? null : Math.max(0, problem.turnoverLeft));
  for (const cluster of limits.clusters)
    add(
      'cluster',
      cluster.id,
      sumOver(cluster.edges.length, (k) => weights[cluster.edges[k]!]! * problem.volatility[cluster.edges[k]!]!),
      cluster.budget,
    );
  const cap = riskShareCap(problem);
  if (cap !== null) for (const [e, share] of riskShares(problem, weights).entries()) add('risk_share', edges[e]!, share, cap);
  return uses;
}

/**
 * Nothing when weights keep every limit.
 *
 * @throws E_INTERNAL naming each limit that they break: an answer that fails here was never a valid one
 */
export function requireValid(problem: AllocationProblem, weights: Float64Array): void {
  const broken = measureUses(problem, weights).filter(isBreach);
  if (broken.length === 0) return;
  const list = broken.map(
    ({ constraint, subject, value, limit }) => `${constraint}${subject === null ? '' : ` ${subject}`} ${value} against ${limit}`,
  );
  throw new AppError('E_INTERNAL', { problem: `an allocator handed out weights that break their limits: ${list.join('; ')}` });
}

function requireWeights({ edges, eligible }: AllocationProblem, weights: Float64Array): void {
  if (weights.length !== edges.length)
    throw new AppError('E_INTERNAL', { problem: `an allocator handed out ${weights.length} weights for ${edges.length} edges` });
  for (const [e, edge] of edges.entries()) {
    const weight = weights[e]!;
    if (Number.isFinite(weight) && weight >= 0 && (weight === 0 || eligible[e] === 1)) continue;
    const why = weight > 0 ? 'without enough history' : 'which must be a number from 0 up';
    throw new AppError('E_INTERNAL', { problem: `an allocator handed out weight ${weight} for ${edge}, ${why}` });
  }
}

function isAt(value: number, limit: number): boolean {
  return Math.abs(value - limit) <= 1e-7 * Math.max(Math.abs(limit), 1e-6);
}

/** [symbols] exposure if every edge stood at the given end of its range. */
function sides({ symbols, edges }: AllocationProblem, weights: Float64Array, exposures: Float64Array): Float64Array {
  return Float64Array.from(symbols, (_, s) => sumOver(edges.length, (e) => weights[e]! * exposures[s * edges.length + e]!));
}

function portfolioReturns({ returns, scenarioWeights }: AllocationProblem, weights: Float64Array): Float64Array {
  const out = new Float64Array(scenarioWeights.length);
  for (let e = 0; e < returns.length; e++) for (let t = 0; t < out.length; t++) out[t]! += weights[e]! * returns[e]![t]!;
  return out;
}

/** Smallest alpha + expected excess / (1 - level) over the candidates for alpha, which are the losses themselves. */
function dailyShortfall({ scenarioWeights: q, limits }: AllocationProblem, daily: Float64Array): number {
  const losses = daily.map((value) => -value);
  const order = Uint32Array.from(losses.keys()).sort((a, b) => losses[b]! - losses[a]!);
  let [best, mass, loss] = [Infinity, 0, 0];
  for (const t of order) {
    // Losses so far lie above this one: their weighted excess over it is loss - mass x alpha.
    const alpha = losses[t]!;
    best = Math.min(best, alpha + (loss - mass * alpha) / (1 - limits.cvarLevel));
    mass += q[t]!;
    loss += q[t]! * alpha;
  }
  return order.length === 0 ? 0 : best;
}

function conditionalDrawdown({ limits }: AllocationProblem, daily: Float64Array): number {
  let [level, peak] = [0, 0];
  const depths = daily.map((value) => {
    level += value;
    peak = Math.max(peak, level);
    return peak - level;
  });
  const deepest = depths.sort().toReversed();
  const tail = Math.round((1 - limits.drawdownLevel) * deepest.length * 1e9) / 1e9;
  return tail === 0 ? (deepest[0] ?? 0) : sumOver(Math.ceil(tail), (k) => deepest[k]! * Math.min(1, tail - k)) / tail;
}

/** [edges] shares of portfolio variance, zeros for cash. */
function riskShares({ edges, covariance }: AllocationProblem, weights: Float64Array): Float64Array {
  const n = edges.length;
  const parts = Float64Array.from(weights, (weight, i) => weight * sumOver(n, (j) => covariance[i * n + j]! * weights[j]!));
  const variance = sumOver(n, (i) => parts[i]!);
  return variance > 0 ? parts.map((part) => part / variance) : new Float64Array(n);
}
