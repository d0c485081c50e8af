import type { FittedThreshold } from './thresholds.ts';

/** What a study found. Rows of its tables, as plain values; null is undefined, with a reason beside it where one is due. */

export type Verdict = 'pass' | 'fail' | 'inconclusive';
export type SliceId = 'development' | 'confirmation' | 'holdout';

export interface EventRow {
  readonly event_id: string;
  readonly symbol: string;
  readonly slice: SliceId | null;
  readonly trigger_idx: number;
  readonly anchor_idx: number;
  readonly exit_idx: number;
  /** Epoch ms of the bars' opens. */
  readonly trigger_ts: number;
  readonly anchor_ts: number;
  readonly exit_ts: number;
  readonly direction: number;
  readonly is_open: boolean;
  readonly controls: number;
  readonly strata: Readonly<Record<string, number | null>>;
}

export interface ControlRow {
  readonly event_id: string;
  readonly control_id: string;
  readonly symbol: string;
  readonly idx: number;
  readonly ts: number;
  readonly distance: number;
  /** How many events of the slice it serves. */
  readonly reuse_count: number;
}

export interface OutcomeRow {
  readonly cohort: 'event' | 'control';
  readonly event_id: string;
  readonly control_id: string | null;
  readonly outcome: string;
  readonly value: number | null;
  readonly time: number | null;
  readonly status: 'observed' | 'censored' | 'undefined';
}

export interface EffectRow {
  readonly slice: SliceId;
  readonly estimand: string;
  readonly split: string;
  readonly level: string;
  readonly n_events: number;
  readonly n_controls: number;
  /** Distinct UTC days with events: what the interval's resampling counts. */
  readonly n_effective: number;
  readonly event: number | null;
  readonly control: number | null;
  readonly effect: number | null;
  readonly ci_low: number | null;
  readonly ci_high: number | null;
  readonly p_raw: number | null;
  readonly p_adjusted: number | null;
  /** Mean length of the blocks of days that the interval was resampled in; null without one. */
  readonly block_days: number | null;
}

/** The primary effect over the cells of a split, as draws from one distribution of effects. */
export interface HeterogeneityRow {
  readonly slice: SliceId;
  readonly estimand: string;
  readonly split: string;
  /** Cells with enough events and an error. */
  readonly cells: number;
  /** Mean of the distribution, its interval and the p-value of its being 0; null with fewer than two cells. */
  readonly pooled: number | null;
  readonly ci_low: number | null;
  readonly ci_high: number | null;
  readonly p: number | null;
  /** Variance of the effect between cells. */
  readonly tau_squared: number | null;
  /** Share of the spread of the cells' estimates that is between cells. */
  readonly i_squared: number | null;
  /** Weighted squared distances from the common effect, and the p-value of all cells having one. */
  readonly q: number | null;
  readonly p_heterogeneity: number | null;
}

export interface CurveRow {
  readonly slice: SliceId;
  readonly outcome: string;
  readonly cohort: 'event' | 'control';
  readonly age: number;
  readonly at_risk: number;
  readonly hits: number;
  readonly hazard: number | null;
  readonly cum_hazard: number;
  readonly survival: number;
  /** Greenwood's standard error of the survival. */
  readonly se: number;
}

/** Mean path around the anchor: a picture of what was compared. Ages below 1 lie before every outcome. */
export interface ProfileRow {
  readonly slice: SliceId;
  /** Return since the anchor's close in the event's direction, or the absolute return of the bar. */
  readonly measure: 'cumulated_return' | 'absolute_return';
  readonly cohort: 'event' | 'control';
  /** Bars after the anchor. */
  readonly age: number;
  /** Matched events with a bar at that age. */
  readonly n: number;
  readonly mean: number | null;
  /** Band of the mean; null where all events lie on one day. */
  readonly low: number | null;
  readonly high: number | null;
}

export interface BalanceRow {
  readonly slice: SliceId;
  readonly variable: string;
  readonly event_mean: number | null;
  readonly control_mean: number | null;
  /** Standardized mean difference. */
  readonly smd: number | null;
}

export interface NegativeControlRow {
  readonly slice: SliceId;
  readonly id: string;
  readonly kind: 'circular_shift' | 'placebo_outcome' | 'surrogate_market';
  readonly estimand: string;
  readonly draws: number;
  readonly observed: number | null;
  readonly null_mean: number | null;
  readonly null_sd: number | null;
  readonly p: number | null;
}

export interface CoverageRow {
  readonly symbol: string;
  readonly rows: number;
  readonly gap_rows: number;
  readonly triggers_rejected: number;
  readonly triggers_unanchored: number;
  readonly events: number;
  /** Events that lie in no slice: before the first, in a purge, or in the sealed holdout. */
  readonly events_outside: number;
  readonly missing_columns: readonly string[];
}

export interface GateResult {
  readonly id: string;
  readonly status: Verdict;
  readonly observed: Readonly<Record<string, number | null>>;
  readonly threshold: Readonly<Record<string, number | null>>;
  /** One sentence with the numbers. */
  readonly why: string;
  /** Table of this study in which the numbers stand. */
  readonly evidence: string;
}

/** Distribution of the primary effect on markets without the structure, per generator. */
export interface SurrogateEffects {
  readonly generator: string;
  readonly effects: readonly (number | null)[];
}

export interface StudyResult {
  readonly id: string;
  readonly version: number;
  readonly digest: string;
  readonly verdict: Verdict;
  readonly label: string;
  /** Why the study could not be run at all; empty when it was. */
  readonly missing: readonly string[];
  readonly gates: readonly GateResult[];
  readonly events: readonly EventRow[];
  readonly controls: readonly ControlRow[];
  readonly outcomes: readonly OutcomeRow[];
  readonly effects: readonly EffectRow[];
  readonly curves: readonly CurveRow[];
  readonly profile: readonly ProfileRow[];
  readonly balance: readonly BalanceRow[];
  readonly stability: readonly EffectRow[];
  readonly heterogeneity: readonly HeterogeneityRow[];
  readonly negativeControls: readonly NegativeControlRow[];
  readonly thresholds: readonly FittedThreshold[];
  readonly coverage: readonly CoverageRow[];
  /** Null draws of the primary estimand on the development slice, for the figure of its placebo distribution. */
  readonly placeboDraws: readonly number[];
}
