import { join } from 'node:path';
import type { Feature, Unit } from '../../core/define.ts';
import type { Files } from '../../core/effects.ts';
import { AppError, isAppError } from '../../core/errors.ts';
import type { Strategy } from '../../core/intent.ts';
import { accountingIds } from '../../engine/accountings.ts';
import { retrospectiveColumns } from '../../features/lib/planForStrategies.ts';
import type { SpecBook } from '../../governance/documents/book.ts';
import { checkBook, type SpecFile } from '../../governance/documents/checkBook.ts';
import type { SpecCode } from '../../governance/documents/codes.ts';
import { type Problem, type SpecKind, specKinds } from '../../governance/documents/finding.ts';
import { readJson } from '../../governance/documents/readJson.ts';
import type { SpecSurroundings, StudyFacts } from '../../governance/documents/surroundings.ts';
import { readYaml } from '../../lake/readYaml.ts';
import type { Registry } from '../../registry/discover.ts';
import { compileStudy } from '../../research/study/compile.ts';
import { fittedIds } from '../../research/study/pinned.ts';
import { runKeyNames } from './runKeys.ts';
import { listStudies, loadStudies, type SpecFolders } from './specs.ts';
import { studyCatalog } from './studyCatalog.ts';

const maxBytes = 2 ** 20;
const endings: Readonly<Record<SpecKind, RegExp>> = {
  overlays: /\.json$/,
  edges: /\.json$/,
  policies: /\.json$/,
  hypotheses: /\.ya?ml$/,
  experiments: /\.ya?ml$/,
};

/** A file that somebody named. */
export interface GivenFile {
  readonly kind: SpecKind;
  readonly path: string;
}

/**
 * All governance documents of the folders, read once: what may be used, and everything there is to say about the rest. A command
 * loads them once and hands them on, so that it sees one state of the files.
 *
 * @param besides files outside the folders, to be judged among the others
 * @throws E_CONFIG when the folder of `--specs` is absent; nothing for a bad file, which is refused by itself
 */
export async function loadSpecBook(specs: SpecFolders, registry: Registry, besides: readonly GivenFile[] = []): Promise<SpecBook> {
  const files = await readSpecFiles(specs);
  for (const { kind, path } of besides) files.push(await readSpecFile(specs.files, kind, { path, shown: path, isNamed: false }));
  return deepFreeze(checkBook(files, await specSurroundings(specs, registry, files)));
}

/** What documents refer to: columns, strategies, accountings, configuration keys, and the studies that the files name. */
export async function specSurroundings(specs: SpecFolders, registry: Registry, files: readonly SpecFile[]): Promise<SpecSurroundings> {
  const features = await registry.loadAll<Feature>('feature');
  const catalog = studyCatalog(features);
  const studies = new Map<string, StudyFacts>();
  const known = await listStudies(specs);
  for (const id of new Set(files.flatMap(({ values }) => studiesNamed(values)))) {
    if (!known.has(id)) continue;
    try {
      const [document] = await loadStudies(specs, [id]);
      const { digest } = compileStudy(document!, catalog);
      studies.set(id, { version: document!.version, digest, fitted: fittedIds(document!) });
    } catch (error) {
      // A broken study is the business of `study validate`; here it is one that cannot be referred to.
      if (!isAppError(error)) throw error;
    }
  }
  return {
    catalog,
    retrospective: retrospectiveColumns(features),
    strategies: await registry.loadAll<Strategy & Unit>('strategy'),
    studies,
    accountings: accountingIds,
    configKeys: runKeyNames,
  };
}

/** Ids of studies that an overlay’s rule or a hypothesis’ event names, whatever else is wrong with the values. */
function studiesNamed(values: unknown): string[] {
  const at = (from: unknown, key: string): unknown =>
    typeof from === 'object' && from !== null && Object.hasOwn(from, key) ? (from as Record<string, unknown>)[key] : null;
  const named = [at(at(at(values, 'rule'), 'parent'), 'study'), at(at(at(values, 'event'), 'definition'), 'study')];
  return named.filter((name) => typeof name === 'string');
}

