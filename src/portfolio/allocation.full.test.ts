import { beforeAll, describe, expect, it } from 'vitest';
import { namedStream, nextUniform } from '../core/random.ts';
import { randomProblem } from '../../test/support/allocationProblems.ts';
import { slowOptimum } from '../../test/support/interiorPoint.ts';
import { allocate } from './allocator.ts';
import constrainedOptimizer from './allocators/constrained_optimizer.ts';
import { meanVariance, valueAt } from './program/objective.ts';
import { loadSolver } from './solver/highs.ts';
import type { Solver } from './solver/quadraticProgram.ts';
import { isBreach, measureUses } from './validate.ts';

let solver: Solver;
beforeAll(async () => {
  solver = await loadSolver();
});

describe('two hundred random programs', () => {
  it('agree with another formulation and method, each with its certificate', () => {
    const different: string[] = [];
    for (let k = 0; k < 200; k++) {
      const problem = randomProblem(`full/${k}`);
      const { certificate } = allocate(problem, constrainedOptimizer, solver);
      const expected = slowOptimum(problem);
      const isClose = Math.abs(certificate.objective! - expected) <= 1e-6 * Math.abs(expected) + 1e-12;
      if (!isClose || certificate.status !== 'optimal' || !(certificate.dualGap! <= 1e-8))
        different.push(`${k}: ${certificate.status} ${certificate.objective} against ${expected}, gap ${certificate.dualGap}`);
    }
    expect(different).toEqual([]);
  }, 600_000);

  it('are not beaten by ten thousand random weights that keep the limits', () => {
    for (let k = 0; k < 10; k++) {
      const problem = randomProblem(`points/${k}`, { edges: 4 });
      const found = allocate(problem, constrainedOptimizer, solver).certificate.objective!;
      const objective = meanVariance(problem);
      const stream = namedStream(`seed=1/allocation/many/${k}`);
      let better = 0;
      for (let tried = 0; tried < 10_000;) {
        const length = nextUniform(stream) * problem.limits.weightMax;
        const weights = Float64Array.from(problem.edges, () => length * nextUniform(stream));
        if (measureUses(problem, weights).some(isBreach)) continue;
        tried++;
        if (-valueAt(problem, objective, weights) > found + 1e-12) better++;
      }
      expect(better, `problem ${k}`).toBe(0);
    }
  }, 600_000);
});
