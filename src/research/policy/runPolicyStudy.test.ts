import { beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../core/canonicalJson.ts';
import type { Frame } from '../../engine/frame.ts';
import { parentStudy, plantedAgainst, policyInput, policyMarket, testPolicy } from '../testing/policyFixtures.ts';
import type { CompiledPolicy } from './compile.ts';
import { draftOverlay } from './draftOverlay.ts';
import type { PolicyInput } from './input.ts';
import type { PolicyResult } from './result.ts';
import { runPolicyStudy } from './runPolicyStudy.ts';

const quiet = policyMarket();
/** Trades after large moves lose 5 basis points a bar. */
const hostile = plantedAgainst(quiet, parentStudy(), { bars: 24, drift: 0.0005 });
const run = (frames: readonly Frame[], rest: Partial<PolicyInput> = {}) => runPolicyStudy(policyInput(frames, rest));
const cellOf = (result: PolicyResult, cell: string, slice = 'development') => result.cells.find((row) => row.cell === cell && row.slice === slice)!;
const gateOf = (result: PolicyResult, cell: string, id: string) => result.gates.find((gate) => gate.cell === cell && gate.id === id);
/** One condition, one action: for questions that need no family. */
const single = (condition: string, action: Record<string, unknown>, change: (document: Record<string, unknown>) => void = () => {}): CompiledPolicy =>
  testPolicy((document) => {
    Object.assign(document, { series: {}, conditions: { one: condition }, actions: { it: action } });
    change(document);
  });

describe('where trades after events do worse', () => {
  let result: PolicyResult;
  beforeAll(() => {
    result = run(hostile);
  });

  it('a policy that stands aside then is promoted, two at most, best first', () => {
    expect(result).toMatchObject({ verdict: 'pass', decision: 'promote', missing: [] });
    expect(result.promoted.length).toBeLessThanOrEqual(2);
    for (const cell of result.promoted) expect(cell).toMatch(/^fresh\./);
    const sharpes = result.promoted.map((cell) => cellOf(result, cell).excess_sharpe!);
    expect(sharpes).toEqual(sharpes.toSorted((a, b) => b - a));
  });

  it('every gate of a promoted cell has passed, the reference’s six by their letters among them', () => {
    const gates = result.gates.filter(({ cell }) => cell === result.promoted[0]);
    expect(gates.filter(({ status }) => status !== 'pass')).toEqual([]);
    const letters = ['A_interval', 'B_time', 'C_regime', 'D_friction', 'E_budget', 'F_exposure'];
    expect(gates.map(({ id }) => id)).toEqual(
      expect.arrayContaining([...letters, 'parent', 'data', 'binding', 'throttles', 'deflated_sharpe', 'spa', 'replication']),
    );
  });

  it('a policy that acts at other times is not, and its confirmation slice is never looked at', () => {
    expect(gateOf(result, 'stale.block', 'throttles')!.status).toBe('fail');
    expect(cellOf(result, 'stale.block', 'confirmation')).toBeUndefined();
    expect(result.throttles.some(({ cell, slice }) => cell === 'stale.block' && slice === 'confirmation')).toBe(false);
  });

  it('what bound is counted line by line, and every offered entry accounted for', () => {
    for (const row of result.bindings) expect(row.passed + row.blocked_entries + row.delayed_entries + row.expired_entries).toBe(row.intents);
    const blocked = result.bindings.filter(({ cell, slice }) => cell === 'fresh.block' && slice === 'development');
    expect(blocked.map(({ symbol }) => symbol)).toEqual(['AAAUSDT', 'BBBUSDT']);
    for (const { blocked_entries: entries, changed_bars: bars } of blocked) expect(Math.min(entries, bars)).toBeGreaterThan(20);
  });

  it('the draft of an overlay says where it comes from and can be written as it is', () => {
    const [cell] = result.promoted as [string];
    const draft = draftOverlay(result, cell, 'a_run');
    expect(draft).toMatchObject({
      status: 'DRAFT',
      spec_version: 'v1',
      tuning_allowed: false,
      event: 'large_moves',
      cost_bps_validated: 6,
      condition: 'event.age <= 16',
    });
    expect(draft.run_ids_evidence).toMatchObject([
      {
        run_id: 'a_run',
        split: 'development',
        date_range: expect.stringMatching(/^2022-01-0\d\.\.2023-0\d-\d\d$/) as string,
        universe: 'AAAUSDT,BBBUSDT',
        config_hash: result.digest,
      },
      { split: 'confirmation' },
    ]);
    expect(draft.origin.cells.map(({ slice }) => slice)).toEqual(['development', 'confirmation']);
    expect(draft.origin.bindings.every((row) => row.cell === cell)).toBe(true);
    expect(draft.rule.effect.kind).toMatch(/block|size|flatten/);
    expect(canonicalJson(draft)).toContain(result.digest);
    expect(() => draftOverlay(result, 'stale.block', null)).toThrow('was not promoted');
  });

  it('all of it is plain JSON, and the same twice and in any order of symbols', () => {
    const again = run(hostile.toReversed());
    expect(canonicalJson(again)).toBe(canonicalJson(result));
  });

  it('nothing is promoted when the parent study has not passed, and nothing is tried', () => {
    for (const parentVerdict of ['fail', 'inconclusive', null] as const) {
      const frozen = run(hostile, { parentVerdict });
      expect(frozen).toMatchObject({ verdict: 'inconclusive', decision: 'freeze', promoted: [], cells: [], family: { cells: 0 } });
      expect(frozen.missing[0]).toContain('the parent study large_moves version 1');
    }
  });
});

describe('a policy that does well is still not promoted', () => {
  const leave = (change: (document: Record<string, unknown>) => void = () => {}) => single('event.age <= 16', { flatten: {} }, change);

  it('unless something stands against it', () => {
    expect(run(hostile, { policy: leave() }).promoted).toEqual(['one.it']);
  });

  it('beyond the budget of trials, earlier ones included', () => {
    const spent = run(hostile, { policy: leave(), priorTrials: 180 });
    expect(spent.decision).toBe('freeze');
    expect(gateOf(spent, 'one.it', 'E_budget')).toMatchObject({ status: 'fail', observed: { trials: 181, prior: 180 } });
  });

  it('when it keeps less exposure than it must', () => {
    const result = run(hostile, { policy: leave((document) => (document['gates'] = { exposure: [0.99, 1] })) });
    expect(result.decision).toBe('freeze');
    expect(gateOf(result, 'one.it', 'F_exposure')!.status).toBe('fail');
  });

  it('when its gain per trade does not matter', () => {
    const result = run(hostile, { policy: leave((document) => (document['hypothesis'] = { question: 'So?', smallest_effect: 500 })) });
    expect(result.decision).toBe('freeze');
    expect(gateOf(result, 'one.it', 'D_friction')!.status).toBe('fail');
  });

  it('while the holdout that its document asks for is sealed', () => {
    const policy = leave((document) => (document['promotion'] = { requires_holdout: true }));
    const sealed = run(hostile, { policy });
    expect(sealed).toMatchObject({ verdict: 'inconclusive', decision: 'freeze' });
    expect(gateOf(sealed, 'one.it', 'holdout')!.status).toBe('inconclusive');
    expect(cellOf(sealed, 'one.it', 'holdout')).toBeUndefined();
    const opened = run(hostile, { policy, isHoldoutOpen: true });
    expect(opened.decision).toBe('promote');
    expect(cellOf(opened, 'one.it', 'holdout').difference_bps!).toBeGreaterThan(0);
  });

  it('and the holdout, though open, is not read for a cell that failed before', () => {
    const policy = leave((document) => Object.assign(document, { promotion: { requires_holdout: true }, gates: { exposure: [0.99, 1] } }));
    expect(cellOf(run(hostile, { policy, isHoldoutOpen: true }), 'one.it', 'holdout')).toBeUndefined();
  });
});

describe('where nothing can be predicted', () => {
  it('nothing is promoted, although trading less saves costs for certain', () => {
    const result = run(quiet);
    expect(result).toMatchObject({ verdict: 'fail', decision: 'freeze', promoted: [] });
    const sure = result.cells.filter(({ ci_low_bps: low }) => low! > 0);
    expect(sure.length).toBeGreaterThan(0);
    for (const { cell } of sure) expect(result.gates.some((gate) => gate.cell === cell && gate.status === 'fail')).toBe(true);
  });
});

describe('harm', () => {
  it('can be seen: standing aside when trades do best costs money', () => {
    const friendly = plantedAgainst(quiet, parentStudy(), { bars: 24, drift: -0.0005 });
    const row = cellOf(run(friendly, { policy: single('event.age <= 16', { block: {} }) }), 'one.it');
    expect(row.difference_bps!).toBeLessThan(0);
    expect(row.excess_bps!).toBeLessThan(0);
    expect(row.p!).toBeGreaterThan(0.9);
  });
});

describe('cells', () => {
  it('that take the same positions are one trial, judged once', () => {
    const conditions = { fresh: 'event.age <= 16', same: 'event.age < 17', stale: 'event.age > 48 and event.age <= 96' };
    const policy = testPolicy((document) => Object.assign(document, { series: {}, conditions }));
    const result = run(hostile, { policy });
    expect(cellOf(result, 'same.block').same_as).toBe('fresh.block');
    expect(result.family).toMatchObject({ cells: 9, distinct: 6 });
    expect(gateOf(result, 'same.block', 'distinct')!.status).toBe('fail');
    expect(new Set(result.promoted.map((cell) => cell.split('.')[0]))).toEqual(new Set(['fresh']));
    expect(result.throttles.some(({ cell }) => cell === 'same.block')).toBe(false);
  });

  it('that never bind are rejected and no trial', () => {
    const result = run(quiet, { policy: single('event.age < 0', { block: {} }) });
    expect(cellOf(result, 'one.it')).toMatchObject({ same_as: 'baseline', bound_entries: 0, changed_trades: 0, difference_bps: 0 });
    expect(gateOf(result, 'one.it', 'binding')!.status).toBe('fail');
    expect(result).toMatchObject({ verdict: 'fail', family: { cells: 1, distinct: 0 } });
  });

  it('whose condition is the same every day cannot be told from chance by moving days', () => {
    const result = run(quiet, { policy: single('session() == 1', { block: {} }) });
    expect(gateOf(result, 'one.it', 'throttles')).toMatchObject({ status: 'inconclusive' });
    expect(cellOf(result, 'one.it').p).toBe(1);
  });

  it('work on strategies that name positions, and with every action', () => {
    const policy = testPolicy((document) => {
      document['baseline'] = [{ strategy: 'target_test' }, { strategy: 'signal_test' }];
      Object.assign(document, { series: {}, conditions: { fresh: 'event.age <= 16' } });
      document['actions'] = {
        late: { delay: { bars: 4 } },
        wait: { hold_until: { release: 'event.age > 20', max_bars: 40 } },
        leave: { flatten: {} },
      };
    });
    const result = run(hostile, { policy });
    expect(result.family.distinct).toBe(3);
    const bound = result.bindings.filter(({ cell, strategy }) => cell === 'fresh.late' && strategy === 'target_test');
    expect(bound.every(({ delayed_entries: delayed, expired_entries: expired }) => delayed + expired > 10)).toBe(true);
  });
});

describe('missing data can only close a gate', () => {
  const holed = hostile.map((frame) => ({
    ...frame,
    columns: { ...frame.columns, volume: frame.columns['volume']!.map((value, row) => (row % 3 === 0 ? Number.NaN : value)) },
  }));
  const policy = single('event.age <= 16 or volume < 0', { flatten: {} });

  it('a condition that often cannot be told is not promoted, however well it does', () => {
    expect(run(hostile, { policy }).decision).toBe('promote');
    const result = run(holed, { policy });
    expect(result).toMatchObject({ verdict: 'inconclusive', decision: 'freeze' });
    expect(gateOf(result, 'one.it', 'data')).toMatchObject({ status: 'inconclusive' });
    expect(cellOf(result, 'one.it').missing_share).toBeGreaterThan(0.3);
  });

  it('a column that no symbol has is named; one symbol without it leaves the others', () => {
    const needs = single('close > spot.close', { block: {} });
    expect(run(hostile, { policy: needs })).toMatchObject({
      verdict: 'inconclusive',
      missing: ['AAAUSDT has no spot.close', 'BBBUSDT has no spot.close'],
    });
    const [first, second] = hostile as [Frame, Frame];
    const one = run([{ ...first, columns: { ...first.columns, 'spot.close': first.columns['close']!.map((price) => price * 1.001) } }, second], {
      policy: needs,
    });
    expect(one.design.symbols).toEqual(['AAAUSDT']);
    expect(one.coverage.find(({ symbol }) => symbol === 'BBBUSDT')!.missing_columns).toEqual(['spot.close']);
  });

  it('one symbol, a few months, no bars, two days', () => {
    const one = run([hostile[0]!], { policy: single('event.age <= 16', { flatten: {} }) });
    expect(one).toMatchObject({ verdict: 'inconclusive', decision: 'freeze' });
    expect(gateOf(one, 'one.it', 'C_regime')!.why).toContain('fewer than two symbols and strata');
    const short = policyMarket({ days: 200 });
    expect(run(short).decision).toBe('freeze');
    expect(run([]).missing).toEqual(['no symbol has bars']);
    expect(run(policyMarket({ days: 2 }))).toMatchObject({ verdict: 'inconclusive', decision: 'freeze' });
  });

  it('a baseline that never trades', () => {
    const idle = quiet.map((frame) => ({ ...frame, columns: { ...frame.columns, signal: new Float64Array(frame.rows) } }));
    const result = run(idle, { policy: single('event.age <= 16', { block: {} }) });
    expect(result).toMatchObject({ verdict: 'inconclusive', decision: 'freeze' });
    expect(gateOf(result, 'one.it', 'binding')!.why).toContain('the baseline never traded');
  });
});
