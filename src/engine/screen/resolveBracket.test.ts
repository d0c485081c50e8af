import { describe, expect, it } from 'vitest';
import { column, NumberExpression } from '../../core/expression.ts';
import { integer } from '../../core/params.ts';
import { bracketOf, firstOpen, frameOf, positionsOf, simulate, strategyOf } from '../../../test/support/frames.ts';

/** Closes with a long entry at row 0 (and wherever `go` says), high and low as given. */
const at = (close: number[], rest: Record<string, number[]> = {}) => frameOf({ close, go: close.map((_, row) => (row === 0 ? 1 : 0)), ...rest });
const exitOf = (strategy: ReturnType<typeof bracketOf>, frame: ReturnType<typeof frameOf>) => {
  const trade = simulate(strategy, frame).trades[0]!;
  return [trade.exitRow, trade.exitReason];
};

describe('a bracket at closes', () => {
  it('judges long before short when both hold', () => {
    const both = strategyOf({ kind: 'bracket', entry: { long: column('close').gt(0), short: column('close').gt(1) } });
    expect(positionsOf(simulate(both, frameOf({ close: [5, 5] })))).toEqual([1, 1]);
  });

  it('never takes a side without a condition', () => {
    const shortOnly = strategyOf({ kind: 'bracket', entry: { short: column('go').le(-1) }, maxHoldBars: 1 });
    const line = simulate(shortOnly, frameOf({ close: [5, 5, 5, 5], go: [1, -1, 1, 1] }));
    expect(positionsOf(line)).toEqual([0, -1, 0, 0]);
  });

  it('without any condition stays flat', () => {
    expect(positionsOf(simulate(strategyOf({ kind: 'bracket', entry: {} }), frameOf({ close: [5, 5] })))).toEqual([0, 0]);
  });

  it('without any exit holds to the end', () => {
    expect(simulate(bracketOf(), at([5, 6, 7])).trades).toMatchObject([{ exitRow: 2, isOpen: true, exitReason: 'open' }]);
  });

  it('keeps an exit row flat even when it has an entry', () => {
    const frame = frameOf({ close: [5, 5, 5, 5, 5], go: [1, 1, 1, 1, 1] });
    expect(positionsOf(simulate(bracketOf({ maxHoldBars: 1 }), frame))).toEqual([1, 0, 1, 0, 1]);
  });

  it('does not turn a position around on its exit row', () => {
    const frame = frameOf({ close: [5, 5, 5, 5], go: [1, -1, -1, -1] });
    expect(positionsOf(simulate(bracketOf({ maxHoldBars: 1 }), frame))).toEqual([1, 0, -1, 0]);
  });

  it('lets cooldownBars rows pass after the exit row', () => {
    const frame = frameOf({ close: [5, 5, 5, 5, 5, 5, 5], go: [1, 1, 1, 1, 1, 1, 1] });
    expect(positionsOf(simulate(bracketOf({ maxHoldBars: 1, limits: { cooldownBars: 2 } }), frame))).toEqual([1, 0, 0, 0, 1, 0, 0]);
  });

  it('takes the cool-down from a parameter', () => {
    const rest = new NumberExpression({ op: 'param', name: 'rest' });
    const strategy = bracketOf({ maxHoldBars: 1, limits: { cooldownBars: rest } }, { rest: integer(0, { min: 0, max: 9, help: '' }) });
    const frame = frameOf({ close: [5, 5, 5, 5, 5, 5], go: [1, 1, 1, 1, 1, 1] });
    expect(positionsOf(simulate(strategy, frame, { params: { rest: 3 } }))).toEqual([1, 0, 0, 0, 0, 1]);
  });
});

