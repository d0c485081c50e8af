import type { ExposureCaps } from './caps.ts';
import type { Steps } from './steps.ts';

/** Exposures shrink as the drawdown of the book grows: all there up to `soft`, none left at `hard`. */
export interface Throttle {
  readonly soft: number;
  readonly hard: number;
}

/** How a book is executed. */
export interface Execution {
  readonly caps: ExposureCaps;
  readonly throttle: Throttle | null;
  /** Sum of weight increases per day; null for no budget. */
  readonly turnoverDailyMax: number | null;
  /** Bars that every change of target waits. */
  readonly delayBars?: number;
  /** Share of an open trade that is filled per bar. */
  readonly fillRatio?: number;
  readonly costMultiple?: number;
  readonly fundingMultiple?: number;
  /** [symbols] 1 for a symbol that is not traded. */
  readonly isLeftOut?: Uint8Array;
}

/** What is known at the end of a day. The arrays belong to the book: read, do not keep. */
export interface BookState {
  /** The day that has ended. */
  readonly day: number;
  /** [edges] weights in force. */
  readonly weights: Float64Array;
  /** [edges * symbols] unit exposures in force, edge by edge. */
  readonly unitExposures: Float64Array;
  /** Fall of equity from its peak, a fraction. */
  readonly drawdown: number;
  /** Largest exposures of the day. */
  readonly largestGross: number;
  readonly largestNet: number;
  readonly largestSymbol: number;
}

/** Target weights for the following day, [edges]; null to leave those that are in force. */
export type Decide = (state: BookState) => Float64Array | null;

/** A book bar by bar, fractions of capital. */
export interface BookRun {
  /** [rows] gross - cost + funding. */
  readonly pnl: Float64Array;
  readonly gross: Float64Array;
  readonly cost: Float64Array;
  /** Received positive, paid negative. */
  readonly funding: Float64Array;
  /** [symbols] exposure in force after each bar. */
  readonly exposures: readonly Steps[];
  /** [days][edges] weights that were decided for the day, and what the turnover budget left of them. */
  readonly targets: readonly Float64Array[];
  readonly weights: readonly Float64Array[];
  /** [edges] target weights for the day after the last one; null where none were decided. */
  readonly next: Float64Array | null;
  readonly daily: BookDays;
  /** [symbols] bars that began with an exposure, and those of them with a profit. */
  readonly heldBars: Float64Array;
  readonly positiveBars: Float64Array;
}

/** What a book adds up by day, all [days]. */
export interface BookDays {
  readonly pnl: Float64Array;
  readonly cost: Float64Array;
  /** Smallest throttle of the day. */
  readonly throttle: Float64Array;
  /** Sum of absolute changes of exposure after edges have netted, and of weight increases. */
  readonly traded: Float64Array;
  readonly increases: Float64Array;
  readonly largestGross: Float64Array;
  readonly largestNet: Float64Array;
  readonly largestSymbol: Float64Array;
  /** [symbols][days] */
  readonly tradedBySymbol: readonly Float64Array[];
  readonly symbolPnl: readonly Float64Array[];
  /** [edges][days] net pnl of an edge's own part of the exposures, traded alone at its own cost; and that cost. */
  readonly edgePnl: readonly Float64Array[];
  readonly edgeCost: readonly Float64Array[];
  /** Cost saved because edges net before they trade: the edges' pnl and this add up to the pnl. */
  readonly netting: Float64Array;
}
