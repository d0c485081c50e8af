import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { column } from '../../src/core/expression.ts';
import { type Profile, referenceProfile, standardProfile } from '../../src/core/profile.ts';
import { type Book, sumBook } from '../../src/engine/book.ts';
import type { Line } from '../../src/engine/accounting.ts';
import { feeSensitivity } from '../../src/engine/feeSensitivity.ts';
import type { Frame } from '../../src/engine/frame.ts';
import breakout from '../../src/strategies/vol_compression_v1.ts';
import momentum from '../../src/strategies/vol_compression_momentum_v1.ts';
import reversion from '../../src/strategies/vol_compression_reversion_v1.ts';
import { bracketOf, frameOf, simulate, strategyOf, wantStrategy, wildFrame } from '../support/frames.ts';

const runs = { numRuns: 200 };
const wild = fc.record({
  seed: fc.nat(1_000_000),
  rows: fc.integer({ min: 1, max: 250 }),
  gapChance: fc.constantFrom(0, 0.02, 0.1),
  warmup: fc.constantFrom(0, 3),
});
const costs = fc.constantFrom(0, 6, 10);
const builtIn = fc.constantFrom(breakout, momentum, reversion);
const loose = { vol_compression_v1: { one_trade_per_day: false, compression_range_mult: 5 } } as Record<string, Record<string, unknown>>;

/** Closes, gaps, funding and wanted positions that flip, scale, stay and go flat. */
const bar = fc.record({
  move: fc.constantFrom(-0.05, -0.01, 0, 0.01, 0.03),
  want: fc.constantFrom(-1, -1, -0.5, 0, 0, 0.25, 0.5, 1, 1),
  isGap: fc.constantFrom(false, false, false, false, false, true),
  rate: fc.constantFrom(0, 0, 0.0001, -0.0003),
});
const always = fc.array(bar, { minLength: 1, maxLength: 60 }).map((bars) => {
  let price = 100;
  const close = bars.map(({ move, isGap }) => {
    price *= 1 + move;
    return isGap ? Number.NaN : price;
  });
  return frameOf({ close, want: bars.map(({ want }) => want) }, { fundingRate: bars.map(({ rate }) => rate) });
});

const total = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0);
const profiles = [standardProfile, referenceProfile];

function expectTradesToSum(line: Line): void {
  for (const part of ['pnl', 'gross', 'cost', 'funding'] as const) {
    expect(total(line.trades.map((trade) => trade[part]))).toBeCloseTo(total(line.money[part]), 10);
  }
}

/** Fails with the first row on which a claim does not hold. */
function expectEachRow(values: ArrayLike<number>, holds: (value: number, row: number) => boolean): void {
  expect({ firstBadRow: Array.from(values).findIndex((value, row) => !holds(value, row)) }).toEqual({ firstBadRow: -1 });
}

/** How much the position changes on each bar. */
const turnover = ({ position }: Line['money']) => Array.from(position, (now, row) => Math.abs(now - (row === 0 ? 0 : position[row - 1]!)));

describe('trades and bars are two views of one sum', () => {
  it.each(profiles)('for the built-in strategies ($id profile)', (profile) => {
    fc.assert(
      fc.property(wild, builtIn, costs, (options, strategy, costBps) => {
        expectTradesToSum(simulate(strategy, wildFrame(options), { profile, costBps, params: loose[strategy.id] ?? {} }));
      }),
      runs,
    );
  });

  it('for wanted positions that flip and scale (standard profile)', () => {
    let flips = 0;
    fc.assert(
      fc.property(always, costs, (frame, costBps) => {
        const line = simulate(wantStrategy, frame, { profile: standardProfile, costBps });
        expectTradesToSum(line);
        flips += line.trades.filter(({ exitReason }) => exitReason === 'position_flip').length;
      }),
      runs,
    );
    expect(flips).toBeGreaterThan(100);
  });

  it('except the reference’s flip bars, whose pnl is in both trades', () => {
    const frame = frameOf({ close: [100, 101, 103, 102], want: [0, 1, -1, 0] });
    const reference = simulate(wantStrategy, frame, { profile: referenceProfile, costBps: 10 });
    const standard = simulate(wantStrategy, frame, { profile: standardProfile, costBps: 10 });
    expect(total(reference.trades.map(({ pnl }) => pnl))).toBeCloseTo(total(reference.money.pnl) + reference.money.pnl[2]!, 14);
    expect(reference.money.pnl).toEqual(standard.money.pnl);
    expect(reference.trades[0]!.exitReason).toBe('position_flip');
  });

  it('with each trade paying for its own side of a flip', () => {
    const frame = frameOf({ close: [100, 100, 100, 100], want: [0, 1, -0.5, 0] });
    const [long, short] = simulate(wantStrategy, frame, { costBps: 10 }).trades;
    expect(long!.cost).toBeCloseTo(0.002, 15);
    expect(short!.cost).toBeCloseTo(0.001, 15);
  });
});

