import { describe, expect, it } from 'vitest';
import { barsPerYear } from '../core/time.ts';
import { frameOf, simulate, wantStrategy, wildFrame } from '../../test/support/frames.ts';
import reversion from '../strategies/vol_compression_reversion_v1.ts';
import { accountingOf } from './accountings.ts';
import { sumBook } from './book.ts';
import { bookMetrics } from './bookMetrics.ts';
import { feeSensitivity } from './feeSensitivity.ts';
import { additiveDrawdown, barSharpe, referenceMetrics } from './referenceMetrics.ts';
import { segmentByFunding } from './segmentation.ts';

const million = 1_000_000;
const frame = wildFrame({ seed: 4, rows: 400, gapChance: 0.01, warmup: 2 });
const line = simulate(reversion, frame, { costBps: 6 });
const book = sumBook([{ line, openTime: frame.openTime }]);

describe('the reference’s headline numbers', () => {
  it('agree with the trades and the pnl that they sum up', () => {
    const metrics = referenceMetrics(line.trades, book.pnl, million);
    expect(line.trades.length).toBeGreaterThan(5);
    expect(metrics.total_trades).toBe(line.trades.length);
    expect(metrics.win_rate).toBe(line.trades.filter(({ pnl }) => pnl > 0).length / line.trades.length);
    expect(metrics.avg_r).toBeCloseTo(line.trades.reduce((sum, { rangeEdgeR }) => sum + rangeEdgeR, 0) / line.trades.length, 12);
    expect(metrics.net_total_return).toBeCloseTo(
      line.trades.reduce((sum, { pnl }) => sum + pnl, 0),
      12,
    );
    expect(metrics.ending_equity).toBe(million * (1 + metrics.net_total_return));
  });

  it('are zeros and the initial equity for nothing', () => {
    expect(referenceMetrics([], new Float64Array(0), million)).toEqual({
      total_trades: 0,
      win_rate: 0,
      avg_r: 0,
      net_total_return: 0,
      ending_equity: million,
      max_drawdown: 0,
      sharpe_annualized: 0,
    });
  });

  it('count a trade that made nothing as no win', () => {
    const flat = simulate(wantStrategy, frameOf({ close: [1, 1, 1], want: [1, 0, 0] }), { costBps: 0 });
    expect(referenceMetrics(flat.trades, flat.money.pnl, million).win_rate).toBe(0);
  });

  it('measure the drawdown from the first row’s equity, not from the initial one', () => {
    expect(additiveDrawdown(Float64Array.of(-0.5, 0, 0.25), million)).toBe(0);
    expect(additiveDrawdown(Float64Array.of(0, -0.5, 0.25), million)).toBe(-0.5);
    expect(additiveDrawdown(Float64Array.of(0, -1.5), million)).toBe(-1.5);
  });

  it('annualize the mean over the sample deviation by the root of 35,040', () => {
    expect(barSharpe(Float64Array.of(0.01, 0.03))).toBeCloseTo((0.02 / Math.sqrt(0.0002)) * Math.sqrt(barsPerYear), 9);
  });

  it('have a Sharpe ratio of 0 where it is not defined', () => {
    expect(barSharpe(Float64Array.of(0.01))).toBe(0);
    expect(barSharpe(Float64Array.of(0.01, 0.01, 0.01))).toBe(0);
  });
});

describe('the better numbers beside them', () => {
  const metrics = bookMetrics(line.trades, book, million);

  it('split the return into gross, cost and funding', () => {
    expect(metrics.gross_return + metrics.cost_return + metrics.funding_return).toBeCloseTo(metrics.net_total_return, 12);
    expect(metrics.cost_return).toBeLessThan(0);
  });

  it('count whole days, time in the market and turnover', () => {
    expect(metrics.days).toBe(4);
    expect(metrics.time_in_market).toBeCloseTo(Array.from(line.money.position).filter((position) => position !== 0).length / 400, 14);
    const turned = line.trades.length * 2 - line.trades.filter(({ isOpen }) => isOpen).length;
    expect(metrics.turnover_per_year).toBeCloseTo((turned * barsPerYear) / 400, 9);
    expect(metrics.average_bars_held).toBeCloseTo(line.trades.reduce((sum, { barsHeld }) => sum + barsHeld, 0) / line.trades.length, 12);
  });

  it('are null where a strategy declares no risk', () => {
    expect(metrics.average_r_declared).toBeNull();
    expect(metrics.median_r_declared).toBeNull();
  });

  it('are null, never NaN, for nothing', () => {
    const empty = bookMetrics([], sumBook([]), million);
    expect(Object.values(empty).every((value) => value === null || Number.isFinite(value))).toBe(true);
    expect(empty).toMatchObject({ days: 0, time_in_market: null, turnover_per_year: null, expectancy: null, open_trades: 0 });
  });
});

