import { z } from 'zod';
import { evidenceRoles } from '../records.ts';
import { id, policyId, sha256Text, title, version } from './fields.ts';

const setting = z.union([z.string().max(1_000), z.number(), z.boolean(), z.null()]);

/** One run as it is planned: its configuration is written like that of `backtest run --config`. */
const plannedRun = z.strictObject({
  key: id,
  role: z.enum(evidenceRoles),
  config: z.record(id, z.union([setting, z.array(setting).max(1_000), z.record(id, z.union([setting, z.record(id, setting)]))])),
  seeds: z.array(z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)).min(1).max(1_000).describe('One trial each.'),
  data_snapshot: sha256Text.nullable().describe('Digest of the input files; null where any data of those days will do.'),
});

/**
 * An experiment as its document states it (specs/experiments/<id>.yaml): the runs by which a hypothesis will be judged, by which policy,
 * and how many trials they may cost.
 *
 * @source governance specification 17.2
 */
export const experimentDocument = z.strictObject({
  id,
  title,
  hypothesis: z.strictObject({ id, digest: sha256Text.nullable().describe('Of the hypothesis as it was when this was written; null: not pinned.') }),
  policy: z.strictObject({ id: policyId, version, digest: sha256Text.nullable().describe('Of the policy; null: not pinned.') }),
  trial_budget: z.number().int().min(1).max(100_000),
  plan: z.array(plannedRun).min(1).max(1_000),
});

export type ExperimentDocument = z.infer<typeof experimentDocument>;
