import { describe, expect, it } from 'vitest';
import { column } from '../../core/expression.ts';
import type { DecideIntent, PositionState } from '../../core/intent.ts';
import { integer } from '../../core/params.ts';
import { firstOpen, frameOf, positionsOf, simulate, strategyOf, wantStrategy } from '../../../test/support/frames.ts';

const want = (values: number[], rest: { isGap?: number[] } = {}) => frameOf({ close: values.map(() => 100), want: values }, rest);
const decide = (how: DecideIntent['decide'], reads = [column('x')]) =>
  strategyOf({ kind: 'decide', reads, decide: how }, { limit: integer(2, { min: 1, max: 9, help: '' }) });

describe('a target position', () => {
  it('is taken as it is, fractions and both signs', () => {
    expect(positionsOf(simulate(wantStrategy, want([0, 0.25, -1, 1, 0])))).toEqual([0, 0.25, -1, 1, 0]);
  });

  it.each([1.0001, -1.5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('of %d is refused, naming strategy, symbol and time', (bad) => {
    const frame = frameOf({ close: [100, 100], want: [0, bad] });
    expect(() => simulate(wantStrategy, frame)).toThrow(
      expect.objectContaining({
        code: 'E_POSITION_INVALID',
        message: `strategy under_test asked for position ${bad} on TESTUSDT at 2024-01-01T00:15:00Z`,
      }),
    );
  });

  it('that is no number although its columns are is refused', () => {
    const ratio = strategyOf({ kind: 'target', position: column('want').over(column('want')) });
    expect(() => simulate(ratio, want([0]))).toThrow(expect.objectContaining({ code: 'E_POSITION_INVALID' }));
  });

  it('stays as it was on blocked rows, whatever they want', () => {
    expect(positionsOf(simulate(wantStrategy, want([0, 1, Number.NaN, -1, 7, 0], { isGap: [0, 0, 0, 0, 1, 0] })))).toEqual([0, 1, 1, -1, -1, 0]);
  });

  it('is flat until every lagged read exists', () => {
    const lagged = strategyOf({ kind: 'target', position: column('want').lag(2) });
    expect(positionsOf(simulate(lagged, want([1, -1, 0, 0.5])))).toEqual([0, 0, 1, -1]);
  });

  it('that changes size without changing sides is one trade', () => {
    const { trades } = simulate(wantStrategy, want([0.5, 1, 0.25, 0, 1]));
    expect(trades.map((t) => [t.entryRow, t.exitRow, t.exitReason])).toEqual([
      [0, 3, 'position_exit'],
      [4, 4, 'open'],
    ]);
  });

  it('that turns around is two trades, the first ended by the flip', () => {
    const { trades } = simulate(wantStrategy, want([1, -1, 0]));
    expect(trades.map((t) => [t.direction, t.entryRow, t.exitRow, t.exitReason])).toEqual([
      ['long', 0, 1, 'position_flip'],
      ['short', 1, 2, 'position_exit'],
    ]);
  });

  it('has trades without stop, target or R', () => {
    expect(simulate(wantStrategy, want([1, 0])).trades[0]).toMatchObject({ stop: Number.NaN, target: Number.NaN, rMultiple: Number.NaN });
  });
});

describe('a decision in code', () => {
  it('is handed the row’s values in the order of its reads, lags applied', () => {
    const seen: number[][] = [];
    const strategy = decide((values) => (seen.push([...values]), 0), [column('x').lag(1), column('close')]);
    simulate(strategy, frameOf({ close: [10, 11, 12], x: [1, 2, 3] }));
    expect(seen).toEqual([
      [1, 11],
      [2, 12],
    ]);
  });

  it('is handed its position, the rows since it changed and the close at which it was opened', () => {
    const states: PositionState[] = [];
    const wants = [0, 1, 1, 0.5, -1, -1, 0, 0];
    const strategy = decide(([x], state) => (states.push({ ...state }), wants[x!]!));
    simulate(strategy, frameOf({ close: [10, 11, 12, 13, 14, 15, 16, 17], x: [0, 1, 2, 3, 4, 5, 6, 7] }));
    expect(states.map(({ position, barsHeld, entryClose }) => [position, barsHeld, entryClose])).toEqual([
      [0, 0, Number.NaN],
      [0, 1, Number.NaN],
      [1, 1, 11],
      [1, 2, 11],
      [0.5, 1, 11],
      [-1, 1, 14],
      [-1, 2, 14],
      [0, 1, Number.NaN],
    ]);
  });

  it('is handed its parameters', () => {
    const strategy = decide((_values, _state, params) => (params['limit'] === 5 ? 1 : 0));
    expect(positionsOf(simulate(strategy, frameOf({ close: [1], x: [1] }), { params: { limit: 5 } }))).toEqual([1]);
  });

  it('is not asked on blocked rows, and rows held go on counting', () => {
    const held: number[] = [];
    const strategy = decide((_values, state) => (held.push(state.barsHeld), 1));
    const line = simulate(strategy, frameOf({ close: [1, 1, Number.NaN, 1, 1], x: [1, Number.NaN, 1, 1, 1] }));
    expect(positionsOf(line)).toEqual([1, 1, 1, 1, 1]);
    expect(held).toEqual([0, 3, 4]);
  });

  it.each([Number.NaN, 2, -1.01])('of %d is refused', (bad) => {
    expect(() =>
      simulate(
        decide(() => bad),
        frameOf({ close: [1], x: [1] }),
      ),
    ).toThrow(expect.objectContaining({ code: 'E_POSITION_INVALID' }));
  });

  it('of nothing at all is refused', () => {
    const nothing = decide((() => undefined) as unknown as DecideIntent['decide']);
    expect(() => simulate(nothing, frameOf({ close: [1], x: [1] }))).toThrow(/asked for position undefined/);
  });

  it('of -0 is flat', () => {
    const line = simulate(
      decide(() => -0),
      frameOf({ close: [1, 2], x: [1, 1] }, { start: firstOpen }),
    );
    expect(line.trades).toEqual([]);
    expect(Object.is(line.money.position[1], 0)).toBe(true);
  });
});
