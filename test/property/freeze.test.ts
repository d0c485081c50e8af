import { describe, expect, it } from 'vitest';
import { referenceProfile, standardProfile } from '../../src/core/profile.ts';
import { barMs } from '../../src/core/time.ts';
import breakout from '../../src/strategies/vol_compression_v1.ts';
import momentum from '../../src/strategies/vol_compression_momentum_v1.ts';
import { constant, firstOpen, frameOf, simulate, stretches, wantStrategy } from '../support/frames.ts';
import { oracleStrategies, rowsOf } from '../support/oracle.ts';

const rows = 4_000;

/** The synthetic frame at the end of core-pipeline 24: one gap at bar 20, no ranks until bar 2995, a halving at bar 100. */
function freezeFrame(afterGap = 101) {
  const close = Float64Array.from({ length: rows }, (_, row) => (row < 10 ? 100 : row < 20 ? 101 : row < 100 ? afterGap : 50));
  const high = close.map((price, row) => (row < 100 ? price + 0.1 : price));
  const low = close.map((price, row) => (row < 100 ? price - 0.1 : price));
  const features = { range_96: constant(rows, 10), range_med_480: constant(rows, 20), high_96: constant(rows, 100.5), low_96: constant(rows, 90) };
  const rank = constant(rows, 5).fill(Number.NaN, 21, 2996);
  const columns = { close, high, low, ...features, rv_pct_2880: rank };
  for (const values of Object.values(columns)) values[20] = Number.NaN;
  return frameOf(columns);
}

const reference = { profile: referenceProfile, costBps: 6 };
const standard = { profile: standardProfile, costBps: 6 };
const cost = 6 / 10_000;

describe('a position frozen by one gap bar, in the reference’s accounting', () => {
  const frame = freezeFrame();

  it('is what the breakout strategy wants: through the blocked rows, out on the first that decides', () => {
    const line = simulate(breakout, frame, reference);
    expect(stretches(line.money.position)).toEqual([
      { from: 10, to: 20, position: 1 },
      { from: 22, to: 2996, position: 1 },
      { from: 2997, to: 3045, position: -1 },
      { from: 3072, to: 3120, position: -1 },
      { from: 3168, to: 3216, position: -1 },
      ...[3264, 3360, 3456, 3552, 3648, 3744, 3840, 3936].map((from) => ({ from, to: from + 48, position: -1 })),
    ]);
  });

  it('is what the momentum strategy wants: re-entry one row after each exit, without a daily limit', () => {
    const line = simulate(momentum, frame, reference);
    expect(stretches(line.money.position).slice(0, 4)).toEqual([
      { from: 10, to: 20, position: 1 },
      { from: 22, to: 2996, position: 1 },
      { from: 2997, to: 3061, position: -1 },
      { from: 3062, to: 3126, position: -1 },
    ]);
  });

  it('agrees with the slow state machine on every row', () => {
    for (const strategy of [breakout, momentum]) {
      const params = Object.fromEntries(Object.entries(strategy.params).map(([name, param]) => [name, param.default]));
      const wanted = oracleStrategies[strategy.id]!(rowsOf(frame), params).positions;
      expect([...simulate(strategy, frame, standard).money.position]).toEqual(wanted);
    }
  });

  it('is forced flat on the gap row and the row after it', () => {
    const line = simulate(breakout, frame, reference);
    expect([...line.money.position.subarray(19, 23)]).toEqual([1, 0, 0, 1]);
    expect(line.diagnostics.forcedFlatBars).toBe(2);
    expect(line.diagnostics.nanReturnBars).toBe(3);
  });

  it('leaves at the gap free of charge and pays one extra entry at bar 22', () => {
    const { pnl } = simulate(breakout, frame, reference).money;
    expect([...pnl.subarray(9, 12)]).toEqual([0, -cost, 0]);
    expect([...pnl.subarray(19, 24)]).toEqual([0, 0, 0, -cost, 0]);
  });

  it('books the halving at bar 100', () => {
    expect(simulate(breakout, frame, reference).money.pnl[100]).toBeCloseTo(-0.50495, 5);
    expect(simulate(breakout, frame, reference).money.pnl[100]).toBe(50 / 101 - 1);
  });

  it('becomes two trades: one without an exit price, one stopped far below its stop', () => {
    const [first, second, third] = simulate(breakout, frame, reference).trades;
    expect(first).toMatchObject({ direction: 'long', entryRow: 10, exitRow: 20, exitReason: 'position_exit', exitPrice: Number.NaN, stop: 90 });
    expect(second).toMatchObject({ direction: 'long', entryRow: 22, exitRow: 2996, exitReason: 'stop', exitPrice: 50, stop: 90 });
    expect(third).toMatchObject({ direction: 'short', entryRow: 2997, exitRow: 3045, exitReason: 'time', stop: 100.5 });
    expect(first!.entryTime).toBe(firstOpen + 10 * barMs);
  });

  it('labels momentum’s exits by the range edge although it has no stop', () => {
    const reasons = simulate(momentum, frame, reference)
      .trades.slice(0, 3)
      .map(({ exitReason }) => exitReason);
    expect(reasons).toEqual(['position_exit', 'stop', 'time']);
  });
});

