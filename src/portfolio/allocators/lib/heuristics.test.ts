import { beforeAll, describe, expect, it } from 'vitest';
import { namedStream, nextNormal, nextUniform } from '../../../core/random.ts';
import { problemOf, randomReturns } from '../../../../test/support/allocationProblems.ts';
import { expectedShortfall } from '../../../stats/expectedShortfall.ts';
import { loadSolver } from '../../solver/highs.ts';
import type { Solver } from '../../solver/quadraticProgram.ts';
import { hierarchicalWeights } from './hierarchical.ts';
import { minimumCvarWeights } from './minimumCvar.ts';
import { riskBudgetWeights } from './riskBudget.ts';

let solver: Solver;
beforeAll(async () => {
  solver = await loadSolver();
});

function randomCovariance(name: string, n: number): Float64Array {
  const stream = namedStream(`seed=1/covariance/${name}`);
  const factors = Array.from({ length: 2 * n }, () => Float64Array.from({ length: n }, () => nextNormal(stream) * 0.01));
  return Float64Array.from({ length: n * n }, (_, k) => factors.reduce((sum, row) => sum + row[Math.floor(k / n)]! * row[k % n]!, 0) / n);
}

describe('risk budgets', () => {
  it('come to the same weights from a hundred random starts', () => {
    const covariance = randomCovariance('starts', 6);
    const { weights } = riskBudgetWeights(covariance);
    const stream = namedStream('seed=1/covariance/guesses');
    for (let start = 0; start < 100; start++) {
      const guess = Float64Array.from({ length: 6 }, () => 1e-3 + 1e3 * nextUniform(stream) ** 4);
      const other = riskBudgetWeights(covariance, undefined, guess).weights;
      for (const [i, weight] of weights.entries()) expect(other[i]).toBeCloseTo(weight, 10);
    }
  });

  it('are met to 1e-9', () => {
    const budgets = [0.4, 0.3, 0.2, 0.1];
    const { riskShares } = riskBudgetWeights(randomCovariance('budgets', 4), budgets);
    for (const [i, budget] of budgets.entries()) expect(riskShares[i]).toBeCloseTo(budget, 9);
  });

  it('are met by edges that hedge each other nearly perfectly', () => {
    const [a] = randomReturns('hedge', 1, 200) as [Float64Array];
    const wave = Float64Array.from(a, (_, t) => 1e-4 * Math.sin(t));
    const { covariance } = problemOf([a, a.map((value, t) => wave[t]! - 0.999 * value), ...randomReturns('others', 2, 200)]);
    for (const share of riskBudgetWeights(covariance).riskShares) expect(share).toBeCloseTo(0.25, 8);
  });

  it('are refused for an edge without variance', () => {
    expect(() => riskBudgetWeights(Float64Array.of(0, 0, 0, 1))).toThrow('positive variances');
  });
});

describe('hierarchical risk parity', () => {
  it('gives everything to a single edge, and inverse variance to two', () => {
    expect([...hierarchicalWeights(Float64Array.of(2)).weights]).toEqual([1]);
    const { weights } = hierarchicalWeights(Float64Array.of(1, 0.2, 0.2, 3));
    expect(weights[0]).toBeCloseTo(0.75, 12);
    expect(weights[1]).toBeCloseTo(0.25, 12);
  });
});

describe('smallest shortfall', () => {
  it('is the shortfall of its weights, and no other mixture has less', () => {
    const returns = randomReturns('least', 3, 100);
    const { weights, expectedShortfall: least } = minimumCvarWeights({ returns, confidence: 0.9 }, solver);
    const shortfallOf = (mixture: ArrayLike<number>) =>
      expectedShortfall(
        returns[0]!.map((_, t) => returns.reduce((sum, column, e) => sum + mixture[e]! * column[t]!, 0)),
        0.9,
      ).expectedShortfall!;
    expect(least).toBeCloseTo(shortfallOf(weights), 12);
    for (let a = 0; a <= 20; a++)
      for (let b = 0; a + b <= 20; b++) expect(shortfallOf([a / 20, b / 20, (20 - a - b) / 20])).toBeGreaterThanOrEqual(least - 1e-12);
  });

  it('names what leaves no weights', () => {
    const returns = randomReturns('impossible', 3, 40);
    expect(() => minimumCvarWeights({ returns, confidence: 0.9, maxWeight: 0.2 }, solver)).toThrow('weight at most 0.2; sum of weights 1');
  });
});
