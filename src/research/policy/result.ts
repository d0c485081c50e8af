import type { ParamValues } from '../../core/params.ts';
import type { OverlayEffect } from '../../engine/overlay/overlay.ts';
import type { PinnedThresholds } from '../study/pinned.ts';
import type { CoverageRow, GateResult, SliceId, Verdict } from '../study/result.ts';

/** What a policy study found. Rows of its tables, as plain values; null is undefined. */

/** One condition times one action, on one slice. Money in basis points of the notional of one line (all lines are equal). */
export interface CellRow {
  readonly cell: string;
  readonly condition: string;
  readonly action: string;
  readonly slice: SliceId;
  /** The earlier cell with the same position paths, whose trial this is; `baseline` where nothing changes; null for a trial of its own. */
  readonly same_as: string | null;
  readonly days: number;
  /** Share of bars on which the condition holds, and of bars on which it cannot be told. */
  readonly condition_share: number;
  readonly missing_share: number;
  /** Entries refused, put off, resized or cut short, and how the baseline's trades and positions fared. */
  readonly bound_entries: number;
  readonly trades: number;
  readonly changed_trades: number;
  readonly changed_bars: number;
  /** Shares of the baseline's exposure and turnover that are left. */
  readonly exposure_kept: number | null;
  readonly turnover_kept: number | null;
  /** Mean net difference per day, and its interval. */
  readonly difference_bps: number | null;
  readonly ci_low_bps: number | null;
  readonly ci_high_bps: number | null;
  /** Beyond a random throttle of equal exposure, before costs: per day, and per changed trade. */
  readonly excess_bps: number | null;
  readonly excess_bps_per_trade: number | null;
  /** Sharpe ratio of the daily excess, not annualized. */
  readonly excess_sharpe: number | null;
  /** Against the random throttles: alone, adjusted for all cells (step-down), adjusted for any dependence (Benjamini-Yekutieli). */
  readonly p: number | null;
  readonly p_adjusted: number | null;
  readonly p_by: number | null;
  /** Mean net difference per day of the random throttles themselves. */
  readonly throttle_difference_bps: number | null;
  readonly deflated_sharpe: number | null;
  /** The same by the number of trials counted instead of their effective number. */
  readonly deflated_sharpe_counted: number | null;
  /** Change of the largest additive drawdown and of the 95 % expected shortfall of a day; negative is better. */
  readonly max_drawdown_change_bps: number | null;
  readonly shortfall_change_bps: number | null;
}

/** What the overlay of a cell did to one line of the book. */
export interface BindingRow {
  readonly cell: string;
  readonly slice: SliceId;
  readonly strategy: string;
  readonly symbol: string;
  readonly trades: number;
  readonly changed_trades: number;
  readonly changed_bars: number;
  readonly intents: number;
  readonly passed: number;
  readonly blocked_entries: number;
  readonly blocked_runs: number;
  readonly delayed_entries: number;
  readonly delay_bars_total: number;
  readonly expired_entries: number;
  readonly resized_entries: number;
  readonly flattened_positions: number;
}

/** One random throttle: the condition of a cell moved by so many days. */
export interface ThrottleRow {
  readonly cell: string;
  readonly slice: SliceId;
  readonly draw: number;
  readonly days_moved: number;
  readonly exposure_kept: number | null;
  readonly difference_bps: number;
  readonly excess_sharpe: number;
}

/** The excess of a cell on a part of its days. */
export interface PolicyStabilityRow {
  readonly cell: string;
  readonly split: string;
  readonly level: string;
  readonly changed_days: number;
  readonly excess_bps: number;
}

export interface CellGate extends GateResult {
  readonly cell: string;
}

/** The book without any policy, per slice and line. */
export interface BaselineRow {
  readonly slice: SliceId;
  readonly strategy: string;
  readonly symbol: string;
  readonly start: number;
  readonly days: number;
  readonly trades: number;
  readonly net_bps: number;
  readonly exposure_bars: number;
  readonly turnover: number;
}

/** How much was tried, and what that says about the best of it; on the development slice. */
export interface PolicyFamily {
  readonly cells: number;
  /** Cells with paths of their own: the trials that the ledger counts. */
  readonly distinct: number;
  /** Other trials of the same hypothesis: what the ledger knows, and other policy studies of the same run. */
  readonly prior: number;
  readonly effective_trials: number | null;
  /** Hansen's consistent p of the best net difference. */
  readonly spa_p: number | null;
  /** Null with fewer than 10 cells. */
  readonly pbo: number | null;
}

/** What was run, as far as a reader of the result or of an overlay drafted from it needs it. */
export interface PolicyDesign {
  readonly accounting: string;
  readonly cost_bps: number;
  readonly min_sign_share: number;
  /** Confidence of intervals. */
  readonly level: number;
  readonly baseline: readonly { readonly strategy: string; readonly params: ParamValues }[];
  /** Symbols that had all data, sorted. */
  readonly symbols: readonly string[];
  /** Slices looked at, in whole UTC days; start in epoch ms. */
  readonly slices: readonly { readonly id: SliceId; readonly start: number; readonly days: number }[];
  /** Formulas as the document has them. */
  readonly series: Readonly<Record<string, string>>;
  readonly conditions: Readonly<Record<string, string>>;
  readonly actions: Readonly<Record<string, { readonly text: string; readonly effect: OverlayEffect; readonly release: string | null }>>;
}

/** The study whose events the conditions read; with the thresholds that it fitted, where it fits any. */
export interface PolicyParent extends Partial<PinnedThresholds> {
  readonly study: string;
  readonly version: number;
  readonly digest: string;
  readonly verdict: Verdict | null;
}

export interface PolicyResult {
  readonly id: string;
  readonly version: number;
  readonly digest: string;
  readonly title: string;
  readonly design: PolicyDesign;
  readonly parent: PolicyParent;
  /** `pass` when a policy is promoted. */
  readonly verdict: Verdict;
  readonly decision: 'promote' | 'freeze';
  /** Why nothing was tried; empty when something was. */
  readonly missing: readonly string[];
  /** Cells, at most as many as the document allows, best first. */
  readonly promoted: readonly string[];
  readonly family: PolicyFamily;
  readonly baseline: readonly BaselineRow[];
  readonly cells: readonly CellRow[];
  readonly bindings: readonly BindingRow[];
  readonly throttles: readonly ThrottleRow[];
  readonly stability: readonly PolicyStabilityRow[];
  readonly gates: readonly CellGate[];
  readonly coverage: readonly CoverageRow[];
}
