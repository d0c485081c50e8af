import { hashOf } from '../../core/canonicalJson.ts';
import { AppError } from '../../core/errors.ts';
import { didYouMean } from '../../core/suggest.ts';
import type { CompiledOverlay } from './compileOverlay.ts';
import { type SpecFinding, type SpecKind, specKinds } from './finding.ts';
import type { DocumentOf } from './parseDocument.ts';

/** A document that may be used. */
export interface LoadedSpec<Kind extends SpecKind = SpecKind> {
  readonly kind: Kind;
  readonly id: string;
  /** Null for hypotheses and experiments, which have none. */
  readonly version: number | null;
  readonly file: string;
  /** `specDigest` of the document. */
  readonly digest: string;
  readonly document: DocumentOf<Kind>;
  /** Warnings and remarks; a document with errors is refused. */
  readonly findings: readonly SpecFinding[];
}

/** A file that may not be used, and why. */
export interface RefusedSpec {
  readonly kind: SpecKind;
  /** As the file name has it. */
  readonly id: string;
  readonly file: string;
  readonly findings: readonly SpecFinding[];
}

/** All documents as they were when they were read; one refused file takes nothing from the others. */
export interface SpecBook {
  /** SHA-256 over kind, id, version and digest of every document that may be used. */
  readonly digest: string;
  readonly overlays: readonly LoadedSpec<'overlays'>[];
  readonly edges: readonly LoadedSpec<'edges'>[];
  readonly hypotheses: readonly LoadedSpec<'hypotheses'>[];
  readonly experiments: readonly LoadedSpec<'experiments'>[];
  readonly policies: readonly LoadedSpec<'policies'>[];
  /** Overlays that have a rule, by `<name>@<version>`. */
  readonly compiled: ReadonlyMap<string, CompiledOverlay>;
  readonly refused: readonly RefusedSpec[];
  /** Every file that was looked at, copies of others included. */
  readonly files: readonly { readonly kind: SpecKind; readonly file: string }[];
  /** Everything there is to say, in the order of files and lines. */
  readonly findings: readonly SpecFinding[];
}

const nouns: Readonly<Record<SpecKind, string>> = {
  overlays: 'overlay',
  edges: 'edge',
  hypotheses: 'hypothesis',
  experiments: 'experiment',
  policies: 'promotion policy',
};

/** One document of a kind in words. */
export function nounOf(kind: SpecKind): string {
  return nouns[kind];
}

/** `<id>@<version>`, or the id alone for what has no versions. */
export function specKey({ id, version }: Pick<LoadedSpec, 'id' | 'version'>): string {
  return version === null ? id : `${id}@${version}`;
}

/** A document by id, and by version when it matters; the latest one else. Null when there is none. */
export function lookUpSpec<Kind extends SpecKind>(
  book: SpecBook,
  kind: Kind,
  wanted: { readonly id: string; readonly version?: number | null },
): LoadedSpec<Kind> | null {
  const { id, version = null } = wanted;
  // Two contents for one version: which of them was meant cannot be told, so neither is taken.
  if (refusedSpec(book, kind, { id, version })?.findings.some(({ code }) => code === 'VERSION_CONFLICT') === true) return null;
  const found = (book[kind] as readonly LoadedSpec<Kind>[]).filter((spec) => spec.id === id && (version === null || spec.version === version));
  return found.reduce<LoadedSpec<Kind> | null>(
    (latest, spec) => (latest === null || (spec.version ?? 0) > (latest.version ?? 0) ? spec : latest),
    null,
  );
}

/**
 * A document by `id` or `id@version`.
 *
 * @throws E_SPEC with the first error of a document that was refused, E_UNKNOWN_UNIT with the nearest id for one that is not there
 */
export function requireSpec<Kind extends SpecKind>(book: SpecBook, kind: Kind, name: string): LoadedSpec<Kind> {
  const [, id = name, version] = /^(.+)@(\d{1,7})$/.exec(name) ?? [];
  const found = lookUpSpec(book, kind, { id, version: version === undefined ? null : Number(version) });
  if (found !== null) return found;
  const refused = refusedSpec(book, kind, { id, version: version === undefined ? null : Number(version) });
  if (refused !== undefined) throw refusal(refused);
  const known = [...new Set((book[kind] as readonly LoadedSpec[]).map((spec) => spec.id))];
  throw new AppError('E_UNKNOWN_UNIT', { kind: nounOf(kind), id: name, suggestion: didYouMean(id, known), available: known.join(', ') || 'none' });
}

/** A refused file of a name, whether or not its file name has the version; without a version the latest one. */
export function refusedSpec(
  book: SpecBook,
  kind: SpecKind,
  { id, version }: { readonly id: string; readonly version: number | null },
): RefusedSpec | undefined {
  const versionOf = (stem: string): number => Number(/@(\d{1,7})$/.exec(stem)?.[1] ?? 0);
  return book.refused
    .filter((spec) => spec.kind === kind && (spec.id === id || spec.id.replace(/@\d{1,7}$/, '') === id))
    .filter((spec) => version === null || spec.id === id || versionOf(spec.id) === version)
    .sort((a, b) => versionOf(b.id) - versionOf(a.id))[0];
}

function refusal({ kind, file, findings }: RefusedSpec): AppError {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const [{ code, path, line, message, remedy }] = errors as [SpecFinding];
  const place = `${file}${line === null ? '' : ` line ${line}`}${path === '' ? '' : `, ${path}`}`;
  const more = errors.length === 1 ? '' : ` (and ${errors.length - 1} more: backtest ${kind} lint)`;
  return new AppError('E_SPEC', { where: place, problem: `${code}: ${message}${more}`, remedy });
}

/** Digest of a book from its documents. */
export function bookDigest(documents: readonly LoadedSpec[]): string {
  const rank = (kind: SpecKind): number => specKinds.indexOf(kind);
  const rows = documents.map(({ kind, id, version, digest }) => [kind, id, version, digest] as const);
  return hashOf(rows.toSorted((a, b) => rank(a[0]) - rank(b[0]) || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : (a[2] ?? 0) - (b[2] ?? 0))));
}
