import { curvature, dot, objectiveOf, type ProgramAnswer, prove, type QuadraticProgram, relativeGap } from './quadraticProgram.ts';
import { solveLinear } from './solveLinear.ts';

/** Minimizes a linear cost over the program's feasible points. */
export type LinearStep = (cost: Float64Array) => ProgramAnswer;

const stepLimit = 2_000;
const provenGap = 1e-10;
/** Kept on the diagonal of the small systems, which are singular when the objective is flat between vertices. */
const ridge = 1e-13;

/**
 * Solves a convex quadratic program with linear ones. Each step finds the vertex that the gradient points to and then the best mixture of the
 * vertices found so far. The multipliers of the linear program at the gradient are multipliers of the quadratic one, so the gap is proven.
 * Slower than an active-set method and free of its circles: every step either improves the mixture or ends.
 *
 * @param step linear steps over the same bounds and rows
 * @returns    `stopped` when the proven gap stays above 1e-10 after 2,000 steps or when rounding leaves nothing to improve
 * @source von Hohenbalken 1977 (simplicial decomposition); Wolfe 1976 (nearest point of a polytope)
 */
export function vertexMethod(program: QuadraticProgram, step: LinearStep): ProgramAnswer {
  const first = step(program.cost);
  let iterations = first.iterations;
  if (first.status !== 'optimal') return first;
  let mixture: Mixture = { vertices: [first.x], shares: [1] };
  let best: ProgramAnswer = { ...first, status: 'stopped' };
  let bestGap = Infinity;
  for (let count = 0; count < stepLimit; count++) {
    const x = pointOf(mixture);
    const gradient = curvature(program, x).map((value, i) => value + program.cost[i]!);
    const next = step(gradient);
    iterations += next.iterations;
    if (next.status !== 'optimal') break;
    const gap = relativeGap(program, prove(program, { x, multipliers: next.multipliers }));
    if (gap < bestGap) {
      bestGap = gap;
      best = { status: gap <= provenGap ? 'optimal' : 'stopped', x, multipliers: next.multipliers, iterations };
    }
    if (gap <= provenGap) break;
    const before = objectiveOf(program, x);
    mixture = bestMixture(program, { vertices: [...mixture.vertices, next.x], shares: [...mixture.shares, 0] });
    if (!(objectiveOf(program, pointOf(mixture)) < before)) break;
  }
  return { ...best, iterations };
}

interface Mixture {
  readonly vertices: readonly Float64Array[];
  readonly shares: readonly number[];
}

function pointOf({ vertices, shares }: Mixture): Float64Array {
  return Float64Array.from(vertices[0]!, (_, i) => vertices.reduce((sum, vertex, k) => sum + shares[k]! * vertex[i]!, 0));
}

/** The best shares of the vertices, which stay at or above 0: vertices that would fall below leave, one at a time. */
function bestMixture(program: QuadraticProgram, start: Mixture): Mixture {
  let { vertices, shares } = start;
  while (vertices.length > 1) {
    const wanted = stationaryShares(program, vertices);
    if (wanted === null) break;
    let reach = 1;
    for (const [k, share] of shares.entries()) if (wanted[k]! < 0) reach = Math.min(reach, share / (share - wanted[k]!));
    const moved = shares.map((share, k) => share + reach * (wanted[k]! - share));
    if (reach === 1) return normalized(vertices, moved);
    const smallest = moved.reduce((low, share, k) => (wanted[k]! < 0 && share < moved[low]! ? k : wanted[low]! < 0 ? low : k), 0);
    vertices = vertices.filter((_, k) => k !== smallest);
    shares = moved.filter((_, k) => k !== smallest).map((share) => Math.max(0, share));
  }
  return normalized(vertices, shares);
}

function normalized(vertices: readonly Float64Array[], shares: readonly number[]): Mixture {
  const kept = shares.map((_, k) => k).filter((k) => shares[k]! > 0);
  const total = kept.reduce((sum, k) => sum + shares[k]!, 0);
  return { vertices: kept.map((k) => vertices[k]!), shares: kept.map((k) => shares[k]! / total) };
}

/** Shares, of any sign and summing to 1, at which the objective is stationary; null when the system has no usable pivot. */
function stationaryShares(program: QuadraticProgram, vertices: readonly Float64Array[]): Float64Array | null {
  const k = vertices.length;
  const bent = vertices.map((vertex) => curvature(program, vertex));
  let largest = 0;
  for (const [i, vertex] of vertices.entries()) largest = Math.max(largest, dot(bent[i]!, vertex));
  const system = vertices.map((vertex, i) =>
    Float64Array.from({ length: k + 2 }, (_, j) => {
      if (j < k) return dot(vertex, bent[j]!) + (i === j ? ridge * Math.max(largest, 1e-12) : 0);
      return j === k ? 1 : -dot(program.cost, vertex);
    }),
  );
  system.push(Float64Array.from({ length: k + 2 }, (_, j) => (j === k ? 0 : 1)));
  const solution = solveLinear(system);
  return solution?.subarray(0, k) ?? null;
}
