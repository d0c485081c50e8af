import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { namedStream, nextUniform } from '../core/random.ts';
import { looseLimits, permuted, problemOf, randomProblem, randomReturns } from '../../test/support/allocationProblems.ts';
import { slowOptimum } from '../../test/support/interiorPoint.ts';
import { allocate, best, nearest } from './allocator.ts';
import constrainedOptimizer from './allocators/constrained_optimizer.ts';
import equalRisk from './allocators/equal_risk.ts';
import equalWeight from './allocators/equal_weight.ts';
import hrp from './allocators/hrp.ts';
import inverseVolatility from './allocators/inverse_volatility.ts';
import minCvar from './allocators/min_cvar.ts';
import scoreWeighted from './allocators/score_weighted.ts';
import { meanVariance, valueAt } from './program/objective.ts';
import { requireRiskShareCap } from './program/riskShare.ts';
import { loadSolver } from './solver/highs.ts';
import type { AllocationProblem } from './problem.ts';
import type { Solver } from './solver/quadraticProgram.ts';
import { isBreach, measureUses } from './validate.ts';

const allocators = [constrainedOptimizer, equalRisk, equalWeight, hrp, inverseVolatility, minCvar, scoreWeighted];
let solver: Solver;
beforeAll(async () => {
  solver = await loadSolver();
});

const optimum = (problem: AllocationProblem) => allocate(problem, constrainedOptimizer, solver);
const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
const expectNear = (actual: Float64Array, expected: ArrayLike<number>, tolerance: number) => {
  for (const [e, value] of actual.entries()) expect(Math.abs(value - expected[e]!), `weight ${e}`).toBeLessThan(tolerance);
};

