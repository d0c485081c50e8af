import { z } from 'zod';

/**
 * A study as its document states it (specs/studies/<id>.yaml). The document and the hashes of the input tables fix the
 * result; code contributes formulas' functions, outcome kinds, matching and inference, nothing per study.
 */

const id = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'expected lower-case letters, digits and underscores, beginning with a letter');
const formula = z.union([z.string().min(1), z.number()]).transform(String);
const bars = z.number().int().min(0).max(100_000);
const positiveBars = bars.min(1);
const day = z.iso.date();

/** One formula, or one per direction of the event. */
const signed = z.union([formula, z.strictObject({ up: formula, down: formula })]);

const fitScope = z.enum(['development']);

/** A number that an event rule uses: written out, or fitted on the development slice of each symbol. */
const threshold = z.union([
  z.strictObject({ fixed: z.number() }),
  z.strictObject({ quantile: z.number().gt(0).lt(1), of: formula, fit: fitScope.default('development') }),
  z.strictObject({
    calibrated: z.strictObject({
      grid: z.array(z.number().gt(0).lt(1)).min(1).max(20),
      min_events: z.number().int().min(1),
      prefer: z.enum(['strictest', 'loosest']),
    }),
    of: formula,
    fit: fitScope.default('development'),
  }),
]);

/** What has to happen, or must not, within so many bars after the trigger; the anchor moves to the last of them. */
const confirm = z
  .strictObject({
    within: positiveBars.max(960),
    must: z.enum(['happen', 'not_happen']),
    of: signed,
    at_least: signed.optional(),
    at_most: signed.optional(),
  })
  .refine((value) => (value.at_least === undefined) !== (value.at_most === undefined), 'give exactly one of at_least and at_most');

const detector = z.strictObject({
  /** Fires where this holds. */
  when: formula,
  /** 1 or -1 at the trigger: which way the event points. */
  direction: formula.optional(),
  /** The event lasts until this holds. */
  until: formula.optional(),
  /** Longest event; one that has not ended by then is censored there. */
  max_bars: positiveBars.default(960),
  confirm: z.array(confirm).max(4).default([]),
  /** The bar after which outcomes begin. */
  anchor: z.enum(['trigger', 'exit']).default('trigger'),
});

const spacing = z.strictObject({
  cooldown: bars,
  from: z.enum(['anchor', 'exit', 'window_end']).default('exit'),
  /** Whether a trigger that was not confirmed blocks what follows as well. */
  rejected_block: z.boolean().default(false),
});

const level = { at_least: signed.optional(), at_most: signed.optional() };
const oneLevel = (value: { at_least?: unknown; at_most?: unknown }): boolean => (value.at_least === undefined) !== (value.at_most === undefined);
const oneLevelText = 'give exactly one of at_least and at_most';
const inWindow = { window: id };

const outcome = z.union([
  z.strictObject({
    first_passage: z.strictObject({ of: signed, ...level, rearm: z.boolean().default(false) }).refine(oneLevel, oneLevelText),
    ...inWindow,
  }),
  z.strictObject({ share: z.strictObject({ of: signed, ...level }).refine(oneLevel, oneLevelText), ...inWindow }),
  z.strictObject({ mean: z.strictObject({ of: signed }), ...inWindow }),
  z.strictObject({ quantile: z.strictObject({ of: signed, q: z.number().gt(0).lt(1) }), ...inWindow }),
  z.strictObject({ excess_area: z.strictObject({ of: signed, above: signed }), ...inWindow }),
  z.strictObject({ range: z.strictObject({}), ...inWindow }),
  z.strictObject({ forward_return: z.strictObject({ from: z.enum(['close', 'next_open']).default('next_open') }), ...inWindow }),
  z.strictObject({ adverse_excursion: z.strictObject({}), ...inWindow }),
  z.strictObject({ favorable_excursion: z.strictObject({}), ...inWindow }),
  z.strictObject({ decay_time: z.strictObject({ of: signed, base: signed }), ...inWindow }),
  z.strictObject({ slope: z.strictObject({ of: signed }), ...inWindow }),
]);

