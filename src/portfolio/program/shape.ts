import type { AllocationProblem, ConstraintName } from '../problem.ts';
import type { ProgramRow, QuadraticProgram } from '../solver/quadraticProgram.ts';

/** What an allocation minimizes: weights' quadratic / 2 + cost . weights + increaseCost x sum of increases. */
export interface WeightObjective {
  /** [edges] */
  readonly cost: Float64Array;
  /** [edges * edges]; null for a linear objective. */
  readonly quadratic: Float64Array | null;
  readonly increaseCost: number;
}

/**
 * Columns of the program: a weight per eligible edge, then (only where needed) an increase per such edge and a gross part per symbol. Edges
 * without history have no column, so that they change no bit of the others' answer.
 */
export interface ProgramShape {
  readonly edges: readonly number[];
  readonly columns: number;
  /** First column of increases and of gross parts; null without. */
  readonly increases: number | null;
  readonly gross: number | null;
}

export function shapeOf(problem: AllocationProblem, objective: WeightObjective): ProgramShape {
  const edges = [...problem.eligible.keys()].filter((e) => problem.eligible[e] === 1);
  const hasIncreases = problem.turnoverLeft !== null || objective.increaseCost > 0;
  const hasGross = problem.limits.grossMax !== null;
  const afterIncreases = edges.length * (hasIncreases ? 2 : 1);
  return {
    edges,
    columns: afterIncreases + (hasGross ? problem.symbols.length : 0),
    increases: hasIncreases ? edges.length : null,
    gross: hasGross ? afterIncreases : null,
  };
}

/** The program without its bent limits (shortfall, drawdown), which come as planes where they are needed. */
export function programOf(problem: AllocationProblem, objective: WeightObjective, shape: ProgramShape): QuadraticProgram {
  const { edges, columns, increases, gross } = shape;
  const cost = new Float64Array(columns);
  const high = new Float64Array(columns).fill(problem.limits.weightMax);
  for (const [c, e] of edges.entries()) cost[c] = objective.cost[e]!;
  if (increases !== null) cost.fill(objective.increaseCost, increases, increases + edges.length);
  if (gross !== null) high.fill(problem.limits.grossMax!, gross);
  return { cost, quadratic: quadraticOf(problem, objective, shape), low: new Float64Array(columns), high, rows: linearRows(problem, shape) };
}

function quadraticOf(problem: AllocationProblem, { quadratic }: WeightObjective, { edges, columns }: ProgramShape): Float64Array | null {
  if (quadratic === null) return null;
  const out = new Float64Array(columns * columns);
  for (const [c, e] of edges.entries()) for (const [d, f] of edges.entries()) out[c * columns + d] = quadratic[e * problem.edges.length + f]!;
  return out;
}

/** A row over the weights, from a coefficient per edge. */
export function weightRow(shape: ProgramShape, of: (edge: number) => number, row: Omit<ProgramRow, 'coefficients'>): ProgramRow {
  const coefficients = new Float64Array(shape.columns);
  for (const [c, e] of shape.edges.entries()) coefficients[c] = of(e);
  return { coefficients, ...row };
}

function linearRows(problem: AllocationProblem, shape: ProgramShape): ProgramRow[] {
  const { limits } = problem;
  const rows: ProgramRow[] = [];
  const limit = (constraint: ConstraintName, subject: string | null, bounds: { low?: number; high?: number }, of: (edge: number) => number) =>
    rows.push(weightRow(shape, of, { constraint, subject, low: bounds.low ?? -Infinity, high: bounds.high ?? Infinity }));
  if (limits.investedMin !== null) limit('invested', null, { low: limits.investedMin }, () => 1);
  if (limits.symbolMax !== null) {
    for (const [s, symbol] of problem.symbols.entries()) {
      limit('symbol', symbol, { high: limits.symbolMax }, (e) => exposure(problem, 'exposureHigh', [s, e]));
      limit('symbol', symbol, { low: -limits.symbolMax }, (e) => exposure(problem, 'exposureLow', [s, e]));
    }
  }
  if (limits.netMax !== null) {
    limit('net', null, { high: limits.netMax }, (e) => netOf(problem, 'exposureHigh', e));
    limit('net', null, { low: -limits.netMax }, (e) => netOf(problem, 'exposureLow', e));
  }
  for (const { id, edges, budget } of limits.clusters)
    limit('cluster', id, { high: budget }, (e) => (edges.includes(e) ? problem.volatility[e]! : 0));
  return [...rows, ...grossRows(problem, shape), ...increaseRows(problem, shape)];
}

