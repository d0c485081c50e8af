import { hashOf } from '../../core/canonicalJson.ts';

/** What a document claims about itself; it never changes what the document is. */
const claims: readonly string[] = ['status', 'run_ids_evidence'];

/**
 * Identity of a document: SHA-256 of its canonical JSON, without what it claims about itself. Another digest is another version that
 * starts unapproved.
 *
 * @source governance specification 17.1, G9
 */
export function specDigest(document: Readonly<Record<string, unknown>>): string {
  return hashOf(withoutClaims(document));
}

/** A document without what it claims about itself: what its digest is taken of. */
export function withoutClaims(document: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(document).filter(([key]) => !claims.includes(key)));
}
