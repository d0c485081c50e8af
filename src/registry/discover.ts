import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { kindOf, type Unit, type UnitKind, unitFolders, unitKinds } from '../core/define.ts';
import { AppError } from '../core/errors.ts';
import { didYouMean } from '../core/suggest.ts';
import type { UnitBundle } from './fingerprint.ts';

/** A unit known by its file name; nothing is imported until it is loaded. */
export interface UnitEntry {
  readonly kind: UnitKind;
  readonly id: string;
  readonly file: string;
  readonly origin: 'built-in' | 'plugin';
  /** Set for built units, whose fingerprints are made at build time. */
  readonly fingerprint?: string;
  readonly summary?: string;
  /** Of a command: what it is for, to group the help. */
  readonly task?: string;
}

/** Where compiled plugin files go; handed in because the registry itself writes nothing. */
export type StorePlugin = (name: string, code: string) => Promise<string>;

export interface Registry {
  list(kind: UnitKind): readonly UnitEntry[];
  ids(kind: UnitKind): readonly string[];
  /** @throws E_UNKNOWN_UNIT with the nearest known id */
  find(kind: UnitKind, id: string): UnitEntry;
  /** Imports a unit and checks that it is what its file name says. */
  load<T extends Unit>(kind: UnitKind, id: string): Promise<T>;
  loadAll<T extends Unit>(kind: UnitKind): Promise<Map<string, T>>;
  /** SHA-256 of the unit's code and of everything it imports. */
  fingerprint(kind: UnitKind, id: string): Promise<string>;
}

export interface UnitIndex {
  readonly version: string;
  readonly units: readonly {
    readonly kind: UnitKind;
    readonly id: string;
    readonly file: string;
    readonly fingerprint: string;
    readonly summary: string;
    readonly task?: string;
  }[];
}

/** Folder of the running code (src or dist) and its unit index, which only a build has. */
export function codeRoot(): { folder: string; index: UnitIndex | null } {
  const here = dirname(fileURLToPath(import.meta.url));
  for (const folder of [here, dirname(here)]) {
    const file = join(folder, 'units.json');
    if (existsSync(file)) return { folder, index: JSON.parse(readFileSync(file, 'utf8')) as UnitIndex };
  }
  return { folder: dirname(here), index: null };
}

/**
 * All built-in units and those of the plugin folders, found by file name.
 *
 * @param options.plugins folders with the same sub-folders by kind as the source tree
 * @param options.storePlugin keeps a compiled plugin file and returns its path
 * @throws E_UNIT_DUPLICATE when two files carry one id; E_UNIT_INVALID when a folder or indexed file is absent
 */
export function openRegistry(options: { plugins?: readonly string[]; storePlugin?: StorePlugin } = {}): Registry {
  const root = codeRoot();
  const entries = new Map<string, UnitEntry>();
  const add = (entry: UnitEntry) => {
    const key = `${entry.kind}/${entry.id}`;
    const other = entries.get(key);
    if (other !== undefined)
      throw new AppError('E_UNIT_DUPLICATE', { kind: entry.kind, id: entry.id, first: shortName(other.file), second: shortName(entry.file) });
    entries.set(key, entry);
  };
  for (const entry of root.index === null ? scan(root.folder, 'built-in') : indexed(root.folder, root.index)) add(entry);
  for (const folder of options.plugins ?? []) {
    if (!existsSync(folder)) throw new AppError('E_UNIT_INVALID', { file: folder, problem: 'the plugin folder does not exist' });
    const found = scan(resolve(folder), 'plugin');
    if (found.length === 0) {
      throw new AppError('E_UNIT_INVALID', {
        file: folder,
        problem: `no units found; expected sub-folders such as ${unitFolders.strategy}/ or ${unitFolders.feature}/`,
      });
    }
    for (const entry of found) add(entry);
  }
  const sorted = [...entries.values()].sort((a, b) => (`${a.kind}/${a.id}` < `${b.kind}/${b.id}` ? -1 : 1));
  return makeRegistry(sorted, root.folder, options.storePlugin);
}

