import type { Allocation, AllocationProblem, ConstraintUse, SolverCertificate } from '../problem.ts';
import { type ProgramAnswer, type ProgramRow, prove, type QuadraticProgram, relativeGap, type Solver } from '../solver/quadraticProgram.ts';
import { exceeds, isBreach, measureUses } from '../validate.ts';
import { conflictError } from './conflict.ts';
import { increasesInto, scaleInto } from './scaleInto.ts';
import { pointOf, programOf, type ProgramShape, shapeOf, type WeightObjective, weightRow, weightsOf } from './shape.ts';
import { drawdownTangent, shortfallTangent } from './tails.ts';

/** Largest relative distance between an answer and the bound that its multipliers prove. */
export const certifiedGap = 1e-8;
/** Shortfall and drawdown have finitely many planes; a dozen edges need ten to forty of them. */
const planeLimit = 400;

/** Rows that depend on the shape of one decision's program: the risk-share cap's linear stand-ins. */
export type ExtraRows = (shape: ProgramShape) => readonly ProgramRow[];

export interface Optimum extends Allocation {
  readonly status: 'certified' | 'stopped';
  /** The planes that shortfall and drawdown needed. They hold for the problem, so another program of the same objective may begin with them. */
  readonly planes: readonly ProgramRow[];
}

interface Tools {
  readonly solver: Solver;
  readonly extra?: ExtraRows;
  readonly planes?: readonly ProgramRow[];
}

/**
 * The weights of smallest objective within all limits but the risk-share cap, with the proof. Shortfall and drawdown enter as planes, each
 * where the last answer broke the limit: the program stays as small as the number of edges, and its optimum over a few planes that breaks
 * nothing is the optimum over all.
 *
 * @returns `stopped` with the best weights found when the gap could not be proven
 * @throws E_INFEASIBLE naming a smallest set of limits that contradict each other
 */
export function optimize(problem: AllocationProblem, objective: WeightObjective, tools: Tools): Optimum {
  const shape = shapeOf(problem, objective);
  const linear = programOf(problem, objective, shape);
  const rows = [...linear.rows, ...(tools.extra?.(shape) ?? [])];
  const planes = [...(tools.planes ?? [])];
  if (shape.edges.length === 0) return emptyOptimum(problem, { ...linear, rows });
  let iterations = 0;
  for (let round = 0; ; round++) {
    const program: QuadraticProgram = { ...linear, rows: [...rows, ...planes] };
    const answer = tools.solver.solve(program);
    iterations += answer.iterations;
    if (answer.status === 'infeasible') throw conflictError(problem, program, tools.solver);
    const weights = weightsOf(problem, shape, answer.x);
    const broken = brokenPlanes(problem, shape, weights);
    if (broken.length === 0 || round === planeLimit)
      return { ...finished({ problem, shape, program, answer: { ...answer, iterations } }, weights), planes };
    planes.push(...broken);
  }
}

function brokenPlanes(problem: AllocationProblem, shape: ProgramShape, weights: Float64Array): ProgramRow[] {
  const rows: ProgramRow[] = [];
  for (const [constraint, high, tangent] of [
    ['cvar', problem.limits.cvarMax, shortfallTangent],
    ['drawdown', problem.limits.drawdownMax, drawdownTangent],
  ] as const) {
    if (high === null) continue;
    const { value, slope } = tangent(problem, weights);
    if (exceeds(value, high)) rows.push(weightRow(shape, (e) => slope[e]!, { constraint, subject: null, low: -Infinity, high }));
  }
  return rows;
}

interface Solved {
  readonly problem: AllocationProblem;
  readonly shape: ProgramShape;
  readonly program: QuadraticProgram;
  readonly answer: ProgramAnswer;
}

/** Takes the last rounding out of the limits, then proves what is handed out. */
function finished({ problem, shape, program, answer }: Solved, found: Float64Array): Omit<Optimum, 'planes'> {
  const weights = scaleInto(problem, increasesInto(problem, found));
  const x = pointOf(problem, shape, weights);
  const proof = prove(program, { x, multipliers: answer.multipliers });
  const dualGap = relativeGap(program, proof);
  const uses = withPrices(measureUses(problem, weights), { problem, shape, program, answer: { ...answer, x } });
  const certificate: SolverCertificate = {
    status: 'optimal',
    iterations: answer.iterations,
    objective: 0 - proof.objective,
    primalResidual: excessOf(uses.filter(({ constraint }) => constraint !== 'risk_share')),
    dualResidual: proof.dualResidual,
    dualGap,
    uses,
  };
  const isCertified = dualGap <= certifiedGap && !uses.some((use) => use.constraint !== 'risk_share' && isBreach(use));
  return { status: isCertified ? 'certified' : 'stopped', weights, certificate };
}

/** Nothing may be held: cash, unless something must be. */
function emptyOptimum(problem: AllocationProblem, program: QuadraticProgram): Optimum {
  const weights = new Float64Array(problem.edges.length);
  if ((problem.limits.investedMin ?? 0) > 0) throw conflictError(problem, program, null);
  const uses = measureUses(problem, weights);
  return {
    status: 'certified',
    planes: [],
    weights,
    certificate: { status: 'optimal', iterations: 0, objective: 0, primalResidual: 0, dualResidual: 0, dualGap: 0, uses },
  };
}

/** Largest excess over a limit, 0 when all hold. */
export function excessOf(uses: readonly ConstraintUse[]): number {
  return uses.reduce((most, { constraint, value, limit }) => Math.max(most, constraint === 'invested' ? limit - value : value - limit), 0);
}

/** Shadow prices: what one unit more of a limit would add to the objective. Planes of one limit add up. */
function withPrices(uses: ConstraintUse[], { problem, shape, program, answer }: Solved): ConstraintUse[] {
  const prices = new Map<string, number>();
  const reduced = Float64Array.from(program.cost);
  if (program.quadratic !== null)
    for (let i = 0; i < reduced.length; i++)
      for (let j = 0; j < reduced.length; j++) reduced[i]! += program.quadratic[i * reduced.length + j]! * answer.x[j]!;
  for (const [r, { constraint, subject, coefficients }] of program.rows.entries()) {
    for (let i = 0; i < reduced.length; i++) reduced[i]! -= answer.multipliers[r]! * coefficients[i]!;
    if (constraint === null) continue;
    const key = `${constraint}/${subject}`;
    prices.set(key, (prices.get(key) ?? 0) + Math.abs(answer.multipliers[r]!));
  }
  for (const [c, e] of shape.edges.entries()) if (reduced[c]! < 0) prices.set(`weight/${problem.edges[e]}`, -reduced[c]!);
  return uses.map((use) => ({ ...use, price: use.isBinding ? (prices.get(`${use.constraint}/${use.subject}`) ?? 0) : 0 }));
}
