import { AppError } from '../../../core/errors.ts';
import { sumOver } from '../../../stats/sums.ts';
import { lossesOf, worstFirst } from '../../program/tails.ts';
import type { ProgramRow, QuadraticProgram, Solver } from '../../solver/quadraticProgram.ts';

export interface CvarScenarios {
  /** Per edge [days]. */
  readonly returns: readonly Float64Array[];
  /** [days] summing to 1; equal when left out. */
  readonly scenarioWeights?: Float64Array;
  /** Between 0 and 1, for example 0.99. */
  readonly confidence: number;
  /** Largest weight of one edge; 1 when left out. */
  readonly maxWeight?: number;
  /** Smallest mean return per day; none when left out. */
  readonly minMeanReturn?: number;
}

export interface CvarWeights {
  /** [edges], from 0 up, summing to 1. */
  readonly weights: Float64Array;
  readonly expectedShortfall: number;
  readonly meanReturn: number;
}

/** The first program has the worst days of equal weights, this many times the tail's weight: the worst days of the answer are mostly among them. */
const firstTails = 5;

/**
 * Long-only weights, summing to 1, with the smallest expected shortfall over the scenario days. Only days that lose more than z add to the
 * value, so the program begins with few days; those that lose more than its z join it until no other does, which is the optimum over all days.
 *
 * @throws E_INFEASIBLE when maximum weight and smallest mean return leave no weights; E_INTERNAL when the solver stops
 * @formula minimize z + sum_t q_t u_t / (1 - c), u_t >= -r_t . w - z, u >= 0
 * @source Rockafellar & Uryasev 2000
 * @vector risk.cvarPortfolio
 */
export function minimumCvarWeights(scenarios: CvarScenarios, solver: Solver): CvarWeights {
  const { returns, confidence, maxWeight = 1, minMeanReturn } = scenarios;
  const [n, count] = [returns.length, returns[0]?.length ?? 0];
  const q = scenarios.scenarioWeights ?? new Float64Array(count).fill(1 / count);
  const mean = Float64Array.from(returns, (column) => sumOver(count, (t) => q[t]! * column[t]!));
  const days = firstDays(returns, q, firstTails * (1 - confidence));
  const isIn = new Uint8Array(count);
  for (;;) {
    for (const t of days) isIn[t] = 1;
    const program = programOn(days, { returns, mean, confidence, maxWeight, scenarioWeights: q, minMeanReturn });
    const { status, x } = solver.solve(program);
    if (status === 'infeasible')
      throw new AppError('E_INFEASIBLE', {
        constraints: `weight at most ${maxWeight}; sum of weights 1; mean return at least ${minMeanReturn ?? 'any'}`,
      });
    if (status === 'stopped') throw new AppError('E_INTERNAL', { problem: 'the solver stopped before the smallest expected shortfall was found' });
    const missing = [...lossesOf(returns, x.subarray(0, n)).entries()].filter(([t, loss]) => isIn[t] === 0 && loss > x[n]!);
    if (missing.length === 0) {
      const total = sumOver(n, (i) => Math.max(0, x[i]!));
      const weights = x.slice(0, n).map((weight) => Math.max(0, weight) / total);
      const expectedShortfall = sumOver(x.length, (c) => program.cost[c]! * x[c]!);
      return { weights, expectedShortfall, meanReturn: sumOver(n, (i) => mean[i]! * weights[i]!) };
    }
    days.push(...missing.map(([t]) => t));
  }
}

/** Days on which equal weights lose most, until they weigh enough. */
function firstDays(returns: readonly Float64Array[], scenarioWeights: Float64Array, enough: number): number[] {
  const days: number[] = [];
  let weight = 0;
  for (const t of worstFirst(lossesOf(returns, new Float64Array(returns.length).fill(1)))) {
    if (weight >= enough) break;
    days.push(t);
    weight += scenarioWeights[t]!;
  }
  return days;
}

type Inputs = Required<Omit<CvarScenarios, 'minMeanReturn'>> & { readonly mean: Float64Array; readonly minMeanReturn: number | undefined };

/** Columns: the weights, z, and what each of some days loses beyond z. */
function programOn(days: readonly number[], { returns, mean, confidence, maxWeight, scenarioWeights, minMeanReturn }: Inputs): QuadraticProgram {
  const n = returns.length;
  // No loss of a portfolio is larger than the largest return of an edge: that bounds z and u.
  const largest = returns.reduce((most, column) => column.reduce((high, value) => Math.max(high, Math.abs(value)), most), 0);
  const columns = n + 1 + days.length;
  const row = (fill: (coefficients: Float64Array) => void, low: number, high: number): ProgramRow => {
    const coefficients = new Float64Array(columns);
    fill(coefficients);
    return { coefficients, low, high, constraint: null, subject: null };
  };
  const rows = [row((a) => a.fill(1, 0, n), 1, 1)];
  if (minMeanReturn !== undefined) rows.push(row((a) => a.set(mean), minMeanReturn, Infinity));
  for (const [k, t] of days.entries()) {
    const excess = (a: Float64Array) => {
      for (const [i, column] of returns.entries()) a[i] = column[t]!;
      a[n] = 1;
      a[n + 1 + k] = 1;
    };
    rows.push(row(excess, 0, Infinity));
  }
  const cost = new Float64Array(columns);
  cost[n] = 1;
  for (const [k, t] of days.entries()) cost[n + 1 + k] = scenarioWeights[t]! / (1 - confidence);
  const low = new Float64Array(columns);
  low[n] = -largest;
  const high = new Float64Array(columns)
    .fill(maxWeight, 0, n)
    .fill(largest, n, n + 1)
    .fill(2 * largest, n + 1);
  return { cost, quadratic: null, low, high, rows };
}
