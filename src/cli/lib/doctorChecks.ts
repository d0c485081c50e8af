import { join } from 'node:path';
import type { Effects, Files } from '../../core/effects.ts';
import { toAppError } from '../../core/errors.ts';
import { openDuckDb } from '../../lake/duckdb.ts';
import { findLeftovers } from '../../lake/leftovers.ts';
import { inspectLock } from '../../lake/lock.ts';
import { isNetworkMount, mountOf } from '../../lake/mounts.ts';
import { lakePaths } from '../../lake/paths.ts';
import { codeRoot } from '../../registry/discover.ts';
import { openRunRegistry } from '../../stages/lib/runRegistry.ts';
import { sizeText } from './auditText.ts';

/** One line of `doctor`. `next` says what to do; empty when there is nothing to do. */
export interface Check {
  readonly id: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly message: string;
  readonly next: string;
}

const ok = (id: string, message: string): Check => ({ id, state: 'ok', message, next: '' });
const warn = (id: string, message: string, next: string): Check => ({ id, state: 'warn', message, next });
const fail = (id: string, message: string, next: string): Check => ({ id, state: 'fail', message, next });

/** Below these a run of a few symbols may not end. */
const lowSpace = 2 * 2 ** 30;
const noSpace = 100 * 2 ** 20;

/** The running Node against `engines` of package.json. */
export async function checkNode(files: Files, version: string): Promise<Check> {
  const { engines } = JSON.parse((await files.read(join(codeRoot().folder, '..', 'package.json'))).toString('utf8')) as { engines: { node: string } };
  const [need, have] = [engines.node, version].map((text) =>
    text
      .replace(/^[^\d]*/, '')
      .split('.')
      .map(Number),
  ) as [number[], number[]];
  const first = [0, 1, 2].find((part) => (need[part] ?? 0) !== (have[part] ?? 0));
  const isEnough = first === undefined || (have[first] ?? 0) > (need[first] ?? 0);
  const message = `version ${version}, ${engines.node} is needed`;
  return isEnough ? ok('node', message) : fail('node', message, 'Install a newer Node.');
}

export async function checkDuckDb(dataRoot: string): Promise<Check> {
  try {
    const db = await openDuckDb({ allowedFolders: [dataRoot] });
    try {
      return ok('duckdb', `loads, version ${db.api.version()}`);
    } finally {
      await db.close();
    }
  } catch (error) {
    const { message, hint } = toAppError(error);
    return fail('duckdb', message, hint);
  }
}

/** Data root: there, writable, with space, on a local disk. */
export async function checkDataRoot({ files, uniqueName }: Effects, dataRoot: string): Promise<Check[]> {
  const stat = await files.stat(dataRoot);
  if (stat === null)
    return [warn('data root', `${dataRoot} does not exist`, 'The first run makes it; check --data-root if you expected data there.')];
  if (!stat.isDirectory) return [fail('data root', `${dataRoot} is a file`, 'Name a folder with --data-root.')];
  return [await checkWritable(files, dataRoot, uniqueName()), await checkSpace(files, dataRoot), await checkMount(files, dataRoot)];
}

async function checkWritable(files: Files, dataRoot: string, name: string): Promise<Check> {
  const probe = join(dataRoot, `.tmp-${name}`);
  try {
    const handle = await files.create(probe);
    await handle.close();
    await files.remove(probe);
    return ok('data root', `${dataRoot} is writable`);
  } catch (error) {
    const { message, hint } = toAppError(error);
    return fail('data root', message, hint);
  }
}

async function checkSpace(files: Files, dataRoot: string): Promise<Check> {
  const { available, total } = await files.space(dataRoot);
  const message = `${sizeText(available)} free of ${sizeText(total)}`;
  const next = 'Free some space or name another --data-root; `backtest gc` lists what can go.';
  if (available < noSpace) return fail('disk', message, next);
  return available < lowSpace ? warn('disk', message, next) : ok('disk', message);
}

async function checkMount(files: Files, dataRoot: string): Promise<Check> {
  const mounts = (await files.stat('/proc/mounts')) === null ? '' : (await files.read('/proc/mounts')).toString('utf8');
  const mount = mountOf(mounts, dataRoot);
  if (mount === null) return ok('file system', 'of an unknown kind');
  if (!isNetworkMount(mount)) return ok('file system', `${mount.type} at ${mount.point}`);
  return warn(
    'file system',
    `${mount.type} at ${mount.point} is on the network`,
    'Locks and flushes may not hold there; keep the lake on a local disk.',
  );
}

/** The year of the local clock. Data never depend on it, time stamps of logs do. */
export function checkClock(now: number): Check {
  const time = new Date(now).toISOString();
  const year = new Date(now).getUTCFullYear();
  if (year >= 2025 && year < 2100) return ok('clock', time);
  return warn('clock', `${time} cannot be right`, 'Set the clock: logs and the age of archives depend on it, results do not.');
}

export async function checkLock(files: Files, dataRoot: string): Promise<Check> {
  const path = lakePaths(dataRoot).lock();
  const lock = await inspectLock(files, path);
  if (lock.state === 'free') return ok('lock', 'nobody writes to the lake');
  if (lock.state === 'held') return ok('lock', `process ${lock.pid} writes to the lake`);
  if (lock.state === 'stale') return ok('lock', `left by process ${lock.pid}, which is gone; the next run takes it over`);
  return fail('lock', `${path} is unreadable`, 'Delete it when no run is active.');
}

export async function checkLeftovers(files: Files, dataRoot: string): Promise<Check> {
  const isFolder = (await files.stat(dataRoot))?.isDirectory === true;
  const found = isFolder ? await findLeftovers(files, dataRoot) : [];
  const bytes = found.reduce((sum, item) => sum + item.bytes, 0);
  if (found.length === 0) return ok('leftovers', 'none');
  return warn('leftovers', `${found.length} of interrupted processes, ${sizeText(bytes)}`, 'backtest gc --apply removes them.');
}

/** Every unit of the plugin folders is compiled and loaded. */
export async function checkPlugins(effects: Effects, dataRoot: string, folders: readonly string[]): Promise<Check[]> {
  const checks: Check[] = [];
  for (const folder of folders) {
    try {
      const registry = openRunRegistry(dataRoot, [folder], effects);
      const units = (['feature', 'strategy', 'section', 'source', 'stage', 'gate', 'allocator'] as const)
        .flatMap((kind) => registry.list(kind))
        .filter(({ origin }) => origin === 'plugin');
      for (const { kind, id } of units) await registry.load(kind, id);
      checks.push(ok('plugins', `${folder}: ${units.map(({ kind, id }) => `${kind} ${id}`).join(', ')}`));
    } catch (error) {
      const { message, hint } = toAppError(error);
      checks.push(fail('plugins', `${folder}: ${message}`, hint));
    }
  }
  return checks;
}