describe('a protective stop', () => {
  const stop = { long: column('close').minus(2), short: column('close').plus(2) };

  it('ends the trade at the close of the bar whose low touches it', () => {
    expect(exitOf(bracketOf({ stop }), at([10, 9, 9, 9], { low: [10, 8.5, 8, 9] }))).toEqual([2, 'stop']);
  });

  it('ends a short at a high that touches it', () => {
    const frame = frameOf({ close: [10, 10, 10], high: [10, 11.5, 12], go: [-1, 0, 0] });
    expect(exitOf(bracketOf({ stop }), frame)).toEqual([2, 'stop']);
  });

  it('wins over the target in one bar', () => {
    expect(exitOf(bracketOf({ stop, targets: [{ riskMultiple: 1 }] }), at([10, 10], { low: [10, 8], high: [10, 12] }))).toEqual([1, 'stop']);
  });

  it('at or beyond the close allows no entry', () => {
    const wrong = { long: column('level'), short: column('level') };
    expect(simulate(bracketOf({ stop: wrong }), at([10, 10], { level: [10, 10] })).trades).toEqual([]);
    expect(simulate(bracketOf({ stop: wrong }), at([10, 10], { level: [11, 11] })).trades).toEqual([]);
    expect(simulate(bracketOf({ stop: wrong }), frameOf({ close: [10, 10], level: [10, 9], go: [-1, -1] })).trades).toEqual([]);
  });

  it('of one side only allows no trade of the other', () => {
    const frame = frameOf({ close: [10, 10, 10], go: [-1, 1, 0] });
    expect(simulate(bracketOf({ stop: { long: column('close').minus(1) } }), frame).trades).toMatchObject([{ direction: 'long', entryRow: 1 }]);
  });

  it('stays where it was at entry', () => {
    const frame = at([10, 20, 19, 8.5, 8], { low: [10, 20, 19, 8.5, 8] });
    expect(simulate(bracketOf({ stop }), frame).trades).toMatchObject([{ stop: 8, exitRow: 4 }]);
  });

  it('measures the trade’s R', () => {
    const trade = simulate(bracketOf({ stop, maxHoldBars: 1 }), at([10, 11]), { costBps: 0 }).trades[0]!;
    expect(trade.rMultiple).toBeCloseTo(0.5, 15);
  });
});

describe('a target', () => {
  it('as a multiple of the risk is touched inclusively', () => {
    const strategy = bracketOf({ stop: { long: column('close').minus(2) }, targets: [{ riskMultiple: 3 }] });
    expect(exitOf(strategy, at([10, 10, 10], { high: [10, 15.99, 16] }))).toEqual([2, 'target']);
  });

  it('as a price needs no stop', () => {
    const strategy = bracketOf({ targets: [{ price: { long: column('close').plus(5), short: column('close').minus(5) } }] });
    expect(exitOf(strategy, at([10, 10, 10], { high: [10, 14, 15] }))).toEqual([2, 'target']);
    expect(exitOf(strategy, frameOf({ close: [10, 10], low: [10, 5], go: [-1, 0] }))).toEqual([1, 'target']);
  });

  it('comes before the time limit', () => {
    const strategy = bracketOf({ maxHoldBars: 1, targets: [{ price: { long: 12 } }] });
    expect(exitOf(strategy, at([10, 12]))).toEqual([1, 'target']);
  });
});

describe('a time limit', () => {
  it('ends the trade exactly that many rows after entry', () => {
    expect(exitOf(bracketOf({ maxHoldBars: 3 }), at([5, 5, 5, 5, 5, 5]))).toEqual([3, 'time']);
  });

  it('counts blocked rows and waits for one that decides', () => {
    expect(exitOf(bracketOf({ maxHoldBars: 2 }), at([5, Number.NaN, Number.NaN, Number.NaN, 5, 5]))).toEqual([4, 'time']);
    expect(exitOf(bracketOf({ maxHoldBars: 4 }), at([5, Number.NaN, Number.NaN, Number.NaN, 5, 5]))).toEqual([4, 'time']);
  });

  it('read from a column is fixed at entry', () => {
    expect(exitOf(bracketOf({ maxHoldBars: column('limit') }), at([5, 5, 5, 5, 5], { limit: [3, 1, 1, 1, 1] }))).toEqual([3, 'time']);
  });

  it('read from a parameter follows it', () => {
    const hold = new NumberExpression({ op: 'param', name: 'hold' });
    const strategy = bracketOf({ maxHoldBars: hold }, { hold: integer(2, { min: 1, max: 9, help: '' }) });
    const exits = (params: Record<string, number>) =>
      simulate(strategy, at([5, 5, 5, 5]), { params }).trades.map(({ exitRow, exitReason }) => [exitRow, exitReason]);
    expect(exits({})).toEqual([[2, 'time']]);
    expect(exits({ hold: 3 })).toEqual([[3, 'time']]);
  });
});

