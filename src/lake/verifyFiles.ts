import { sha256 } from '../core/canonicalJson.ts';
import type { Files } from '../core/effects.ts';

/** A file as a manifest or a provenance record names it; `path` is relative to the data root. */
export interface RecordedFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes?: number;
}

/** How a file differs from its record. */
export interface FileProblem {
  readonly kind: 'missing' | 'size' | 'content';
  readonly message: string;
  readonly observed: string | number | null;
  readonly allowed: string | number;
}

/** True for a path that stays below the data root: relative, forward slashes, no empty or dot parts. */
export function isInsidePath(path: unknown): path is string {
  return typeof path === 'string' && path !== '' && !/[\\\0:]/.test(path) && path.split('/').every((part) => !['', '.', '..'].includes(part));
}

/** Compares a file with its record: there, of the recorded size, of the recorded SHA-256. Null when all hold. */
export async function checkFile(files: Files, root: string, recorded: RecordedFile): Promise<FileProblem | null> {
  const path = `${root}/${recorded.path}`;
  const stat = await files.stat(path);
  if (stat === null || !stat.isFile) {
    const message = stat === null ? 'the file is missing' : 'expected a file, found a folder';
    return { kind: 'missing', message, observed: null, allowed: recorded.sha256 };
  }
  if (recorded.bytes !== undefined && stat.size !== recorded.bytes) {
    const message = `expected ${recorded.bytes} bytes, found ${stat.size}`;
    return { kind: 'size', message, observed: stat.size, allowed: recorded.bytes };
  }
  const found = sha256(await files.read(path));
  if (found === recorded.sha256) return null;
  return { kind: 'content', message: `expected SHA-256 ${recorded.sha256}, found ${found}`, observed: found, allowed: recorded.sha256 };
}