describe('money of every bar', () => {
  const anyLine = (profile: Profile) =>
    fc
      .tuple(wild, always, builtIn, costs)
      .map(
        ([options, frame, strategy, costBps]) =>
          [simulate(strategy, wildFrame(options), { profile, costBps }), simulate(wantStrategy, frame, { profile, costBps }), costBps] as const,
      );

  it.each(profiles)('is gross less cost plus funding, and finite ($id profile)', (profile) => {
    fc.assert(
      fc.property(anyLine(profile), ([a, b]) => {
        for (const { money } of [a, b]) {
          expectEachRow(money.pnl, (pnl, row) => pnl === money.gross[row]! - money.cost[row]! + money.funding[row]! && Number.isFinite(pnl));
        }
      }),
      runs,
    );
  });

  it('costs its turnover at the rate (standard profile)', () => {
    fc.assert(
      fc.property(anyLine(standardProfile), ([a, b, costBps]) => {
        for (const { money } of [a, b]) expectEachRow(turnover(money), (turned, row) => money.cost[row] === turned * (costBps / 10_000));
      }),
      runs,
    );
  });

  it('costs its turnover at the rate except where there is no return (reference profile)', () => {
    fc.assert(
      fc.property(anyLine(referenceProfile), ([a, b, costBps]) => {
        for (const { money, returns } of [a, b]) {
          expectEachRow(turnover(money), (turned, row) => money.cost[row] === (Number.isNaN(returns[row]!) ? 0 : turned * (costBps / 10_000)));
        }
      }),
      runs,
    );
  });

  it.each(profiles)('is never raised by a doubled cost ($id profile)', (profile) => {
    fc.assert(
      fc.property(wild, always, builtIn, fc.constantFrom(1, 6, 50), (options, frame, strategy, costBps) => {
        for (const [s, f] of [
          [strategy, wildFrame(options)],
          [wantStrategy, frame],
        ] as const) {
          const once = simulate(s, f, { profile, costBps });
          const twice = simulate(s, f, { profile, costBps: 2 * costBps });
          expect(once.money.position).toEqual(twice.money.position);
          expectEachRow(once.money.pnl, (pnl, row) => twice.money.pnl[row]! <= pnl);
        }
      }),
      runs,
    );
  });

  it('pays funding on the position carried into the settlement, a long paying a positive rate', () => {
    const frame = frameOf({ close: [100, 100, 100, 100, 100], want: [1, 1, 0, -0.5, 0] }, { fundingRate: [0.01, 0.01, 0.01, 0.01, 0.01] });
    expect([...simulate(wantStrategy, frame, { costBps: 0 }).money.funding].map((paid) => paid + 0)).toEqual([0, -0.01, -0.01, 0, 0.005]);
  });

  it('pays no funding under the reference profile', () => {
    const frame = frameOf({ close: [100, 100, 100], want: [1, 1, 1] }, { fundingRate: [0.01, 0.01, 0.01] });
    expect([...simulate(wantStrategy, frame, { costBps: 0, profile: referenceProfile }).money.funding]).toEqual([0, 0, 0]);
  });
});

