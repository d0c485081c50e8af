import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveParams } from '../core/params.ts';
import { type Profile, referenceProfile, standardProfile } from '../core/profile.ts';
import breakout from '../strategies/vol_compression_v1.ts';
import momentum from '../strategies/vol_compression_momentum_v1.ts';
import reversion from '../strategies/vol_compression_reversion_v1.ts';
import { frameOf, simulate, wantStrategy, wildFrame } from '../../test/support/frames.ts';
import type { Line } from './accounting.ts';
import { sumBook } from './book.ts';
import { bookMetrics } from './bookMetrics.ts';
import { compileBracket } from './compileBracket.ts';
import type { Frame } from './frame.ts';
import { latencyBars, latencySensitivity, netByDelay } from './latencySensitivity.ts';
import { additiveDrawdown } from './referenceMetrics.ts';
import { resolveBracket } from './screen/resolveBracket.ts';

const total = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0);

/** Screen accounting of a position column, one bar after the other and nothing else: what a reader would write down. */
function bookOnPaper(want: ArrayLike<number>, line: Line, frame: Frame, options: { costFraction: number; profile: Profile }): number[] {
  const drops = options.profile.gapReturn === 'force_flat_zero_pnl';
  let held = 0;
  return Array.from({ length: frame.rows }, (_, row) => {
    const move = line.returns[row]!;
    const isThere = !Number.isNaN(move);
    const mayTrade = isThere || (!drops && frame.isGap[row] !== 1);
    const next = mayTrade ? want[row]! : drops ? 0 : held;
    const gross = isThere ? held * move : 0;
    const cost = mayTrade ? Math.abs(next - held) * options.costFraction : 0;
    const funding = options.profile.fundingPnl ? -held * frame.fundingRate[row]! : 0;
    held = next;
    return gross - cost + funding;
  });
}

/** The column `bars` rows later, nothing before. */
const later = (column: ArrayLike<number>, bars: number) => Array.from(column, (_, row) => (row >= bars ? column[row - bars]! : 0));

function expectDelays(want: ArrayLike<number>, line: Line, frame: Frame, options: { costFraction: number; profile: Profile }): void {
  latencyBars.forEach((bars, at) => {
    const expected = bookOnPaper(later(want, bars), line, frame, options);
    const wrong = expected.findIndex((pnl, row) => Math.abs(pnl - line.delayedPnl[at]![row]!) > 1e-15);
    expect([bars, wrong]).toEqual([bars, -1]);
  });
}

const profiles = fc.constantFrom(standardProfile, referenceProfile);
const costs = fc.constantFrom(0, 6, 25);

describe('pnl of late decisions', () => {
  it('is that of the position column moved by as many bars, for positions of any kind', () => {
    const bar = fc.record({
      move: fc.constantFrom(-0.05, -0.01, 0, 0.01, 0.03),
      want: fc.constantFrom(-1, -0.5, 0, 0, 0.25, 1, 1),
      isGap: fc.constantFrom(false, false, false, false, true),
      rate: fc.constantFrom(0, 0, 0.0001, -0.0003),
    });
    fc.assert(
      fc.property(fc.array(bar, { minLength: 1, maxLength: 60 }), profiles, costs, (bars, profile, costBps) => {
        let price = 100;
        const close = bars.map(({ move, isGap }) => {
          price *= 1 + move;
          return isGap ? Number.NaN : price;
        });
        const want = bars.map((one) => one.want);
        // Nothing is decided on a bar that is not there: the last decision stands.
        let last = 0;
        const decided = bars.map(({ isGap }, row) => (last = isGap ? last : want[row]!));
        const frame = frameOf({ close, want }, { fundingRate: bars.map(({ rate }) => rate) });
        expectDelays(decided, simulate(wantStrategy, frame, { profile, costBps }), frame, { costFraction: costBps / 10_000, profile });
      }),
      { numRuns: 300 },
    );
  });

  it('is so for the built-in strategies on wild frames with gaps and funding', () => {
    const wild = fc.record({
      seed: fc.nat(1_000_000),
      rows: fc.integer({ min: 1, max: 250 }),
      gapChance: fc.constantFrom(0, 0.02, 0.1),
      warmup: fc.constantFrom(0, 3),
    });
    let trades = 0;
    fc.assert(
      fc.property(wild, fc.constantFrom(breakout, momentum, reversion), profiles, costs, (options, strategy, profile, costBps) => {
        const frame = wildFrame(options);
        const line = simulate(strategy, frame, { profile, costBps });
        const { wanted } = resolveBracket(compileBracket(strategy, resolveParams(strategy.id, strategy.params, {}), frame), frame);
        expectDelays(wanted, line, frame, { costFraction: costBps / 10_000, profile });
        trades += line.trades.length;
      }),
      { numRuns: 200 },
    );
    expect(trades).toBeGreaterThan(100);
  });

  it('loses the move that a decision was quick enough for', () => {
    const frame = frameOf({ close: [100, 100, 110, 121, 121], want: [0, 1, 1, 0, 0] });
    const line = simulate(wantStrategy, frame, { costBps: 0 });
    expect([line.money.pnl, ...line.delayedPnl].map((pnl) => Number(total(pnl).toFixed(12)))).toEqual([0.2, 0.1, 0]);
  });
});

describe('latency sensitivity of a book', () => {
  const frame = wildFrame({ seed: 4, rows: 400, gapChance: 0.01, warmup: 2 });
  const lines = [reversion, momentum].map((strategy) => simulate(strategy, frame, { costBps: 6 }));
  const bookOf = (some: readonly Line[]) => sumBook(some.map((line) => ({ line, openTime: frame.openTime })));
  const book = bookOf(lines);
  const nets = Object.fromEntries(lines.map((line) => [line.strategy, netByDelay(bookOf([line]))]));
  const scenarios = latencySensitivity(book, { strategies: nets, symbols: { [frame.symbol]: netByDelay(book) } }, 1_000_000);

  it('begins with the run itself and repeats the headline numbers', () => {
    const metrics = bookMetrics([], book, 1_000_000);
    expect(scenarios.map(({ delayBars }) => delayBars)).toEqual([0, 1, 2]);
    expect(scenarios[0]).toMatchObject({
      netReturn: metrics.net_total_return,
      maxDrawdown: metrics.max_drawdown,
      sharpeDaily: metrics.sharpe_daily_annualized,
    });
    expect(scenarios[1]!.netReturn).toBe(metrics.net_return_one_bar_late);
  });

  it('has the drawdown of the late book and parts that add up to it', () => {
    for (const [at, scenario] of scenarios.entries()) {
      const pnl = at === 0 ? book.pnl : book.delayedPnl[at - 1]!;
      expect(scenario.maxDrawdown).toBe(additiveDrawdown(pnl, 1_000_000));
      expect(total(Object.values(scenario.strategies))).toBeCloseTo(scenario.netReturn, 12);
      expect(total(Object.values(scenario.symbols))).toBeCloseTo(scenario.netReturn, 12);
    }
  });

  it('is nothing for nothing', () => {
    const none = latencySensitivity(sumBook([]), { strategies: {}, symbols: {} }, 1_000_000);
    expect(none.map(({ netReturn, maxDrawdown, sharpeDaily }) => [netReturn, maxDrawdown, sharpeDaily])).toEqual(
      Array.from({ length: 3 }, () => [0, 0, null]),
    );
  });
});
