import type { Highs, Model, ModelData } from 'highs';
import { AppError } from '../../core/errors.ts';
import { type ProgramAnswer, prove, type QuadraticProgram, relativeGap, type Solver } from './quadraticProgram.ts';
import { vertexMethod } from './vertexMethod.ts';

/**
 * A count of iterations ends a hopeless solve after the same work on every machine. The clock is behind it for a solver that hangs within an
 * iteration: that is a failure of the environment, so no answer ever depends on it.
 */
const iterationLimit = 20_000;
const secondsLimit = 60;
/** The quadratic solver needs some 50 steps for a dozen edges; when it circles it would take all it is given. */
const quadraticIterationLimit = 1_000;
const provenGap = 1e-9;

const options = {
  output_flag: false,
  presolve: 'off',
  time_limit: secondsLimit,
  simplex_iteration_limit: iterationLimit,
  primal_feasibility_tolerance: 1e-10,
  dual_feasibility_tolerance: 1e-10,
} as const;

let loading: Promise<Solver> | null = null;

/**
 * The HiGHS solver, compiled to WebAssembly: loaded once per process, about 0.1 s. Solving then needs no waiting and gives the same bits
 * for the same program.
 *
 * @throws E_ENVIRONMENT when the solver cannot be loaded
 */
export function loadSolver(): Promise<Solver> {
  loading ??= load().then(solverOn, (cause: unknown) => {
    loading = null;
    throw new AppError(
      'E_ENVIRONMENT',
      { problem: 'the HiGHS solver could not be loaded', remedy: 'Install the packages again: npm start.' },
      { cause },
    );
  });
  return loading;
}

async function load(): Promise<Highs> {
  const { default: loadHighs } = await import('highs');
  // The package's types describe its CommonJS form, where the loader is one level down; the module exports the loader itself.
  return (loadHighs as unknown as () => Promise<Highs>)();
}

function solverOn(highs: Highs): Solver {
  return {
    solve(program) {
      const scaled = scaledProgram(program);
      if (scaled.program.quadratic === null) return unscaled(solveOnce(highs, scaled.program), scaled);
      const direct = solveOnce(highs, scaled.program, { qp_iteration_limit: quadraticIterationLimit, qp_regularization_value: 0 });
      if (direct.status === 'infeasible' || isProven(scaled.program, direct)) return unscaled(direct, scaled);
      // About one in a thousand quadratic solves circles, or stops at a wrong point and calls it optimal. The simplex method does neither.
      const slow = withLinearSteps(highs, scaled.program, (step) => vertexMethod(scaled.program, step));
      return unscaled({ ...slow, iterations: slow.iterations + direct.iterations }, scaled);
    },
  };
}

function isProven(program: QuadraticProgram, answer: ProgramAnswer): boolean {
  return answer.status === 'optimal' && relativeGap(program, prove(program, answer)) <= provenGap;
}

function solveOnce(highs: Highs, program: QuadraticProgram, extra: Readonly<Record<string, number>> = {}): ProgramAnswer {
  return highs.withModel(modelOf(program), (model) => {
    model.options.set({ ...options, ...extra });
    return run(highs, model, program);
  });
}

/** Calls `work` with a function that minimizes a cost over the program's feasible points, keeping its basis from call to call. */
function withLinearSteps(highs: Highs, program: QuadraticProgram, work: (step: (cost: Float64Array) => ProgramAnswer) => ProgramAnswer) {
  return highs.withModel(modelOf({ ...program, quadratic: null }), (model) => {
    model.options.set(options);
    return work((cost) => {
      for (const [i, value] of cost.entries()) model.changeColCost(i, value);
      return run(highs, model, program);
    });
  });
}

