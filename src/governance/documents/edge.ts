import { z } from 'zod';
import { subjectStates } from '../records.ts';
import { costs, day, id, notes, overlayName, title, version } from './fields.ts';

/**
 * An edge as its document states it (specs/edges/<edge_id>.json): one strategy with one set of parameters, the overlays on it, and how
 * it may be traded.
 *
 * @source governance specification 4.1, 17.2
 */
export const edgeDocument = z.strictObject({
  edge_id: id,
  version,
  title,
  hypothesis: id.nullable().describe('The hypothesis that it tests; without one it never becomes a candidate.'),
  strategy: z.strictObject({ id }),
  params: z.record(id, z.union([z.number(), z.boolean(), z.string().max(200)])).describe('Over the strategy’s defaults.'),
  overlays: z
    .array(z.strictObject({ name: overlayName, version }))
    .max(20)
    .describe('By name and version.'),
  signal_fields: z.array(z.string().min(1).max(64)).max(100).describe('The columns that the strategy reads besides the bar’s own prices and volume.'),
  cost_floor: costs.describe('Least cost that it is judged at; a run with lower costs uses these.'),
  validity: z
    .strictObject({ from: day, to: day.nullable().describe('Last day included; null while open.') })
    .describe('Outside it the edge has no position, and its approval has expired.'),
  sizing: z.discriminatedUnion('unit', [
    z.strictObject({ unit: z.literal('gross1') }).describe('Unit exposure per position.'),
    z.strictObject({ unit: z.literal('vol_target'), target: z.number().gt(0).max(10).describe('Volatility a year; a fraction.') }),
  ]),
  overlap_cluster: id.describe('Edges that share a source of return share a cluster, and its budget.'),
  status: z.enum(subjectStates).describe('A claim; only the ledger says what is approved.'),
  tuning: z.enum(['locked', 'open']).describe('locked: every change of a parameter is a new version that needs new evidence.'),
  notes,
});

export type EdgeDocument = z.infer<typeof edgeDocument>;
