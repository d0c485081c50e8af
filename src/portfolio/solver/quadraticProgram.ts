import type { ConstraintName } from '../problem.ts';

/** One row of a program: low <= coefficients . x <= high. */
export interface ProgramRow {
  /** [columns] */
  readonly coefficients: Float64Array;
  readonly low: number;
  readonly high: number;
  /** What the row stands for, for shadow prices and for naming conflicts; null for rows that only define a column. */
  readonly constraint: ConstraintName | null;
  readonly subject: string | null;
}

/** Minimize x'Qx/2 + cost . x between bounds and rows. Linear when there is no Q. */
export interface QuadraticProgram {
  /** [columns] */
  readonly cost: Float64Array;
  /** [columns * columns] symmetric, positive semidefinite; null for a linear program. */
  readonly quadratic: Float64Array | null;
  /** [columns] finite bounds, so that every choice of multipliers bounds the optimum. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly rows: readonly ProgramRow[];
}

export interface ProgramAnswer {
  /** `stopped`: neither solved to its tolerance nor shown to be infeasible. */
  readonly status: 'optimal' | 'infeasible' | 'stopped';
  /** [columns]; feasible to about 1e-9 unless the status is infeasible. */
  readonly x: Float64Array;
  /** [rows] change of the optimum per unit of the bound that holds the row: at most 0 at an upper bound, at least 0 at a lower one. */
  readonly multipliers: Float64Array;
  readonly iterations: number;
}

/** Something that solves programs. Loaded once, then used without waiting. */
export interface Solver {
  readonly solve: (program: QuadraticProgram) => ProgramAnswer;
}

/** Q x, zeros without Q. */
export function curvature({ quadratic, cost }: QuadraticProgram, x: ArrayLike<number>): Float64Array {
  const n = cost.length;
  const out = new Float64Array(n);
  if (quadratic === null) return out;
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += quadratic[i * n + j]! * x[j]!;
    out[i] = sum;
  }
  return out;
}

/** The value that the program minimizes. */
export function objectiveOf(program: QuadraticProgram, x: ArrayLike<number>): number {
  const bent = curvature(program, x);
  let value = 0;
  for (let i = 0; i < bent.length; i++) value += (bent[i]! / 2 + program.cost[i]!) * x[i]!;
  return value;
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** What a point and multipliers prove about the optimum. */
export interface ProgramProof {
  /** Value at the point. */
  readonly objective: number;
  /** No feasible point has a smaller value, whatever the multipliers: weak duality. */
  readonly lowerBound: number;
  /** Largest multiplier of the wrong sign (read as 0 in the bound), against the largest cost or gradient. */
  readonly dualResidual: number;
}

/**
 * The Lagrangian bound at given multipliers. It holds for any of them, so a wrong answer of a solver shows as a wide gap and never as a proof.
 *
 * @param point       x and the multipliers of the rows, from wherever
 */
export function prove(program: QuadraticProgram, point: Pick<ProgramAnswer, 'x' | 'multipliers'>): ProgramProof {
  const { x, multipliers } = point;
  const bent = curvature(program, x);
  const reduced = Float64Array.from(bent, (value, i) => value + program.cost[i]!);
  const largest = reduced.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let lowerBound = -dot(bent, x) / 2;
  let wrongSign = 0;
  for (const [r, { coefficients, low, high }] of program.rows.entries()) {
    const given = multipliers[r]!;
    const bound = given > 0 ? low : high;
    if (!Number.isFinite(bound)) {
      wrongSign = Math.max(wrongSign, Math.abs(given));
      continue;
    }
    lowerBound += given * bound;
    for (let i = 0; i < reduced.length; i++) reduced[i]! -= given * coefficients[i]!;
  }
  for (let i = 0; i < reduced.length; i++) lowerBound += reduced[i]! * (reduced[i]! > 0 ? program.low[i]! : program.high[i]!);
  return { objective: objectiveOf(program, x), lowerBound, dualResidual: largest === 0 ? wrongSign : wrongSign / largest };
}

/** The gap between value and bound, against the value; near a value of 0 against a millionth of the objective's own scale. */
export function relativeGap(program: QuadraticProgram, { objective, lowerBound }: ProgramProof): number {
  let scale = 0;
  for (const value of program.cost) scale = Math.max(scale, Math.abs(value));
  for (const value of program.quadratic ?? []) scale = Math.max(scale, Math.abs(value));
  return Math.max(0, objective - lowerBound) / Math.max(Math.abs(objective), 1e-6 * scale, Number.MIN_VALUE);
}
