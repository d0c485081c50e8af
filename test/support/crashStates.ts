import { dirname } from 'node:path';
import type { Files } from '../../src/core/effects.ts';
import { nextIndex, nextUniform, type RandomState } from '../../src/core/random.ts';
import type { DiskOperation } from './recordingFiles.ts';

/** A disk after a power cut: content by path, null for a folder. */
export type DiskState = ReadonlyMap<string, Buffer | null>;

/** Content of one file; only the first `durable` bytes are sure to survive. */
interface Inode {
  chunks: Buffer[];
  length: number;
  durable: number;
}

type Entry = Inode | 'folder';
/** A change of one folder's entries that is not on the device until the folder is flushed. */
interface Pending {
  readonly folder: string;
  readonly removed: string | null;
  readonly added: string | null;
  readonly entry: Entry | null;
}

/**
 * A disk that keeps what POSIX promises and nothing more: data of a file survive once the file was flushed, entries of a
 * folder once the folder was flushed, a rename inside one folder happens or does not.
 */
export class CrashDisk {
  private readonly now = new Map<string, Entry>();
  private readonly durable = new Map<string, Entry>();
  private readonly byId = new Map<number, Inode>();
  private pending: Pending[] = [];

  /** Starts with files that have long been on the device. */
  constructor(existing: DiskState) {
    for (const [path, content] of existing) {
      const entry: Entry = content === null ? 'folder' : { chunks: [content], length: content.length, durable: content.length };
      this.now.set(path, entry);
      this.durable.set(path, entry);
    }
  }

  apply(operation: DiskOperation): void {
    switch (operation.type) {
      case 'folder':
        return this.makeFolder(operation.path);
      case 'create':
        this.byId.set(operation.id, this.addFile(operation.path));
        return;
      case 'write':
        return append(this.byId.get(operation.id)!, operation.bytes);
      case 'append':
        return append((this.now.get(operation.path) as Inode | undefined) ?? this.addFile(operation.path), operation.bytes);
      case 'sync':
        return flush(this.byId.get(operation.id)!);
      case 'syncPath':
        return this.syncPath(operation.path);
      case 'rename':
      case 'link':
        return this.move(operation.from, operation.to, operation.type === 'rename');
      case 'remove':
        return this.remove(operation.path);
      default:
    }
  }

  /** What a power cut now may leave: folder entries that were not flushed are there or not, data that were not flushed are anything. */
  cut(stream: RandomState): DiskState {
    const entries = new Map(this.durable);
    const modes = new Map<string, number>();
    for (const change of this.pending) {
      if (!modes.has(change.folder)) modes.set(change.folder, [0, 1, nextUniform(stream)][nextIndex(stream, 3)]!);
      if (nextUniform(stream) >= modes.get(change.folder)!) continue;
      if (change.removed !== null) entries.delete(change.removed);
      if (change.added !== null) entries.set(change.added, change.entry!);
    }
    const state = new Map<string, Buffer | null>();
    for (const [path, entry] of [...entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (!isReachable(path, entries)) continue;
      state.set(path, entry === 'folder' ? null : survivor(entry, stream));
    }
    return state;
  }

  private makeFolder(path: string): void {
    if (this.now.has(path) || dirname(path) === path) return;
    this.makeFolder(dirname(path));
    this.change({ folder: dirname(path), removed: null, added: path, entry: 'folder' });
  }

  private addFile(path: string): Inode {
    this.makeFolder(dirname(path));
    const inode: Inode = { chunks: [], length: 0, durable: 0 };
    this.change({ folder: dirname(path), removed: null, added: path, entry: inode });
    return inode;
  }

  private move(from: string, to: string, isRename: boolean): void {
    const entry = this.now.get(from);
    if (entry === undefined) throw new Error(`${from} is moved and was never made`);
    if (isRename && dirname(from) !== dirname(to)) throw new Error(`${from} is renamed into another folder`);
    this.change({ folder: dirname(to), removed: isRename ? from : null, added: to, entry });
  }

  private remove(path: string): void {
    for (const below of [...this.now.keys()].filter((name) => name === path || name.startsWith(`${path}/`)))
      this.change({ folder: dirname(below), removed: below, added: null, entry: null });
  }

  private change(change: Pending): void {
    if (change.removed !== null) this.now.delete(change.removed);
    if (change.added !== null) this.now.set(change.added, change.entry!);
    this.pending.push(change);
  }

  private syncPath(path: string): void {
    const entry = this.now.get(path);
    if (entry !== undefined && entry !== 'folder') return flush(entry);
    for (const change of this.pending.filter(({ folder }) => folder === path)) {
      if (change.removed !== null) this.durable.delete(change.removed);
      if (change.added !== null) this.durable.set(change.added, change.entry!);
    }
    this.pending = this.pending.filter(({ folder }) => folder !== path);
  }
}

/** A disk that can only be read; every write fails the test. */
export function stateFiles(state: DiskState): Files {
  const absent = (path: string) => Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
  const refuse = () => Promise.reject(new Error('the reader wrote to the disk'));
  return {
    read: async (path) => state.get(path) ?? Promise.reject(absent(path)),
    list: async (folder) =>
      [...state.keys()].filter((path) => dirname(path) === folder && path !== folder).map((path) => path.slice(folder.length + 1)),
    stat: async (path) => {
      const content = state.get(path);
      return content === undefined ? null : { size: content?.length ?? 0, isFile: content !== null, isDirectory: content === null };
    },
    makeFolder: refuse,
    create: refuse,
    syncPath: refuse,
    rename: refuse,
    link: refuse,
    remove: refuse,
    appendLine: refuse,
    space: refuse,
  };
}

function isReachable(path: string, entries: ReadonlyMap<string, Entry>): boolean {
  const parent = dirname(path);
  return parent === path || (entries.get(parent) === 'folder' && isReachable(parent, entries));
}

function append(inode: Inode, bytes: Buffer): void {
  inode.chunks.push(bytes);
  inode.length += bytes.length;
}

function flush(inode: Inode): void {
  inode.durable = inode.length;
}

/** The flushed bytes whole; after them nothing, a part, zeros, a part and zeros, or everything. */
function survivor(inode: Inode, stream: RandomState): Buffer {
  if (inode.chunks.length !== 1) inode.chunks = [Buffer.concat(inode.chunks)];
  const whole = inode.chunks[0]!;
  if (inode.durable === inode.length) return whole;
  const cut = inode.durable + nextIndex(stream, inode.length - inode.durable);
  switch (nextIndex(stream, 5)) {
    case 0:
      return whole.subarray(0, inode.durable);
    case 1:
      return whole.subarray(0, cut);
    case 2:
      return Buffer.concat([whole.subarray(0, inode.durable), Buffer.alloc(inode.length - inode.durable)]);
    case 3:
      return Buffer.concat([whole.subarray(0, cut), Buffer.alloc(inode.length - cut)]);
    default:
      return whole;
  }
}
