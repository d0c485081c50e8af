import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { AppError } from './errors.ts';

/**
 * RFC 8785 text of a JSON value: sorted keys, no spaces, shortest round-trip numbers. Hashes are taken over this.
 *
 * @throws E_INTERNAL on NaN, Infinity or a value JSON cannot hold
 * @source RFC 8785
 * @vector numerics.canonicalJson
 */
export function canonicalJson(value: unknown): string {
  let text: string | undefined;
  try {
    text = canonicalize(value);
  } catch (cause) {
    throw new AppError('E_INTERNAL', { problem: `value cannot be written as canonical JSON: ${String(cause)}` }, { cause });
  }
  if (text === undefined) throw new AppError('E_INTERNAL', { problem: 'undefined has no canonical JSON' });
  return text;
}

/** Lower-case hex SHA-256 of bytes or of UTF-8 text. */
export function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

/** SHA-256 of the canonical JSON of a value. */
export function hashOf(value: unknown): string {
  return sha256(canonicalJson(value));
}

/** JSON for people and files: two-space indent, sorted keys, a newline at the end; refuses NaN and Infinity. */
export function prettyJson(value: unknown): string {
  return `${JSON.stringify(JSON.parse(canonicalJson(value)), null, 2)}\n`;
}
