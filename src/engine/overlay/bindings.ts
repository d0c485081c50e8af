import type { Counterfactual, Deltas } from '../risk/counterfactual.ts';

/** What overlays did in a run, as `overlay_bindings.json` holds it: keys are those of the file. Definitions are in docs/overlays.md. */
export interface OverlayBindings {
  /** Kinds of effect in the order in which overlays are asked. */
  readonly precedence: readonly string[];
  /** By strategy, in the form that overlay bindings have always had, with true numbers. */
  readonly overlay_bindings: Readonly<Record<string, { readonly applied_overlays: readonly string[]; readonly symbols: readonly LineBinding[] }>>;
  /** By name: sums over strategies and symbols, and the book beside itself without this overlay. */
  readonly overlays: Readonly<Record<string, OverlaySummary>>;
  /** The book, and each strategy's part of it, beside itself without any overlay. */
  readonly counterfactual: { readonly book: Counterfactual; readonly strategies: Readonly<Record<string, Counterfactual>> };
}

/** One strategy on one symbol. */
export interface LineBinding {
  readonly symbol: string;
  /** Names in their order of precedence. */
  readonly overlays: readonly string[];
  readonly intents: number;
  readonly passed: number;
  readonly changed_bars: number;
  readonly changed_share: number;
  readonly counterfactual: Deltas;
  readonly binding_stats: readonly BindingStats[];
}

/** Counts that add up over strategies and symbols. */
export const bindingCounts = [
  'bars_evaluated',
  'condition_true_bars',
  'missing_input_bars',
  'intents_seen',
  'blocked_entries',
  'blocked_runs',
  'delayed_entries',
  'delay_bars_total',
  'expired_entries',
  'resized_entries',
  'flattened_positions',
  'changed_bars',
] as const;
export type BindingCounts = Readonly<Record<(typeof bindingCounts)[number], number>>;

/** One overlay on one strategy and symbol. `changed_bars` compares with the same line without this overlay, the others in force. */
export interface BindingStats extends BindingCounts {
  readonly overlay: string;
  readonly symbol: string;
  readonly effect: string;
  /** Bars that move from flat into a position. */
  readonly entry_count: number;
  readonly changed_share: number;
  readonly counterfactual: Deltas;
}

export interface OverlaySummary extends BindingCounts {
  readonly version: number;
  readonly digest: string;
  readonly effect: string;
  readonly changed_share: number;
  /** Whether it changed the position on any bar. */
  readonly is_binding: boolean;
  readonly counterfactual: Counterfactual;
}
