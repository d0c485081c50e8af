import { additiveDrawdown } from './referenceMetrics.ts';
import type { BookSeries } from './bookMetrics.ts';
import type { Trade } from './trades.ts';

/** The book under another all-in cost, positions unchanged. */
export interface FeeScenario {
  /** All-in cost per unit of turnover, basis points. */
  readonly costBps: number;
  readonly netReturn: number;
  readonly avgR: number;
  readonly maxDrawdown: number;
  readonly trades: number;
  /** True for the run's own cost. */
  readonly isOwn: boolean;
}

/** Costs that every run is shown under, besides its own. */
export const feeScenariosBps = [0, 2, 5, 10] as const;

/**
 * The book under each cost: own first unless it is one of the standard ones.
 *
 * @param ownBps all-in cost of the run
 * @source core-pipeline specification 16.8
 */
export function feeSensitivity(trades: readonly Trade[], series: BookSeries, ownBps: number, initial: number): FeeScenario[] {
  const standard: readonly number[] = feeScenariosBps;
  const costs = standard.includes(ownBps) ? standard : [ownBps, ...standard];
  const rows = series.pnl.length;
  const pnl = new Float64Array(rows);
  return costs.map((costBps) => {
    const ratio = ownBps === 0 ? null : costBps / ownBps;
    const charge = costBps / 10_000;
    let net = 0;
    for (let row = 0; row < rows; row++) {
      // Where the run charged nothing at all (a free change of position at a gap), no scenario charges either.
      const cost = ratio === null ? series.turnover[row]! * charge : series.cost[row]! * ratio;
      pnl[row] = costBps === ownBps ? series.pnl[row]! : series.gross[row]! - cost + series.funding[row]!;
      net += pnl[row]!;
    }
    let r = 0;
    for (const trade of trades) {
      const sides = trade.isOpen ? 1 : 2;
      const cost = ratio === null ? sides * charge : trade.cost * ratio;
      if (trade.rangeEdgeRisk > 0) r += (trade.gross - cost + trade.funding) / trade.rangeEdgeRisk;
    }
    return {
      costBps,
      netReturn: net,
      avgR: trades.length === 0 ? 0 : r / trades.length,
      maxDrawdown: additiveDrawdown(pnl, initial),
      trades: trades.length,
      isOwn: costBps === ownBps,
    };
  });
}
