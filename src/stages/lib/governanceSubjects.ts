import { AppError } from '../../core/errors.ts';
import { didYouMean } from '../../core/suggest.ts';
import { type LoadedSpec, lookUpSpec, refusedSpec, requireSpec } from '../../governance/documents/book.ts';
import { withoutClaims } from '../../governance/documents/digest.ts';
import type { SpecFinding } from '../../governance/documents/finding.ts';
import { limitGates } from '../../governance/documents/limitGates.ts';
import type { OverlayDocument } from '../../governance/documents/overlay.ts';
import type { PromotionPolicyDocument } from '../../governance/documents/policy.ts';
import { findSubject, type SubjectRecord, versionsOf } from '../../governance/lifecycle/state.ts';
import type { SubjectFacts } from '../../governance/promotion/promotionCase.ts';
import { type SubjectKind, type SubjectRef } from '../../governance/records.ts';
import type { GovernanceTools } from './governanceState.ts';
import { edgesOf, type PortfolioSpec } from './portfolioSubject.ts';

/** A subject as a command names it: `<kind>:<id>` or `<kind>:<id>@<version>`. */
export interface SubjectName {
  readonly kind: SubjectKind;
  readonly id: string;
  readonly version: number | null;
}

/** Documents of the three kinds of subjects. */
export type SubjectSpec = LoadedSpec<'overlays'> | LoadedSpec<'edges'> | PortfolioSpec;

/** What subjects are looked up in. */
type Known = Pick<GovernanceTools, 'book' | 'portfolios' | 'state'>;

/** A subject with what its document says, sound or not. */
export interface FoundSubject {
  readonly ref: SubjectRef;
  readonly facts: SubjectFacts;
  /** The document that may be used; null for one that was refused or is not there. */
  readonly spec: SubjectSpec | null;
  /** The ledger's record of this version, whatever its content; null when it is not registered. */
  readonly record: SubjectRecord | null;
}

const folders = { overlay: 'overlays', edge: 'edges' } as const;

/** @throws E_USAGE for text that names no subject */
export function parseSubject(text: string): SubjectName {
  const match = /^(edge|overlay|portfolio):([a-z][a-z0-9_]{0,127})(?:@(\d{1,7}))?$/.exec(text);
  if (match === null)
    throw new AppError('E_USAGE', {
      problem: `subject ${JSON.stringify(text)}: expected KIND:ID or KIND:ID@VERSION, KIND being edge, overlay or portfolio, for example edge:vc_core@3`,
    });
  const [, kind, id, version] = match as unknown as [string, SubjectKind, string, string | undefined];
  return { kind, id, version: version === undefined ? null : Number(version) };
}

/**
 * The subject of a name: its document's latest version, or the version named; without a document, what the ledger has. A document that was
 * refused is found as well, with what is wrong with it.
 *
 * @throws E_UNKNOWN_UNIT when neither documents nor ledger know it
 */
export function findNamed(known: Known, { kind, id, version }: SubjectName): FoundSubject {
  const spec = lookUp(known, { kind, id, version });
  const records = versionsOf(known.state, kind, id).filter(({ ref }) => version === null || ref.version === version);
  if (spec !== null) {
    const ref: SubjectRef = { kind, id, version: spec.version ?? 1, digest: spec.digest };
    const record = records.find((other) => other.ref.version === ref.version) ?? null;
    return { ref, record, spec, facts: factsOf(spec, record) };
  }
  const problems = refusalOf(known, { kind, id, version });
  const record = records.at(-1) ?? null;
  if (problems !== null) {
    const ref = { kind, id, version: version ?? record?.ref.version ?? 1, digest: '' };
    return { ref, record, spec: null, facts: { ...noFacts, hypothesis: record?.hypothesis ?? null, problems } };
  }
  if (record !== null) return { ref: record.ref, record, spec: null, facts: lostFacts(record) };
  throw unknown(known, { kind, id, version });
}

function lookUp({ book, portfolios }: Known, { kind, id, version }: SubjectName): SubjectSpec | null {
  if (kind !== 'portfolio') return lookUpSpec(book, folders[kind], { id, version }) as SubjectSpec | null;
  return portfolios.usable.find((spec) => spec.id === id && (version === null || spec.version === version)) ?? null;
}

/** What is wrong with a document that was refused; null where there is none. */
function refusalOf({ book, portfolios }: Known, { kind, id, version }: SubjectName): SubjectFacts['problems'] | null {
  if (kind === 'portfolio') {
    const refused = portfolios.refused.find((one) => one.id === id);
    return refused === undefined ? null : [{ code: 'SPEC_INVALID', message: refused.problem.message }];
  }
  const refused = refusedSpec(book, folders[kind], { id, version });
  return refused?.findings.filter(({ severity }) => severity === 'error').map(problemOf) ?? null;
}

/**
 * The subject of a name with a document that may be used.
 *
 * @throws E_SPEC, E_PORTFOLIO and others with what is wrong with a document that was refused; E_UNKNOWN_UNIT for one that is not there
 */
export function requireSubject(known: Known, { kind, id, version }: SubjectName): FoundSubject & { readonly spec: SubjectSpec } {
  const name = version === null ? id : `${id}@${version}`;
  const spec = kind === 'portfolio' ? lookUp(known, { kind, id, version }) : (requireSpec(known.book, folders[kind], name) as SubjectSpec);
  if (spec !== null) return { ...findNamed(known, { kind, id, version: spec.version }), spec };
  throw known.portfolios.refused.find((one) => one.id === id)?.problem ?? unknown(known, { kind, id, version });
}