/** Every file in the folders of governance documents, read as data. */
export async function readSpecFiles({ files, folders }: SpecFolders): Promise<SpecFile[]> {
  const found: SpecFile[] = [];
  for (const [i, folder] of folders.entries()) {
    if (i > 0 && (await files.stat(folder))?.isDirectory !== true)
      throw new AppError('E_CONFIG', {
        where: folder,
        problem: 'there is no such folder',
        remedy: `Give --specs a folder with sub-folders such as ${specKinds.join('/, ')}/.`,
      });
    for (const kind of specKinds)
      for (const name of await files.list(join(folder, kind))) {
        if (name.startsWith('.') || name.endsWith('.md')) continue;
        const place = { path: join(folder, kind, name), shown: i === 0 ? `specs/${kind}/${name}` : join(folder, kind, name), isNamed: true };
        found.push(await readSpecFile(files, kind, place));
      }
  }
  return found;
}

/** One file as data; whatever is wrong with it is among its problems. @param place where it lies, how messages call it, whether its name has to fit */
export async function readSpecFile(
  files: Files,
  kind: SpecKind,
  { path, shown, isNamed }: { readonly path: string; readonly shown: string; readonly isNamed: boolean },
): Promise<SpecFile> {
  const name = shown.slice(Math.max(shown.lastIndexOf('/'), shown.lastIndexOf('\\')) + 1);
  const shared = { kind, isNamed, file: shown, stem: name.replace(/\.[^.]*$/, '') };
  const refused = (code: SpecCode, message: string): SpecFile => ({
    ...shared,
    lines: new Map(),
    values: null,
    problems: [{ code, path: '', message }],
  });
  if (!endings[kind].test(name))
    return refused('FILE_NAME', `expected a file ending in ${kind === 'hypotheses' || kind === 'experiments' ? '.yaml' : '.json'}`);
  const stat = await files.stat(path);
  if (stat?.isFile !== true) return refused('FILE_UNREADABLE', stat === null ? 'there is no such file' : 'it is not a file');
  if (stat.size > maxBytes) return refused('FILE_UNREADABLE', `expected at most ${maxBytes} bytes, found ${stat.size}`);
  const text = decoded(await files.read(path));
  if (text === null) return refused('NOT_UTF8', 'its bytes are not UTF-8');
  if (text.startsWith('\uFEFF')) return refused('NOT_UTF8', 'it begins with a byte order mark');
  if (endings[kind].source.includes('json')) {
    const { value, lines, problems } = readJson(text);
    return { ...shared, lines, values: value, problems };
  }
  return { ...shared, ...(await readYamlFile(files, path)) };
}

async function readYamlFile(files: Files, path: string): Promise<Pick<SpecFile, 'lines' | 'values' | 'problems'>> {
  try {
    const { values, places } = await readYaml(files, path, { absent: '', shape: '' });
    return { values, problems: [], lines: new Map([...places].map(([key, { line }]) => [key, line])) };
  } catch (error) {
    if (!isAppError(error) || error.code !== 'E_CONFIG') throw error;
    const { problem, line } = error.details;
    const found: Problem = {
      code: yamlCode(String(problem)),
      path: '',
      message: `${String(problem)}${typeof line === 'number' ? ` (line ${line})` : ''}`,
    };
    return { values: null, lines: new Map(), problems: [found] };
  }
}

function yamlCode(problem: string): SpecCode {
  if (/keys must be unique/i.test(problem)) return 'KEY_DUPLICATE';
  if (/at most \d+ levels/.test(problem)) return 'TOO_DEEP';
  if (problem.includes('plain name')) return 'KEY_FORBIDDEN';
  return problem.includes('expected a mapping') ? 'NOT_AN_OBJECT' : 'YAML_SYNTAX';
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** The same object; plain data in it can no longer be changed. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || value instanceof Map) return value;
  Object.freeze(value);
  for (const inside of Object.values(value)) deepFreeze(inside);
  return value;
}
