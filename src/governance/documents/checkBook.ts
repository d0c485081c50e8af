import { bookDigest, type LoadedSpec, type RefusedSpec, type SpecBook, specKey } from './book.ts';
import { edgeProblems } from './checkEdge.ts';
import { experimentProblems, hypothesisProblems, policyProblems } from './checkResearch.ts';
import { checkOverlay, type CompiledOverlay } from './compileOverlay.ts';
import { specDigest } from './digest.ts';
import { findingOf, isRefused, type Problem, type SpecFinding, type SpecKind, sortSpecFindings, type SpecSource } from './finding.ts';
import type { OverlayDocument, OverlayRule } from './overlay.ts';
import { type DocumentOf, parseDocument } from './parseDocument.ts';
import type { SpecSurroundings, StudyFacts } from './surroundings.ts';

type Parent = NonNullable<OverlayRule['parent']>;

/** A file as it was read. */
export interface SpecFile extends SpecSource {
  readonly kind: SpecKind;
  /** The file’s name without its ending: `<id>` or `<id>@<version>`. */
  readonly stem: string;
  /** False for a file that somebody named: it may be called anything. */
  readonly isNamed: boolean;
  /** Null where the file could not be read as data. */
  readonly values: unknown;
  readonly problems: readonly Problem[];
}

interface Draft<Kind extends SpecKind = SpecKind> {
  readonly kind: Kind;
  readonly source: SpecFile;
  readonly id: string;
  readonly version: number | null;
  readonly digest: string;
  readonly document: DocumentOf<Kind>;
  readonly problems: Problem[];
}

/** All documents of some files, each judged by itself, against its surroundings and against the others; everything that is wrong, at once. */
export function checkBook(files: readonly SpecFile[], surroundings: SpecSurroundings): SpecBook {
  const unread: RefusedSpec[] = [];
  const drafts = files.flatMap((source): Draft[] => {
    const { kind, stem, file, values, problems } = source;
    const parsed = values === null && problems.length > 0 ? { document: null, problems: [] } : parseDocument(kind, values);
    const all = [...problems, ...parsed.problems];
    if (parsed.document !== null && problems.length === 0) return [draftOf(source, parsed.document, all)];
    unread.push({ kind, id: stem, file, findings: all.map((problem) => findingOf(source, problem)) });
    return [];
  });
  const copies = noteDuplicates(drafts);
  const judged = drafts.filter((draft) => !copies.has(draft));
  const of = <Kind extends SpecKind>(kind: Kind) => judged.filter((draft) => draft.kind === kind) as unknown as Draft<Kind>[];
  const compiled = new Map<string, CompiledOverlay>();
  // In the order in which they refer to each other: a document that rests on a refused one is refused as well.
  for (const draft of of('overlays')) {
    const checked = checkOverlay(draft.document, surroundings);
    draft.problems.push(...checked.problems, ...parentProblems(draft.document, surroundings));
    if (checked.compiled !== null && isSound(draft)) compiled.set(specKey(draft), checked.compiled);
  }
  for (const draft of of('policies')) draft.problems.push(...policyProblems(draft.document, surroundings));
  const hypotheses = new Map(of('hypotheses').map(({ id, document }) => [id, document]));
  for (const draft of of('hypotheses')) draft.problems.push(...hypothesisProblems(draft.document, surroundings, hypotheses));
  const sound = new Map(
    of('hypotheses')
      .filter(isSound)
      .map(({ id, document, digest }) => [id, { document, digest }]),
  );
  const policies = new Map(
    of('policies')
      .filter(isSound)
      .map((draft) => [specKey(draft), draft.digest]),
  );
  const overlays = new Map(
    of('overlays')
      .filter(isSound)
      .map((draft) => [specKey(draft), compiled.get(specKey(draft)) ?? null]),
  );
  for (const draft of of('edges'))
    draft.problems.push(...edgeProblems(draft.document, surroundings, { hypotheses: new Set(sound.keys()), overlays }));
  for (const draft of of('experiments')) draft.problems.push(...experimentProblems(draft.document, surroundings, { hypotheses: sound, policies }));
  return bookOf(drafts, { files, unread, copies, compiled });
}

function draftOf(source: SpecFile, document: DocumentOf<SpecKind>, problems: readonly Problem[]): Draft {
  const { kind, stem, isNamed } = source;
  const id = 'name' in document ? document.name : 'edge_id' in document ? document.edge_id : document.id;
  const version = 'version' in document ? document.version : null;
  const names = version === null ? [id] : [id, `${id}@${version}`];
  const misnamed: Problem[] =
    !isNamed || names.includes(stem)
      ? []
      : [{ code: 'FILE_NAME', path: '', message: `the document is ${names.at(-1)!}, the file is called ${stem}` }];
  return { kind, source, id, version, digest: specDigest(document), document, problems: [...problems, ...misnamed] };
}