describe('the program', () => {
  it('has the closed form of two edges without limits that bind', () => {
    const base = problemOf(randomReturns('two', 2, 200));
    const [mean, covariance] = [Float64Array.of(3e-4, 2e-4), Float64Array.of(1e-4, 2e-5, 2e-5, 4e-5)];
    const { weights, certificate } = optimum({ ...base, mean, covariance, settings: { ...base.settings, riskAversion: 20 } });
    const determinant = 1e-4 * 4e-5 - 4e-10;
    expectNear(weights, [(4e-5 * 3e-4 - 2e-5 * 2e-4) / determinant / 20, (1e-4 * 2e-4 - 2e-5 * 3e-4) / determinant / 20], 1e-10);
    expect(certificate).toMatchObject({ status: 'optimal', primalResidual: 0 });
  });

  it.each(['four', 'five', 'six', 'seven'])('agrees with another formulation and method on problem %s', (name) => {
    const problem = randomProblem(name);
    const { certificate } = optimum(problem);
    expect(certificate.status).toBe('optimal');
    expect(certificate.dualGap).toBeLessThanOrEqual(1e-8);
    const expected = slowOptimum(problem);
    expect(Math.abs(certificate.objective! - expected)).toBeLessThanOrEqual(1e-6 * Math.abs(expected) + 1e-12);
  });

  it('is never beaten by random weights that keep the limits', () => {
    for (const name of ['ten', 'eleven']) {
      const problem = randomProblem(name, { edges: 5 });
      const found = optimum(problem);
      const objective = meanVariance(problem);
      const stream = namedStream(`seed=1/allocation/points/${name}`);
      let tried = 0;
      while (tried < 300) {
        const length = nextUniform(stream);
        const weights = Float64Array.from(problem.edges, () => length * nextUniform(stream) * problem.limits.weightMax);
        if (measureUses(problem, weights).some(isBreach)) continue;
        tried++;
        expect(-valueAt(problem, objective, weights)).toBeLessThanOrEqual(found.certificate.objective! + 1e-12);
      }
    }
  });

  it('gives every allocator weights that keep every limit, in any order of edges', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.constantFrom(...allocators), (seed, allocator) => {
        const problem = randomProblem(`any/${seed}`, { edges: 4 });
        const { weights } = allocate(problem, allocator, solver);
        expect(measureUses(problem, weights).filter(isBreach)).toEqual([]);
        // Hierarchical weights depend on the order where the tree breaks ties and halves its list.
        if (allocator === hrp || allocator === minCvar || problem.settings.riskAversion === 0) return;
        const order = [2, 0, 3, 1];
        const other = allocate(permuted(problem, order), allocator, solver).weights;
        expectNear(
          Float64Array.from(order, (e) => weights[e]!),
          other,
          1e-6,
        );
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it('gives the same bits twice', () => {
    const problem = randomProblem('twice');
    expect(optimum(problem)).toEqual(optimum(problem));
  });

  it('splits twins so that they add up to the one they are', () => {
    const returns = randomReturns('twins', 3, 120);
    const limits = { ...looseLimits, weightMax: 5, cvarMax: 0.02, drawdownMax: 0.1 };
    const one = optimum(problemOf(returns, { limits })).weights;
    const twin = one.indexOf(Math.max(...one));
    const two = optimum(problemOf([...returns, returns[twin]!], { limits })).weights;
    expect(one[twin]).toBeGreaterThan(0.1);
    expectNear(
      two.slice(0, 3).map((weight, e) => (e === twin ? weight + two[3]! : weight)),
      one,
      1e-6,
    );
  });

  it('gives the same weights when returns and the limits on them are in another unit', () => {
    const returns = randomReturns('scaled', 4, 100);
    const limits = (k: number) => ({ ...looseLimits, cvarMax: 0.01 * k, drawdownMax: 0.05 * k });
    const settings = (k: number) => ({ riskAversion: 5 / k, returnTilt: 0.35, turnoverCost: 0 });
    const one = optimum(problemOf(returns, { limits: limits(1), settings: settings(1) }));
    const ten = optimum(
      problemOf(
        returns.map((column) => column.map((value) => value * 10)),
        { limits: limits(10), settings: settings(10) },
      ),
    );
    expectNear(ten.weights, one.weights, 1e-7);
  });

  it('uses exactly the shortfall it is allowed, and prices it', () => {
    const problem = problemOf(randomReturns('cvar', 4, 200), {
      limits: { ...looseLimits, weightMax: 10, cvarMax: 0.01 },
      settings: { riskAversion: 0.1, returnTilt: 0, turnoverCost: 0 },
    });
    const paying = { ...problem, mean: problem.mean.map((value) => Math.abs(value) + 1e-4) };
    const { weights, certificate } = optimum(paying);
    const use = certificate.uses.find(({ constraint }) => constraint === 'cvar')!;
    expect(use.isBinding).toBe(true);
    const losses = Array.from({ length: 200 }, (_, t) => -weights.reduce((total, weight, e) => total + weight * problem.returns[e]![t]!, 0));
    const tail = losses.sort((a, b) => b - a).slice(0, 20);
    expect(tail.reduce((a, b) => a + b, 0) / 20).toBeCloseTo(0.01, 9);
    const wider = optimum({ ...paying, limits: { ...paying.limits, cvarMax: 0.01 + 1e-6 } });
    expect((wider.certificate.objective! - certificate.objective!) / 1e-6).toBeCloseTo(use.price!, 4);
  });
});

describe('turnover', () => {
  it('lets weights fall when the day’s budget is used up, and refuses to raise any', () => {
    const base = problemOf(randomReturns('turnover', 3, 100));
    const problem = { ...base, mean: Float64Array.of(-1e-3, 2e-3, 0), previous: Float64Array.of(0.5, 0.1, 0.2), turnoverLeft: 0 };
    const { weights } = optimum(problem);
    expect(weights[0]).toBeLessThan(1e-9);
    expect(weights[1]).toBeLessThanOrEqual(0.1);
    expect(weights[2]).toBeLessThanOrEqual(0.2);
    expect(sum(optimum({ ...problem, limits: { ...looseLimits, weightMax: 0 } }).weights)).toBe(0);
  });

  it('takes no more new weight than the budget', () => {
    const base = problemOf(randomReturns('budget', 3, 100));
    const { weights } = nearest({ ...base, turnoverLeft: 0.3 }, Float64Array.of(0.4, 0.4, 0.2), solver);
    expect(sum(weights)).toBeCloseTo(0.3, 9);
    expect(sum(weights)).toBeLessThanOrEqual(0.3 + 1e-12);
  });
});

describe('limits that contradict each other', () => {
  it('are named, and only those', () => {
    const base = problemOf(randomReturns('contradiction', 3, 60));
    const limits = { ...looseLimits, investedMin: 0.9, symbolMax: 0.2, grossMax: 1.5, cvarMax: 0.5, weightMax: 0.5 };
    expect(() => best({ ...base, limits }, solver)).toThrow(
      /^no weights keep all of these at once: (?=.*invested at least 0.9)(?=.*symbol S0USDT at most 0.2)(?=.*S1USDT)(?=.*S2USDT)(?!.*(gross|cvar|weight))/,
    );
    expect(() => best({ ...base, limits: { ...looseLimits, investedMin: 0.8 }, turnoverLeft: 0.3 }, solver)).toThrow(
      'invested at least 0.8; turnover at most 0.3',
    );
    expect(() => best({ ...base, eligible: new Uint8Array(3), limits: { ...looseLimits, investedMin: 0.1 } }, solver)).toThrow('no edge has history');
  });

  it('are refused when they make no sense by themselves', () => {
    const base = problemOf(randomReturns('nonsense', 2, 60));
    expect(() => allocate({ ...base, limits: { ...looseLimits, cvarMax: -0.01 } }, equalRisk, solver)).toThrow('limit cvarMax: it must be');
    expect(() => allocate({ ...base, limits: { ...looseLimits, cvarLevel: 1 } }, equalRisk, solver)).toThrow('limit cvarLevel');
    expect(() => allocate({ ...base, mean: new Float64Array(3) }, equalRisk, solver)).toThrow('mean: it must have 2 entries, not 3');
    expect(() => allocate({ ...base, previous: Float64Array.of(Number.NaN, 0) }, equalRisk, solver)).toThrow('previous: it must hold finite');
  });
});

describe('the risk-share cap', () => {
  const six = () => problemOf(randomReturns('shares', 6, 200));

  it('is refused before anything runs when no weights could keep it', () => {
    expect(() => requireRiskShareCap({ riskShareMax: 0.25 }, 3)).toThrow('RC_CAP_INFEASIBLE');
    expect(() => requireRiskShareCap({ riskShareMax: 0.25 }, 4)).not.toThrow();
    expect(() => requireRiskShareCap({ riskShareMax: null }, 3)).not.toThrow();
  });

  it('is in force while the edges with history are enough to keep it', () => {
    const problem = problemOf(randomReturns('three', 3, 200), { limits: { ...looseLimits, riskShareMax: 0.4 } });
    const sharesAt = (eligible: Uint8Array) => {
      const { certificate } = allocate({ ...problem, eligible, mean: Float64Array.of(1e-3, 0, 0) }, constrainedOptimizer, solver);
      return certificate.uses.filter(({ constraint }) => constraint === 'risk_share').map(({ value }) => value);
    };
    expect(sharesAt(Uint8Array.of(1, 1, 0))).toEqual([]);
    expect(Math.max(...sharesAt(Uint8Array.of(1, 1, 1)))).toBeLessThanOrEqual(0.4 * (1 + 1e-9));
  });

  it('truly holds in the answer, whichever way it was found', () => {
    for (const [riskShareMax, statuses] of [
      [0.45, ['optimal', 'risk_budget']],
      [0.3, ['optimal', 'risk_budget']],
      [0.17, ['risk_budget', 'optimal']],
    ] as const) {
      const problem = { ...six(), limits: { ...looseLimits, riskShareMax } };
      const { certificate, weights } = allocate({ ...problem, mean: Float64Array.of(3e-3, 1e-3, 1e-3, 5e-4, 2e-4, 0) }, constrainedOptimizer, solver);
      const shares = certificate.uses.filter(({ constraint }) => constraint === 'risk_share');
      expect(shares.length).toBe(6);
      for (const { value } of shares) expect(value).toBeLessThanOrEqual(riskShareMax * (1 + 1e-9));
      expect(statuses).toContain(certificate.status);
      expect(sum(weights)).toBeGreaterThan(0.01);
    }
  });
});

describe('allocators', () => {
  it('leave equal risk alone where no limit is in the way', () => {
    const problem = problemOf(randomReturns('equal', 5, 200));
    const { weights, certificate } = allocate(problem, equalRisk, solver);
    expect(certificate.status).toBe('projected');
    const parts = weights.map((weight, i) => weight * weights.reduce((total, other, j) => total + problem.covariance[i * 5 + j]! * other, 0));
    for (const part of parts) expect(part / sum(parts)).toBeCloseTo(0.2, 6);
  });

  it('tilt toward what paid, by the share that is set', () => {
    const problem = problemOf(randomReturns('tilt', 3, 200));
    const settings = (returnTilt: number) => ({ ...problem.settings, returnTilt });
    const paying = { ...problem, mean: Float64Array.of(1e-3, 0, -1e-3) };
    expectNear(allocate({ ...paying, settings: settings(1) }, scoreWeighted, solver).weights, [1, 0, 0], 1e-9);
    expectNear(allocate({ ...paying, settings: settings(0) }, scoreWeighted, solver).weights, allocate(paying, equalRisk, solver).weights, 1e-9);
  });

  it('hold cash when no edge has history', () => {
    for (const allocator of allocators) {
      const problem = { ...problemOf(randomReturns('young', 3, 60)), eligible: new Uint8Array(3) };
      expect([...allocate(problem, allocator, solver).weights]).toEqual([0, 0, 0]);
    }
  });

  it('keep the previous weights, scaled into the limits, when the solver gives up', () => {
    const problem = {
      ...problemOf(randomReturns('gives up', 3, 60)),
      previous: Float64Array.of(0.4, 0.4, 0.4),
      limits: { ...looseLimits, symbolMax: 0.2 },
    };
    const helpless: Solver = {
      solve: ({ cost, rows }) => ({ status: 'stopped', x: cost.map(() => 0), multipliers: new Float64Array(rows.length), iterations: 7 }),
    };
    const { weights, certificate } = allocate({ ...problem, mean: problem.mean.map(() => 1e-3) }, constrainedOptimizer, helpless);
    expectNear(weights, [0.2, 0.2, 0.2], 1e-12);
    expect(certificate).toMatchObject({ status: 'kept', iterations: 7, objective: null });
  });
});
