import { z } from 'zod';
import { nounOf } from './book.ts';
import { type SpecKind, specKinds } from './finding.ts';
import { specSchemas } from './parseDocument.ts';

/**
 * JSON Schema (draft 2020-12) of every kind of governance document, by kind. What it cannot say (references, formulas, units of metrics) is
 * for `lint`.
 */
export function specJsonSchemas(): Record<SpecKind, Record<string, unknown>> {
  const made = specKinds.map((kind) => {
    const schema = z.toJSONSchema(specSchemas[kind], { target: 'draft-2020-12', io: 'input' });
    return [kind, { ...schema, title: nounOf(kind), $comment: 'Made from src/governance/documents by npm run docs.' }] as const;
  });
  return Object.fromEntries(made) as unknown as Record<SpecKind, Record<string, unknown>>;
}
