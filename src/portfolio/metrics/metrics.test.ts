import { describe, expect, it } from 'vitest';
import { sharpe } from '../../stats/sharpe.ts';
import type { LimitsByEdge } from '../book/decisions.ts';
import { runBook } from '../book/runBook.ts';
import { stressGrid } from '../stress/grid.ts';
import { worstDaysTogether, worstWeekAgain } from '../stress/dailyPaths.ts';
import { free, randomMarket, randomStreams } from '../testing/randomBook.ts';
import { breachesOf } from './breaches.ts';
import { edgeContributions, symbolContributions } from './contributions.ts';
import { byYear, signConsistency } from './periods.ts';
import { portfolioMetrics } from './portfolioMetrics.ts';
import { riskShares, riskWindows } from './riskShares.ts';

const none: LimitsByEdge = {
  investedMin: null,
  weightMax: 1,
  grossMax: null,
  netMax: null,
  symbolMax: null,
  cvarMax: null,
  cvarLevel: 0.99,
  drawdownMax: null,
  drawdownLevel: 0.95,
  turnoverDailyMax: null,
  riskShareMax: null,
  clusters: [],
};
const market = randomMarket(21, { symbols: 3, days: 60 });
const streams = randomStreams(21, market, 4);
const half = { decide: ({ day }: { day: number }) => (day === 0 ? Float64Array.of(0.5, 0.3, 0.2, 0.4) : null), execution: free };
const book = runBook(streams, market, half);
const span = { from: 5, to: 60 };
const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);

describe('metrics of a book', () => {
  const metrics = portfolioMetrics(book, { span, limits: none, initialEquity: 1_000 });

  it('add up', () => {
    expect(metrics.net_total_return).toBeCloseTo(sum(book.daily.pnl.subarray(5, 60)), 13);
    expect(metrics.gross_return - metrics.cost + metrics.funding).toBeCloseTo(metrics.net_total_return, 13);
    expect(metrics.ending_equity).toBeCloseTo(1_000 * (1 + metrics.net_total_return), 9);
    expect(metrics.sharpe_annualized).toBe(sharpe(book.daily.pnl.subarray(5, 60), 365).annualized);
  });

  it('measure the drawdown from the capital at the beginning', () => {
    const losing = { ...book, pnl: new Float64Array(market.rows), daily: { ...book.daily, pnl: new Float64Array(60) } };
    losing.pnl[5 * 96] = -0.1;
    expect(portfolioMetrics(losing, { span, limits: none, initialEquity: 1 }).max_drawdown).toBeCloseTo(0.1, 12);
  });

  it('have a tail loss at or below zero where every day gains (21.18)', () => {
    const winning = { ...book, daily: { ...book.daily, pnl: new Float64Array(60).fill(0.001) } };
    expect(portfolioMetrics(winning, { span, limits: none, initialEquity: 1 }).cvar_1d_99).toBeLessThanOrEqual(0);
  });

  it('name the limits that were exceeded, and rounding at a limit is none (21.18)', () => {
    const limits = { ...none, grossMax: metrics.max_gross_exposure / 2, netMax: metrics.max_net_exposure };
    expect(portfolioMetrics(book, { span, limits, initialEquity: 1 }).constraint_breaches.map(({ limit }) => limit)).toEqual(['gross']);
    expect(breachesOf([{ limit: 'symbol', observed: 0.20000000000000004, allowed: 0.2 }])).toEqual([]);
    expect(breachesOf([{ limit: 'symbol', observed: 0.2001, allowed: 0.2 }])).toHaveLength(1);
  });
});

describe('contributions', () => {
  it('of edges and of symbols add up to the book, the best first', () => {
    const edges = edgeContributions(book, streams, { span, without: null });
    const symbols = symbolContributions(book, market.symbols, span);
    const net = sum(book.daily.pnl.subarray(5, 60));
    expect(sum(edges.map(({ total_pnl }) => total_pnl)) + sum(book.daily.netting.subarray(5, 60))).toBeCloseTo(net, 13);
    expect(sum(symbols.map(({ total_pnl }) => total_pnl))).toBeCloseTo(net, 13);
    expect(edges.map(({ total_pnl }) => total_pnl)).toEqual(edges.map(({ total_pnl }) => total_pnl).toSorted((a, b) => b - a));
  });

  it('to risk sum to one in every window', () => {
    for (const { shares } of riskWindows(book.daily.edgePnl, span, { length: 20, step: 5 })) expect(sum(shares!)).toBeCloseTo(1, 12);
    expect(riskShares([new Float64Array(9), new Float64Array(9)], 0, 9)).toBeNull();
  });
});

describe('years', () => {
  it('have a dominant sign, negative on a tie (specification 15.5)', () => {
    const of = (...pnl: number[]) => signConsistency(pnl.map((value, i) => ({ period: String(i), days: 1, pnl: value })));
    expect(of(-1, -1, -1)).toEqual({ sign: -1, share: 1, periods: 3 });
    expect(of(1, -1)).toEqual({ sign: -1, share: 0.5, periods: 2 });
    expect(of(0, 0)).toBeNull();
    expect(of(1, 1, 1, 1, -1)).toEqual({ sign: 1, share: 0.8, periods: 5 });
  });

  it('are those of UTC', () => {
    const daily = new Float64Array(4).fill(1);
    expect(byYear(daily, Date.UTC(2022, 11, 30), { from: 0, to: 4 })).toEqual([
      { period: '2022', days: 2, pnl: 2 },
      { period: '2023', days: 2, pnl: 2 },
    ]);
  });
});

describe('stress', () => {
  const cells = stressGrid({ mode: 'm', streams, market, book, execution: free, limits: none, span, withoutEdge: null, withoutSymbol: null });
  const net = (name: string) => cells.find(({ cell }) => cell === name)!.net_total_return;

  it('has a cell for every condition, and costs that grow in proportion', () => {
    expect(new Set(cells.map(({ kind }) => kind))).toEqual(
      new Set(['base', 'cost', 'latency', 'fill', 'funding', 'symbol_left_out', 'worst_week', 'correlation']),
    );
    expect(net('base') - net('cost_x2')).toBeCloseTo(net('cost_x2') - net('cost_x3'), 12);
    expect(net('cost_x3')).toBeLessThan(net('base'));
  });

  it('leaves a symbol out exactly', () => {
    const rest = sum(book.daily.symbolPnl[0]!.subarray(span.from)) + sum(book.daily.symbolPnl[1]!.subarray(span.from));
    expect(net('without_S2USDT')).toBeCloseTo(rest, 13);
  });

  it('lives through the worst week twice', () => {
    const daily = Float64Array.of(1, 1, -1, -1, -1, -1, -1, -1, -1, 1, 1);
    expect([...worstWeekAgain(daily)]).toEqual([1, 1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1, 1]);
  });

  it('adds the worst days up without changing the sum', () => {
    const [a, b] = [Float64Array.of(3, -2, 0, 1), Float64Array.of(-3, 2, 1, 0)];
    const together = worstDaysTogether([a, b]);
    expect(Math.min(...together)).toBe(-5);
    expect(sum(together)).toBe(2);
  });
});
