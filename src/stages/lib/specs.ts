import { join } from 'node:path';
import type { Files } from '../../core/effects.ts';
import { canonicalJson } from '../../core/canonicalJson.ts';
import { AppError } from '../../core/errors.ts';
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

/** Ids and files of the study documents, by id. @throws E_UNIT_DUPLICATE, E_CONFIG when a given folder is absent */
export async function listStudies({ files, folders }: SpecFolders): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const [i, folder] of folders.entries()) {
    if (i > 0 && (await files.stat(folder))?.isDirectory !== true)
      throw new AppError('E_CONFIG', {
        where: folder,
        problem: 'there is no such folder',
        remedy: 'Give --specs a folder with a sub-folder studies/.',
      });
    for (const name of await files.list(join(folder, 'studies'))) {
      if (!/\.ya?ml$/.test(name)) continue;
      const [id, file] = [name.replace(/\.ya?ml$/, ''), join(folder, 'studies', name)];
      const other = found.get(id);
      if (other !== undefined) throw new AppError('E_UNIT_DUPLICATE', { kind: 'study', id, first: other, second: file });
      found.set(id, file);
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Documents by id, `all` for every one, in the order of their ids. @throws E_UNKNOWN_UNIT, and E_STUDY for what a document lacks */
export async function loadStudies(specs: SpecFolders, ids: readonly string[]): Promise<StudyDocument[]> {
  const known = await listStudies(specs);
  const wanted = ids.includes('all') ? [...known.keys()] : [...new Set(ids)].sort();
  const documents: StudyDocument[] = [];
  for (const id of wanted) {
    const file = known.get(id);
    if (file === undefined)
      throw new AppError('E_UNKNOWN_UNIT', {
        kind: 'study',
        id,
        suggestion: didYouMean(id, [...known.keys()]),
        available: [...known.keys()].join(', ') || 'none',
      });
    documents.push(await readStudy(specs.files, file, id));
  }
  return documents;
}

/** One study document. @param id what its file name says, or null for a file of any name */
export async function readStudy(files: Files, file: string, id: string | null): Promise<StudyDocument> {
  const { values, places } = await readYaml(files, file, { absent: 'Name a study document.', shape: 'A study document is a mapping.' });
  const { studyDocument } = await import('../../research/study/document.ts');
  const parsed = studyDocument.safeParse(values);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const key = issue!.path.join('.');
    const place = placeOf(places, issue!.path);
    throw new AppError('E_STUDY', {
      where: place === null ? file : placeText(place),
      problem: `${key === '' ? '' : `${key}: `}${issue!.message}`,
      remedy: 'docs/studies.md describes every key of a study document.',
    });
  }
  if (id !== null && parsed.data.id !== id)
    throw new AppError('E_STUDY', { where: file, problem: `its id is ${parsed.data.id}`, remedy: 'The id of a study is the name of its file.' });
  // Keys sorted, as the run record keeps them: a run made from the record has the same tables in the same order.
  return JSON.parse(canonicalJson(parsed.data)) as StudyDocument;
}

/** The innermost key of a path that stands in the file. */
function placeOf<Place>(places: ReadonlyMap<string, Place>, path: readonly PropertyKey[]): Place | null {
  for (let length = path.length; length > 0; length--) {
    const place = places.get(path.slice(0, length).map(String).join('.'));
    if (place !== undefined) return place;
  }
  return null;
}
