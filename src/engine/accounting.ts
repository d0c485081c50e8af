import type { ParamValues } from '../core/params.ts';
import type { Profile } from '../core/profile.ts';
import type { Strategy } from '../core/intent.ts';
import type { Frame } from './frame.ts';
import type { Money } from './screen/money.ts';
import type { Trade } from './trades.ts';

/**
 * How intent becomes money. `screen` closes at closes; others (orders filled at the next open, the slow
 * oracle) join by exporting one more object of this type in accountings.ts.
 */
export interface Accounting {
  readonly id: string;
  readonly summary: string;
  /** Whether a result of this accounting may support an approval. */
  readonly isEvidence: boolean;
  /** @throws E_INTENT_UNSUPPORTED naming the part of the intent that it cannot resolve */
  readonly check: (strategy: Strategy) => void;
  readonly simulate: (frame: Frame, strategy: Strategy, params: ParamValues, options: SimulateOptions) => Line;
}

export interface SimulateOptions {
  /** Fees and slippage as a fraction of traded notional. */
  readonly costFraction: number;
  readonly profile: Profile;
}

/** One strategy on one symbol. */
export interface Line {
  readonly strategy: string;
  readonly symbol: string;
  readonly money: Money;
  /** [rows] return of the symbol per bar; NaN where there is none. */
  readonly returns: Float64Array;
  /** [rows] pnl when every decision is executed one bar late. */
  readonly latePnl: Float64Array;
  readonly trades: readonly Trade[];
  readonly diagnostics: LineDiagnostics;
}

export interface LineDiagnostics {
  readonly totalBars: number;
  readonly nanReturnBars: number;
  readonly forcedFlatBars: number;
  /** Rows on which a feature that the strategy reads is missing. */
  readonly missingFeatureBars: number;
  /** Rows on which a position was carried although nothing could be decided. */
  readonly blockedHeldBars: number;
  /** Flagged bars on which a position earned or cost something, and the pnl of those bars. */
  readonly flaggedBars: number;
  readonly flaggedPnl: number;
  /** Trades that touch a flagged bar, and their pnl. */
  readonly flaggedTrades: number;
  readonly flaggedTradesPnl: number;
}