function makeRegistry(entries: readonly UnitEntry[], folder: string, storePlugin: StorePlugin | undefined): Registry {
  const library = existsSync(join(folder, 'index.js')) ? join(folder, 'index.js') : join(folder, 'index.ts');
  const list = (kind: UnitKind) => entries.filter((entry) => entry.kind === kind);
  const ids = (kind: UnitKind) => list(kind).map((entry) => entry.id);
  const find = (kind: UnitKind, id: string) => {
    const entry = entries.find((candidate) => candidate.kind === kind && candidate.id === id);
    if (entry === undefined)
      throw new AppError('E_UNKNOWN_UNIT', { kind, id, suggestion: didYouMean(id, ids(kind)), available: ids(kind).join(', ') || 'none' });
    return entry;
  };
  const load = async <T extends Unit>(kind: UnitKind, id: string) => (await importUnit(find(kind, id), library, storePlugin)) as T;
  return {
    list,
    ids,
    find,
    load,
    async loadAll<T extends Unit>(kind: UnitKind) {
      const units = await Promise.all(list(kind).map(async (entry) => [entry.id, await load<T>(kind, entry.id)] as const));
      return new Map(units);
    },
    async fingerprint(kind, id) {
      const entry = find(kind, id);
      return entry.fingerprint ?? (entry.origin === 'plugin' ? bundled(entry.file, library) : sourceFingerprint(entry.file, library));
    },
  };
}

/** Fingerprints of built-in units that run from source: their code cannot change while this process lives. */
const sourceFingerprints = new Map<string, Promise<string>>();

function sourceFingerprint(file: string, library: string): Promise<string> {
  const known = sourceFingerprints.get(file) ?? bundled(file, library);
  sourceFingerprints.set(file, known);
  return known;
}

async function bundled(file: string, library: string): Promise<string> {
  return (await bundle(file, library)).fingerprint;
}

/** The bundler comes when it is needed: listing units must start fast. */
async function bundle(file: string, library: string): Promise<UnitBundle> {
  const { bundleUnit } = await import('./fingerprint.ts');
  return bundleUnit(file, library);
}

async function importUnit(entry: UnitEntry, library: string, storePlugin: StorePlugin | undefined): Promise<Unit> {
  let file = entry.file;
  if (entry.origin === 'plugin') {
    const { code, fingerprint } = await bundle(entry.file, library);
    if (storePlugin === undefined) throw new AppError('E_INTERNAL', { problem: 'plugins need a place for their compiled files' });
    file = await storePlugin(`${entry.id}-${fingerprint.slice(0, 16)}.mjs`, code);
  }
  let loaded: { default?: unknown };
  try {
    loaded = (await import(pathToFileURL(file).href)) as { default?: unknown };
  } catch (cause) {
    throw new AppError('E_UNIT_INVALID', { file: shortName(entry.file), problem: cause instanceof Error ? cause.message : String(cause) }, { cause });
  }
  const found = loaded.default;
  if (kindOf(found) !== entry.kind)
    throw new AppError('E_UNIT_INVALID', {
      file: shortName(entry.file),
      problem: `its default export is not made by the define function for a ${entry.kind}`,
    });
  const { id } = found as Unit;
  if (id !== entry.id)
    throw new AppError('E_UNIT_INVALID', { file: shortName(entry.file), problem: `its id is ${id}, the file name says ${entry.id}` });
  return found as Unit;
}

/** Unit files below a folder, by kind; helpers in lib/, index files and tests are none. */
export function scan(folder: string, origin: UnitEntry['origin']): UnitEntry[] {
  return unitKinds.flatMap((kind) => {
    const place = join(folder, unitFolders[kind]);
    if (!existsSync(place)) return [];
    return readdirSync(place, { withFileTypes: true })
      .filter((item) => item.isFile() && /\.(ts|js|mjs)$/.test(item.name) && !/(\.test|\.d)\.ts$|^index\./.test(item.name))
      .map((item) => ({ kind, id: basename(item.name, extname(item.name)), file: join(place, item.name), origin }));
  });
}

function indexed(folder: string, index: UnitIndex): UnitEntry[] {
  return index.units.map(({ kind, id, file, fingerprint, summary, task }) => {
    const path = join(folder, file);
    if (!existsSync(path)) throw new AppError('E_UNIT_INVALID', { file, problem: 'the unit index names it, but it is not there; build again' });
    return { kind, id, file: path, origin: 'built-in' as const, fingerprint, summary, ...(task === undefined ? {} : { task }) };
  });
}

/** The last three parts of a path: enough to find the file, nothing about the machine. */
function shortName(file: string): string {
  return file.split(/[\\/]/).slice(-3).join('/');
}
