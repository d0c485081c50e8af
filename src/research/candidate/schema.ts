import { z } from 'zod';
import type { CandidateFile } from './candidate.ts';

/**
 * What a file of candidates must hold: the reader's side of the contract. A producer that leaves a field out, adds one or gives it another
 * type is refused, instead of becoming a row of zeros.
 */

const verdict = z.enum(['pass', 'fail', 'inconclusive']);
const number = z.number().nullable();
const probability = z.number().min(0).max(1).nullable();
const head = {
  run_id: z.string(),
  source: z.enum(['study', 'policy']),
  subject: z.string(),
  version: z.number().int(),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  source_path: z.string(),
};

const candidate = z.strictObject({
  ...head,
  candidate: z.string(),
  class: z.string(),
  status: verdict,
  effect: z.number(),
  ci_low: number,
  ci_high: number,
  level: z.number(),
  unit: z.string(),
  confirmed_effect: number,
  p: probability,
  p_adjusted: probability,
  n_events: z.number().int().min(0),
  gates: z.strictObject({ pass: z.array(z.string()), fail: z.array(z.string()), inconclusive: z.array(z.string()) }),
  overlay: z.string().nullable(),
});

export const candidateFile: z.ZodType<CandidateFile> = z.strictObject({
  ...head,
  verdict,
  missing: z.array(z.string()),
  candidates: z.array(candidate),
});
