import { unit } from '../../../core/define.ts';
import type { Decision } from '../../book/decisions.ts';
import type { SymbolContribution } from '../../metrics/contributions.ts';
import type { PortfolioMetrics } from '../../metrics/portfolioMetrics.ts';
import type { PeriodResult } from '../../metrics/periods.ts';
import type { StressCell } from '../../stress/grid.ts';

/** Levels that a portfolio has to reach, as its document states them. */
export interface GatePolicy {
  /** Least mean return a year over the baseline at equal volatility, at the lower end of a one-sided 95 % interval. */
  readonly uplift_min: number;
  readonly regime_sign_consistency_min: number;
  readonly regime_periods_min: number;
  /** Least share of market conditions (volatility, trend, funding) with a profit. */
  readonly regime_conditions_positive_min: number;
  readonly symbol_positive_ratio_min: number;
  readonly symbols_active_min: number;
  /** Largest concentration of profit: sum of squared shares of the symbols that earned. */
  readonly symbol_concentration_max: number;
  /** Least net return at twice the cost. */
  readonly friction_net_return_min: number;
  readonly out_of_sample_days_min: number;
  readonly deflated_sharpe_min: number;
  /** Capital that the volume has to carry, quote currency, at most this share of a day's volume per symbol. */
  readonly capital_min: number;
  readonly participation_max: number;
}

/** How far the evidence behind an edge goes; null where nobody has looked. */
export interface EdgeEvidence {
  readonly edge: string;
  readonly status: 'verified' | 'unverified' | 'damaged' | null;
  readonly problem: string | null;
}

/** Everything that gates may judge, of the declared mode over the days out of sample. Null: not known. */
export interface GateInput {
  readonly policy: GatePolicy;
  readonly seed: number;
  readonly mode: string;
  readonly metrics: PortfolioMetrics;
  /** [days] net pnl, and that of the baseline over the same days. */
  readonly pnl: Float64Array;
  readonly baseline: { readonly mode: string; readonly pnl: Float64Array };
  readonly years: readonly PeriodResult[];
  readonly conditions: readonly PeriodResult[];
  readonly symbols: readonly SymbolContribution[];
  readonly stress: readonly StressCell[];
  readonly decisions: readonly Decision[];
  readonly holdout: { readonly state: 'none' | 'sealed' | 'opened'; readonly days: number; readonly netReturn: number | null };
  readonly trials: { readonly count: number; readonly sharpeVariance: number | null } | null;
  /** Capital at which the volume of one in twenty traded symbol-days no longer suffices. */
  readonly capacity: number | null;
  readonly edges: readonly EdgeEvidence[];
}

export type GateStatus = 'pass' | 'fail' | 'inconclusive';

/** What a gate found; `inconclusive` never passes. */
export interface GateFinding {
  readonly status: GateStatus;
  readonly observed: number | null;
  readonly threshold: number | null;
  readonly unit: string;
  /** Days that the number comes from. */
  readonly split: 'walk_forward' | 'holdout' | 'all_decisions' | 'ledger';
  readonly why: string;
}

export interface GateResult extends GateFinding {
  readonly id: string;
  /** Stable upper-case name. */
  readonly code: string;
}

export interface GateSpec {
  readonly id: string;
  readonly summary: string;
  readonly judge: (input: GateInput) => GateFinding;
}

/** One gate of a portfolio's validation per file in portfolio/gates. */
export const defineGate = (spec: GateSpec) => unit('gate', spec);
export type Gate = ReturnType<typeof defineGate>;

/** Every gate's answer, in order of ids. */
export function judgeGates(gates: readonly Gate[], input: GateInput): GateResult[] {
  return [...gates].sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ id, judge }) => ({ id, code: id.toUpperCase(), ...judge(input) }));
}

/** The verdict of gates: only when every one passes. */
export function verdictOf(results: readonly GateResult[]): 'PASS_PROMOTION' | 'FAIL_PROMOTION' {
  return results.length > 0 && results.every(({ status }) => status === 'pass') ? 'PASS_PROMOTION' : 'FAIL_PROMOTION';
}

/** Pass or fail of a number that has to reach a threshold; inconclusive where there is none. */
export function atLeast(
  observed: number | null,
  threshold: number,
  said: Pick<GateFinding, 'unit' | 'split'> & { readonly why: string; readonly whyNot: string },
): GateFinding {
  const { unit: unitName, split, why, whyNot } = said;
  if (observed === null) return { status: 'inconclusive', observed, threshold, unit: unitName, split, why: whyNot };
  return { status: observed >= threshold ? 'pass' : 'fail', observed, threshold, unit: unitName, split, why };
}
