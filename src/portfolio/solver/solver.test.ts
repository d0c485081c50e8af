import { beforeAll, describe, expect, it } from 'vitest';
import { namedStream, nextIndex, nextNormal, nextUniform } from '../../core/random.ts';
import { loadSolver } from './highs.ts';
import { objectiveOf, prove, type QuadraticProgram, relativeGap, type Solver } from './quadraticProgram.ts';
import { vertexMethod } from './vertexMethod.ts';

let solver: Solver;
beforeAll(async () => {
  solver = await loadSolver();
});

/** A random program that 0 satisfies; every third one in numbers as small as daily covariances. */
function randomProgram(name: string): QuadraticProgram {
  const stream = namedStream(`seed=1/program/${name}`);
  const [n, m] = [2 + nextIndex(stream, 10), 1 + nextIndex(stream, 20)];
  const factors = Array.from({ length: n + 2 }, () => Float64Array.from({ length: n }, () => nextNormal(stream)));
  const unit = nextIndex(stream, 3) === 0 ? 1e-4 : 1;
  return {
    cost: Float64Array.from({ length: n }, () => nextNormal(stream) * unit),
    quadratic: Float64Array.from({ length: n * n }, (_, k) => {
      const [i, j] = [Math.floor(k / n), k % n];
      return (factors.reduce((sum, row) => sum + row[i]! * row[j]!, 0) / (n + 2)) * unit;
    }),
    low: new Float64Array(n),
    high: new Float64Array(n).fill(1),
    rows: Array.from({ length: m }, () => ({
      coefficients: Float64Array.from({ length: n }, () => nextNormal(stream)),
      low: -Infinity,
      high: nextUniform(stream) / 2,
      constraint: null,
      subject: null,
    })),
  };
}

const names = Array.from({ length: 60 }, (_, k) => `p${k}`);
const gapOf = (program: QuadraticProgram, point: Parameters<typeof prove>[1]) => relativeGap(program, prove(program, point));

describe('the solver', () => {
  it('proves every answer to 1e-8, also in numbers as small as daily covariances', () => {
    for (const name of names) {
      const program = randomProgram(name);
      const answer = solver.solve(program);
      expect(answer.status).toBe('optimal');
      expect(gapOf(program, answer), name).toBeLessThanOrEqual(1e-8);
    }
  });

  it('comes to the same value by its second method', () => {
    for (const name of names.slice(0, 25)) {
      const program = randomProgram(name);
      const slow = vertexMethod(program, (cost) => solver.solve({ ...program, cost, quadratic: null }));
      expect(gapOf(program, slow), name).toBeLessThanOrEqual(1e-8);
      const expected = objectiveOf(program, solver.solve(program).x);
      expect(Math.abs(objectiveOf(program, slow.x) - expected)).toBeLessThanOrEqual(1e-8 * Math.abs(expected) + 1e-12);
    }
  });

  it('says when no point satisfies the rows', () => {
    const program = randomProgram('none');
    const wanted = { coefficients: program.cost.map(() => 1), low: program.cost.length + 1, high: Infinity, constraint: null, subject: null };
    expect(solver.solve({ ...program, rows: [...program.rows, wanted] }).status).toBe('infeasible');
    expect(solver.solve({ ...program, quadratic: null, rows: [...program.rows, wanted] }).status).toBe('infeasible');
  });
});

describe('a proof', () => {
  it('never passes a point that is not the optimum, whatever multipliers come with it', () => {
    const program = randomProgram('proof');
    const answer = solver.solve(program);
    const stream = namedStream('seed=1/program/liar');
    const best = objectiveOf(program, answer.x);
    for (let lie = 0; lie < 200; lie++) {
      const x = answer.x.map((value) => value * (1 - 0.1 * nextUniform(stream)));
      const multipliers = answer.multipliers.map((value) => value + nextNormal(stream));
      const proof = prove(program, { x, multipliers });
      expect(proof.lowerBound).toBeLessThanOrEqual(best + 1e-12);
      expect(relativeGap(program, proof)).toBeGreaterThanOrEqual((proof.objective - best) / Math.abs(proof.objective) - 1e-12);
    }
  });
});
