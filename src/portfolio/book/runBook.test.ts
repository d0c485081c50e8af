import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namedStream, nextUniform } from '../../core/random.ts';
import { barsPerDay } from '../../core/time.ts';
import { always, free, randomMarket, randomPaths, randomStreams } from '../testing/randomBook.ts';
import { unitStream, type UnitStream } from '../streams.ts';
import type { BookRun, Decide, Execution } from './book.ts';
import type { Market } from './market.ts';
import { replay } from './decisions.ts';
import { runBook } from './runBook.ts';
import { columnOfSteps, stepsOf } from './steps.ts';

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);
const constant =
  (...weights: number[]): Decide =>
  ({ day }) =>
    day === 0 ? Float64Array.from(weights) : null;

/** New random weights every day, a function of the day alone. */
const random =
  (seed: number, edges: number): Decide =>
  ({ day }) => {
    const stream = namedStream(`seed=${seed}/portfolio-test/weights/${day}`);
    return Float64Array.from({ length: edges }, () => nextUniform(stream));
  };

const capped: Execution = {
  ...free,
  caps: { symbolMax: 0.3, grossMax: 0.6, netMax: 0.25 },
  throttle: { soft: 0.002, hard: 0.02 },
  turnoverDailyMax: 0.4,
};
const executions = fc.constantFrom(free, capped, { ...capped, delayBars: 2 }, { ...free, fillRatio: 0.7, fundingMultiple: 2 });

function exposuresOf(book: BookRun, market: Market): Float64Array[] {
  return book.exposures.map((steps) => columnOfSteps(steps, market.rows));
}

describe('a book', () => {
  it('is the sum of what its edges earn alone and of what netting saves, under any caps, throttle, delay and fill', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), executions, (seed, execution) => {
        const market = randomMarket(seed, { symbols: 3, days: 8 });
        const book = runBook(randomStreams(seed, market, 4), market, { decide: random(seed, 4), execution });
        const { edgePnl, netting, symbolPnl, pnl } = book.daily;
        for (let day = 0; day < market.days; day++) {
          const attributed = sum(edgePnl.map((days) => days[day]!)) + netting[day]!;
          expect(attributed).toBeCloseTo(pnl[day]!, 14);
          expect(sum(symbolPnl.map((days) => days[day]!))).toBeCloseTo(pnl[day]!, 14);
          expect(netting[day]).toBeGreaterThanOrEqual(-1e-15);
        }
        expect(sum(pnl)).toBeCloseTo(sum(book.gross) - sum(book.cost) + sum(book.funding), 13);
      }),
      { numRuns: 25 },
    );
  });

  it('earns the exposure carried into a bar and pays for what changes at its close', () => {
    const market = randomMarket(3, { symbols: 2, days: 6 });
    const book = runBook(randomStreams(3, market, 3), market, { decide: random(3, 3), execution: capped });
    const exposures = exposuresOf(book, market);
    for (let row = 1; row < market.rows; row++) {
      let [earned, traded] = [0, 0];
      for (const [s, column] of exposures.entries()) {
        earned += column[row - 1]! * (market.returns[s]![row]! - market.fundingRate[s]![row]!);
        traded += Math.abs(column[row]! - column[row - 1]!);
      }
      expect(book.pnl[row]).toBeCloseTo(earned - 0.0006 * traded, 14);
    }
  });

  it('never trades where there is no bar', () => {
    const market = randomMarket(4, { symbols: 2, days: 10 });
    const book = runBook(randomStreams(4, market, 3), market, { decide: random(4, 3), execution: free });
    for (const row of book.exposures[0]!.at) expect(market.isTradable[0]![row]).toBe(1);
  });

  it('holds every cap on every bar', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const market = randomMarket(seed, { symbols: 3, days: 6 });
        const book = runBook(
          randomStreams(seed, { ...market, isTradable: withoutGaps(market) }, 4),
          { ...market, isTradable: withoutGaps(market) },
          {
            decide: random(seed, 4),
            execution: capped,
          },
        );
        expect(Math.max(...book.daily.largestSymbol)).toBeLessThanOrEqual(0.3 + 1e-12);
        expect(Math.max(...book.daily.largestGross)).toBeLessThanOrEqual(0.6 + 1e-12);
        expect(Math.max(...book.daily.largestNet)).toBeLessThanOrEqual(0.25 + 1e-12);
      }),
      { numRuns: 20 },
    );
  });

  it('charges twice as much at twice the cost, and never more than its edges alone (21.21)', () => {
    const market = randomMarket(5, { symbols: 3, days: 10 });
    const streams = randomStreams(5, market, 4);
    const once = runBook(streams, market, { decide: random(5, 4), execution: free });
    const twice = runBook(streams, market, { decide: random(5, 4), execution: { ...free, costMultiple: 2 } });
    expect(sum(twice.cost)).toBeCloseTo(2 * sum(once.cost), 12);
    expect(sum(once.cost)).toBeLessThanOrEqual(sum(once.daily.edgeCost.map(sum)));
    expect(sum(once.cost)).toBeGreaterThan(0);
  });

  it('is the edge itself at weight 1, exit bar included (21.12)', () => {
    const market = randomMarket(6, { symbols: 1, days: 4 });
    const position = new Float64Array(market.rows).fill(1, 150, 200);
    const returns = [Float64Array.from(market.returns[0]!)];
    returns[0]![200] = -0.05;
    const crash = { ...market, returns };
    const paths = { ...randomPaths(6, crash, 'stopped'), positions: [stepsOf(position)] };
    const stream = unitStream(paths, crash, { members: always(crash), slots: 1 });
    const whole = runBook([stream], crash, { decide: constant(1), execution: free });
    const half = runBook([stream], crash, { decide: constant(0.5), execution: free });
    expect(sum(whole.pnl)).toBeCloseTo(sum(stream.daily), 14);
    expect(sum(half.pnl)).toBeCloseTo(0.5 * sum(stream.daily), 14);
    expect(half.pnl[200]).toBeCloseTo(0.5 * (-0.05 - crash.fundingRate[0]![200]! - 0.0006), 14);
  });

  it('changes smoothly when weights act a bar later', () => {
    const market = randomMarket(7, { symbols: 2, days: 30 });
    const streams = randomStreams(7, market, 3);
    const first = runBook(streams, market, { decide: constant(0.3, 0.3, 0.3), execution: free });
    const late = runBook(streams, market, { decide: constant(0.3, 0.3, 0.3), execution: { ...free, delayBars: 1 } });
    expect(Math.abs(sum(first.pnl) - sum(late.pnl))).toBeLessThan(0.3 * sum(first.pnl.map(Math.abs)));
    expect(sum(late.daily.traded)).toBeGreaterThan(0.8 * sum(first.daily.traded));
  });
});

