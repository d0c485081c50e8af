import { z } from 'zod';
import { subjectStates } from '../records.ts';
import { bps, day, effect, formula, formulas, fraction, id, notes, overlayName, prose, sha256Text, symbol, version } from './fields.ts';
import { objectiveMetrics } from './metrics.ts';

/** The record of one piece of evidence as files state it: a claim, whatever it says. @source governance specification 3 */
const evidence = z.strictObject({
  run_id: z.string().min(1).max(128),
  split: z.string().min(1).max(64).describe('Role of the run.'),
  date_range: z.string().min(1).max(64).describe('First and last day, YYYY-MM-DD..YYYY-MM-DD.'),
  universe: z.string().min(1).max(2_000).describe('Symbols, comma-separated.'),
  config_hash: z.string().min(1).max(128),
});

const tailLoss = z.strictObject({
  metric: z.literal('cvar_99_1d'),
  max_abs_return: fraction.describe('Largest mean loss of the worst hundredth of days; a fraction.'),
});
const exposureLimits = z.strictObject({
  max_gross: z.number().min(0).max(100).describe('Sum of absolute exposures over all symbols; a multiple of equity.'),
  max_per_symbol: z.number().min(0).max(100).describe('Absolute exposure of one symbol; a multiple of equity.'),
  max_time_in_market: fraction.describe('Share of bars with any exposure; a fraction.'),
});
const turnoverBudget = z.strictObject({
  max_bps_per_day: z.number().min(0).max(10_000).describe('Mean cost paid a day; basis points.'),
  max_trades_per_day: z.number().min(0).max(10_000).describe('Entries a UTC day, all symbols; a count.'),
});

/** The study behind an overlay. What it fits on data is pinned here as numbers: a run that fitted anew would use data that come after its bars. */
const parent = z.strictObject({
  study: id,
  version,
  digest: sha256Text,
  verdict: z.enum(['pass', 'fail', 'inconclusive']).nullable(),
  thresholds: z
    .record(symbol, z.record(id, z.number()))
    .optional()
    .describe('What the study fitted, by symbol and threshold; left out when it fits nothing.'),
  fitted_on: z.tuple([day, day]).optional().describe('First and last day of the data that they were fitted on.'),
});

/** The part that the engine runs. */
const rule = z.strictObject({
  condition: formula.describe('Where the overlay acts; a missing value is no.'),
  series: formulas,
  effect,
  release: formula.nullable().describe('What ends `hold_until`; null for every other effect.'),
  parent: parent
    .nullable()
    .describe('The study whose events the formulas read as event.age, event.active and event.direction; null when they read none.'),
});

/**
 * An overlay as its document states it (specs/overlays/<name>.json): the thirteen keys that overlay files have always had, a version,
 * and the rule in a form that the engine runs. Without a rule it does nothing and never leaves DRAFT.
 *
 * @source governance specification 2.2, 17.7
 */
export const overlayDocument = z.strictObject({
  spec_version: z.literal('v1').describe('Version of this format.'),
  name: overlayName,
  version,
  event: id.describe('Family of the events that it is about.'),
  condition: prose.describe('The condition for readers; that of the rule where there is one.'),
  action: prose.describe('The action for readers.'),
  status: z.enum(subjectStates).describe('A claim; only the ledger says what is approved.'),
  tuning_allowed: z.boolean().describe('False: every change is a new version that needs new evidence.'),
  run_ids_evidence: z.array(evidence).max(100).describe('Claims of files made elsewhere; only attached evidence counts.'),
  cost_bps_validated: bps.nullable(),
  notes,
  objective: z.strictObject({
    target_metric: z.enum(objectiveMetrics),
    evaluation_horizon: z.string().min(1).max(64).optional(),
    costs_included: z
      .array(z.enum(['fees', 'slippage', 'funding', 'overlay_costs']))
      .max(4)
      .optional(),
  }),
  constraints: z.strictObject({
    max_drawdown_pct: z.number().min(0).max(100).nullable().describe('Largest fall from a peak; percent, 30 means 30 %.'),
    tail_loss: tailLoss.nullable(),
    exposure_limits: exposureLimits.nullable(),
    turnover_budget: turnoverBudget.nullable(),
  }),
  stability: z.strictObject({
    sign_consistency_min: fraction.describe('Least share of years with the right sign; a fraction.'),
    effect_ci_excludes_0: z.boolean().describe('Whether the 95 % interval of the effect has to exclude zero.'),
    max_regime_flip_count: z.number().int().min(0).max(100).describe('Regimes in which the effect may have the other sign; a count.'),
  }),
  rule: rule.nullable(),
  origin: z.record(z.string().min(1).max(64), z.json()).optional().describe('Where a draft comes from; written by the study that drafted it.'),
});

export type OverlayDocument = z.infer<typeof overlayDocument>;
export type OverlayRule = NonNullable<OverlayDocument['rule']>;