function run(highs: Highs, model: Model, program: QuadraticProgram): ProgramAnswer {
  try {
    model.run();
  } catch (error) {
    // The quadratic solver refuses some programs outright ("run failed"): like an answer that proves nothing.
    if (!(error instanceof highs.errors.HighsError)) throw error;
    return { status: 'stopped', x: new Float64Array(program.cost.length), multipliers: new Float64Array(program.rows.length), iterations: 0 };
  }
  const status = model.getModelStatus();
  const { modelStatus } = highs.constants;
  if (status === modelStatus.timeLimit)
    throw new AppError('E_ENVIRONMENT', {
      problem: `the solver needed more than ${secondsLimit} s for one program`,
      remedy: 'Run again on a machine that is less busy; no weights were made up.',
    });
  const { colValue, rowDual } = model.getSolution();
  const [simplex, quadratic] = [Number(model.info.get('simplex_iteration_count')), Number(model.info.get('qp_iteration_count'))];
  const isSolved = status === modelStatus.optimal && colValue.every(Number.isFinite);
  return {
    status: isSolved ? 'optimal' : status === modelStatus.infeasible ? 'infeasible' : 'stopped',
    x: Float64Array.from(colValue),
    multipliers: Float64Array.from(rowDual),
    iterations: Math.max(0, simplex) + Math.max(0, quadratic),
  };
}

function modelOf({ cost, quadratic, low, high, rows }: QuadraticProgram): ModelData {
  const n = cost.length;
  const matrix = sparse(rows.map(({ coefficients }) => coefficients));
  return {
    numCols: n,
    numRows: rows.length,
    colCost: cost,
    colLower: low,
    colUpper: high,
    rowLower: Float64Array.from(rows, (row) => row.low),
    rowUpper: Float64Array.from(rows, (row) => row.high),
    matrix: { format: 'csr', numRows: rows.length, numCols: n, ...matrix },
    ...(quadratic === null ? {} : { hessian: { format: 'triangular', dimension: n, ...sparse(lowerColumns(quadratic, n)) } }),
  };
}

/** Columns of the lower triangle. */
function lowerColumns(quadratic: Float64Array, n: number): Float64Array[] {
  return Array.from({ length: n }, (_, j) => Float64Array.from({ length: n }, (_row, i) => (i < j ? 0 : quadratic[i * n + j]!)));
}

function sparse(lines: readonly Float64Array[]) {
  const [starts, indices, values]: [number[], number[], number[]] = [[0], [], []];
  for (const line of lines) {
    for (let i = 0; i < line.length; i++) {
      if (line[i] === 0) continue;
      indices.push(i);
      values.push(line[i]!);
    }
    starts.push(values.length);
  }
  return { starts: Int32Array.from(starts), indices: Int32Array.from(indices), values: Float64Array.from(values) };
}

interface ScaledProgram {
  readonly program: QuadraticProgram;
  readonly objective: number;
  /** [rows] */
  readonly rows: Float64Array;
}

/**
 * The program in numbers near 1. Daily covariances of 1e-4 are below the solver's tolerances: it then circles or stops early. Scales are powers
 * of two, so that scaling rounds nothing.
 */
function scaledProgram(program: QuadraticProgram): ScaledProgram {
  const objective = scaleOf(program.quadratic ?? program.cost, scaleOf(program.cost, 1));
  const rows = Float64Array.from(program.rows, ({ coefficients }) => scaleOf(coefficients, 1));
  return {
    objective,
    rows,
    program: {
      ...program,
      cost: program.cost.map((value) => value * objective),
      quadratic: program.quadratic?.map((value) => value * objective) ?? null,
      rows: program.rows.map((row, r) => ({
        ...row,
        coefficients: row.coefficients.map((value) => value * rows[r]!),
        low: row.low * rows[r]!,
        high: row.high * rows[r]!,
      })),
    },
  };
}

/** The power of two that brings the largest value to between 1 and 2; `otherwise` for zeros. */
function scaleOf(values: Float64Array, otherwise: number): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  if (largest === 0) return otherwise;
  let scale = 1;
  while (largest * scale >= 2) scale /= 2;
  while (largest * scale < 1) scale *= 2;
  return scale;
}

function unscaled(answer: ProgramAnswer, { objective, rows }: ScaledProgram): ProgramAnswer {
  return { ...answer, multipliers: answer.multipliers.map((value, r) => (value * rows[r]!) / objective) };
}
