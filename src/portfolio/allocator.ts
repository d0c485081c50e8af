import { type Unit, unit } from '../core/define.ts';
import { distanceTo, meanVariance } from './program/objective.ts';
import { excessOf, type Optimum } from './program/optimize.ts';
import { optimizeCapped } from './program/riskShare.ts';
import { increasesInto, scaleInto } from './program/scaleInto.ts';
import type { WeightObjective } from './program/shape.ts';
import type { Allocation, AllocationProblem, SolverCertificate } from './problem.ts';
import { requireProblem } from './requireProblem.ts';
import type { Solver } from './solver/quadraticProgram.ts';
import { isBreach, measureUses, requireValid } from './validate.ts';
import { AppError } from '../core/errors.ts';

/** What an allocator says about itself. */
export interface AllocatorSpec {
  readonly id: string;
  readonly summary: string;
  /**
   * Weights [edges] that keep every limit of the problem, with their certificate. Pure: the same problem gives the same bits. `nearest` and
   * `best` make the certificate.
   */
  readonly weigh: (problem: AllocationProblem, solver: Solver) => Allocation;
}

/**
 * An allocator: weights of edges from what was known at the end of one day. The default export of a file `portfolio/allocators/<id>.ts`.
 *
 * @returns the specification, branded so that discovery knows it
 */
export const defineAllocator = (spec: AllocatorSpec): AllocatorSpec & Unit<'allocator'> => unit('allocator', spec);
/** An allocator as defined: its specification and a brand. */
export type Allocator = ReturnType<typeof defineAllocator>;

/**
 * One decision: checks the problem, lets the allocator weigh, and holds its answer against the independent check.
 *
 * @throws E_INPUT for a problem that contradicts itself; E_INFEASIBLE naming limits that no weights keep; E_INTERNAL when an allocator hands
 *         out weights that break a limit
 */
export function allocate(problem: AllocationProblem, allocator: Pick<AllocatorSpec, 'weigh'>, solver: Solver): Allocation {
  requireProblem(problem);
  const allocation = allocator.weigh(problem, solver);
  requireValid(problem, allocation.weights);
  return allocation;
}

/** The optimum of the mean-variance program within all limits. */
export function best(problem: AllocationProblem, solver: Solver): Allocation {
  return certified(problem, solveFor(problem, meanVariance(problem), solver), 'optimal');
}

/**
 * The weights nearest to a heuristic's that keep all limits.
 *
 * @param wanted [edges]; those of edges without history count as 0
 */
export function nearest(problem: AllocationProblem, wanted: Float64Array, solver: Solver): Allocation {
  return certified(problem, solveFor(problem, distanceTo(wanted), solver), 'projected');
}

const solveFor = (problem: AllocationProblem, objective: WeightObjective, solver: Solver) => optimizeCapped(problem, objective, solver);

/** An answer that was proven, or the previous weights scaled into the limits, recorded as such. */
function certified(problem: AllocationProblem, optimum: Optimum, status: SolverCertificate['status']): Allocation {
  const { weights, certificate } = optimum;
  if (optimum.status === 'certified')
    return { weights, certificate: { ...certificate, status: certificate.status === 'optimal' ? status : certificate.status } };
  return kept(problem, certificate);
}

function kept(problem: AllocationProblem, { iterations, dualGap, dualResidual }: SolverCertificate): Allocation {
  const held = problem.previous.map((weight, e) => (problem.eligible[e] === 1 ? weight : 0));
  const weights = scaleInto(problem, increasesInto(problem, held));
  const uses = measureUses(problem, weights);
  if (uses.some(isBreach))
    throw new AppError('E_INTERNAL', { problem: 'the solver stopped without an answer, and the previous weights keep not all limits' });
  const figures = { objective: null, primalResidual: excessOf(uses), dualResidual, dualGap };
  return { weights, certificate: { status: 'kept', iterations, ...figures, uses } };
}