/** No missing bars. */
const withoutGaps = (market: Market) => market.isTradable.map((column) => new Uint8Array(column.length).fill(1));

describe('what happens later', () => {
  it('changes nothing up to now, bit for bit (21.11)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 9 }), (seed, day) => {
        const market = randomMarket(seed, { symbols: 2, days: 10 });
        const streams = randomStreams(seed, market, 3);
        const cut = day * barsPerDay;
        const poison = (column: Float64Array, from: number) => column.map((value, i) => (i < from ? value : -7 * value + 0.01));
        const poisonedMarket = { ...market, returns: market.returns.map((column) => poison(column, cut)) };
        const poisoned = streams.map((stream): UnitStream => ({
          ...stream,
          daily: poison(stream.daily, day),
          exposures: stream.exposures.map((steps) => stepsOf(poison(columnOfSteps(steps, market.rows), cut))),
        }));
        // Weights follow the past returns of the edges and the drawdown of the book.
        const momentum =
          (of: readonly UnitStream[]): Decide =>
          ({ day: ended, drawdown }) =>
            Float64Array.from(of, ({ daily }) => Math.max(0, 0.3 + 20 * sum(daily.subarray(0, ended + 1)) - drawdown));
        const before = runBook(streams, market, { decide: momentum(streams), execution: capped });
        const after = runBook(poisoned, poisonedMarket, { decide: momentum(poisoned), execution: capped });
        expect(after.pnl.slice(0, cut)).toEqual(before.pnl.slice(0, cut));
        expect(after.weights.slice(0, day + 1)).toEqual(before.weights.slice(0, day + 1));
      }),
      { numRuns: 15 },
    );
  });
});

describe('the turnover budget', () => {
  it('lets weights fall when it is spent and refuses increases (21.15)', () => {
    const market = randomMarket(8, { symbols: 1, days: 5 });
    const streams = randomStreams(8, market, 2);
    const plan = [Float64Array.of(0.5, 0.5), Float64Array.of(0, 1), Float64Array.of(0, 0), Float64Array.of(1, 1)];
    const book = runBook(streams, market, { decide: ({ day }) => plan[day]!, execution: { ...free, turnoverDailyMax: 0 } });
    expect(book.weights.at(-1)).toEqual(Float64Array.of(0, 0));
    const some = runBook(streams, market, { decide: ({ day }) => plan[day]!, execution: { ...free, turnoverDailyMax: 0.4 } });
    expect(some.weights[1]).toEqual(Float64Array.of(0.2, 0.2));
    expect(some.weights[2]).toEqual(Float64Array.of(0, 0.6000000000000001));
    expect(some.weights[3]).toEqual(Float64Array.of(0, 0));
    expect(some.targets[3]).toEqual(Float64Array.of(0, 0));
    expect(some.daily.increases[4]).toBeCloseTo(0.4, 15);
  });
});

describe('the throttle', () => {
  it('shrinks exposures with the drawdown and is out at the limit', () => {
    const market = randomMarket(9, { symbols: 1, days: 6 });
    const falling = { ...market, returns: [new Float64Array(market.rows).fill(-0.0005)], fundingRate: [new Float64Array(market.rows)] };
    const paths = { ...randomPaths(9, falling, 'long'), positions: [stepsOf(new Float64Array(market.rows).fill(1))] };
    const stream = unitStream(paths, falling, { members: always(falling), slots: 1 });
    const book = runBook([stream], falling, { decide: constant(1), execution: { ...free, throttle: { soft: 0.02, hard: 0.05 } } });
    const equity = 1 + sum(book.pnl);
    expect(equity).toBeGreaterThan(0.945);
    expect(columnOfSteps(book.exposures[0]!, market.rows).at(-1)).toBe(0);
    expect(book.daily.throttle.at(-1)).toBe(0);
  });
});

describe('weights that were decided once', () => {
  it('are decided again by a replay, whatever the costs', () => {
    const market = randomMarket(10, { symbols: 2, days: 12 });
    const streams = randomStreams(10, market, 3);
    const book = runBook(streams, market, { decide: random(10, 3), execution: capped });
    const again = runBook(streams, market, { decide: replay(book.targets), execution: { ...capped, costMultiple: 3 } });
    expect(again.weights).toEqual(book.weights);
  });
});
