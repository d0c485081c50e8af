import { describe, expect, it } from 'vitest';
import { sampleStd } from '../stats/moments.ts';
import { looseLimits, problemOf, randomReturns } from '../../test/support/allocationProblems.ts';
import { estimate, limitsForDays } from './estimate.ts';
import { allocate } from './allocator.ts';
import constrainedOptimizer from './allocators/constrained_optimizer.ts';
import equalRisk from './allocators/equal_risk.ts';
import { loadSolver } from './solver/highs.ts';
import { exceeds, isBreach, measureUses } from './validate.ts';

const settings = { windowDays: 200, halfLifeDays: 60, meanPriorDays: 100, activeDaysMin: 30 };
const returns = randomReturns('estimate', 3, 300);

describe('an estimate', () => {
  it('weighs a day half as much as one a half-life later, all together 1', () => {
    const { scenarioWeights: q, effectiveDays } = estimate(returns, settings);
    expect(q.length).toBe(200);
    expect(q[199]! / q[139]!).toBeCloseTo(2, 12);
    expect(q.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    expect(effectiveDays).toBeCloseTo(1 / q.reduce((sum, value) => sum + value * value, 0), 9);
  });

  it('shrinks a mean by what the history is worth', () => {
    const { mean, effectiveDays, scenarioWeights } = estimate(returns, settings);
    const raw = returns[0]!.subarray(100).reduce((sum, value, t) => sum + scenarioWeights[t]! * value, 0);
    expect(mean[0]).toBeCloseTo((raw * effectiveDays) / (effectiveDays + 100), 14);
  });

  it('believes no volatility below the edge’s long-run one, nor below a tenth of the median', () => {
    const quiet = returns[0]!.map((value, t) => (t < 100 ? value : value / 1000));
    const always = returns[0]!.map((value) => value / 1000);
    const { volatility, covariance } = estimate([quiet, always, returns[1]!, returns[2]!], settings);
    expect(volatility[0]).toBeCloseTo(sampleStd(quiet)!, 14);
    expect(volatility[1]).toBeGreaterThan(20 * sampleStd(always)!);
    for (const e of [0, 1, 2, 3]) expect(Math.sqrt(covariance[e * 5]!)).toBeCloseTo(volatility[e]!, 14);
  });

  it('leaves out edges without enough active days, and everyone where days are fewer than three per edge', () => {
    const young = returns[0]!.map((value, t) => (t < 280 ? 0 : value));
    const { eligible, mean, volatility } = estimate([young, returns[1]!], settings);
    expect([[...eligible], mean[0], volatility[0]]).toEqual([[0, 1], 0, 0]);
    const short = returns.map((column) => column.subarray(0, 8));
    expect([...estimate(short, { ...settings, activeDaysMin: 5 }).eligible]).toEqual([0, 0, 0]);
    expect([
      ...estimate(
        short.map((column) => column.subarray(0, 0)),
        settings,
      ).eligible,
    ]).toEqual([0, 0, 0]);
  });

  it('refuses edges with different days and settings out of range', () => {
    expect(() => estimate([returns[0]!, returns[1]!.subarray(1)], settings)).toThrow('every edge must have the same days');
    expect(() => estimate(returns, { ...settings, halfLifeDays: 0 })).toThrow('setting halfLifeDays: it must be a number from 1 up');
  });

  it('changes no bit of other edges’ weights when an edge that never trades joins', async () => {
    const solver = await loadSolver();
    const limits = { ...looseLimits, grossMax: 1.2, cvarMax: 0.02, drawdownMax: 0.1 };
    const weightsOf = (columns: Float64Array[], allocator: typeof equalRisk) => {
      const onOneSymbol = {
        symbols: ['XUSDT'],
        exposureLow: columns[0]!.slice(0, columns.length).fill(-1),
        exposureHigh: columns[0]!.slice(0, columns.length).fill(1),
      };
      const problem = { ...problemOf(columns), ...estimate(columns, settings), ...onOneSymbol, limits, turnoverLeft: 0.8 };
      return allocate(problem, allocator, solver).weights;
    };
    for (const allocator of [equalRisk, constrainedOptimizer]) {
      const [a, b, c] = weightsOf(returns, allocator);
      expect([...weightsOf([new Float64Array(300), ...returns], allocator)]).toEqual([0, a, b, c]);
    }
  });
});

describe('limits', () => {
  it('turn to the 95 % shortfall where 99 % has fewer than three days, scaled as for a normal loss', () => {
    const limits = { ...looseLimits, cvarMax: 0.02, cvarLevel: 0.99 };
    expect(limitsForDays(limits, 300)).toBe(limits);
    expect(limitsForDays({ ...limits, cvarMax: null }, 10).cvarLevel).toBe(0.99);
    const fewer = limitsForDays(limits, 299);
    expect(fewer.cvarLevel).toBe(0.95);
    expect(fewer.cvarMax! / 0.02).toBeCloseTo(2.0627128 / 2.6652142, 6);
  });

  it('are not broken by rounding at the cap, and are by more', () => {
    expect(exceeds(0.20000000000000004, 0.2)).toBe(false);
    expect(exceeds(0.2 * (1 + 2e-9), 0.2)).toBe(true);
    expect(exceeds(1e-13, 0)).toBe(false);
  });

  it('measure the shortfall of a series of gains as negative or zero', () => {
    const gains = problemOf([new Float64Array(50).fill(0.01), Float64Array.from({ length: 50 }, (_, t) => 0.001 * (t % 7))], {
      limits: { ...looseLimits, cvarMax: 0.01, drawdownMax: 0.01 },
    });
    const uses = measureUses(gains, Float64Array.of(0.5, 0.5));
    expect(uses.find(({ constraint }) => constraint === 'cvar')!.value).toBeCloseTo(-0.005, 12);
    expect(uses.find(({ constraint }) => constraint === 'drawdown')!.value).toBe(0);
  });

  it('are measured on gross and net at the worst end of each edge’s range', () => {
    const problem = problemOf(randomReturns('worst', 2, 30), {
      symbols: ['XUSDT', 'YUSDT'],
      exposureLow: Float64Array.of(-1, 0, 0, -0.5),
      exposureHigh: Float64Array.of(0.5, 0.5, 0, 0),
      limits: { ...looseLimits, symbolMax: 0.3, grossMax: 2, netMax: 2 },
    });
    const uses = measureUses(problem, Float64Array.of(0.4, 0.4));
    const valueOf = (name: string, subject: string | null = null) => uses.find((use) => use.constraint === name && use.subject === subject)!.value;
    expect(
      [valueOf('symbol', 'XUSDT'), valueOf('symbol', 'YUSDT'), valueOf('gross'), valueOf('net')].map((value) => Math.round(value * 1e9) / 1e9),
    ).toEqual([0.4, 0.2, 0.6, 0.6]);
    expect(uses.filter(isBreach).map(({ constraint, subject }) => `${constraint} ${subject}`)).toEqual(['symbol XUSDT']);
  });
});
