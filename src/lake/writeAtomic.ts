import { basename, dirname, join } from 'node:path';
import { sha256 } from '../core/canonicalJson.ts';
import type { Files, WriteHandle } from '../core/effects.ts';
import { AppError } from '../core/errors.ts';

/** What was published: its size in bytes and the lower-case hex SHA-256 of its content. */
export interface Published {
  readonly bytes: number;
  readonly sha256: string;
}

/** A fresh name in the folder of `path`, so that the later rename stays inside one folder. */
export function tempPathFor(path: string, uniqueName: () => string): string {
  return join(dirname(path), `.tmp-${uniqueName()}`);
}

/** True for names left behind by an interrupted write. */
export function isTempName(path: string): boolean {
  return basename(path).startsWith('.tmp-');
}

/**
 * Writes a whole file or nothing: temp name in the target folder, full write, length check, flush, rename, flush of
 * the folder. An existing file is replaced in one step. The temp file is removed when anything fails.
 *
 * @throws E_DISK_FULL, E_PERMISSION, E_FILE
 */
export async function writeAtomic(files: Files, path: string, bytes: Uint8Array | string, uniqueName: () => string): Promise<Published> {
  const content = typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes;
  await makeFolderDurably(files, dirname(path));
  await replaceWhole(files, path, [content], { uniqueName, durable: true });
  await files.syncPath(dirname(path));
  return { bytes: content.byteLength, sha256: sha256(content) };
}

/**
 * Writes derived data that can be rebuilt: whole or not at all as above, but neither flushed to the device nor hashed.
 *
 * @param parts the content in pieces, so that columns need not be copied together first
 * @throws E_DISK_FULL, E_PERMISSION, E_FILE
 */
export async function writeDerived(files: Files, path: string, parts: readonly Uint8Array[], uniqueName: () => string): Promise<void> {
  await files.makeFolder(dirname(path));
  await replaceWhole(files, path, parts, { uniqueName, durable: false });
}

/**
 * Publishes a file that DuckDB has written and closed under a temp name of `tempPathFor(path)`: hash, flush, rename,
 * flush of the folder. The temp file is removed when anything fails.
 */
export async function publishTemp(files: Files, tempPath: string, path: string): Promise<Published> {
  let published: Published;
  try {
    const content = await files.read(tempPath);
    if (content.byteLength === 0) throw new AppError('E_FILE', { action: 'write', path, problem: 'the written file is empty' });
    published = { bytes: content.byteLength, sha256: sha256(content) };
    await files.syncPath(tempPath);
    await files.rename(tempPath, path);
  } catch (error) {
    await removeQuietly(files, tempPath);
    throw error;
  }
  await files.syncPath(dirname(path));
  return published;
}

/** Makes a folder; when it is new, flushes the parents that gained an entry, so that a power cut cannot lose it. */
export async function makeFolderDurably(files: Files, folder: string): Promise<void> {
  const grown: string[] = [];
  for (let current = folder; (await files.stat(current)) === null;) {
    const parent = dirname(current);
    if (parent === current) break;
    grown.push(parent);
    current = parent;
  }
  if (grown.length === 0) return;
  await files.makeFolder(folder);
  for (const parent of grown) await files.syncPath(parent);
}

/** Removes a temp file after a failure; the failure itself is what the caller must hear about. */
export async function removeQuietly(files: Files, path: string): Promise<void> {
  try {
    await files.remove(path);
  } catch {
    // Garbage with a temp name is harmless: readers follow manifests and `gc` collects it.
  }
}

interface Replacing {
  readonly uniqueName: () => string;
  readonly durable: boolean;
}

async function replaceWhole(files: Files, path: string, parts: readonly Uint8Array[], { uniqueName, durable }: Replacing): Promise<void> {
  const temp = tempPathFor(path, uniqueName);
  try {
    await writeTemp(files, temp, parts, durable);
    await files.rename(temp, path);
  } catch (error) {
    await removeQuietly(files, temp);
    throw error;
  }
}

async function writeTemp(files: Files, temp: string, parts: readonly Uint8Array[], durable: boolean): Promise<void> {
  const handle = await files.create(temp);
  try {
    for (const part of parts) await writeFully(handle, temp, part);
    if (durable) await handle.sync();
  } catch (error) {
    await closeQuietly(handle);
    throw error;
  }
  await handle.close();
  const expected = parts.reduce((sum, part) => sum + part.byteLength, 0);
  const size = (await files.stat(temp))?.size ?? -1;
  if (size !== expected) {
    throw new AppError('E_FILE', { action: 'write', path: temp, problem: `expected ${expected} bytes, found ${size}` });
  }
}

async function writeFully(handle: WriteHandle, temp: string, content: Uint8Array): Promise<void> {
  let written = 0;
  while (written < content.byteLength) {
    const count = await handle.write(written === 0 ? content : content.subarray(written));
    if (count <= 0) throw new AppError('E_FILE', { action: 'write', path: temp, problem: 'the system wrote no bytes' });
    written += count;
  }
}

async function closeQuietly(handle: { close(): Promise<void> }): Promise<void> {
  try {
    await handle.close();
  } catch {
    // The write error that led here is the one to report.
  }
}
