import { drawdown } from '../../stats/drawdown.ts';
import { expectedShortfall } from '../../stats/expectedShortfall.ts';
import { neumaierSum } from '../../stats/sums.ts';
import type { BookRun, Execution } from '../book/book.ts';
import { type LimitsByEdge, replay } from '../book/decisions.ts';
import type { Market } from '../book/market.ts';
import { runBook } from '../book/runBook.ts';
import { type Breach, breachesOf } from '../metrics/breaches.ts';
import { additiveEquity, type DaySpan, portfolioMetrics } from '../metrics/portfolioMetrics.ts';
import type { UnitStream } from '../streams.ts';
import { worstDaysTogether, worstWeekAgain } from './dailyPaths.ts';

/** One cell of the stress grid, as in stress.json. */
export interface StressCell {
  readonly mode: string;
  /** For example `cost_x2`; stable, gates name it. */
  readonly cell: string;
  readonly kind: 'base' | 'cost' | 'latency' | 'fill' | 'funding' | 'symbol_left_out' | 'edge_left_out' | 'worst_week' | 'correlation';
  /** Multiple, bars, share or name; null where the cell has none. */
  readonly value: number | string | null;
  /** Whether weights are those of the run or were decided anew. */
  readonly weights: 'kept' | 'renewed';
  readonly net_total_return: number;
  readonly max_drawdown: number;
  readonly cvar_1d_99: number | null;
  readonly breaches: readonly Breach[];
}

/** What a grid is computed from. */
export interface StressInput {
  readonly mode: string;
  readonly streams: readonly UnitStream[];
  readonly market: Market;
  readonly book: BookRun;
  readonly execution: Execution;
  readonly limits: LimitsByEdge;
  readonly span: DaySpan;
  /** Books decided without each edge and each symbol, in the order of the streams and the market; null where they were not computed. */
  readonly withoutEdge: readonly BookRun[] | null;
  readonly withoutSymbol: readonly BookRun[] | null;
}

export const stressCosts = [1.5, 2, 3] as const;
const latencies = [1, 2] as const;
const fills = [0.7] as const;

/**
 * The same book under worse conditions: costs, latency, partial fills, funding, without each symbol and each edge, its worst week twice, and all
 * edges' worst days at once. Weights are kept as they were decided, except in books that were decided without an edge or a symbol.
 *
 * @source governance specification 18.7
 */
export function stressGrid(input: StressInput): StressCell[] {
  const { streams, market, book, execution, span, withoutEdge, withoutSymbol } = input;
  const again = (change: Partial<Execution>) => runBook(streams, market, { decide: replay(book.targets), execution: { ...execution, ...change } });
  const ofBook = (name: Name, run: BookRun, weights: StressCell['weights'] = 'kept') => bookCell(input, { name, run, weights });
  const days = (column: Float64Array) => column.subarray(span.from, span.to);
  return [
    ofBook({ cell: 'base', kind: 'base', value: null }, book),
    ...stressCosts.map((value) => ofBook({ cell: `cost_x${value}`, kind: 'cost', value }, again({ costMultiple: value }))),
    ...latencies.map((value) => ofBook({ cell: `latency_${value}`, kind: 'latency', value }, again({ delayBars: value }))),
    ...fills.map((value) => ofBook({ cell: `fill_${value}`, kind: 'fill', value }, again({ fillRatio: value }))),
    ofBook({ cell: 'funding_x2', kind: 'funding', value: 2 }, again({ fundingMultiple: 2 })),
    ...market.symbols.map((value, s) => {
      const name = { cell: `without_${value}`, kind: 'symbol_left_out', value } as const;
      if (withoutSymbol !== null) return ofBook(name, withoutSymbol[s]!, 'renewed');
      return ofBook(name, again({ isLeftOut: Uint8Array.from(market.symbols, (_, i) => +(i === s)) }));
    }),
    ...(withoutEdge ?? []).map((run, e) => {
      const value = streams[e]!.edge;
      return ofBook({ cell: `without_${value}`, kind: 'edge_left_out', value }, run, 'renewed');
    }),
    dailyCell(input, { cell: 'worst_week_twice', kind: 'worst_week', value: null }, worstWeekAgain(days(book.daily.pnl))),
    dailyCell(
      input,
      { cell: 'worst_days_together', kind: 'correlation', value: 1 },
      worstDaysTogether([...book.daily.edgePnl.map(days), days(book.daily.netting)]),
    ),
  ];
}

type Name = Pick<StressCell, 'cell' | 'kind' | 'value'>;

function bookCell(
  { mode, limits, span }: StressInput,
  { name, run, weights }: { readonly name: Name; readonly run: BookRun; readonly weights: StressCell['weights'] },
): StressCell {
  const metrics = portfolioMetrics(run, { span, limits, initialEquity: 1 });
  const { net_total_return, max_drawdown, cvar_1d_99, constraint_breaches: breaches } = metrics;
  return { mode, ...name, weights, net_total_return, max_drawdown, cvar_1d_99, breaches };
}

function dailyCell({ mode, limits }: StressInput, name: Name, daily: Float64Array): StressCell {
  const max_drawdown = drawdown(additiveEquity(daily)).maxDrawdown ?? 0;
  const at = (level: number) => expectedShortfall(daily, level).expectedShortfall;
  const breaches = breachesOf([
    { limit: 'drawdown', observed: max_drawdown, allowed: limits.drawdownMax },
    { limit: 'cvar', observed: at(limits.cvarLevel), allowed: limits.cvarMax },
  ]);
  return { mode, ...name, weights: 'kept', net_total_return: neumaierSum(daily), max_drawdown, cvar_1d_99: at(0.99), breaches };
}