describe('a trailing stop', () => {
  const trailing = bracketOf({ trailing: { distance: 2 } });

  it('follows the best price up to the bar before', () => {
    const frame = at([10, 13, 12, 11], { high: [10, 14, 12, 11], low: [10, 9, 12.5, 11] });
    expect(exitOf(trailing, frame)).toEqual([3, 'trailing_stop']);
  });

  it('does not use a bar’s own high against its own low', () => {
    const frame = at([10, 10, 18], { high: [10, 20, 19], low: [10, 8.5, 18.5] });
    expect(simulate(trailing, frame).trades[0]!.isOpen).toBe(true);
  });

  it('is touched inclusively and starts at the entry close', () => {
    expect(exitOf(trailing, at([10, 9, 9], { low: [10, 8.01, 8], high: [10, 10, 10] }))).toEqual([2, 'trailing_stop']);
  });

  it('follows the lowest price of a short', () => {
    const frame = frameOf({ close: [10, 7, 8, 9], high: [10, 8, 8.5, 9], low: [10, 7, 8, 9], go: [-1, 0, 0, 0] });
    expect(exitOf(trailing, frame)).toEqual([3, 'trailing_stop']);
  });

  it('has its distance fixed at entry', () => {
    const strategy = bracketOf({ trailing: { distance: column('width') } });
    expect(exitOf(strategy, at([10, 9, 9, 7], { width: [3, 0.1, 0.1, 0.1] }))).toEqual([3, 'trailing_stop']);
  });

  it('yields to the protective stop in the same bar', () => {
    const strategy = bracketOf({ stop: { long: column('close').minus(1) }, trailing: { distance: 1 } });
    expect(exitOf(strategy, at([10, 9]))).toEqual([1, 'stop']);
  });
});

describe('exit rules', () => {
  it('carry the name of the first that says leave, after stop, target and time', () => {
    const strategy = bracketOf({
      exitWhen: [
        { reason: 'first', long: column('x').ge(2) },
        { reason: 'second', long: column('x').ge(1) },
      ],
    });
    expect(exitOf(strategy, at([5, 5, 5], { x: [9, 0, 1] }))).toEqual([2, 'second']);
    expect(exitOf(strategy, at([5, 5, 5], { x: [9, 0, 2] }))).toEqual([2, 'first']);
  });

  it('of one side leave the other alone', () => {
    const strategy = bracketOf({ exitWhen: [{ reason: 'up', short: column('close').gt(0) }] });
    expect(simulate(strategy, at([5, 5, 5])).trades[0]!.isOpen).toBe(true);
  });

  it('in code see their columns shifted by their lags, the entry, the row, the side and the parameters', () => {
    const seen: unknown[] = [];
    const strategy = bracketOf(
      {
        exitWhen: [
          {
            reason: 'coded',
            reads: [column('close').lag(1), column('x')],
            leave: ([before, x], trade, params) => {
              seen.push([before![trade.row], x![trade.row], trade, params['limit']]);
              return trade.row - trade.entry >= Number(params['limit']);
            },
          },
        ],
      },
      { limit: integer(2, { min: 1, max: 9, help: '' }) },
    );
    const frame = frameOf({ close: [4, 5, 6, 7], x: [0, 1, 2, 3], go: [0, -1, 0, 0] });
    expect(exitOf(strategy, frame)).toEqual([3, 'coded']);
    expect(seen).toEqual([
      [5, 2, { entry: 1, row: 2, side: -1 }, 2],
      [6, 3, { entry: 1, row: 3, side: -1 }, 2],
    ]);
  });

  it('in code are not asked on blocked rows', () => {
    const rows: number[] = [];
    const strategy = bracketOf({ exitWhen: [{ reason: 'coded', reads: [column('x')], leave: (_columns, { row }) => (rows.push(row), false) }] });
    simulate(strategy, at([5, 5, 5, 5], { x: [1, 1, Number.NaN, 1] }));
    expect(rows).toEqual([1, 3]);
  });
});

