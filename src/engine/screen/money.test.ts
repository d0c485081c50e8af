import { describe, expect, it } from 'vitest';
import { referenceProfile, standardProfile } from '../../core/profile.ts';
import { frameOf } from '../../../test/support/frames.ts';
import { noDecidedTrades, type Positions } from '../positions.ts';
import { closeReturns } from './closeReturns.ts';
import { accountMoney } from './money.ts';

const wanted = (values: number[], spans = [0, values.length]): Positions => ({
  wanted: Float64Array.from(values),
  spans: Int32Array.from(spans),
  decided: noDecidedTrades,
});
const none = (rows: number) => new Float64Array(rows);

describe('close returns', () => {
  const frame = frameOf({ close: [100, 110, Number.NaN, 121, 133.1] });

  it('have none on the first bar', () => {
    expect(closeReturns(frame, 'carry')[0]).toBeNaN();
    expect(closeReturns(frame, 'force_flat_zero_pnl')[0]).toBeNaN();
  });

  it('relate adjacent rows only, so a missing close takes two of them (reference)', () => {
    const returns = closeReturns(frame, 'force_flat_zero_pnl');
    expect([...returns].map(Number.isNaN)).toEqual([true, false, true, true, false]);
    expect(returns[1]).toBe(110 / 100 - 1);
  });

  it('book the jump on the first bar after the gap (carry)', () => {
    const returns = closeReturns(frame, 'carry');
    expect([...returns].map(Number.isNaN)).toEqual([true, false, true, false, false]);
    expect(returns[3]).toBe(121 / 110 - 1);
  });

  it('begin with the first close that is there', () => {
    expect([...closeReturns(frameOf({ close: [Number.NaN, 100, 101] }), 'carry')].map(Number.isNaN)).toEqual([true, true, false]);
  });
});

describe('money of wanted positions', () => {
  const options = { costFraction: 0.001, profile: standardProfile };

  it('charges a flip twice', () => {
    const money = accountMoney(wanted([1, -1]), Float64Array.of(Number.NaN, 0.1), none(2), options);
    expect([...money.cost]).toEqual([0.001, 0.002]);
    expect([...money.gross]).toEqual([0, 0.1]);
  });

  it('charges a fraction for a fraction', () => {
    expect([...accountMoney(wanted([0.25, 1]), Float64Array.of(0, 0), none(2), options).cost]).toEqual([0.00025, 0.00075]);
  });

  it('is zero outside the spans', () => {
    const money = accountMoney(wanted([1, 1, 1, 1], [1, 3]), Float64Array.of(0.1, 0.1, 0.1, 0.1), none(4), options);
    expect([...money.position]).toEqual([0, 1, 1, 0]);
  });

  it('is the same for one span over all and for a span per trade', () => {
    const values = [0, 1, 1, 0, 0, -1, 0, 1];
    const returns = Float64Array.of(Number.NaN, 0.1, -0.1, 0.2, 0.1, 0.3, Number.NaN, 0.1);
    for (const profile of [standardProfile, referenceProfile]) {
      for (const delayBars of [0, 1, 2]) {
        const given = { costFraction: 0.001, profile, delayBars };
        const perTrade = accountMoney(wanted(values, [1, 4, 5, 7, 7, 8]), returns, none(8), given);
        const whole = accountMoney(wanted(values), returns, none(8), given);
        for (const part of ['position', 'pnl', 'gross', 'cost', 'funding'] as const)
          expect(perTrade[part].map((x) => x + 0)).toEqual(whole[part].map((x) => x + 0));
        expect(perTrade.forcedFlat).toBe(whole.forcedFlat);
      }
    }
  });

  it('in the memory of an earlier result is as if made afresh', () => {
    const returns = Float64Array.of(Number.NaN, 0.1, -0.1, 0.2, 0.1, 0.3, Number.NaN, 0.1);
    const fresh = () => accountMoney(wanted([0, 0, 0, -1, -1, 0, 0, 0], [3, 6]), returns, none(8), options);
    const earlier = accountMoney(wanted([0, 1, 1, 0, 0, -1, 0, 1], [1, 4, 5, 7, 7, 8]), returns, none(8), options);
    expect(accountMoney(wanted([0, 0, 0, -1, -1, 0, 0, 0], [3, 6]), returns, none(8), { ...options, reuse: earlier })).toEqual(fresh());
  });

  it('shifts every decision by the delay', () => {
    const money = accountMoney(wanted([1, 0, 0, 0]), Float64Array.of(0, 0.1, 0.2, 0.4), none(4), { ...options, delayBars: 1 });
    expect([...money.position]).toEqual([0, 1, 0, 0]);
    expect([...money.gross]).toEqual([0, 0, 0.2, 0]);
  });

  it('waives cost, pnl and position where there is no return, and counts them (reference)', () => {
    const money = accountMoney(wanted([1, 1, 1, 1]), Float64Array.of(0, 0.1, Number.NaN, 0.1), none(4), {
      costFraction: 0.001,
      profile: referenceProfile,
    });
    expect([...money.position]).toEqual([1, 1, 0, 1]);
    expect([...money.pnl]).toEqual([-0.001, 0.1, 0, -0.001]);
    expect(money.forcedFlat).toBe(1);
  });

  it('counts a forced flat row only where a position was wanted', () => {
    const money = accountMoney(wanted([0, 0, 1]), Float64Array.of(Number.NaN, Number.NaN, 0), none(3), {
      costFraction: 0,
      profile: referenceProfile,
    });
    expect(money.forcedFlat).toBe(0);
  });

  it('pays funding over a gap as well', () => {
    const money = accountMoney(wanted([1, 1]), Float64Array.of(0, Number.NaN), Float64Array.of(0, 0.01), {
      costFraction: 0,
      profile: standardProfile,
    });
    expect([...money.pnl]).toEqual([0, -0.01]);
  });
});
