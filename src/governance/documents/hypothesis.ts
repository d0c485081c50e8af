import { z } from 'zod';
import { costs, day, effect, formula, formulas, id, prose, symbol, title, version } from './fields.ts';
import { gateUnits, metricIds } from './metrics.ts';
import { gate } from './policy.ts';

const span = z.tuple([day, day]).describe('First and last day, both included.');

/**
 * A hypothesis as its document states it (specs/hypotheses/<id>.yaml), written before the first run: why something should be there, what
 * is claimed, how much may be tried, on which days, and what would refute it. It has no version: once registered it never changes, and
 * a changed hypothesis is a child.
 *
 * @source governance specification 17.2
 */
export const hypothesisDocument = z.strictObject({
  id,
  title,
  mechanism: prose.describe('Who pays, and why they go on paying.'),
  event: z.strictObject({
    family: id,
    definition: z.strictObject({ study: id, version }).nullable().describe('The study that defines the event; null where the strategy’s rules do.'),
  }),
  claim: z.strictObject({
    metric: z.enum(metricIds),
    direction: z.enum(['increase', 'decrease']),
    min_effect: z.strictObject({ value: z.number().min(0).max(1e6), unit: z.enum(gateUnits) }).describe('A smaller effect would not matter.'),
  }),
  search: z
    .strictObject({
      series: formulas,
      conditions: z.record(id, formula),
      actions: z.record(id, effect),
      max_trials: z.number().int().min(1).max(100_000),
    })
    .describe('What may be tried; every run counts.'),
  splits: z.strictObject({
    discovery: span,
    validation: span,
    holdout: span,
    purge_days: z.number().int().min(0).max(365).describe('Days between two splits that belong to neither.'),
  }),
  universe: z.strictObject({ symbols: z.array(symbol).min(1).max(500) }),
  costs,
  falsifiers: z.array(gate).min(1).max(50).describe('Each has to hold; one that does not refutes the hypothesis.'),
  lineage: z.strictObject({
    parents: z.array(id).max(20).describe('Hypotheses that it grew out of; their trials count.'),
    family_key: z
      .string()
      .regex(/^[A-Za-z0-9_]+(\|[A-Za-z0-9_]+)*$/, 'expected words with | between them')
      .max(200)
      .describe('Hypotheses of one family share their count of trials.'),
  }),
});

export type HypothesisDocument = z.infer<typeof hypothesisDocument>;
