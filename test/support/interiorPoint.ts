import type { AllocationProblem } from '../../src/portfolio/problem.ts';

/**
 * A second opinion on the allocation program, sharing neither formulation nor method with the product: every shortfall and drawdown variable of
 * the specification written out, solved by a dense primal-dual interior-point method. Slow on purpose.
 */
interface DenseProgram {
  readonly quadratic: Float64Array[];
  readonly cost: Float64Array;
  /** rows . x <= bounds */
  readonly rows: Float64Array[];
  readonly bounds: number[];
}

/** The largest value of mean . w - riskAversion / 2 w'Sw - turnoverCost x increases. */
export function slowOptimum(problem: AllocationProblem): number {
  const program = writtenOut(problem);
  const x = interiorPoint(program);
  return -valueOf(program, x);
}

function writtenOut(problem: AllocationProblem): DenseProgram {
  const { limits, settings } = problem;
  const [n, m, days] = [problem.edges.length, problem.symbols.length, problem.scenarioWeights.length];
  const at = { t: n, g: 2 * n, alpha: 2 * n + m, u: 2 * n + m + 1, zeta: 2 * n + m + 1 + days, v: 2 * n + m + 2 + days, z: 2 * n + m + 2 + 2 * days };
  const columns = 2 * n + m + 2 + 3 * days;
  const [rows, bounds]: [Float64Array[], number[]] = [[], []];
  const add = (bound: number, entries: readonly (readonly [number, number])[]) => {
    const row = new Float64Array(columns);
    for (const [column, value] of entries) row[column]! += value;
    rows.push(row);
    bounds.push(bound);
  };
  const all = Array.from({ length: n }, (_, e) => e);
  const each = (of: (edge: number) => number) => all.map((e): [number, number] => [e, of(e)]);
  for (const e of all) {
    add(limits.weightMax, [[e, 1]]);
    add(problem.previous[e]!, [
      [e, 1],
      [at.t + e, -1],
    ]);
    add(10, [[at.t + e, 1]]);
  }
  if (problem.turnoverLeft !== null)
    add(
      problem.turnoverLeft,
      all.map((e) => [at.t + e, 1]),
    );
  for (let s = 0; s < m; s++) {
    const [high, low] = [each((e) => problem.exposureHigh[s * n + e]!), each((e) => -problem.exposureLow[s * n + e]!)];
    if (limits.symbolMax !== null) for (const side of [high, low]) add(limits.symbolMax, side);
    for (const side of [high, low]) add(0, [...side, [at.g + s, -1]]);
    add(100, [[at.g + s, 1]]);
  }
  if (limits.grossMax !== null)
    add(
      limits.grossMax,
      Array.from({ length: m }, (_, s) => [at.g + s, 1]),
    );
  const net = (values: Float64Array, sign: number) =>
    each((e) => sign * Array.from({ length: m }, (_, s) => values[s * n + e]!).reduce((a, b) => a + b, 0));
  if (limits.netMax !== null) for (const side of [net(problem.exposureHigh, 1), net(problem.exposureLow, -1)]) add(limits.netMax, side);
  for (const { edges, budget } of limits.clusters)
    add(
      budget,
      edges.map((e) => [e, problem.volatility[e]!]),
    );
  const sums = problem.returns.map((column) => {
    let sum = 0;
    return column.map((value) => (sum += value));
  });
  for (let day = 0; day < days; day++) {
    add(0, [...each((e) => -problem.returns[e]![day]!), [at.alpha, -1], [at.u + day, -1]]);
    add(0, [...each((e) => sums[e]![day]!), [at.v + day, -1]]);
    if (day > 0)
      add(0, [
        [at.v + day - 1, 1],
        [at.v + day, -1],
      ]);
    add(0, [[at.v + day, 1], ...each((e) => -sums[e]![day]!), [at.zeta, -1], [at.z + day, -1]]);
    for (const variable of [at.u, at.v, at.z]) add(10, [[variable + day, 1]]);
  }
  for (const free of [at.alpha, at.zeta]) for (const sign of [1, -1]) add(10, [[free, sign]]);
  const days0 = Array.from({ length: days }, (_, day) => day);
  if (limits.cvarMax !== null)
    add(limits.cvarMax, [
      [at.alpha, 1],
      ...days0.map((day): [number, number] => [at.u + day, problem.scenarioWeights[day]! / (1 - limits.cvarLevel)]),
    ]);
  if (limits.drawdownMax !== null)
    add(limits.drawdownMax, [[at.zeta, 1], ...days0.map((day): [number, number] => [at.z + day, 1 / ((1 - limits.drawdownLevel) * days)])]);
  for (let c = 0; c < columns; c++) if (c !== at.alpha && c !== at.zeta) add(0, [[c, -1]]);
  const cost = new Float64Array(columns);
  const quadratic = Array.from({ length: columns }, () => new Float64Array(columns));
  for (const e of all) {
    cost[e] = -problem.mean[e]!;
    cost[at.t + e] = settings.turnoverCost;
    for (const f of all) quadratic[e]![f] = settings.riskAversion * problem.covariance[e * n + f]!;
  }
  return { quadratic, cost, rows, bounds };
}

