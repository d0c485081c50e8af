import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock, Effects, Files, Http, WriteHandle } from '../core/effects.ts';
import { AppError } from '../core/errors.ts';
import { errnoOf, fileError } from './fileErrors.ts';

/** The real outside world; `http` comes from the venues floor. */
export function createEffects(parts: { readonly http: Http }): Effects {
  return { files: createFiles(), clock: createClock(), http: parts.http, uniqueName };
}

/** A name part that no other process uses: `<pid>-<16 hex>`. */
export function uniqueName(): string {
  return `${process.pid}-${randomBytes(8).toString('hex')}`;
}

/** Wall clock, monotonic clock and an interruptible sleep (E_INTERRUPTED when its signal aborts). */
export function createClock(): Clock {
  return {
    now: () => Date.now(),
    elapsed: () => performance.now(),
    async sleep(ms, signal) {
      try {
        await delay(ms, undefined, signal === undefined ? {} : { signal });
      } catch (cause) {
        throw new AppError('E_INTERRUPTED', {}, { cause });
      }
    },
  };
}

/**
 * The file system. Every failure is E_DISK_FULL, E_PERMISSION or E_FILE with its cause kept, so that callers may ask
 * `errnoOf(error)` for the few cases they handle (EEXIST, ENOENT).
 */
export function createFiles(): Files {
  return {
    read: (path) => attempt('read', path, () => readWhole(path)),
    list: (folder) => attempt('list', folder, () => listFolder(folder)),
    stat: (path) => attempt('look up', path, () => statOrNull(path)),
    makeFolder: (folder) => attempt('make the folder', folder, async () => void (await fs.mkdir(folder, { recursive: true }))),
    create: (path) => attempt('create', path, async () => writeHandle(path, await fs.open(path, 'wx'))),
    syncPath: (path) => attempt('flush', path, () => syncPath(path)),
    rename: (from, to) => attempt('rename', from, () => fs.rename(from, to)),
    link: (from, to) => attempt('link', to, () => fs.link(from, to)),
    remove: (path) => attempt('remove', path, () => fs.rm(path, { recursive: true, force: true })),
    appendLine: (path, line) => attempt('append to', path, () => appendLine(path, line)),
    space: (path) => attempt('measure the disk of', path, () => diskSpace(path)),
  };
}

async function attempt<T>(action: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw fileError(action, path, cause);
  }
}

function writeHandle(path: string, handle: fs.FileHandle): WriteHandle {
  return {
    write: (bytes) => attempt('write', path, async () => (await handle.write(bytes)).bytesWritten),
    sync: () => attempt('flush', path, () => handle.sync()),
    close: () => attempt('close', path, () => handle.close()),
  };
}

/** One read of the whole size (fs.readFile goes in 512 kB steps); files that do not state a size are read to their end. */
async function readWhole(path: string): Promise<Buffer> {
  const handle = await fs.open(path, 'r');
  try {
    const { size } = await handle.stat();
    if (size === 0) return await handle.readFile();
    const buffer = Buffer.allocUnsafeSlow(size);
    let filled = 0;
    while (filled < size) {
      const { bytesRead } = await handle.read(buffer, filled, size - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  } finally {
    await handle.close();
  }
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return (await fs.readdir(folder)).sort();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

async function statOrNull(path: string): ReturnType<Files['stat']> {
  try {
    const entry = await fs.stat(path);
    return { size: entry.size, isFile: entry.isFile(), isDirectory: entry.isDirectory() };
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return null;
    throw error;
  }
}

async function diskSpace(path: string): ReturnType<Files['space']> {
  const { bsize, blocks, bavail } = await fs.statfs(path);
  return { total: blocks * bsize, available: bavail * bsize };
}

async function syncPath(path: string): Promise<void> {
  const handle = await fs.open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function appendLine(path: string, line: string): Promise<void> {
  try {
    await fs.appendFile(path, `${line}\n`);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    await fs.mkdir(dirname(path), { recursive: true });
    await fs.appendFile(path, `${line}\n`);
  }
}
