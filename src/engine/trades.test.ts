import { describe, expect, it } from 'vitest';
import { column } from '../core/expression.ts';
import { referenceProfile, standardProfile } from '../core/profile.ts';
import { barMs } from '../core/time.ts';
import { bracketOf, firstOpen, frameOf, simulate, wantStrategy } from '../../test/support/frames.ts';

const reference = { profile: referenceProfile };
/** Long at row 0 with the one-day range 90..110 around it; flat from `exit` on. */
const held = (exit: number, rest: Record<string, number[]> = {}, rows = exit + 1) =>
  frameOf({
    close: Array.from({ length: rows }, () => 100),
    want: Array.from({ length: rows }, (_, row) => (row > 0 && row <= exit - 1 ? 1 : 0)),
    high_96: Array.from({ length: rows }, () => 110),
    low_96: Array.from({ length: rows }, () => 90),
    ...rest,
  });

describe('trades of a position series', () => {
  it('are named by the opens of the bars that began and ended them', () => {
    const [trade] = simulate(wantStrategy, held(3)).trades;
    expect(trade).toMatchObject({
      entryRow: 1,
      exitRow: 3,
      entryTime: firstOpen + barMs,
      exitTime: firstOpen + 3 * barMs,
      barsHeld: 2,
      isOpen: false,
      symbol: 'TESTUSDT',
      strategy: 'under_test',
    });
  });

  it('sum pnl from the entry bar to the exit bar, both included', () => {
    const frame = frameOf({ close: [100, 110, 121], want: [1, 1, 0] });
    const [trade] = simulate(wantStrategy, frame, { costBps: 10 }).trades;
    expect(trade!.pnl).toBeCloseTo(0.1 + 0.1 - 0.002, 14);
    expect(trade!.gross).toBeCloseTo(0.2, 14);
    expect(trade!.cost).toBeCloseTo(0.002, 15);
  });

  it('open at the end close at the last known price without exit cost', () => {
    const frame = frameOf({ close: [100, 102, Number.NaN], want: [1, 1, 1] });
    expect(simulate(wantStrategy, frame, { costBps: 10 }).trades).toMatchObject([
      { isOpen: true, exitReason: 'open', exitRow: 2, exitPrice: 102, cost: 0.001 },
    ]);
  });

  it('open at the end are eod in the reference’s words', () => {
    expect(simulate(wantStrategy, frameOf({ close: [100, 101, 102], want: [1, 1, 1] }), reference).trades).toMatchObject([
      { isOpen: true, exitReason: 'eod', entryRow: 1 },
    ]);
  });

  it('measure the worst and best move while held, the entry bar left out', () => {
    const frame = frameOf({ close: [100, 100, 100, 100], high: [150, 104, 103, 101], low: [50, 99, 98, 97], want: [1, 1, 0, 0] });
    expect(simulate(wantStrategy, frame).trades[0]!.mfe).toBeCloseTo(0.04, 14);
    expect(simulate(wantStrategy, frame).trades[0]!.mae).toBeCloseTo(-0.02, 14);
    const short = { ...frame, columns: { ...frame.columns, want: Float64Array.of(-1, -1, 0, 0) } };
    expect(simulate(wantStrategy, short).trades[0]!.mfe).toBeCloseTo(0.02, 14);
    expect(simulate(wantStrategy, short).trades[0]!.mae).toBeCloseTo(-0.04, 14);
  });

  it('keep the strategy’s own stop, target and R under the standard profile', () => {
    const strategy = bracketOf({ stop: { long: column('close').minus(4) }, targets: [{ riskMultiple: 3 }], maxHoldBars: 1 });
    const frame = frameOf({ close: [100, 102], go: [1, 0], low_96: [90, 90], high_96: [110, 110] });
    const [trade] = simulate(strategy, frame, { costBps: 0 }).trades;
    expect(trade).toMatchObject({ stop: 96, target: 112 });
    expect(trade!.rMultiple).toBeCloseTo(0.5, 13);
    expect(trade!.rangeEdgeR).toBeCloseTo(0.2, 13);
  });
});

describe('the reference’s reconstruction of a trade', () => {
  const trade = (frame: ReturnType<typeof held>) => simulate(wantStrategy, frame, reference).trades[0]!;
  const change = (values: Record<number, number>, rows: number, base: number) => Array.from({ length: rows }, (_, row) => values[row] ?? base);

  it('puts the stop at the range edge and the target at twice the distance', () => {
    expect(trade(held(5))).toMatchObject({ stop: 90, target: 120 });
  });

  it('calls an exit after 48 bars time, one after 47 position_exit', () => {
    expect(trade(held(49)).exitReason).toBe('time');
    expect(trade(held(48)).exitReason).toBe('position_exit');
  });

  it('sees stop and target in the exit bar alone, inclusively, the stop first', () => {
    expect(trade(held(5, { low: change({ 5: 90 }, 6, 100) })).exitReason).toBe('stop');
    expect(trade(held(5, { low: change({ 4: 90 }, 6, 100) })).exitReason).toBe('position_exit');
    expect(trade(held(5, { high: change({ 5: 120 }, 6, 100) })).exitReason).toBe('target');
    expect(trade(held(5, { high: change({ 5: 120 }, 6, 100), low: change({ 5: 90 }, 6, 100) })).exitReason).toBe('stop');
  });

  it('gives a stop but no target and no R when the edge is on the wrong side', () => {
    expect(trade(held(5, { low_96: change({}, 6, 101) }))).toMatchObject({
      stop: 101,
      target: Number.NaN,
      rMultiple: 0,
      exitReason: 'position_exit',
    });
  });

  it('gives neither without a range', () => {
    const { high_96: _high, low_96: _low, ...columns } = held(5).columns;
    expect(trade({ ...held(5), columns })).toMatchObject({ stop: Number.NaN, target: Number.NaN, rMultiple: 0 });
  });

  it('never matches levels on an exit bar without prices', () => {
    const frame = frameOf({ close: [100, 100, Number.NaN, 100, 100], want: [0, 1, 1, 0, 0], high_96: change({}, 5, 110), low_96: change({}, 5, 90) });
    expect(trade(frame)).toMatchObject({ exitRow: 2, exitReason: 'position_exit', exitPrice: Number.NaN });
  });

  it('divides pnl by the risk', () => {
    const frame = held(2, { close: [100, 100, 105] });
    expect(simulate(wantStrategy, frame, { ...reference, costBps: 0 }).trades[0]!.rMultiple).toBeCloseTo(0.5, 13);
  });

  it('names a flip unless a level was touched', () => {
    const flip = { want: [0, 1, -1, -1] };
    expect(trade(held(3, flip)).exitReason).toBe('position_flip');
    expect(trade(held(3, { ...flip, low: change({ 2: 90 }, 4, 100) })).exitReason).toBe('stop');
  });
});

it('a trade whose exit the strategy decided tells the decided reason, whatever the prices say', () => {
  const strategy = bracketOf({ maxHoldBars: 1 });
  const frame = frameOf({ close: [100, 100], low: [100, 1], go: [1, 0], high_96: [110, 110], low_96: [90, 90] });
  expect(simulate(strategy, frame, { profile: standardProfile }).trades[0]!.exitReason).toBe('time');
  expect(simulate(strategy, frame, { profile: referenceProfile }).trades).toEqual([]);
});