function interiorPoint({ quadratic, cost, rows, bounds }: DenseProgram): Float64Array {
  const [n, m] = [cost.length, rows.length];
  const scale = 1 / Math.max(...cost.map(Math.abs), ...quadratic.map((row) => Math.max(...row)), 1e-12);
  let x = new Float64Array(n);
  const slack = Float64Array.from(bounds, (bound) => Math.max(1e-2, bound));
  const dual = new Float64Array(m).fill(1);
  let best = { error: Infinity, x };
  for (let iteration = 0; iteration < 200; iteration++) {
    const gradient = Float64Array.from(cost, (value, i) => scale * (value + inner(quadratic[i]!, x)));
    for (let r = 0; r < m; r++) for (let i = 0; i < n; i++) gradient[i]! += dual[r]! * rows[r]![i]!;
    const residual = rows.map((row, r) => inner(row, x) + slack[r]! - bounds[r]!);
    const gap = inner(slack, dual) / m;
    // Past the last digits the steps lose their direction: the best point so far is the answer.
    const error = Math.max(gap, ...gradient.map(Math.abs), ...residual.map(Math.abs));
    if (error < best.error) best = { error, x };
    if (!(error >= 1e-13) || !(error < 1e3 * best.error || iteration < 20)) break;
    const matrix = Array.from({ length: n }, (_, i) => Float64Array.from(quadratic[i]!, (value) => scale * value));
    for (let r = 0; r < m; r++) {
      const row = rows[r]!;
      for (let i = 0; i < n; i++) {
        if (row[i] === 0) continue;
        const factor = (dual[r]! / slack[r]!) * row[i]!;
        for (let j = 0; j <= i; j++) matrix[i]![j]! += factor * row[j]!;
      }
    }
    const factor = cholesky(matrix);
    const step = (center: number, correction: readonly number[]) => {
      const right = gradient.map((value) => -value);
      const target = rows.map((_, r) => center - slack[r]! * dual[r]! - correction[r]!);
      for (let r = 0; r < m; r++) {
        const weight = (target[r]! + dual[r]! * residual[r]!) / slack[r]!;
        for (let i = 0; i < n; i++) right[i]! -= weight * rows[r]![i]!;
      }
      const dx = solveCholesky(factor, right);
      const ds = rows.map((row, r) => -residual[r]! - inner(row, dx));
      return { dx, ds, dz: ds.map((value, r) => (target[r]! - dual[r]! * value) / slack[r]!) };
    };
    const guess = step(0, new Array<number>(m).fill(0));
    const reach = Math.min(longest(slack, guess.ds), longest(dual, guess.dz));
    const after = guess.ds.reduce((sum, value, r) => sum + (slack[r]! + reach * value) * (dual[r]! + reach * guess.dz[r]!), 0) / m;
    const move = step(
      gap * (after / gap) ** 3,
      guess.ds.map((value, r) => value * guess.dz[r]!),
    );
    const length = 0.995 * Math.min(longest(slack, move.ds), longest(dual, move.dz));
    x = x.map((value, i) => value + length * move.dx[i]!);
    for (let r = 0; r < m; r++) {
      slack[r]! += length * move.ds[r]!;
      dual[r]! += length * move.dz[r]!;
    }
  }
  if (!(best.error < 1e-8)) throw new Error(`the slow solver did not converge: ${best.error}`);
  return best.x;
}

const valueOf = ({ quadratic, cost }: DenseProgram, x: Float64Array) =>
  cost.reduce((sum, value, i) => sum + (value + inner(quadratic[i]!, x) / 2) * x[i]!, 0);

const longest = (values: ArrayLike<number>, steps: readonly number[]) =>
  steps.reduce((most, step, r) => (step < 0 ? Math.min(most, -values[r]! / step) : most), 1 / 0.995);

function inner(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Lower factor, from the lower triangle. */
function cholesky(matrix: Float64Array[]): Float64Array[] {
  for (let i = 0; i < matrix.length; i++) {
    for (let j = 0; j <= i; j++) {
      let value = matrix[i]![j]!;
      for (let k = 0; k < j; k++) value -= matrix[i]![k]! * matrix[j]![k]!;
      matrix[i]![j] = i === j ? Math.sqrt(Math.max(value, 1e-30)) : value / matrix[j]![j]!;
    }
  }
  return matrix;
}

function solveCholesky(factor: Float64Array[], right: Float64Array): Float64Array {
  const n = factor.length;
  const out = Float64Array.from(right);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) out[i]! -= factor[i]![k]! * out[k]!;
    out[i]! /= factor[i]![i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) out[i]! -= factor[k]![i]! * out[k]!;
    out[i]! /= factor[i]![i]!;
  }
  return out;
}
