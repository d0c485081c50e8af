import { daysPerYear } from '../../core/time.ts';
import { mean } from '../../stats/moments.ts';
import { sharpe } from '../../stats/sharpe.ts';
import { neumaierSum } from '../../stats/sums.ts';
import type { BookRun } from '../book/book.ts';
import type { UnitStream } from '../streams.ts';
import type { DaySpan } from './portfolioMetrics.ts';
import { riskShares } from './riskShares.ts';

/** One edge in a book, over a span. Names as in edge_contribution_<mode>.csv. */
export interface EdgeContribution {
  readonly edge_id: string;
  /** Net pnl of its own part of the exposures, traded alone. */
  readonly total_pnl: number;
  readonly cost: number;
  readonly mean_weight: number;
  readonly max_weight: number;
  readonly active_days: number;
  /** Sharpe ratio of the edge at weight 1. */
  readonly standalone_sharpe: number | null;
  /** Sharpe ratio of the book less that of the book decided without the edge; null where that was not computed. */
  readonly marginal_sharpe: number | null;
  /** Share of the variance over the whole span. */
  readonly risk_share: number | null;
}

export interface SymbolContribution {
  readonly symbol: string;
  readonly total_pnl: number;
  /** Of the bars that began with an exposure, over the whole run. */
  readonly positive_bars_ratio: number | null;
  readonly held_bars: number;
  readonly traded: number;
}

/** The edges of a book, the most profitable first. @param without Sharpe ratio of the book decided without each edge, null where unknown */
export function edgeContributions(
  book: BookRun,
  streams: readonly UnitStream[],
  given: { readonly span: DaySpan; readonly without: readonly (number | null)[] | null },
): EdgeContribution[] {
  const { span, without } = given;
  const ofDays = (column: Float64Array) => column.subarray(span.from, span.to);
  const whole = sharpe(ofDays(book.daily.pnl), daysPerYear).annualized;
  const shares = riskShares(book.daily.edgePnl, span.from, span.to);
  const rows = streams.map(({ edge, daily, isActive }, e): EdgeContribution => {
    const weights = book.weights.slice(span.from, span.to).map((day) => day[e]!);
    const other = without?.[e] ?? null;
    return {
      edge_id: edge,
      total_pnl: neumaierSum(ofDays(book.daily.edgePnl[e]!)),
      cost: neumaierSum(ofDays(book.daily.edgeCost[e]!)),
      mean_weight: mean(weights) ?? 0,
      max_weight: Math.max(0, ...weights),
      active_days: isActive.subarray(span.from, span.to).reduce((sum, flag) => sum + flag, 0),
      standalone_sharpe: sharpe(ofDays(daily), daysPerYear).annualized,
      marginal_sharpe: whole === null || other === null ? null : whole - other,
      risk_share: shares === null ? null : shares[e]!,
    };
  });
  return rows.sort((a, b) => b.total_pnl - a.total_pnl || (a.edge_id < b.edge_id ? -1 : 1));
}

/** The symbols of a book, the most profitable first. */
export function symbolContributions(book: BookRun, symbols: readonly string[], span: DaySpan): SymbolContribution[] {
  const rows = symbols.map((symbol, s): SymbolContribution => {
    const held = book.heldBars[s]!;
    return {
      symbol,
      total_pnl: neumaierSum(book.daily.symbolPnl[s]!.subarray(span.from, span.to)),
      positive_bars_ratio: held === 0 ? null : book.positiveBars[s]! / held,
      held_bars: held,
      traded: neumaierSum(book.daily.tradedBySymbol[s]!.subarray(span.from, span.to)),
    };
  });
  return rows.sort((a, b) => b.total_pnl - a.total_pnl || (a.symbol < b.symbol ? -1 : 1));
}
