import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tradeStats } from './tradeStats.ts';

const runs = { numRuns: 200 };
const pnl = fc.array(fc.integer({ min: -1000, max: 1000 }).map((i) => i / 4));

describe('tradeStats', () => {
  it('has only counts for no trades', () => {
    expect(tradeStats([])).toEqual({
      trades: 0,
      hitRate: null,
      profitFactor: null,
      expectancy: null,
      averageWin: null,
      averageLoss: null,
      payoffRatio: null,
      largestLoss: null,
      maxConsecutiveLosses: 0,
    });
  });

  it('has no ratios over losses without a loss, and zero profit factor without a win', () => {
    expect(tradeStats([1, 0])).toMatchObject({ hitRate: 0.5, profitFactor: null, averageLoss: null, payoffRatio: null, largestLoss: null });
    expect(tradeStats([-2, -4])).toMatchObject({
      hitRate: 0,
      profitFactor: 0,
      averageWin: null,
      averageLoss: -3,
      payoffRatio: null,
      largestLoss: -4,
    });
  });

  it('ends a losing run at a break-even trade', () => {
    expect(tradeStats([-1, -1, 0, -1, 2, -1, -1, -1]).maxConsecutiveLosses).toBe(3);
    expect(tradeStats([-1, 0, -1]).maxConsecutiveLosses).toBe(1);
  });

  it('refuses NaN', () => expect(() => tradeStats([Number.NaN])).toThrow('netPnl[0] is NaN'));

  it('adds up: expectancy times trades is wins plus losses, and scale moves only amounts', () => {
    fc.assert(
      fc.property(pnl, (trades) => {
        const stats = tradeStats(trades);
        const doubled = tradeStats(trades.map((value) => value * 2));
        expect((stats.expectancy ?? 0) * trades.length).toBeCloseTo(
          trades.reduce((sum, value) => sum + value, 0),
          8,
        );
        expect([doubled.hitRate, doubled.profitFactor, doubled.payoffRatio]).toEqual([stats.hitRate, stats.profitFactor, stats.payoffRatio]);
        expect(doubled.largestLoss).toBe(stats.largestLoss === null ? null : stats.largestLoss * 2);
        expect(stats.maxConsecutiveLosses).toBeLessThanOrEqual(trades.length);
      }),
      runs,
    );
  });
});