/** Each symbol's gross part is at least its long and its short side; their sum is limited. */
function grossRows(problem: AllocationProblem, shape: ProgramShape): ProgramRow[] {
  if (shape.gross === null) return [];
  const first = shape.gross;
  const rows: ProgramRow[] = [];
  for (const s of problem.symbols.keys()) {
    for (const [side, sign] of [
      ['exposureHigh', 1],
      ['exposureLow', -1],
    ] as const) {
      const row = weightRow(shape, (e) => sign * exposure(problem, side, [s, e]), { constraint: null, subject: null, low: -Infinity, high: 0 });
      row.coefficients[first + s] = -1;
      rows.push(row);
    }
  }
  const total = new Float64Array(shape.columns).fill(1, first);
  return [...rows, { coefficients: total, low: -Infinity, high: problem.limits.grossMax!, constraint: 'gross', subject: null }];
}

/** An increase is at least the weight less what is held; reductions are free, so that leaving is always possible. */
function increaseRows(problem: AllocationProblem, shape: ProgramShape): ProgramRow[] {
  if (shape.increases === null) return [];
  const first = shape.increases;
  const rows = shape.edges.map((e, c): ProgramRow => {
    const coefficients = new Float64Array(shape.columns);
    coefficients[c] = 1;
    coefficients[first + c] = -1;
    return { coefficients, low: -Infinity, high: problem.previous[e]!, constraint: null, subject: null };
  });
  if (problem.turnoverLeft === null) return rows;
  const total = new Float64Array(shape.columns).fill(1, first, first + shape.edges.length);
  return [...rows, { coefficients: total, low: -Infinity, high: Math.max(0, problem.turnoverLeft), constraint: 'turnover', subject: null }];
}

type Side = 'exposureLow' | 'exposureHigh';

function exposure(problem: AllocationProblem, side: Side, [symbol, edge]: readonly [number, number]): number {
  return problem[side][symbol * problem.edges.length + edge]!;
}

function netOf(problem: AllocationProblem, side: Side, edge: number): number {
  let sum = 0;
  for (const s of problem.symbols.keys()) sum += exposure(problem, side, [s, edge]);
  return sum;
}

/** [edges] weights of a point of the program, held inside their own bounds. */
export function weightsOf(problem: AllocationProblem, shape: ProgramShape, x: Float64Array): Float64Array {
  const weights = new Float64Array(problem.edges.length);
  for (const [c, e] of shape.edges.entries()) weights[e] = Math.min(problem.limits.weightMax, Math.max(0, x[c]!));
  return weights;
}

/** The point of the program that belongs to weights: increases and gross parts as small as their rows allow. */
export function pointOf(problem: AllocationProblem, shape: ProgramShape, weights: Float64Array): Float64Array {
  const x = new Float64Array(shape.columns);
  for (const [c, e] of shape.edges.entries()) {
    x[c] = weights[e]!;
    if (shape.increases !== null) x[shape.increases + c] = Math.max(0, weights[e]! - problem.previous[e]!);
  }
  if (shape.gross !== null) {
    for (const s of problem.symbols.keys()) {
      let [long, short] = [0, 0];
      for (const e of shape.edges) {
        long += weights[e]! * exposure(problem, 'exposureHigh', [s, e]);
        short -= weights[e]! * exposure(problem, 'exposureLow', [s, e]);
      }
      x[shape.gross + s] = Math.max(0, long, short);
    }
  }
  return x;
}
