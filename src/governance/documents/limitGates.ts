import type { EvidenceRole, PromotionGate } from '../records.ts';
import { type MetricId, metrics } from './metrics.ts';
import type { OverlayDocument } from './overlay.ts';

/** A limit that a document states itself, as a gate; a limit that it leaves open has no threshold. */
export type LimitGate = Omit<PromotionGate, 'threshold'> & { readonly threshold: number | null };

/**
 * The constraints and stability demands of an overlay as gates, in the units of the metrics: the drawdown limit of the file is percent,
 * the metric a fraction.
 *
 * @param role of the evidence that they are asked of
 * @source governance specification 1.3, 2.2, 17.6
 */
export function limitGates({ constraints, stability }: OverlayDocument, role: EvidenceRole): LimitGate[] {
  const { max_drawdown_pct: drawdown, tail_loss: tail, exposure_limits: exposure, turnover_budget: turnover } = constraints;
  const gate = (code: string, metric: MetricId, op: PromotionGate['op'], threshold: number | null): LimitGate => ({
    code,
    metric,
    unit: metrics[metric].unit,
    role,
    op,
    threshold,
  });
  return [
    gate('OWN_DRAWDOWN', 'max_drawdown', '<=', drawdown === null ? null : drawdown / 100),
    gate('OWN_TAIL_LOSS', 'cvar_99_1d', '<=', tail?.max_abs_return ?? null),
    gate('OWN_GROSS', 'max_gross', '<=', exposure?.max_gross ?? null),
    gate('OWN_PER_SYMBOL', 'max_per_symbol', '<=', exposure?.max_per_symbol ?? null),
    gate('OWN_TIME_IN_MARKET', 'max_time_in_market', '<=', exposure?.max_time_in_market ?? null),
    gate('OWN_TURNOVER', 'bps_per_day', '<=', turnover?.max_bps_per_day ?? null),
    gate('OWN_TRADES', 'trades_per_day', '<=', turnover?.max_trades_per_day ?? null),
    gate('OWN_SIGN_CONSISTENCY', 'sign_consistency', '>=', stability.sign_consistency_min),
    gate('OWN_EFFECT_INTERVAL', 'effect_ci_excludes_0', '>=', stability.effect_ci_excludes_0 ? 1 : 0),
    gate('OWN_REGIME_FLIPS', 'regime_flip_count', '<=', stability.max_regime_flip_count),
  ];
}