describe('rows that decide nothing', () => {
  it('are those with a gap, a missing read or a missing required column', () => {
    const strategy = strategyOf({ kind: 'bracket', entry: { long: column('go').ge(1) }, maxHoldBars: 1 }, {}, ['needed']);
    const frame = frameOf(
      { close: [5, 5, 5, Number.NaN, 5], go: [1, 1, Number.NaN, 1, 1], needed: [Number.NaN, 1, 1, 1, 1] },
      { isGap: [0, 1, 0, 0, 0] },
    );
    expect(positionsOf(simulate(strategy, frame))).toEqual([0, 0, 0, 0, 1]);
  });

  it('include the first ones, before every lagged read exists', () => {
    const strategy = strategyOf({ kind: 'bracket', entry: { long: column('close').gt(0).and(column('close').lag(2).gt(-1)) } });
    expect(positionsOf(simulate(strategy, frameOf({ close: [5, 5, 5, 5] })))).toEqual([0, 0, 1, 1]);
  });

  it('hold what is held, through a level they touch', () => {
    const strategy = bracketOf({ stop: { long: column('close').minus(1) } });
    const frame = frameOf({ close: [10, 5, 10, 5], go: [1, Number.NaN, 0, 0] });
    expect(exitOf(strategy, frame)).toEqual([3, 'stop']);
    expect(simulate(strategy, frame).diagnostics.blockedHeldBars).toBe(1);
  });

  it('need high and low only where a price level is watched', () => {
    const blind = { low: [Number.NaN, Number.NaN, Number.NaN], high: [Number.NaN, Number.NaN, Number.NaN] };
    expect(simulate(bracketOf(), at([5, 5, 5], blind)).trades).toHaveLength(1);
    expect(simulate(bracketOf({ stop: { long: 4 } }), at([5, 5, 5], blind)).trades).toHaveLength(0);
  });
});

describe('one trade per day', () => {
  const frame = frameOf(
    { close: Array.from({ length: 10 }, () => 5), go: Array.from({ length: 10 }, () => 1) },
    { start: firstOpen + 86_400_000 - 4 * 900_000 },
  );

  it('counts entries of the day of the bar’s open, UTC when no zone is given', () => {
    expect(positionsOf(simulate(bracketOf({ maxHoldBars: 1, limits: { oncePerDay: true } }), frame))).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 0, 0]);
  });

  it('can be switched by a parameter', () => {
    const strategy = bracketOf(
      { maxHoldBars: 1, limits: { oncePerDay: { param: 'once', type: 'boolean' } } },
      { once: { type: 'boolean', default: false, help: '' } },
    );
    expect(simulate(strategy, frame).trades).toHaveLength(5);
    expect(simulate(strategy, frame, { params: { once: true } }).trades).toHaveLength(2);
  });
});

it('resolves more trades than its first buffers hold', () => {
  const rows = 1_000;
  const frame = frameOf({ close: new Float64Array(rows).fill(5), go: new Float64Array(rows).fill(1) });
  const { trades } = simulate(bracketOf({ maxHoldBars: 1 }), frame);
  expect(trades).toHaveLength(500);
  expect(trades[400]).toMatchObject({ entryRow: 800, exitRow: 801, exitReason: 'time' });
});

it('resolves an empty frame', () => {
  expect(simulate(bracketOf(), frameOf({ close: [], go: [] })).trades).toEqual([]);
});
