import type { Files } from '../../src/core/effects.ts';

/** One change of the disk, as the product asked for it. `id` tells apart files that had the same name one after the other. */
export type DiskOperation =
  | { readonly type: 'folder' | 'remove'; readonly path: string }
  | { readonly type: 'create'; readonly path: string; readonly id: number }
  | { readonly type: 'write'; readonly id: number; readonly bytes: Buffer }
  | { readonly type: 'sync' | 'close'; readonly id: number }
  | { readonly type: 'syncPath'; readonly path: string }
  | { readonly type: 'rename' | 'link'; readonly from: string; readonly to: string }
  | { readonly type: 'append'; readonly path: string; readonly bytes: Buffer };

export interface RecordingFiles extends Files {
  readonly log: readonly DiskOperation[];
}

/**
 * The same files with every change of the disk noted: a change once it is done, a flush when it begins, because it is
 * only sure to cover what was done by then. Files that DuckDB wrote are noted when they are first flushed.
 */
export function recordFiles(files: Files): RecordingFiles {
  const log: DiskOperation[] = [];
  const known = new Set<string>();
  let ids = 0;
  /** A file that appeared without us: its creation and content, nothing of it flushed. */
  const adopt = async (path: string) => {
    if (known.has(path) || (await files.stat(path))?.isFile !== true) return;
    const id = (ids += 1);
    known.add(path);
    log.push({ type: 'create', path, id }, { type: 'write', id, bytes: await files.read(path) }, { type: 'close', id });
  };
  return {
    ...files,
    log,
    makeFolder: async (path) => (await files.makeFolder(path), void log.push({ type: 'folder', path })),
    create: async (path) => {
      const handle = await files.create(path);
      const id = (ids += 1);
      known.add(path);
      log.push({ type: 'create', path, id });
      return {
        write: async (bytes) => {
          const written = await handle.write(bytes);
          log.push({ type: 'write', id, bytes: Buffer.from(bytes.subarray(0, written)) });
          return written;
        },
        sync: async () => (log.push({ type: 'sync', id }), handle.sync()),
        close: async () => (await handle.close(), void log.push({ type: 'close', id })),
      };
    },
    syncPath: async (path) => {
      if (/\.tmp-/.test(path)) await adopt(path);
      log.push({ type: 'syncPath', path });
      await files.syncPath(path);
    },
    rename: async (from, to) => {
      await files.rename(from, to);
      known.add(to);
      log.push({ type: 'rename', from, to });
    },
    link: async (from, to) => (await files.link(from, to), void log.push({ type: 'link', from, to })),
    remove: async (path) => (await files.remove(path), void log.push({ type: 'remove', path })),
    appendLine: async (path, line) => (await files.appendLine(path, line), void log.push({ type: 'append', path, bytes: Buffer.from(`${line}\n`) })),
  };
}
