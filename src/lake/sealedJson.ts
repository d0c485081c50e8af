import { hashOf, prettyJson } from '../core/canonicalJson.ts';
import type { Files } from '../core/effects.ts';

/** A document read back: whole, absent, written by a newer version, or not what was written. */
export type Unsealed<T> =
  | { readonly state: 'whole'; readonly value: T }
  | { readonly state: 'absent' }
  | { readonly state: 'newer'; readonly problem: string }
  | { readonly state: 'damaged'; readonly problem: string };

/**
 * Text of a JSON document that carries its schema number and the SHA-256 of its own content (`checksum`), so that
 * any edit of it is noticed without a second file.
 *
 * @param value strict JSON without the fields `schema` and `checksum`
 */
export function sealJson(value: object, schema: number): string {
  const content = { ...value, schema };
  return prettyJson({ ...content, checksum: hashOf(content) });
}

/** The document of a text made by `sealJson`; every byte counts. */
export function unsealJson<T extends object>(text: string, schema: number): Unsealed<T> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { state: 'damaged', problem: 'it is not readable JSON' };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return { state: 'damaged', problem: 'expected a JSON object' };
  const { schema: found, checksum, ...rest } = parsed as Record<string, unknown>;
  if (typeof found === 'number' && found > schema)
    return { state: 'newer', problem: `its schema is ${found}, this version knows schemas up to ${schema}` };
  if (found !== schema || typeof checksum !== 'string')
    return { state: 'damaged', problem: `expected schema ${schema} and a checksum, found schema ${String(found ?? 'none')}` };
  const isSame = sealJson(rest, schema) === text;
  return isSame ? { state: 'whole', value: rest as T } : { state: 'damaged', problem: 'its content is not what its own checksum says' };
}

/** True unless a text that carries a checksum has been changed since, whatever its schema. */
export function isSealIntact(text: string): boolean {
  const { schema, checksum, ...rest } = JSON.parse(text) as Record<string, unknown>;
  return checksum === undefined || (typeof schema === 'number' && sealJson(rest, schema) === text);
}

/** Reads a sealed document. @throws E_PERMISSION, E_FILE when the file is there and cannot be read */
export async function readSealed<T extends object>(files: Files, path: string, schema: number): Promise<Unsealed<T>> {
  if ((await files.stat(path)) === null) return { state: 'absent' };
  return unsealJson<T>((await files.read(path)).toString('utf8'), schema);
}
