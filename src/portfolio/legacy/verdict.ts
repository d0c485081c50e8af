import { neumaierSum } from '../../stats/sums.ts';
import type { LegacySymbolRow } from './contributions.ts';
import type { LegacyMetrics } from './metrics.ts';

export interface LegacyGateLimits {
  readonly upliftMin: number;
  readonly signConsistencyMin: number;
  readonly positiveSymbolsMin: number;
  readonly frictionExcessMin: number;
}

export const legacyGateDefaults: LegacyGateLimits = { upliftMin: 0, signConsistencyMin: 0.8, positiveSymbolsMin: 0.6, frictionExcessMin: 0 };

export interface LegacyVerdictInput {
  readonly runId: string;
  readonly selected: Pick<LegacyMetrics, 'mode' | 'net_total_return' | 'constraints_pass' | 'constraint_breaches'> & {
    readonly estimated_cost_drag: number;
  };
  readonly symbols: readonly LegacySymbolRow[];
  /** [bars] */
  readonly pnl: Float64Array;
  readonly openTime: Float64Array;
  /** Net return of the run's single strategy. */
  readonly baselineReturn: number;
}

/**
 * The reference's five gates and its verdict, in the form of its `verdict.json`.
 *
 * @source governance specification 11.2, 11.3
 */
export function legacyVerdict(input: LegacyVerdictInput, limits: LegacyGateLimits = legacyGateDefaults) {
  const { selected, symbols, baselineReturn } = input;
  const delta = selected.net_total_return - baselineReturn;
  const consistency = yearlyConsistency(input.pnl, input.openTime);
  const positive = symbols.length === 0 ? 0 : symbols.filter(({ total_pnl }) => total_pnl > 0).length / symbols.length;
  const excess = selected.net_total_return - selected.estimated_cost_drag;
  const gates = {
    uplift_vs_baseline: {
      pass: delta >= limits.upliftMin,
      baseline_return: baselineReturn,
      selected_return: selected.net_total_return,
      delta,
    },
    regime_stability: { pass: consistency >= limits.signConsistencyMin, sign_consistency: consistency },
    symbol_stability: { pass: positive >= limits.positiveSymbolsMin, positive_symbol_ratio: positive },
    friction_floor: { pass: excess >= limits.frictionExcessMin, estimated_cost_drag: selected.estimated_cost_drag, friction_excess: excess },
    constraints: { pass: selected.constraints_pass, constraint_breaches: selected.constraint_breaches },
  };
  const isPassed = Object.values(gates).every(({ pass }) => pass);
  return { run_id: input.runId, selected_mode: selected.mode, verdict: isPassed ? 'PASS_PROMOTION' : 'FAIL_PROMOTION', gates };
}

/**
 * Share of the years with the sign that most years have; ties count as negative, years of exactly 0 not at all, and nothing gives 0. A portfolio
 * that loses every year therefore is perfectly consistent.
 *
 * @source governance specification 11.2
 */
export function yearlyConsistency(pnl: Float64Array, openTime: Float64Array): number {
  const years = new Map<number, number[]>();
  for (let bar = 0; bar < pnl.length; bar++) {
    const year = new Date(openTime[bar]!).getUTCFullYear();
    const values = years.get(year);
    if (values === undefined) years.set(year, [pnl[bar]!]);
    else values.push(pnl[bar]!);
  }
  const signs = [...years.values()].map((values) => Math.sign(neumaierSum(values))).filter((sign) => sign !== 0);
  if (signs.length === 0) return 0;
  const gains = signs.filter((sign) => sign > 0).length;
  return Math.max(gains, signs.length - gains) / signs.length;
}
