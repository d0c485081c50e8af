import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../../src/core/canonicalJson.ts';
import type { OverlayDocument, OverlayRule } from '../../src/governance/documents/overlay.ts';

/** A draft overlay with a rule. */
export function overlayDocument(name: string, rule: Partial<OverlayRule>, more: Partial<OverlayDocument> = {}): OverlayDocument {
  const whole: OverlayRule = { condition: 'close > 0', series: {}, effect: { kind: 'block' }, release: null, parent: null, ...rule };
  return {
    spec_version: 'v1',
    name,
    version: 1,
    event: 'test_event',
    condition: whole.condition,
    action: whole.effect.kind,
    status: 'DRAFT',
    tuning_allowed: false,
    run_ids_evidence: [],
    cost_bps_validated: null,
    notes: '',
    objective: { target_metric: 'net_total_return' },
    constraints: { max_drawdown_pct: null, tail_loss: null, exposure_limits: null, turnover_budget: null },
    stability: { sign_consistency_min: 0.67, effect_ci_excludes_0: true, max_regime_flip_count: 0 },
    rule: whole,
    ...more,
  };
}

/** Writes documents where `--specs` finds them. */
export function writeOverlays(specs: string, documents: readonly OverlayDocument[]): string {
  mkdirSync(join(specs, 'overlays'), { recursive: true });
  for (const document of documents) writeFileSync(join(specs, 'overlays', `${document.name}.json`), canonicalJson(document));
  return specs;
}
