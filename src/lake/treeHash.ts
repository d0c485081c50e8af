import { hashOf } from '../core/canonicalJson.ts';
import { AppError } from '../core/errors.ts';

/**
 * One hash for a set of artifacts: SHA-256 of the canonical JSON of the [path, sha256] pairs sorted by path
 * (UTF-16 code units). A pair given twice counts once.
 *
 * @param entries paths relative to the data root with forward slashes, hashes in lower-case hex
 * @throws E_INTERNAL when one path comes with two hashes
 */
export function treeHash(entries: readonly { readonly path: string; readonly sha256: string }[]): string {
  const byPath = new Map<string, string>();
  for (const { path, sha256 } of entries) {
    if ((byPath.get(path) ?? sha256) !== sha256) throw new AppError('E_INTERNAL', { problem: `${path} is listed with two hashes` });
    byPath.set(path, sha256);
  }
  return hashOf([...byPath].sort(([a], [b]) => (a < b ? -1 : 1)));
}