describe('fee sensitivity', () => {
  it('shows the run’s own cost first unless it is a standard one', () => {
    const costs = (own: number) => feeSensitivity(line.trades, book, own, million).map(({ costBps, isOwn }) => (isOwn ? `${costBps} own` : costBps));
    expect(costs(6)).toEqual(['6 own', 0, 2, 5, 10]);
    expect(costs(5)).toEqual([0, 2, '5 own', 10]);
  });

  it('repeats the run under its own cost', () => {
    const own = feeSensitivity(line.trades, book, 6, million)[0]!;
    const metrics = referenceMetrics(line.trades, book.pnl, million);
    expect(own).toMatchObject({ netReturn: metrics.net_total_return, maxDrawdown: metrics.max_drawdown, trades: line.trades.length });
    expect(own.avgR).toBeCloseTo(metrics.avg_r, 10);
  });

  it.each([0, 2, 5, 10])('has the R, drawdown and return that a run at %d bps has', (costBps) => {
    const other = simulate(reversion, frame, { costBps });
    const expected = referenceMetrics(other.trades, other.money.pnl, million);
    const scenario = feeSensitivity(line.trades, book, 6, million).find((row) => row.costBps === costBps)!;
    expect(scenario.netReturn).toBeCloseTo(expected.net_total_return, 12);
    expect(scenario.maxDrawdown).toBeCloseTo(expected.max_drawdown, 12);
    expect(scenario.avgR).toBeCloseTo(expected.avg_r, 9);
  });

  it('of a run without costs charges turnover', () => {
    const free = simulate(reversion, frame, { costBps: 0 });
    const scenario = feeSensitivity(free.trades, sumBook([{ line: free, openTime: frame.openTime }]), 0, million)[3]!;
    const paid = simulate(reversion, frame, { costBps: 10 });
    expect(scenario.netReturn).toBeCloseTo(referenceMetrics(paid.trades, paid.money.pnl, million).net_total_return, 12);
  });
});

it('fee sensitivity charges a trade that is open at the end for its entry only, also when the run cost nothing', () => {
  const edges = { high_96: [110, 110, 110], low_96: [90, 90, 90] };
  const open = frameOf({ close: [100, 100, 110], want: [0, 1, 1], ...edges });
  const free = simulate(wantStrategy, open, { costBps: 0 });
  const paid = simulate(wantStrategy, open, { costBps: 10 });
  const scenario = feeSensitivity(free.trades, sumBook([{ line: free, openTime: open.openTime }]), 0, million)[3]!;
  expect(scenario.avgR).toBeCloseTo(paid.trades[0]!.rangeEdgeR, 12);
});

describe('segments by funding persistence', () => {
  const segments = segmentByFunding([
    { pnl: Float64Array.of(1, 2, 4, 8, 16, 32), active: Float64Array.of(0, 1, 1, 1, 1, 1), age: Float64Array.of(0, 8, 9, 30, 96, 97) },
  ]);

  it('split bars and pnl by activity', () => {
    expect(segments.byActive).toEqual([
      { segment: 'inactive', bars: 1, totalPnl: 1, meanPnl: 1 },
      { segment: 'active', bars: 5, totalPnl: 62, meanPnl: 12.4 },
    ]);
  });

  it('split active bars by age, upper bounds included', () => {
    expect(segments.byAge.map(({ segment, totalPnl }) => [segment, totalPnl])).toEqual([
      ['inactive', 1],
      ['0-8', 2],
      ['9-30', 12],
      ['31-96', 16],
      ['>96', 32],
    ]);
  });

  it('add up over lines and have a mean of 0 where there is no bar', () => {
    const one = { pnl: Float64Array.of(1), active: Float64Array.of(0), age: Float64Array.of(0) };
    const { byActive } = segmentByFunding([one, one]);
    expect(byActive).toEqual([
      { segment: 'inactive', bars: 2, totalPnl: 2, meanPnl: 1 },
      { segment: 'active', bars: 0, totalPnl: 0, meanPnl: 0 },
    ]);
  });
});

it('an unknown accounting is refused with the nearest known one', () => {
  expect(() => accountingOf('scren')).toThrow(/no accounting is called scren; did you mean screen\?/);
  expect(accountingOf('screen').id).toBe('screen');
});
