import { z } from 'zod';
import { hashOf } from '../core/canonicalJson.ts';

const id = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'expected up to 64 of a-z, 0-9 and _, starting with a letter');
const symbol = z.string().regex(/^[A-Z0-9]{2,24}$/, 'expected capital letters and digits');
const fraction = z.number().min(0).max(1);
const size = z.number().min(0).max(100);
const limit = size.nullable();

const universe = z.strictObject({
  request: z.string().min(1).max(2_000).describe('symbols and TOP<n>, comma-separated; a union'),
  lookback_days: z.int().min(1).max(730).describe('days before a month over which dollar volume is added up'),
  min_listed_days: z.int().min(0).max(730).describe('days between a symbol’s first bar and the month'),
  min_coverage: fraction.describe('least share of usable bars in the lookback, since listing'),
  seeds: z.array(symbol).max(500).default([]).describe('members of months without a whole lookback; such months are no evidence'),
});

const limits = z.strictObject({
  weight_max: size.describe('weight of one edge'),
  gross_max: limit.describe('sum of absolute exposures'),
  net_max: limit.describe('absolute sum of exposures'),
  symbol_max: limit.describe('absolute exposure of one symbol'),
  cvar_max: limit.describe('mean loss of the worst days beyond cvar_level'),
  cvar_level: z.number().gt(0).max(0.9999).default(0.99),
  drawdown_max: fraction.nullable().describe('fall from the peak; conditional drawdown inside the optimizer'),
  drawdown_level: z.number().gt(0).max(0.9999).default(0.95),
  turnover_daily_max: limit.describe('sum of weight increases a day; reductions are free'),
  risk_share_max: fraction
    .nullable()
    .default(null)
    .describe('share of variance of one edge, at least 1 / edges; 1 for none; null for 0.25 from four edges on and none below'),
  cluster_budgets: z.record(id, size).default({}).describe('weight times daily volatility summed over the edges of an overlap cluster'),
});

const allocator = z.strictObject({
  modes: z.array(id).min(1).max(20).describe('allocation modes; the first is the declared one, the others are compared with it'),
  risk_aversion: z.number().min(0).max(1_000).default(5),
  return_tilt: fraction.default(0.35),
  scenario_days: z.int().min(20).max(2_000).default(500).describe('days that a decision looks back'),
  half_life_days: z.number().min(1).max(10_000).default(180),
  mean_prior_days: z.number().min(0).max(10_000).default(120).describe('days of history that a mean of zero is worth'),
  active_days_min: z.int().min(1).max(2_000).default(60).describe('active days before an edge gets any weight'),
});

const gates = z.strictObject({
  uplift_min: z.number().default(0),
  regime_sign_consistency_min: fraction.default(0.8),
  regime_periods_min: z.int().min(1).default(3),
  regime_conditions_positive_min: fraction.default(0.5),
  symbol_positive_ratio_min: fraction.default(0.6),
  symbols_active_min: z.int().min(1).default(3),
  symbol_concentration_max: fraction.default(0.5),
  friction_net_return_min: z.number().default(0),
  out_of_sample_days_min: z.int().min(1).default(365),
  deflated_sharpe_min: fraction.default(0.95),
  capital_min: z.number().min(0).default(1_000_000),
  participation_max: z.number().gt(0).max(1).default(0.01),
});

/** A portfolio: which edges, over which symbols, within which limits, decided when and how, and what would convince. */
export const portfolioDocument = z
  .strictObject({
    id,
    version: z.int().min(1),
    title: z.string().min(1).max(200),
    edges: z.array(id).min(1).max(200).describe('edge documents, each once'),
    universe,
    limits,
    allocator,
    schedule: z.strictObject({
      every: z.enum(['day', 'week', 'month']),
      on_universe_change: z.boolean().default(true),
      on_breach: z.boolean().default(true),
    }),
    throttle: z
      .strictObject({ soft: fraction, hard: z.number().gt(0).max(1) })
      .nullable()
      .default(null)
      .describe('drawdowns between which exposures shrink to nothing'),
    baseline: id.default('equal_weight').describe('the mode that the declared one has to beat'),
    gates: gates.prefault({}),
    holdout_days: z.int().min(0).max(3_650).default(0).describe('days at the end that stay sealed until --open-holdout names the portfolio'),
  })
  .superRefine(({ edges, throttle, allocator: { modes } }, context) => {
    const once = (values: readonly string[], path: string) => {
      const twice = values.find((value, at) => values.indexOf(value) !== at);
      if (twice !== undefined) context.addIssue({ code: 'custom', path: path.split('.'), message: `${twice} is named twice` });
    };
    once(edges, 'edges');
    once(modes, 'allocator.modes');
    if (throttle !== null && throttle.soft >= throttle.hard)
      context.addIssue({ code: 'custom', path: ['throttle', 'soft'], message: 'must be below hard' });
  });

export type PortfolioDocument = z.infer<typeof portfolioDocument>;

/** SHA-256 of a portfolio document: another text with the same meaning has the same. */
export function portfolioDigest(document: PortfolioDocument): string {
  return hashOf(document);
}
