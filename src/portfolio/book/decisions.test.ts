import { describe, expect, it } from 'vitest';
import type { Allocation, AllocationProblem } from '../problem.ts';
import { always, free, randomMarket, randomStreams } from '../testing/randomBook.ts';
import { type DecisionRules, decider } from './decisions.ts';
import { runBook } from './runBook.ts';
import { firstEvaluatedDay } from './runMode.ts';

const market = { ...randomMarket(31, { symbols: 2, days: 70 }), firstDay: Date.UTC(2023, 0, 1) };
const streams = randomStreams(31, market, 2);
const limits = {
  investedMin: null,
  weightMax: 1,
  grossMax: 0.4,
  netMax: null,
  symbolMax: null,
  cvarMax: null,
  cvarLevel: 0.99,
  drawdownMax: null,
  drawdownLevel: 0.95,
  turnoverDailyMax: 0.5,
  riskShareMax: null,
  clusters: [
    { id: 'near', edges: ['edge_1', 'edge_9'], budget: 0.1 },
    { id: 'none', edges: ['edge_9'], budget: 0.1 },
  ],
};

/** Always the same weights; keeps every problem it was given. */
function recorder(schedule: Partial<DecisionRules['schedule']>, more: Partial<DecisionRules> = {}) {
  const problems: AllocationProblem[] = [];
  const certificate = {
    status: 'optimal',
    iterations: 1,
    objective: 0,
    primalResidual: 0,
    dualResidual: 0,
    dualGap: 0,
    uses: [],
  } as Allocation['certificate'];
  const rules: DecisionRules = {
    schedule: { every: 'month', onUniverseChange: false, onBreach: false, ...schedule },
    limits,
    settings: { riskAversion: 1, returnTilt: 0, turnoverCost: 0 },
    estimate: (returns) => ({
      returns,
      scenarioWeights: new Float64Array(returns[0]!.length).fill(1 / returns[0]!.length),
      mean: new Float64Array(2),
      covariance: new Float64Array(4),
      volatility: new Float64Array(2),
      eligible: Uint8Array.of(returns[0]!.length >= 40 ? 1 : 0, 0),
    }),
    scenarioDays: 500,
    allocate: (problem) => {
      problems.push(problem);
      return { weights: Float64Array.of(0.6, 0.6), certificate };
    },
    members: always(market),
    ...more,
  };
  const made = decider(streams, market, rules);
  const book = runBook(streams, market, { decide: made.decide, execution: free });
  return { problems, book, decisions: made.decisions, days: made.decisions.map(({ day, reason }) => `${day} ${reason}`) };
}

describe('decisions', () => {
  it('fall on the last day of the month or week, or on every day', () => {
    expect(recorder({}).days).toEqual(['30 schedule', '58 schedule']);
    expect(recorder({ every: 'week' }).days.slice(0, 2)).toEqual(['0 schedule', '7 schedule']);
    expect(recorder({ every: 'day' }).days).toHaveLength(70);
  });

  it('also fall before the universe changes and after a day with a breach', () => {
    const members = always(market);
    members[1]!.fill(0, 20);
    expect(recorder({ onUniverseChange: true }, { members }).days).toEqual(['19 universe', '30 schedule', '58 schedule']);
    const { days } = recorder({ onBreach: true });
    expect(days[0]).toBe('30 schedule');
    expect(days.some((text) => text.endsWith('breach'))).toBe(true);
  });

  it('see the days up to their own, what is held, and what tomorrow can hold', () => {
    const members = always(market);
    members[1]!.fill(0, 31);
    const { problems, book } = recorder({}, { members });
    expect(problems[0]!.returns[0]).toEqual(streams[0]!.daily.subarray(0, 31));
    expect(problems[0]!.previous).toEqual(Float64Array.of(0, 0));
    expect(problems[1]!.previous).toEqual(book.weights[58]);
    const { exposureHigh, exposureLow } = problems[0]!;
    expect([exposureHigh[0], exposureLow[0]]).toEqual([0.5, -0.5]);
    // The second symbol leaves: no more than what is held in it.
    expect(exposureHigh[2]! - exposureLow[2]!).toBeLessThanOrEqual(0.5);
  });

  it('hand over clusters by the edges that are there', () => {
    expect(recorder({}).problems[0]!.limits.clusters).toEqual([{ id: 'near', edges: [1], budget: 0.1 }]);
  });

  it('act from the next day on, and the last one is kept for the day after the data', () => {
    const { book } = recorder({ every: 'day' }, {});
    expect(book.weights[0]).toEqual(Float64Array.of(0, 0));
    expect(book.weights[1]).toEqual(Float64Array.of(0.6, 0.6));
    expect(book.next).toEqual(Float64Array.of(0.6, 0.6));
    expect(recorder({}).book.next).toBeNull();
  });

  it('count as out of sample from the day after the first with an eligible edge, and after months chosen in hindsight', () => {
    const { decisions } = recorder({});
    expect(firstEvaluatedDay({ decisions }, new Uint8Array(70))).toBe(59);
    expect(firstEvaluatedDay({ decisions }, new Uint8Array(70).fill(1, 0, 65))).toBe(65);
    expect(firstEvaluatedDay({ decisions: [] }, new Uint8Array(70))).toBeNull();
  });
});
