import type { ParamValues } from '../core/params.ts';
import type { Profile } from '../core/profile.ts';
import type { Strategy } from '../core/intent.ts';
import type { DailySums } from './dailySums.ts';
import type { Frame } from './frame.ts';
import type { BoundOverlay } from './overlay/overlay.ts';
import type { PositionPath } from './overlay/path.ts';
import type { OverlayAct, OverlayRecord, OverlayStatistics } from './overlay/record.ts';
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
  /** The line prepared for many runs under different overlays, by the standard profile. Left out: this accounting does not offer it. */
  readonly rehearse?: (frame: Frame, strategy: Strategy, given: { readonly params: ParamValues; readonly costFraction: number }) => Rehearsal;
}

/** A line that is run many times under different overlays. */
export interface Rehearsal {
  readonly strategy: string;
  readonly symbol: string;
  /** Runs it once and adds its money by day to `into`. The path lasts until the next run. */
  readonly run: (
    overlays: readonly BoundOverlay[],
    into: DailySums,
    options?: RehearsalRun,
  ) => { readonly path: PositionPath; readonly record: OverlayRecord };
}

export interface RehearsalRun {
  /** Whether the record lists single acts besides counting them; not when left out. */
  readonly keepsActs?: boolean;
  /**
   * The only rows on which the overlays act; all when left out. The path may leave out what begins after them, and what was over before
   * them; the record counts the entries offered on them.
   */
  readonly within?: { readonly from: number; readonly to: number } | undefined;
}

export interface SimulateOptions {
  /** Fees and slippage as a fraction of traded notional. */
  readonly costFraction: number;
  readonly profile: Profile;
  /** Overlays bound to the frame, in any order; see overlay/overlay.ts. */
  readonly overlays?: readonly BoundOverlay[];
}

/** What overlays did to a line, beside the same line without them. */
export interface OverlayOutcome {
  /** Entries that the strategy's own rules offered, and those taken at once: intents = passed + blocked + delayed + expired. */
  readonly intents: number;
  readonly passed: number;
  readonly statistics: readonly OverlayStatistics[];
  readonly acts: readonly OverlayAct[];
  /** Rows on which the position differs from the line without overlays, and their share of all rows. */
  readonly changedBars: number;
  readonly changedShare: number;
}

/** One strategy on one symbol. */
export interface Line {
  readonly strategy: string;
  readonly symbol: string;
  readonly money: Money;
  /** [rows] return of the symbol per bar; NaN where there is none. */
  readonly returns: Float64Array;
  /** Pnl [rows] when every decision is executed late, one series per delay of engine/latencySensitivity.ts. */
  readonly delayedPnl: readonly Float64Array[];
  readonly trades: readonly Trade[];
  readonly diagnostics: LineDiagnostics;
  /** Where the line was run under overlays. */
  readonly overlays?: OverlayOutcome;
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