const matching = z.strictObject({
  /** Labels that event and control share. */
  exact: z.array(formula).max(6).default([]),
  /** Values that lie close together, each with the largest difference allowed. */
  nearest: z
    .array(z.strictObject({ of: formula, caliper: z.number().positive() }))
    .min(1)
    .max(4),
  /** Where controls may lie. */
  where: formula.optional(),
  k: z.number().int().min(1).max(20).default(5),
  max_reuse: z.number().int().min(1).max(100).default(2),
  min_separation: bars.default(8),
  /** Bars around every event of the symbol in which no control lies: before its trigger, after its exit. */
  exclude: z.strictObject({ before: bars.default(96), after: bars.default(12) }).prefault({}),
  max_days_apart: z.number().int().min(1).optional(),
});

const statistic = z.enum(['mean_difference', 'median_difference', 'risk_difference', 'restricted_mean_difference']);
const estimand = z.strictObject({ outcome: id, statistic, unit: z.string().max(20).default('') });

const span = z.tuple([day, day]);
const sample = z.union([
  z.strictObject({ development: span, confirmation: span, holdout: span.optional() }),
  z.strictObject({ shares: z.tuple([z.number().positive(), z.number().positive(), z.number().min(0)]) }),
]);

export const studyDocument = z.strictObject({
  id,
  version: z.number().int().min(1),
  title: z.string().min(1).max(200),
  /** Length of a row of the frames; bars unless said. */
  clock: z.enum(['15m', '1s']).optional(),
  /** What seconds are taken around, on the clock of seconds: every settlement of the symbol's funding, and full hours of each UTC day. */
  instants: z
    .strictObject({
      settlements: z.boolean().default(false),
      hours: z.array(z.number().int().min(0).max(23)).max(24).default([]),
    })
    .optional(),
  hypothesis: z.strictObject({
    id: id.optional(),
    question: z.string().min(1),
    primary: id,
    direction: z.enum(['increase', 'decrease', 'different']),
    /** In the estimand's unit: a smaller effect would not matter even if it were certain. */
    smallest_effect: z.number().min(0),
  }),
  series: z.record(id, formula).default({}),
  thresholds: z.record(id, threshold).default({}),
  strata: z.record(id, formula).default({}),
  detector,
  spacing,
  windows: z.record(id, z.tuple([positiveBars, positiveBars])),
  outcomes: z.record(id, outcome),
  matching,
  estimands: z.record(id, estimand),
  /** An outcome that the event cannot move, over bars before it: the test has to find nothing. */
  placebo_outcome: z.strictObject({ of: formula, statistic: z.literal('mean_difference').default('mean_difference') }).optional(),
  inference: z
    .strictObject({
      draws: z.number().int().min(199).max(20_000).default(2_000),
      shifts: z.number().int().min(199).max(20_000).default(999),
      /** Where moved events land: so many days on unless said; for events that come every day at the same time, at hours where controls may lie. */
      moved_onto: z.enum(['controls']).optional(),
      level: z.number().gt(0.5).lt(1).default(0.95),
      alpha: z.number().gt(0).lt(0.5).default(0.05),
    })
    .prefault({}),
  sample: sample.prefault({ shares: [3, 2, 1] }),
  gates: z
    .strictObject({
      min_events: z.number().int().min(1).default(30),
      min_days: z.number().int().min(1).default(20),
      max_imbalance: z.number().positive().default(0.1),
      min_unique_controls: z.number().min(0).max(1).default(0.8),
      min_matched: z.number().min(0).max(1).default(0.8),
      min_sign_share: z.number().min(0).max(1).default(0.8),
      min_cell: z.number().int().min(1).default(5),
    })
    .prefault({}),
  labels: z
    .strictObject({ pass: z.string(), fail: z.string(), inconclusive: z.string() })
    .prefault({ pass: 'the structure is there', fail: 'the structure is not there', inconclusive: 'the data do not say' }),
});

export type StudyDocument = z.infer<typeof studyDocument>;
export type Signed = z.infer<typeof signed>;
export type OutcomeDocument = StudyDocument['outcomes'][string];
export type StatisticId = z.infer<typeof statistic>;
export type ThresholdDocument = z.infer<typeof threshold>;
