import { describe, expect, it } from 'vitest';
import { defineFeature, type Feature } from '../../core/define.ts';
import { defineStrategy, type Intent } from '../../core/intent.ts';
import { column } from '../../core/expression.ts';
import { openRegistry } from '../../registry/discover.ts';
import { rollingMax } from '../../stats/rolling/rollingMax.ts';
import trend from '../../strategies/trend_28d_v1.ts';
import { checkMarket, checkStrategy } from './checkStrategy.ts';

const builtIn = await openRegistry().loadAll<Feature>('feature');
const options = { bars: checkMarket(), cuts: { count: 1, tail: 2 } };
const onClose = (compute: (close: Float64Array, out: Float64Array) => void, warmup = 0) =>
  defineFeature({ id: 'mine', summary: '', formula: '', inputs: ['close'], warmup, compute: ([close], [out]) => compute(close!, out!) });
const mine = (intent: Intent) => defineStrategy({ id: 'by_me', summary: 'By me.', params: {}, intent: () => intent });
/** Follows the feature `mine`. */
const follower = mine({ kind: 'bracket', entry: { long: column('mine').gt(0) }, maxHoldBars: 8 });
const verdicts = (strategy = follower, feature?: Feature) => {
  const checks = checkStrategy(strategy, feature === undefined ? builtIn : new Map([...builtIn, [feature.id, feature]]), options);
  return Object.fromEntries(checks.map(({ check, verdict, detail }) => [check, `${verdict}: ${detail}`]));
};

describe('checking a strategy', () => {
  it('passes a built-in one', () => {
    expect(verdicts(trend)).toEqual({
      columns: 'pass: close, ret_2688, rv_pct_2880_v2; all known from day 31',
      trades: expect.stringMatching(/^pass: \d+ long, \d+ short on BTCUSDT of the sample market, .*; exits: calm, trend_over$/),
      determinism: 'pass: two computations, the same bits',
      'look-ahead': expect.stringMatching(/^pass: .* at \d+ cuts/),
      'warm-up': 'pass: 2 features need no more bars than they declare',
    });
  });

  it('finds a feature that looks one bar ahead, and says where', () => {
    const leak = onClose((close, out) => close.forEach((price, row) => (out[row] = (close[row + 1] ?? Number.NaN) - price)));
    expect(verdicts(follower, leak)['look-ahead']).toMatch(
      /^fail: the future shows in mine(, position)?: mine at 2023-.* is -?[\d.]+, without its future NaN$/,
    );
  });

  it('finds an exit in code that looks ahead', () => {
    const peek = {
      reason: 'peek',
      reads: [column('close')],
      leave: ([close]: readonly Float64Array[], { row }: { row: number }) => close![row + 1]! < close![row]!,
    };
    const verdict = verdicts(mine({ kind: 'bracket', entry: { long: column('close').gt(0) }, exitWhen: [peek] }));
    expect(verdict['look-ahead']).toMatch(/^fail: the future shows in position/);
  });

  it('finds memory between calls', () => {
    let calls = 0;
    const counting = onClose((close, out) => out.fill(++calls, 0, close.length));
    expect(verdicts(follower, counting)['determinism']).toMatch(/^fail: two computations differ in mine/);
  });

  it('finds a warm-up that is declared too short', () => {
    const declared = (bars: number) => onClose((close, out) => rollingMax(close, 96, out), bars);
    expect(verdicts(follower, declared(95))['warm-up']).toMatch(/^pass/);
    expect(verdicts(follower, declared(40))['warm-up']).toMatch(/^fail: mine is [\d.]+, from 40 bars of warm-up NaN$/);
  });

  it('notes a side that never trades', () => {
    const verdict = verdicts(mine({ kind: 'bracket', entry: { long: column('close').gt(0), short: column('close').lt(0) }, maxHoldBars: 4 }));
    expect(verdict['trades']).toMatch(/^note: \d+ long, 0 short on BTCUSDT/);
  });

  it('fails a strategy whose columns are never all there', () => {
    expect(
      verdicts(
        follower,
        onClose(() => undefined),
      )['columns'],
    ).toBe('fail: no bar of the market has all of close, mine');
  });

  it('throws what a run would for a column that nothing provides or that looks back from the future', () => {
    expect(() => verdicts(follower)).toThrow(expect.objectContaining({ code: 'E_COLUMN_UNKNOWN' }));
    expect(() => verdicts(mine({ kind: 'bracket', entry: { long: column('fp_active').gt(0) } }))).toThrow(
      expect.objectContaining({ code: 'E_COLUMN_RETROSPECTIVE' }),
    );
  });
});