describe('the same frame under the standard profile', () => {
  it('carries the position through the gap as one trade with its true reason', () => {
    const line = simulate(breakout, freezeFrame(), standard);
    expect(line.trades[0]).toMatchObject({ entryRow: 10, exitRow: 2996, exitReason: 'stop', stop: 90, target: 123, exitPrice: 50 });
    expect(line.diagnostics).toMatchObject({ forcedFlatBars: 0, nanReturnBars: 2, blockedHeldBars: 2976 });
  });

  it('has no free exit and no second entry cost at the gap', () => {
    const { cost: charged } = simulate(breakout, freezeFrame(), standard).money;
    expect([...charged.subarray(9, 24)].flatMap((value, index) => (value === 0 ? [] : [[index + 9, value]]))).toEqual([[10, cost]]);
  });

  it('books the jump across the gap on the first bar after it', () => {
    const { pnl } = simulate(breakout, freezeFrame(90.5), standard).money;
    expect(pnl[20]).toBe(0);
    expect(pnl[21]).toBe(90.5 / 101 - 1);
    expect(simulate(breakout, freezeFrame(90.5), reference).money.pnl[21]).toBe(0);
  });

  it('names momentum’s exits by its own rules', () => {
    const reasons = simulate(momentum, freezeFrame(), standard)
      .trades.slice(0, 2)
      .map(({ exitReason }) => exitReason);
    expect(reasons).toEqual(['time', 'time']);
  });
});

describe('the gap example: always long over 100, 101, a missing bar, 103, 104', () => {
  const frame = frameOf({ close: [100, 101, Number.NaN, 103, 104], want: [1, 1, 1, 1, 1] });

  it('loses the moves around the gap and pays entry twice in the reference’s accounting', () => {
    const { money } = simulate(wantStrategy, frame, { profile: referenceProfile, costBps: 10 });
    expect([...money.position]).toEqual([0, 1, 0, 0, 1]);
    expect([...money.pnl]).toEqual([0, -0.001, 0, 0, -0.001]);
    expect(money.forcedFlat).toBe(3);
  });

  it('keeps every move and pays once under the standard profile', () => {
    const { money } = simulate(wantStrategy, frame, { profile: standardProfile, costBps: 10 });
    expect([...money.position]).toEqual([1, 1, 1, 1, 1]);
    expect([...money.pnl]).toEqual([-0.001, 101 / 100 - 1, 0, 103 / 101 - 1, 104 / 103 - 1]);
  });
});

describe('the worked example of the engine: closes 100, 110, 121 and positions 0, 1, 1', () => {
  it.each([referenceProfile, standardProfile])('pays entry first and earns from the next bar on ($id)', (profile) => {
    const { money } = simulate(wantStrategy, frameOf({ close: [100, 110, 121], want: [0, 1, 1] }), { profile, costBps: 10 });
    expect([...money.position]).toEqual([0, 1, 1]);
    expect(money.pnl[0]).toBe(0);
    expect(money.pnl[1]).toBe(-0.001);
    expect(money.pnl[2]).toBeCloseTo(0.1, 15);
  });
});
