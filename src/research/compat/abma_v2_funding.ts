import { abmaFiles, abmaStudy } from './lib/abma.ts';
import { abmaDefinition } from './lib/abmaEvents.ts';
import type { AbmaInput } from './lib/abmaTape.ts';
import type { ReferenceAnalyzer } from './lib/analyzer.ts';
import { sortedJson } from './lib/marketState.ts';

export interface AbmaFundingOptions extends AbmaInput {
  /** Minutes around each funding stamp in which no control may lie, bounds included. */
  readonly exclusionPreMinutes: number;
  readonly exclusionPostMinutes: number;
}

const version = 'v2_funding';
const delaySeconds = 300;

/**
 * The reference's study of the order book after funding stamps. A stamp at the open of its session, one in three on UTC days, never has a control
 * (S-18). When it accepts, it drafts an overlay whose delay no 15-minute bar can hold.
 *
 * @source research specification 4.10; governance specification 2.7
 */
export const abmaFunding: ReferenceAnalyzer<AbmaFundingOptions> = {
  id: 'abma_v2_funding',
  files: (_frames, options) => {
    const { trades = [], quotes = [], calendar = [], funding = [], exclusionPreMinutes = 10, exclusionPostMinutes = 30 } = options;
    const input = { trades, quotes, calendar, funding };
    const study = abmaStudy(input, version, { preMinutes: exclusionPreMinutes, postMinutes: exclusionPostMinutes });
    const files = abmaFiles(study, input, options);
    return study.verdict.accepted ? [...files, sortedJson('overlay_candidate.json', overlayDraft(options.runId))] : files;
  },
};

/** The draft of an overlay, with its evidence as the reference fills it in. */
function overlayDraft(runId: string) {
  return {
    spec_version: 'v1',
    name: `abma_funding_boundary_delay_${delaySeconds}s`,
    event: 'funding_boundary',
    condition: 'abma_stabilization_incomplete == true',
    action: `delay_entry_by_seconds: ${delaySeconds}`,
    status: 'DRAFT',
    tuning_allowed: false,
    run_ids_evidence: [{ run_id: runId, split: 'year', date_range: 'unknown', universe: 'binance_um', config_hash: version }],
    cost_bps_validated: 0,
    notes: 'Order book after funding stamps; structure only.',
    objective: { target_metric: 'net_total_return', baseline: 'none' },
    constraints: { max_drawdown_pct: null, tail_loss: null, exposure_limits: null, turnover_budget: null },
    stability: {
      sign_consistency_min: abmaDefinition.sign_consistency_threshold,
      effect_ci_excludes_0: true,
      max_regime_flip_count: abmaDefinition.max_regime_flip_count,
    },
  };
}
