import { AppError } from '../../core/errors.ts';
import type { AllocationProblem } from '../problem.ts';
import type { QuadraticProgram, Solver } from '../solver/quadraticProgram.ts';

/** Stands for no bound on a weight: far beyond anything that a portfolio holds, and finite. */
const unbounded = 1e4;

/**
 * The error for a program that no weights satisfy. It names a smallest set of limits that contradict each other: without any one of them
 * there would be an answer. Found by leaving limits out one after the other and keeping those without which the rest can be met.
 *
 * @param solver null where there is nothing to search: no edge may be held
 * @source Chinneck & Dravnieks 1991 (deletion filter)
 */
export function conflictError(problem: AllocationProblem, program: QuadraticProgram, solver: Solver | null): AppError {
  if (solver === null) return infeasible([`invested at least ${problem.limits.investedMin} (no edge has history enough)`]);
  let kept = groupsOf(program);
  for (const group of kept) {
    const without = kept.filter((other) => other !== group);
    if (solver.solve(restricted(program, without)).status === 'infeasible') kept = without;
  }
  return infeasible(kept.map((group) => described(group, problem)));
}

function infeasible(constraints: readonly string[]): AppError {
  return new AppError('E_INFEASIBLE', { constraints: constraints.join('; ') });
}

const weightGroup = 'weight/null';

function groupsOf({ rows }: QuadraticProgram): string[] {
  return [
    ...new Set([weightGroup, ...rows.filter(({ constraint }) => constraint !== null).map(({ constraint, subject }) => `${constraint}/${subject}`)]),
  ];
}

/** The question whether the limits of some groups can be met at once; rows that only define a column always stay. */
function restricted(program: QuadraticProgram, groups: readonly string[]): QuadraticProgram {
  const columns = program.cost.length;
  return {
    cost: new Float64Array(columns),
    quadratic: null,
    low: program.low,
    high: groups.includes(weightGroup) ? program.high : new Float64Array(columns).fill(unbounded),
    rows: program.rows.filter(({ constraint, subject }) => constraint === null || groups.includes(`${constraint}/${subject}`)),
  };
}

function described(group: string, { limits, turnoverLeft }: AllocationProblem): string {
  const at = group.indexOf('/');
  const [constraint, subject] = [group.slice(0, at), group.slice(at + 1)];
  const limit: Readonly<Record<string, number | null | undefined>> = {
    weight: limits.weightMax,
    gross: limits.grossMax,
    net: limits.netMax,
    symbol: limits.symbolMax,
    cvar: limits.cvarMax,
    drawdown: limits.drawdownMax,
    turnover: turnoverLeft,
    risk_share: limits.riskShareMax,
    cluster: limits.clusters.find(({ id }) => id === subject)?.budget,
  };
  if (constraint === 'invested') return `invested at least ${limits.investedMin}`;
  return `${constraint}${subject === 'null' ? '' : ` ${subject}`} at most ${limit[constraint]}`;
}
