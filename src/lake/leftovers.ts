import { basename } from 'node:path';
import type { Files } from '../core/effects.ts';
import { inspectLock } from './lock.ts';
import { type ProcessProbe, processProbe } from './processIdentity.ts';
import { isTempName } from './writeAtomic.ts';
import { walkFiles } from './walkFiles.ts';

/** A file or folder that nothing needs. `path` is relative to the data root. */
export interface Garbage {
  readonly path: string;
  readonly bytes: number;
  readonly reason: string;
}

/** Folders below the data root in which the product writes. */
const ownFolders = ['cache', 'governance', 'lake', 'reports', 'runs'] as const;

/** Folders of `runs reproduce`, each a data root of its own. */
export const reproduceFolder = /^cache\/reproduce-[^/]+$/;

/**
 * What interrupted processes left behind: temp files whose process is gone, claims on dead locks, folders of
 * reproductions that nobody runs any more. A temp file of a living process is left alone, lock or no lock: readers
 * fill the cache too.
 */
export async function findLeftovers(files: Files, root: string, probe: ProcessProbe = processProbe): Promise<Garbage[]> {
  const found: Garbage[] = [];
  for (const name of await files.list(`${root}/cache`)) {
    const path = `cache/${name}`;
    if (!reproduceFolder.test(path) || (await inspectLock(files, `${root}/${path}/lake/.lock`, probe)).state === 'held') continue;
    let bytes = 0;
    for await (const file of walkFiles(files, root, path)) bytes += file.bytes;
    found.push({ path, bytes, reason: 'a reproduction that was interrupted' });
  }
  for (const folder of ownFolders) {
    for await (const file of walkFiles(files, root, folder)) {
      if (file.path.startsWith('cache/reproduce-')) continue;
      const reason = await leftoverReason(files, root, file.path, probe);
      if (reason !== null) found.push({ ...file, reason });
    }
  }
  return found;
}

async function leftoverReason(files: Files, root: string, path: string, probe: ProcessProbe): Promise<string | null> {
  if (isTempName(path)) return isOfLivingProcess(path, probe) ? null : 'a temporary file of a process that is gone';
  if (!/^lake\/\.lock\.dead-[0-9a-f]{16}$/.test(path)) return null;
  const claim = await inspectLock(files, `${root}/${path}`, probe);
  return claim.state === 'held' ? null : 'a claim on a dead lock whose claimant is gone';
}

/** Temp names are `.tmp-<pid>-<hex>`. */
function isOfLivingProcess(path: string, probe: ProcessProbe): boolean {
  const pid = /^\.tmp-(\d{1,10})-[0-9a-f]+$/.exec(basename(path))?.[1];
  return pid !== undefined && probe.isAlive({ pid: Number(pid), start: null, boot: null });
}