/** The subject of one document. */
export function subjectOf({ state }: Pick<GovernanceTools, 'state'>, kind: SubjectKind, spec: SubjectSpec): FoundSubject {
  const ref: SubjectRef = { kind, id: spec.id, version: spec.version ?? 1, digest: spec.digest };
  const record = versionsOf(state, kind, spec.id).find((known) => known.ref.version === ref.version) ?? null;
  return { ref, record, spec, facts: factsOf(spec, record) };
}

/** The content of a document that its digest is taken of. */
export function contentOf(spec: SubjectSpec): Readonly<Record<string, unknown>> {
  return 'content' in spec ? spec.content : withoutClaims(spec.document);
}

/** Findings that keep a document from being promoted whatever their severity. */
const blocking: readonly string[] = ['ACTION_NOT_EXECUTABLE', 'CONDITION_NOT_CAUSAL', 'SIGNALS_MISMATCH'];

const noFacts: SubjectFacts = { hypothesis: null, problems: [], limits: [], validUntil: null, parts: [] };

function factsOf(spec: SubjectSpec, record: SubjectRecord | null): SubjectFacts {
  if ('content' in spec) return { ...noFacts, parts: spec.edges };
  const problems = spec.findings.filter(({ code, severity }) => severity === 'error' || blocking.includes(code)).map(problemOf);
  const { document } = spec;
  if ('edge_id' in document) return { ...noFacts, hypothesis: document.hypothesis, problems, validUntil: document.validity.to };
  return { ...noFacts, hypothesis: record?.hypothesis ?? null, problems, limits: limitGates(document, 'validation') };
}

/** What the kept content of a subject said, for judging again what was judged then. Its own faults are not asked again. */
export function keptFacts(record: SubjectRecord, content: Readonly<Record<string, unknown>>): SubjectFacts {
  if (record.ref.kind === 'portfolio') return { ...noFacts, parts: edgesOf(content) };
  const limits = record.ref.kind === 'overlay' ? limitGates(content as unknown as OverlayDocument, 'validation') : [];
  return { ...noFacts, hypothesis: record.hypothesis, limits };
}

function lostFacts(record: SubjectRecord): SubjectFacts {
  return { ...noFacts, hypothesis: record.hypothesis, problems: [{ code: 'SPEC_INVALID', message: 'its document is not in the folders given' }] };
}

function problemOf({ code, message, path }: SpecFinding): { code: string; message: string } {
  return { code, message: path === '' ? message : `${path}: ${message}` };
}

function unknown({ book, portfolios, state }: Known, { kind, id, version }: SubjectName): AppError {
  const listed = (kind === 'portfolio' ? portfolios.usable : book[folders[kind]]).map((spec) => spec.id);
  const known = [...new Set([...listed, ...[...state.subjects.values()].filter(({ ref }) => ref.kind === kind).map(({ ref }) => ref.id)])].sort();
  const name = version === null ? id : `${id}@${version}`;
  return new AppError('E_UNKNOWN_UNIT', { kind, id: name, suggestion: didYouMean(id, known), available: known.join(', ') || 'none' });
}

/**
 * The policy that a subject is judged by: the one named, or the only one for its kind.
 *
 * @throws E_UNKNOWN_UNIT, E_SPEC for one that is not there or refused; E_USAGE when it has to be named
 */
export function policyFor({ book }: Pick<GovernanceTools, 'book'>, kind: SubjectKind, name: string | null): LoadedSpec<'policies'> {
  if (name !== null) {
    const [, id = name, version] = /^(.+)@(\d{1,7})$/.exec(name) ?? [];
    const found = lookUpSpec(book, 'policies', { id, version: version === undefined ? null : Number(version) });
    if (found !== null) return requireKind(found, kind);
    const known = book.policies.map((spec) => spec.id);
    throw new AppError('E_UNKNOWN_UNIT', {
      kind: 'promotion policy',
      id: name,
      suggestion: didYouMean(id, known),
      available: known.join(', ') || 'none',
    });
  }
  const ids = [...new Set(book.policies.filter(({ document }) => document.subject === kind).map(({ id }) => id))];
  const id = ids.includes(`${kind}-default`) ? `${kind}-default` : ids.length === 1 ? ids[0]! : null;
  if (id !== null) return lookUpSpec(book, 'policies', { id })!;
  const problem =
    ids.length === 0 ? `no promotion policy is for ${kind}s` : `several policies are for ${kind}s (${ids.join(', ')}): name one with --policy`;
  throw new AppError('E_USAGE', { problem });
}

function requireKind(found: LoadedSpec<'policies'>, kind: SubjectKind): LoadedSpec<'policies'> {
  const policy: PromotionPolicyDocument = found.document;
  if (policy.subject === kind) return found;
  throw new AppError('E_USAGE', {
    problem: `policy ${found.id} is for ${policy.subject}s, the subject is ${kind === 'portfolio' ? 'a portfolio' : `an ${kind}`}`,
  });
}

/** The record of exactly a subject's content; null when it is not registered or was edited since. */
export function registered({ state }: Pick<GovernanceTools, 'state'>, ref: SubjectRef): SubjectRecord | null {
  return findSubject(state, ref);
}
