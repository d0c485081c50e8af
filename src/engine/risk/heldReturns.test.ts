import { expect, it } from 'vitest';
import { barMs, barsPerDay, dayMs } from '../../core/time.ts';
import { dataQuality } from './dataQuality.ts';
import { heldReturns } from './heldReturns.ts';

const rows = 2 * barsPerDay;
const openTime = Float64Array.from({ length: rows }, (_, row) => 19_000 * dayMs + row * barMs);
const of = (position: Float64Array, returns: Float64Array, funding = new Float64Array(rows)) =>
  heldReturns({ money: { position } as never, returns }, openTime, funding);

it('holds the mean position on every bar: half in the market for all of the time instead of all of it for half', () => {
  const position = new Float64Array(rows).fill(1, 0, barsPerDay);
  const returns = new Float64Array(rows);
  returns[0] = Number.NaN;
  returns[barsPerDay - 1] = 0.04;
  returns[barsPerDay] = -0.02;
  expect(of(position, returns)).toEqual({ firstDay: 19_000, returns: Float64Array.of(0.02, -0.01) });
  const funding = new Float64Array(rows).fill(0.01, 40, 41);
  expect([...of(position, returns, funding).returns]).toEqual([0.5 * (0.04 - 0.01), -0.01]);
});

it('holds nothing where longs and shorts are as many', () => {
  const position = Float64Array.from({ length: rows }, (_, row) => (row % 2 === 0 ? 1 : -1));
  expect([...of(position, new Float64Array(rows).fill(0.01)).returns]).toEqual([0, 0]);
});

it('counts gaps by bars and flagged trades by trades, and is undefined without them', () => {
  const line = { totalBars: 200, nanReturnBars: 3, blockedHeldBars: 1, flaggedTrades: 2, flaggedTradesPnl: -0.1 } as never;
  expect(dataQuality([line, line], 8)).toEqual({
    bars: 400,
    gap_bars: 6,
    gap_share: 0.015,
    blind_bars: 2,
    flagged_trades: 4,
    flagged_trade_share: 0.5,
    flagged_trades_net_return: -0.2,
  });
  expect(dataQuality([], 0)).toMatchObject({ gap_share: null, flagged_trade_share: null });
});
