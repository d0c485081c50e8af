import { hashOf, prettyJson } from '../../core/canonicalJson.ts';
import type { Effects, Files } from '../../core/effects.ts';
import { evidenceId } from '../../governance/evidence/evidence.ts';
import { decisionId } from '../../governance/promotion/decision.ts';
import type { Evidence, PromotionDecision } from '../../governance/records.ts';
import type { LakePaths } from '../../lake/paths.ts';
import { writeAtomic } from '../../lake/writeAtomic.ts';

/**
 * Records that the ledger names by digest: decisions, evidence, and the documents that were registered or judged by. Their names come from
 * their content, so that nothing is ever overwritten by something else.
 */
type Shelf = 'decisions' | 'evidence' | 'documents';

const folderOf = (paths: LakePaths, shelf: Shelf): string => `${paths.root}/governance/${shelf}`;

/** A record read back. `problem` is null when it is what its digest says. */
export interface Shelved<T> {
  readonly value: T | null;
  readonly problem: string | null;
}

/** Writes a record under its name, once. */
async function shelve(effects: Pick<Effects, 'files' | 'uniqueName'>, path: string, value: unknown): Promise<void> {
  const text = prettyJson(value);
  const isThere = (await effects.files.stat(path)) !== null && (await effects.files.read(path)).toString('utf8') === text;
  if (!isThere) await writeAtomic(effects.files, path, text, effects.uniqueName);
}

/** @returns the digest by which the ledger knows it */
export async function shelveDecision(effects: Pick<Effects, 'files' | 'uniqueName'>, paths: LakePaths, decision: PromotionDecision): Promise<string> {
  await shelve(effects, `${folderOf(paths, 'decisions')}/${decision.id}.json`, decision);
  return hashOf(decision);
}

/** @returns the digest by which the ledger knows it */
export async function shelveEvidence(effects: Pick<Effects, 'files' | 'uniqueName'>, paths: LakePaths, evidence: Evidence): Promise<string> {
  await shelve(effects, `${folderOf(paths, 'evidence')}/${evidence.id}.json`, evidence);
  return hashOf(evidence);
}

/** Keeps a document as it was when it was registered or judged by. @returns its digest, over all of it */
export async function shelveDocument(effects: Pick<Effects, 'files' | 'uniqueName'>, paths: LakePaths, document: object): Promise<string> {
  const digest = hashOf(document);
  await shelve(effects, `${folderOf(paths, 'documents')}/${digest}.json`, document);
  return digest;
}

/** All decisions, by digest. */
export async function readDecisions(files: Files, paths: LakePaths): Promise<Map<string, PromotionDecision>> {
  const found = new Map<string, PromotionDecision>();
  for (const name of await files.list(folderOf(paths, 'decisions'))) {
    const { value } = await readRecord<PromotionDecision>(files, `${folderOf(paths, 'decisions')}/${name}`);
    if (value !== null && isDecision(value) && `${decisionId(value)}.json` === name && value.id === decisionId(value))
      found.set(hashOf(value), value);
  }
  return found;
}

/** A piece of evidence by id, compared with the digest that the ledger holds. */
export async function readEvidence(files: Files, paths: LakePaths, { id, digest }: { id: string; digest: string }): Promise<Shelved<Evidence>> {
  if (!/^E-[0-9a-f]{12}$/.test(id)) return { value: null, problem: `${JSON.stringify(id)} is no id of evidence` };
  const found = await readRecord<Evidence>(files, `${folderOf(paths, 'evidence')}/${id}.json`);
  if (found.value === null) return found;
  const isSame = isEvidence(found.value) && found.value.id === id && evidenceId(found.value) === id && hashOf(found.value) === digest;
  return isSame ? found : { value: null, problem: 'it is not the record that the ledger holds' };
}

/** A document by the digest of all of it. */
export async function readDocument<T extends object>(files: Files, paths: LakePaths, digest: string): Promise<Shelved<T>> {
  if (!/^[0-9a-f]{64}$/.test(digest)) return { value: null, problem: `${JSON.stringify(digest)} is no digest` };
  const found = await readRecord<T>(files, `${folderOf(paths, 'documents')}/${digest}.json`);
  if (found.value === null || hashOf(found.value) === digest) return found;
  return { value: null, problem: 'it is not the document of that digest' };
}

function isDecision({ results, evidence, policy, subject, basis }: PromotionDecision): boolean {
  return (
    Array.isArray(results) &&
    Array.isArray(basis?.returns) &&
    Array.isArray(evidence) &&
    typeof policy?.digest === 'string' &&
    typeof subject === 'object'
  );
}

function isEvidence({ artifacts, metrics, facts, subject }: Evidence): boolean {
  return Array.isArray(artifacts) && Array.isArray(metrics) && Array.isArray(facts?.trials) && typeof subject === 'object';
}

/** Every byte counts: a record is canonical, so another text is another record. */
async function readRecord<T extends object>(files: Files, path: string): Promise<Shelved<T>> {
  if ((await files.stat(path))?.isFile !== true) return { value: null, problem: 'the file is missing' };
  const text = (await files.read(path)).toString('utf8');
  try {
    const value = JSON.parse(text) as T;
    if (typeof value === 'object' && value !== null && prettyJson(value) === text) return { value, problem: null };
  } catch {
    // Falls through: what cannot be read is not what was written.
  }
  return { value: null, problem: 'it is not what was written' };
}
