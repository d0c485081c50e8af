import { dirname } from 'node:path';
import { canonicalJson, sha256 } from '../core/canonicalJson.ts';
import type { Clock, Files } from '../core/effects.ts';
import { AppError } from '../core/errors.ts';
import { errnoOf } from './fileErrors.ts';
import { type ProcessIdentity, type ProcessProbe, processProbe } from './processIdentity.ts';
import { removeQuietly, tempPathFor, writeAtomic } from './writeAtomic.ts';

/**
 * One writer per lake. The lock is written whole under another name and hard-linked to its own, so it is never seen
 * half-written. A lock whose process is gone is taken over by whoever first links a claim named after the dead lock's
 * content: only the claimant removes it, and a claim left by a dead claimant is taken over the same way.
 */
export interface LockParts {
  readonly files: Files;
  readonly clock: Clock;
  readonly path: string;
  readonly uniqueName: () => string;
  /** How long to wait for a living holder. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly probe?: ProcessProbe;
}

export interface Lock {
  /** Gives the lock back; a lock that is no longer ours is left alone. */
  release(): Promise<void>;
}

interface Holder extends ProcessIdentity {
  /** Unique per lock, so that no two locks have the same content. */
  readonly nonce: string;
}

const pollMs = 100;
const maxLockBytes = 4096;

/**
 * Takes the lock, waiting for a living holder up to the limit.
 *
 * @throws E_LOCKED naming the holder after the limit, or at once when the lock file is unreadable (it is never removed:
 *         the message says what to do); E_INTERRUPTED when the signal aborts; E_PERMISSION, E_DISK_FULL, E_FILE
 */
export async function acquireLock(parts: LockParts): Promise<Lock> {
  const { files, clock, path, uniqueName, signal } = parts;
  const probe = parts.probe ?? processProbe;
  await files.makeFolder(dirname(path));
  const text = `${canonicalJson({ ...probe.self(), nonce: uniqueName() } satisfies Holder)}\n`;
  const own = tempPathFor(path, uniqueName);
  await writeAtomic(files, own, text, uniqueName);
  try {
    const deadline = clock.elapsed() + parts.timeoutMs;
    for (;;) {
      if (signal?.aborted) throw new AppError('E_INTERRUPTED');
      if (await linkNew(files, own, path)) return { release: () => removeIfSame(files, path, text) };
      const holder = await takeOverIfDead(files, probe, own, path);
      if (holder === null) continue;
      if (clock.elapsed() >= deadline) throw new AppError('E_LOCKED', { holder: `process ${holder.pid}`, path });
      await clock.sleep(Math.min(pollMs, Math.max(1, deadline - clock.elapsed())), signal);
    }
  } finally {
    await removeQuietly(files, own);
  }
}

export type LockState =
  | { readonly state: 'free' }
  /** A living process holds it. */
  | { readonly state: 'held'; readonly pid: number }
  /** Its process is gone; the next writer takes it over. */
  | { readonly state: 'stale'; readonly pid: number }
  | { readonly state: 'unreadable' };

/** Who holds a lock file, without touching it. */
export async function inspectLock(files: Files, path: string, probe: ProcessProbe = processProbe): Promise<LockState> {
  const text = await readOrNull(files, path);
  if (text === null) return { state: 'free' };
  const holder = parseHolder(text);
  if (holder === null) return { state: 'unreadable' };
  return { state: probe.isAlive(holder) ? 'held' : 'stale', pid: holder.pid };
}

/** The living holder of a lock file; null when the file is gone or was removed because its holder is dead. */
async function takeOverIfDead(files: Files, probe: ProcessProbe, own: string, path: string): Promise<Holder | null> {
  const text = await readOrNull(files, path);
  if (text === null) return null;
  const holder = parseHolder(text);
  if (holder === null) {
    throw new AppError('E_LOCKED', { holder: `an unknown process: the lock file ${path} is unreadable; delete it when no run is active`, path });
  }
  if (probe.isAlive(holder)) return holder;
  const claim = `${path.replace(/\.dead-[0-9a-f]{16}$/, '')}.dead-${sha256(text).slice(0, 16)}`;
  if (!(await linkNew(files, own, claim))) return takeOverIfDead(files, probe, own, claim);
  try {
    // With the claim held, nobody else removes this dead lock; without this second look it might be a successor's.
    await removeIfSame(files, path, text);
  } finally {
    await files.remove(claim);
  }
  return null;
}

async function linkNew(files: Files, from: string, to: string): Promise<boolean> {
  try {
    await files.link(from, to);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function removeIfSame(files: Files, path: string, text: string): Promise<void> {
  if ((await readOrNull(files, path)) === text) await files.remove(path);
}

/** The file's text, '' when it is too large to be a lock, null when it is absent. */
async function readOrNull(files: Files, path: string): Promise<string | null> {
  const entry = await files.stat(path);
  if (entry === null) return null;
  if (!entry.isFile || entry.size > maxLockBytes) return '';
  try {
    return (await files.read(path)).toString('utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function parseHolder(text: string): Holder | null {
  try {
    const value = JSON.parse(text) as Record<string, unknown> | null;
    const isTextOrNull = (field: unknown) => field === null || typeof field === 'string';
    const isHolder =
      value !== null &&
      Number.isInteger(value['pid']) &&
      Number(value['pid']) > 0 &&
      isTextOrNull(value['start']) &&
      isTextOrNull(value['boot']) &&
      typeof value['nonce'] === 'string';
    return isHolder ? (value as unknown as Holder) : null;
  } catch {
    return null;
  }
}
