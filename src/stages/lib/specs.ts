import { join } from 'node:path';
import type { ZodType } from 'zod';
import type { Files } from '../../core/effects.ts';
import { canonicalJson } from '../../core/canonicalJson.ts';
import { AppError, type ErrorCode } from '../../core/errors.ts';
import { didYouMean } from '../../core/suggest.ts';
import { placeText, readYaml } from '../../lake/readYaml.ts';
import { codeRoot } from '../../registry/discover.ts';
import type { StudyDocument } from '../../research/study/document.ts';

/** Folders of documents: the ones that come with the product, and the one given by `--specs`. */
export interface SpecFolders {
  readonly files: Files;
  readonly folders: readonly string[];
}

/** @param given the folder of `--specs`, or null */
export function specFolders(files: Files, given: string | null): SpecFolders {
  const builtIn = join(codeRoot().folder, '..', 'specs');
  return { files, folders: given === null ? [builtIn] : [builtIn, given] };
}

/** One kind of document: where its files lie, and what they have to be. */
export interface DocumentKind<T> {
  /** What messages call one. */
  readonly name: string;
  /** Sub-folder of a folder of specs. */
  readonly folder: string;
  /** Code of whatever is wrong with a file. */
  readonly code: ErrorCode;
  /** The page that describes every key. */
  readonly guide: string;
  /** Loaded only where a document is read. */
  readonly schema: () => Promise<ZodType<T>>;
}

const studies: DocumentKind<StudyDocument> = {
  name: 'study',
  folder: 'studies',
  code: 'E_STUDY',
  guide: 'docs/studies.md',
  schema: async () => (await import('../../research/study/document.ts')).studyDocument,
};

/** Ids and files of the study documents, by id. @throws as listDocuments */
export function listStudies(specs: SpecFolders): Promise<Map<string, string>> {
  return listDocuments(specs, studies);
}

/** Study documents by id. @throws as loadDocuments */
export function loadStudies(specs: SpecFolders, ids: readonly string[]): Promise<StudyDocument[]> {
  return loadDocuments(specs, studies, ids);
}

/** One study document. @param id what its file name says, or null for a file of any name */
export function readStudy(files: Files, file: string, id: string | null): Promise<StudyDocument> {
  return readDocument(files, studies, { file, id });
}

/** Ids and files of the documents of a kind, by id. @throws E_UNIT_DUPLICATE, E_CONFIG when a given folder is absent */
export async function listDocuments<T>({ files, folders }: SpecFolders, kind: DocumentKind<T>): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const [i, folder] of folders.entries()) {
    if (i > 0 && (await files.stat(folder))?.isDirectory !== true)
      throw new AppError('E_CONFIG', {
        where: folder,
        problem: 'there is no such folder',
        remedy: `Give --specs a folder with a sub-folder ${kind.folder}/.`,
      });
    for (const name of await files.list(join(folder, kind.folder))) {
      if (!/\.ya?ml$/.test(name)) continue;
      const [id, file] = [name.replace(/\.ya?ml$/, ''), join(folder, kind.folder, name)];
      const other = found.get(id);
      if (other !== undefined) throw new AppError('E_UNIT_DUPLICATE', { kind: kind.name, id, first: other, second: file });
      found.set(id, file);
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Documents by id, `all` for every one, in the order of their ids. @throws E_UNKNOWN_UNIT, and the kind's code for what a document lacks */
export async function loadDocuments<T extends { readonly id: string }>(
  specs: SpecFolders,
  kind: DocumentKind<T>,
  ids: readonly string[],
): Promise<T[]> {
  const known = await listDocuments(specs, kind);
  const wanted = ids.includes('all') ? [...known.keys()] : [...new Set(ids)].sort();
  const documents: T[] = [];
  for (const id of wanted) {
    const file = known.get(id);
    if (file === undefined)
      throw new AppError('E_UNKNOWN_UNIT', {
        kind: kind.name,
        id,
        suggestion: didYouMean(id, [...known.keys()]),
        available: [...known.keys()].join(', ') || 'none',
      });
    documents.push(await readDocument(specs.files, kind, { file, id }));
  }
  return documents;
}

/** One document. @param place its file, and what the name of the file says its id is, or null for a file of any name */
export async function readDocument<T extends { readonly id: string }>(
  files: Files,
  kind: DocumentKind<T>,
  { file, id }: { readonly file: string; readonly id: string | null },
): Promise<T> {
  const shape = `A ${kind.name} document is a mapping.`;
  const { values, places } = await readYaml(files, file, { absent: `Name a ${kind.name} document.`, shape });
  const parsed = (await kind.schema()).safeParse(values);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const key = issue!.path.join('.');
    const place = placeOf(places, issue!.path);
    throw new AppError(kind.code, {
      where: place === null ? file : placeText(place),
      problem: `${key === '' ? '' : `${key}: `}${issue!.message}`,
      remedy: `${kind.guide} describes every key of a ${kind.name} document.`,
    });
  }
  if (id !== null && parsed.data.id !== id)
    throw new AppError(kind.code, {
      where: file,
      problem: `its id is ${parsed.data.id}`,
      remedy: `The id of a ${kind.name} is the name of its file.`,
    });
  // Keys sorted, as the run record keeps them: a run made from the record has the same tables in the same order.
  return JSON.parse(canonicalJson(parsed.data)) as T;
}

/** The innermost key of a path that stands in the file. */
function placeOf<Place>(places: ReadonlyMap<string, Place>, path: readonly PropertyKey[]): Place | null {
  for (let length = path.length; length > 0; length--) {
    const place = places.get(path.slice(0, length).map(String).join('.'));
    if (place !== undefined) return place;
  }
  return null;
}
