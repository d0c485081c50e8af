import { z } from 'zod';
import { promotedStates } from '../lifecycle/states.ts';
import { evidenceRoles } from '../records.ts';
import { id, policyId, prose, title, version } from './fields.ts';
import { gateUnits, metricIds } from './metrics.ts';

/** One gate: a number of a piece of evidence against a threshold. A missing number fails. */
export const gate = z.strictObject({
  code: z.string().regex(/^[A-Z][A-Z0-9_]{2,63}$/, 'expected capital letters, digits and underscores'),
  metric: z.enum(metricIds),
  unit: z.enum(gateUnits).describe('Unit of metric and threshold; has to be that of the metric.'),
  role: z.enum(evidenceRoles).describe('Role of the evidence that the number is taken from.'),
  op: z.enum(['<', '<=', '>', '>=']),
  threshold: z.number().min(-1e6).max(1e6),
});

const roles = z.array(z.enum(evidenceRoles)).max(evidenceRoles.length);

/**
 * A promotion policy as its document states it (specs/policies/<id>.json): what evidence a subject needs and what it has to show. A gate
 * is asked for every state that needs evidence of its role.
 *
 * @source governance specification 17.2, 17.4, 17.6
 */
export const promotionPolicyDocument = z.strictObject({
  id: policyId,
  version,
  title,
  subject: z.enum(['edge', 'overlay', 'portfolio']),
  required_roles: z.strictObject({ CANDIDATE: roles, VALIDATED: roles, APPROVED: roles }).describe('Evidence needed to become each, by role.'),
  gates: z.array(gate).min(1).max(100),
  edge_state: z.enum(promotedStates).optional().describe('Of a portfolio: the state that each of its edges needs at least. Left out, APPROVED.'),
  own_constraints: z.boolean().describe('Whether the limits that a subject states itself are gates as well.'),
  freshness_days: z.number().int().min(1).max(3_650).describe('Days after which evidence is stale.'),
  accepted_accountings: z
    .array(z.strictObject({ accounting: id, label: prose.max(200).describe('Shown wherever such evidence is used.') }))
    .min(1)
    .max(10),
  overridable: z.array(z.string().min(1).max(64)).max(100).describe('Codes that an operator may override with a reason and an expiry.'),
  notes: z.string().max(4_000),
});

export type PromotionPolicyDocument = z.infer<typeof promotionPolicyDocument>;
