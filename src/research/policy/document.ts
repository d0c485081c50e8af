import { z } from 'zod';

/**
 * A policy study as its document states it (specs/policy_studies/<id>.yaml): after the events of a parent study, would doing less have
 * been better? Conditions times actions, each run through the engine on the baseline strategies and compared with them.
 */

const id = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'expected lower-case letters, digits and underscores, beginning with a letter');
const formula = z.union([z.string().min(1), z.number()]).transform(String);
const bars = z.number().int().min(1).max(100_000);
const share = z.number().min(0).max(1);

/** What a policy does to the baseline's intent while its condition holds: engine/overlay defines each. */
const action = z.union([
  z.strictObject({ block: z.strictObject({}) }),
  z.strictObject({ flatten: z.strictObject({}) }),
  z.strictObject({ size: z.strictObject({ factor: share }) }),
  z.strictObject({ delay: z.strictObject({ bars, on_signal_lost: z.enum(['drop', 'enter']).default('drop') }) }),
  z.strictObject({ hold_until: z.strictObject({ release: formula, max_bars: bars.default(960) }) }),
]);

export const policyDocument = z.strictObject({
  id,
  version: z.number().int().min(1),
  title: z.string().min(1).max(200),
  /** The study whose events the conditions may read; without its pass nothing is tried. */
  parent: z.strictObject({ study: id, version: z.number().int().min(1), requires_pass: z.boolean().default(true) }),
  hypothesis: z.strictObject({
    id: id.optional(),
    question: z.string().min(1),
    /** Basis points of notional per changed trade, beyond what a random throttle of equal exposure gives: less would not matter. */
    smallest_effect: z.number().min(0),
  }),
  /** What is traded without the policy: one line per strategy and symbol, of equal notional. */
  baseline: z
    .array(z.strictObject({ strategy: id, params: z.record(id, z.union([z.number(), z.boolean(), z.string()])).default({}) }))
    .min(1)
    .max(20),
  series: z.record(id, formula).default({}),
  conditions: z.record(id, formula).refine((given) => Object.keys(given).length > 0, 'name at least one condition'),
  actions: z.record(id, action).refine((given) => Object.keys(given).length > 0, 'name at least one action'),
  accounting: id.default('screen'),
  costs: z.strictObject({ cost_bps: z.number().min(0).max(1_000) }).prefault({ cost_bps: 6 }),
  budget: z
    .strictObject({
      max_conditions: z.number().int().min(1).max(1_000).default(20),
      max_actions: z.number().int().min(1).max(100).default(9),
      /** Cells with distinct behavior, those of earlier versions included. */
      max_trials: z.number().int().min(1).max(100_000).default(180),
    })
    .prefault({}),
  inference: z
    .strictObject({
      /** Random throttles that a cell is compared with. */
      throttles: z.number().int().min(199).max(20_000).default(499),
      /** Resamples behind intervals and the family test. */
      draws: z.number().int().min(199).max(20_000).default(2_000),
      level: z.number().gt(0.5).lt(1).default(0.95),
      alpha: z.number().gt(0).lt(0.5).default(0.05),
    })
    .prefault({}),
  gates: z
    .strictObject({
      /** Share of the bars of a slice on which a condition cannot be told. */
      max_missing: share.default(0.1),
      /** Baseline trades of a slice that the policy changes. */
      min_changed_trades: z.number().int().min(1).default(20),
      /** Share of years, and of symbols and strata, with the right sign. */
      min_sign_share: share.default(0.8),
      /** Days with a difference that a year, symbol or stratum needs to count. */
      min_cell: z.number().int().min(1).default(5),
      /** Share of the baseline's exposure that is kept: least and most. */
      exposure: z
        .tuple([share, z.number().min(0).max(2)])
        .refine(([least, most]) => least < most, 'the first share is the smaller one')
        .default([0.1, 1]),
      min_deflated_sharpe: share.default(0.95),
      max_pbo: share.default(0.2),
    })
    .prefault({}),
  promotion: z
    .strictObject({
      max: z.number().int().min(1).max(2).default(2),
      /** Cells with identical position paths are one trial and one promotion. */
      dedupe: z.literal('behavioural').default('behavioural'),
      requires_holdout: z.boolean().default(false),
    })
    .prefault({}),
});

export type PolicyDocument = z.infer<typeof policyDocument>;
export type ActionDocument = PolicyDocument['actions'][string];