describe('a book of lines', () => {
  const frames = fc
    .uniqueArray(fc.nat(10_000), { minLength: 2, maxLength: 5 })
    .map((seeds) =>
      seeds.map((seed) => wildFrame({ seed, rows: 80 + (seed % 40), gapChance: 0.03, warmup: 2, start: Date.UTC(2024, 0, 1 + (seed % 2)) })),
    );
  const bookOf = (some: readonly Frame[], costBps = 6) =>
    flatten(sumBook(some.map((frame) => ({ line: simulate(reversion, frame, { costBps }), openTime: frame.openTime }))));
  const flatten = (book: Book) => ({ ...book, late: book.delayedPnl[0]!, later: book.delayedPnl[1]! });
  const moneyParts = ['pnl', 'gross', 'cost', 'funding', 'late', 'later', 'grossExposure', 'netExposure', 'turnover'] as const;

  it('is the same whatever the order of its symbols', () => {
    fc.assert(
      fc.property(frames, fc.nat(), (some, turn) => {
        const other = [...some.slice(turn % some.length), ...some.slice(0, turn % some.length)].toReversed();
        const [a, b] = [bookOf(some), bookOf(other)];
        expect(a.openTime).toEqual(b.openTime);
        for (const part of moneyParts) expectEachRow(a[part], (value, row) => Math.abs(value - b[part][row]!) <= 1e-15);
      }),
      { numRuns: 100 },
    );
  });

  it('gives each symbol the same line whatever else is in the book', () => {
    fc.assert(
      fc.property(frames, (some) => {
        const alone = bookOf(some.slice(0, 1));
        const line = simulate(reversion, some[0]!, { costBps: 6 });
        expect(alone.pnl).toEqual(line.money.pnl);
      }),
      { numRuns: 50 },
    );
  });

  it('is not changed by a symbol without positions', () => {
    fc.assert(
      fc.property(frames, (some) => {
        const idle = frameOf(
          { close: some[0]!.columns['close']!, want: new Float64Array(some[0]!.rows) },
          { start: some[0]!.openTime[0]!, isGap: some[0]!.isGap },
        );
        const withIdle = flatten(
          sumBook([
            ...some.map((frame) => ({ line: simulate(reversion, frame, { costBps: 6 }), openTime: frame.openTime })),
            { line: simulate(wantStrategy, idle), openTime: idle.openTime },
          ]),
        );
        for (const part of moneyParts) expect(withIdle[part]).toEqual(bookOf(some)[part]);
      }),
      { numRuns: 50 },
    );
  });

  it('under another cost is the book run at that cost', () => {
    fc.assert(
      fc.property(frames, (some) => {
        const lines = some.map((frame) => simulate(reversion, frame, { costBps: 6 }));
        for (const scenario of feeSensitivity(
          lines.flatMap(({ trades }) => trades),
          bookOf(some),
          6,
          1_000_000,
        )) {
          expect(scenario.netReturn).toBeCloseTo(total(bookOf(some, scenario.costBps).pnl), 12);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('a market turned upside down', () => {
  /** Position in proportion to the last move, both ways alike. */
  const symmetric = strategyOf({ kind: 'target', position: column('move').times(10).max(-1).min(1) });
  const moves = fc.array(fc.constantFrom(-0.2, -0.03, -0.01, 0, 0.01, 0.02, 0.15), { minLength: 2, maxLength: 60 });
  const path = (steps: readonly number[], next: (price: number, step: number) => number) => {
    let price = 100;
    return steps.map((step) => (price = next(price, step)));
  };

  it('swaps long and short when log returns change sign', () => {
    fc.assert(
      fc.property(moves, (steps) => {
        const up = frameOf({ close: path(steps, (price, step) => price * Math.exp(step)), move: steps });
        const down = frameOf({ close: path(steps, (price, step) => price * Math.exp(-step)), move: steps.map((step) => -step) });
        const [a, b] = [simulate(symmetric, up, { costBps: 0 }), simulate(symmetric, down, { costBps: 0 })];
        expect([...b.money.position].map((x) => -x + 0)).toEqual([...a.money.position].map((x) => x + 0));
        const swapped = { long: 'short', short: 'long' } as const;
        expect(b.trades.map((t) => [swapped[t.direction], t.entryRow, t.exitRow])).toEqual(a.trades.map((t) => [t.direction, t.entryRow, t.exitRow]));
      }),
      runs,
    );
  });

  it('pays the same when simple returns change sign and nothing costs', () => {
    fc.assert(
      fc.property(moves, (steps) => {
        const up = frameOf({ close: path(steps, (price, step) => price * (1 + step)), move: steps });
        const down = frameOf({ close: path(steps, (price, step) => price * (1 - step)), move: steps.map((step) => -step) });
        const [a, b] = [simulate(symmetric, up, { costBps: 0 }), simulate(symmetric, down, { costBps: 0 })];
        expectEachRow(a.money.pnl, (pnl, row) => Math.abs(b.money.pnl[row]! - pnl) <= 1e-12);
        expect(total(b.trades.map(({ pnl }) => pnl))).toBeCloseTo(total(a.trades.map(({ pnl }) => pnl)), 10);
      }),
      runs,
    );
  });

  it('swaps the sides of a bracket with mirrored levels', () => {
    const stop = { long: column('close').minus(1), short: column('close').plus(1) };
    const mirrored = bracketOf({ stop, targets: [{ riskMultiple: 2 }], maxHoldBars: 5 });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(-1, -0.5, 0, 0.5, 1), fc.constantFrom(-1, 0, 0, 1)), { minLength: 2, maxLength: 40 }), (bars) => {
        const make = (sign: 1 | -1) =>
          frameOf({
            close: path(
              bars.map(([step]) => step),
              (price, step) => price + sign * step,
            ),
            go: bars.map(([, go]) => sign * go),
          });
        const [a, b] = [simulate(mirrored, make(1)), simulate(mirrored, make(-1))];
        expect(b.trades.map((t) => [t.entryRow, t.exitRow, t.exitReason, t.direction])).toEqual(
          a.trades.map((t) => [t.entryRow, t.exitRow, t.exitReason, t.direction === 'long' ? 'short' : 'long']),
        );
      }),
      runs,
    );
  });
});
