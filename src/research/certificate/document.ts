import { z } from 'zod';
import type { Certificate, CertifiedSubject } from './model.ts';

/** A certificate as its file has it: keys in snake case. */

const share = z.number().min(0).max(1);
const count = z.number().int().min(0);
const id = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const version = z.number().int().min(1);

const counts = z.strictObject({
  generator: id,
  n: count,
  approved: count,
  inconclusive: count,
  interval: z.strictObject({ low: share, high: share }),
});

const power = z.strictObject({
  generator: id,
  planted: z.string(),
  unit: z.string(),
  smallest: z.number(),
  points: z.array(
    z.strictObject({ size: z.number(), bps: z.number().nullable(), effect: z.number().nullable(), n: count, found: count, inconclusive: count }),
  ),
});

const subject = z.strictObject({
  id,
  version,
  digest,
  false_approvals: z.array(counts),
  reference: z.array(counts),
  power: power.nullable(),
});

const document = z.strictObject({
  alpha: share,
  version: z.string(),
  node: z.string(),
  command: z.string(),
  seed: z.number().int(),
  size: z.strictObject({ paths: count, nulls: count, references: count, planted: count }),
  markets: z.strictObject({ symbols: z.array(z.string()), start: z.iso.date(), end: z.iso.date(), volatility: z.number() }),
  generators: z.array(z.strictObject({ id, summary: z.string() })),
  studies: z.array(subject),
  policies: z.array(subject),
  uncertified: z.array(z.strictObject({ kind: z.enum(['study', 'policy']), id, version, digest, reason: z.string() })),
});

/** The certificate as plain values for its file. */
export function certificateDocument(certificate: Certificate): z.infer<typeof document> {
  const written = ({ falseApprovals, ...rest }: CertifiedSubject) => ({ ...rest, false_approvals: [...falseApprovals] });
  const { studies, policies, ...rest } = certificate;
  return document.parse({ ...rest, studies: studies.map(written), policies: policies.map(written) });
}

/** The certificate of a parsed file; null when it is none. */
export function certificateOf(value: unknown): Certificate | null {
  const parsed = document.safeParse(value);
  if (!parsed.success) return null;
  const read = ({ false_approvals: falseApprovals, ...rest }: z.infer<typeof subject>): CertifiedSubject => ({ ...rest, falseApprovals });
  const { studies, policies, ...rest } = parsed.data;
  return { ...rest, studies: studies.map(read), policies: policies.map(read) };
}
