import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ParamValues, resolveParams } from '../../src/core/params.ts';
import { referenceProfile, standardProfile } from '../../src/core/profile.ts';
import type { Trade } from '../../src/engine/trades.ts';
import breakout from '../../src/strategies/vol_compression_v1.ts';
import momentum from '../../src/strategies/vol_compression_momentum_v1.ts';
import reversion from '../../src/strategies/vol_compression_reversion_v1.ts';
import { simulate, wildFrame } from '../support/frames.ts';
import { carryMoney, oracleStrategies, type OracleTrade, referenceMoney, referenceTrades, rowsOf } from '../support/oracle.ts';

const strategies = [breakout, momentum, reversion];
/** Days on which clocks change in Berlin and New York, and a plain one. */
const starts = [Date.UTC(2024, 2, 30), Date.UTC(2024, 9, 26), Date.UTC(2024, 10, 2), Date.UTC(2024, 0, 1, 5, 45)];
const wild = fc.record({
  seed: fc.nat(1_000_000),
  rows: fc.integer({ min: 0, max: 400 }),
  gapChance: fc.constantFrom(0, 0.01, 0.05, 0.2),
  warmup: fc.constantFrom(0, 1, 5, 40),
  start: fc.constantFrom(...starts),
});
const rank = fc.constantFrom(0, 5, 10, 12, 15, 30, 35, 40, 100);
const hold = fc.integer({ min: 1, max: 60 });
const choices: Record<string, fc.Arbitrary<Record<string, unknown>>> = {
  vol_compression_v1: fc.record({
    compression_rv_pct_max: rank,
    compression_range_mult: fc.constantFrom(0.4, 0.8, 1, 5),
    exit_rv_pct_revert: rank,
    max_hold_bars: hold,
    one_trade_per_day: fc.boolean(),
    trade_day_timezone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu'),
  }),
  vol_compression_momentum_v1: fc.record({ entry_rv_pct_max: rank, exit_rv_pct_min: rank, max_hold_bars: hold }),
  vol_compression_reversion_v1: fc.record({ entry_rv_pct_max: rank, band_frac: fc.constantFrom(0, 0.2, 0.5, 0.7, 1), max_hold_bars: hold }),
};
const costs = fc.constantFrom(0, 6, 10);

const comparable = (trade: Trade): OracleTrade => {
  const { direction, entryRow, exitRow, entryPrice, exitPrice, stop, target, pnl, rMultiple, exitReason } = trade;
  return { direction, entryRow, exitRow, entryPrice, exitPrice, stop, target, pnl, rMultiple, exitReason };
};
/** -0 and 0 are one number here: the sign of nothing is not part of the definition. */
const plain = (values: ArrayLike<number>) => Array.from(values, (value) => value + 0);

describe.each(strategies.map((strategy) => [strategy.id, strategy] as const))('%s equals its slow re-implementation', (id, strategy) => {
  const resolve = (given: Record<string, unknown>): ParamValues => resolveParams(id, strategy.params, given);

  it('in positions, pnl and trades under the reference profile', () => {
    let [trades, forcedFlat] = [0, 0];
    fc.assert(
      fc.property(wild, choices[id]!, costs, (options, given, costBps) => {
        const frame = wildFrame(options);
        const rows = rowsOf(frame);
        const money = referenceMoney(rows, oracleStrategies[id]!(rows, resolve(given)).positions, costBps);
        const line = simulate(strategy, frame, { params: given, profile: referenceProfile, costBps });
        expect(plain(line.money.position)).toEqual(plain(money.position));
        expect(plain(line.returns)).toEqual(plain(money.ret));
        expect(plain(line.money.pnl)).toEqual(plain(money.pnl));
        expect(line.diagnostics.forcedFlatBars).toBe(money.forcedFlat);
        expect(line.trades.map(comparable)).toEqual(referenceTrades(rows, money));
        trades += line.trades.length;
        forcedFlat += money.forcedFlat;
      }),
      { numRuns: 200 },
    );
    expect(trades).toBeGreaterThan(500);
    expect(forcedFlat).toBeGreaterThan(100);
  });

  it('in positions, pnl, true exit reasons and levels under the standard profile', () => {
    const reasons = new Set<string>();
    fc.assert(
      fc.property(wild, choices[id]!, costs, (options, given, costBps) => {
        const frame = wildFrame(options);
        const rows = rowsOf(frame);
        const wanted = oracleStrategies[id]!(rows, resolve(given));
        const money = carryMoney(rows, wanted.positions, costBps);
        const line = simulate(strategy, frame, { params: given, profile: standardProfile, costBps });
        expect(plain(line.money.position)).toEqual(plain(money.position));
        expect(plain(line.money.pnl)).toEqual(plain(money.pnl));
        const seen = line.trades.map((t) => ({
          side: t.direction === 'long' ? 1 : -1,
          entry: t.entryRow,
          exit: t.isOpen ? frame.rows : t.exitRow,
          reason: t.exitReason,
          stop: t.stop,
          target: t.target,
        }));
        expect(seen).toEqual(wanted.decisions);
        for (const { reason } of seen) reasons.add(reason);
      }),
      { numRuns: 200 },
    );
    const own = {
      vol_compression_v1: ['stop', 'target', 'volatility_back'],
      vol_compression_momentum_v1: ['volatility_back'],
      vol_compression_reversion_v1: ['middle_reached'],
    };
    expect([...reasons].sort()).toEqual(['open', 'time', ...own[id as keyof typeof own]].sort());
  });
});