/**
 * One document per id and version. A copy is left aside with a warning; other content under the same name and version is an error.
 *
 * @returns the copies
 */
function noteDuplicates(drafts: readonly Draft[]): Set<Draft> {
  const first = new Map<string, Draft>();
  const copies = new Set<Draft>();
  for (const draft of drafts) {
    const key = `${draft.kind}/${specKey(draft)}`;
    const other = first.get(key);
    if (other === undefined) first.set(key, draft);
    else if (other.digest === draft.digest) {
      copies.add(draft);
      draft.problems.push({ code: 'ID_DUPLICATE', path: '', message: `${other.source.file} has the same document`, severity: 'warning' });
    } else {
      const code = draft.version === null ? 'ID_DUPLICATE' : 'VERSION_CONFLICT';
      draft.problems.push({ code, path: '', message: `${other.source.file} has other content for ${specKey(draft)}` });
    }
  }
  return copies;
}

/** The study behind an overlay: there, unchanged, and with thresholds that are numbers. */
function parentProblems({ rule }: OverlayDocument, { studies }: SpecSurroundings): Problem[] {
  if (rule === null || rule.parent === null) return [];
  const { study, version, digest } = rule.parent;
  const found = studies.get(study);
  const path = 'rule.parent';
  if (found === undefined) return [{ code: 'PARENT_UNKNOWN', path, message: `there is no study ${study}` }];
  if (found.version !== version) return [{ code: 'PARENT_UNKNOWN', path, message: `${study} is at version ${found.version}, not ${version}` }];
  if (found.digest !== digest) return [{ code: 'DIGEST_MISMATCH', path: `${path}.digest`, message: `${study} has the digest ${found.digest}` }];
  return pinProblems(rule.parent, found);
}

/** Fitted thresholds that are not numbers in the document would have to be fitted on the data of the run. */
function pinProblems({ study, thresholds, fitted_on: window }: Parent, { fitted }: StudyFacts): Problem[] {
  const path = 'rule.parent.thresholds';
  const pinned = Object.entries(thresholds ?? {});
  const missing = pinned.length === 0 ? fitted : fitted.filter((id) => pinned.some(([, values]) => !Object.hasOwn(values, id)));
  const unknown = [...new Set(pinned.flatMap(([, values]) => Object.keys(values)))].filter((id) => !fitted.includes(id));
  const problems = unknown.map((id): Problem => ({ code: 'KEY_UNKNOWN', path, message: `${study} fits no threshold ${id}` }));
  if (missing.length > 0) {
    const message = `${study} fits ${missing.join(', ')} on data, and ${pinned.length === 0 ? 'no symbol' : 'not every symbol'} has a number for it here`;
    problems.push({ code: 'CONDITION_NOT_CAUSAL', path, message });
  }
  if (thresholds !== undefined && window === undefined)
    problems.push({ code: 'KEY_MISSING', path: 'rule.parent.fitted_on', message: 'it does not say on which days the thresholds were fitted' });
  return problems;
}

function isSound({ problems }: { readonly problems: readonly Problem[] }): boolean {
  return !problems.some(({ severity = 'error' }) => severity === 'error');
}

function bookOf(
  drafts: readonly Draft[],
  given: {
    readonly files: readonly SpecFile[];
    readonly unread: readonly RefusedSpec[];
    readonly copies: ReadonlySet<Draft>;
    readonly compiled: ReadonlyMap<string, CompiledOverlay>;
  },
): SpecBook {
  const loaded: LoadedSpec[] = [];
  const refused: RefusedSpec[] = [...given.unread];
  const aside: SpecFinding[] = [];
  for (const draft of drafts) {
    const { kind, id, version, digest, document, source, problems } = draft;
    const findings = problems.map((problem) => findingOf(source, problem));
    if (given.copies.has(draft)) aside.push(...findings);
    else if (isRefused(findings)) refused.push({ kind, id: source.stem, file: source.file, findings });
    else loaded.push({ kind, id, version, file: source.file, digest, document, findings });
  }
  const order = (a: LoadedSpec, b: LoadedSpec): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : (a.version ?? 0) - (b.version ?? 0));
  const of = <Kind extends SpecKind>(kind: Kind) => loaded.filter((spec) => spec.kind === kind).sort(order) as unknown as LoadedSpec<Kind>[];
  const findings = [...[...loaded, ...refused].flatMap((spec) => spec.findings), ...aside];
  return {
    digest: bookDigest(loaded),
    overlays: of('overlays'),
    edges: of('edges'),
    hypotheses: of('hypotheses'),
    experiments: of('experiments'),
    policies: of('policies'),
    compiled: given.compiled,
    files: given.files.map(({ kind, file }) => ({ kind, file })),
    refused: refused.sort((a, b) => (a.file < b.file ? -1 : 1)),
    findings: sortSpecFindings(findings),
  };
}
