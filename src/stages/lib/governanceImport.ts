import { join } from 'node:path';
import { prettyJson } from '../../core/canonicalJson.ts';
import type { Effects } from '../../core/effects.ts';
import { AppError, isAppError } from '../../core/errors.ts';
import { importEdge } from '../../governance/compat/importEdge.ts';
import { type Imported, ImportLog } from '../../governance/compat/importFinding.ts';
import { importOverlay } from '../../governance/compat/importOverlay.ts';
import { lookUpSpec, type SpecBook } from '../../governance/documents/book.ts';
import { specDigest } from '../../governance/documents/digest.ts';
import type { EdgeDocument } from '../../governance/documents/edge.ts';
import type { OverlayDocument } from '../../governance/documents/overlay.ts';
import type { LakePaths } from '../../lake/paths.ts';
import { readYaml } from '../../lake/readYaml.ts';
import { writeAtomic } from '../../lake/writeAtomic.ts';
import { readSpecFile } from './governanceSpecs.ts';

/** Where an import reads and what it compares with. */
export interface ImportOptions {
  readonly effects: Effects;
  readonly paths: LakePaths;
  readonly book: SpecBook;
  /** Folder that the drafts are written into; null writes nothing. */
  readonly out: string | null;
}

export interface ImportResult<Document = OverlayDocument | EdgeDocument> extends Imported<Document> {
  readonly source: string;
  /** Of the document as a draft; null where there is none. */
  readonly digest: string | null;
  /** File that was written; null where none was. */
  readonly written: string | null;
}

/**
 * Overlay files of the reference system as drafts, each by itself.
 *
 * @throws E_CONFIG for a file that would be overwritten with other content; nothing else for what is wrong with a file: that is a finding
 */
export async function importOverlays(sources: readonly string[], options: ImportOptions): Promise<ImportResult<OverlayDocument>[]> {
  const { effects, book } = options;
  const results: ImportResult<OverlayDocument>[] = [];
  for (const source of sources) {
    const { values, problems } = await readSpecFile(effects.files, 'overlays', { path: source, shown: source, isNamed: false });
    const hasRun = await runsNamed(options, problems.length > 0 ? null : values);
    const imported = problems.length > 0 ? unread<OverlayDocument>(source, problems) : importOverlay(values, { source, hasRun });
    results.push({ source, ...(await finished(imported, 'overlays', options, (id) => lookUpSpec(book, 'overlays', { id }))) });
  }
  return results;
}

/** Edges in configuration files of the reference system (`multi_edge_portfolio.edges`) as drafts. @throws as importOverlays */
export async function importEdges(sources: readonly string[], options: ImportOptions): Promise<ImportResult<EdgeDocument>[]> {
  const { book } = options;
  const results: ImportResult<EdgeDocument>[] = [];
  for (const source of sources) {
    const found = await edgesIn(source, options);
    if (found.problem !== null) {
      const nothing = unread<EdgeDocument>(source, [{ message: found.problem }]);
      results.push({ source, ...nothing, digest: null, written: null });
    }
    for (const [i, edge] of found.edges.entries()) {
      const siblings = found.edges
        .filter((other, j) => j !== i && strategyOf(other) === strategyOf(edge))
        .map((other, j) => String((other as { edge_id?: unknown } | null)?.edge_id ?? j));
      const imported = importEdge(edge, {
        source: `${source}, edge ${i + 1}`,
        hasRun: await runsNamed(options, edge),
        overlayVersion: (name) => lookUpSpec(book, 'overlays', { id: name })?.version ?? 1,
        siblings,
      });
      results.push({ source, ...(await finished(imported, 'edges', options, (id) => lookUpSpec(book, 'edges', { id }))) });
    }
  }
  return results;
}

function strategyOf(edge: unknown): unknown {
  return typeof edge === 'object' && edge !== null ? (edge as Record<string, unknown>)['strategy'] : null;
}

async function edgesIn(source: string, { effects }: ImportOptions): Promise<{ readonly edges: readonly unknown[]; readonly problem: string | null }> {
  try {
    const { values } = await readYaml(effects.files, source, { absent: 'Name a configuration file.', shape: 'A configuration is a mapping.' });
    const portfolio = values['multi_edge_portfolio'];
    const edges = typeof portfolio === 'object' && portfolio !== null ? (portfolio as Record<string, unknown>)['edges'] : values['edges'];
    if (Array.isArray(edges) && edges.length > 0) return { edges, problem: null };
    return { edges: [], problem: 'there is no list multi_edge_portfolio.edges' };
  } catch (error) {
    if (!isAppError(error) || error.code !== 'E_CONFIG') throw error;
    return { edges: [], problem: error.message };
  }
}

/** Which of the runs that a file cites are in the data root. */
async function runsNamed({ effects, paths }: ImportOptions, values: unknown): Promise<(runId: string) => boolean> {
  const records =
    typeof values === 'object' && values !== null
      ? Object.values(values)
          .filter((value) => Array.isArray(value))
          .flat()
      : [];
  const named = (records as readonly unknown[]).map((record) =>
    typeof record === 'object' && record !== null ? (record as Record<string, unknown>)['run_id'] : null,
  );
  const there = new Set<string>();
  for (const id of named)
    if (typeof id === 'string' && /^[a-z0-9][a-z0-9_-]{0,63}$/.test(id) && (await effects.files.stat(paths.run(id))) !== null) there.add(id);
  return (runId) => there.has(runId);
}

function unread<Document>(source: string, problems: readonly { readonly message: string }[]): Imported<Document> {
  const log = new ImportLog();
  for (const { message } of problems) log.find('NOT_IMPORTED', '', message, 'error');
  return { name: source, document: null, fields: log.fields, findings: log.findings };
}

/** With its version (the next one where the book has another document of its name), its digest, and its file. */
async function finished<Document extends OverlayDocument | EdgeDocument>(
  imported: Imported<Document>,
  kind: 'overlays' | 'edges',
  { out, effects }: ImportOptions,
  known: (id: string) => { readonly version: number | null; readonly digest: string } | null,
): Promise<Imported<Document> & { readonly digest: string | null; readonly written: string | null }> {
  const { document } = imported;
  if (document === null) return { ...imported, digest: null, written: null };
  const id = 'name' in document ? document.name : document.edge_id;
  const latest = known(id);
  const version =
    latest === null || latest.version === null ? document.version : nextVersion(document, { version: latest.version, digest: latest.digest });
  const draft = { ...document, version };
  const written = out === null ? null : join(out, `${id}.json`);
  if (written !== null) await writeDraft(written, prettyJson(draft), { effects, kind });
  return { ...imported, document: draft, digest: specDigest(draft), written };
}

/** The same version for the same content, the next one for other content. */
function nextVersion(document: OverlayDocument | EdgeDocument, latest: { readonly version: number; readonly digest: string }): number {
  return specDigest({ ...document, version: latest.version }) === latest.digest ? latest.version : latest.version + 1;
}

async function writeDraft(path: string, text: string, { effects, kind }: { readonly effects: Effects; readonly kind: string }): Promise<void> {
  if ((await effects.files.stat(path)) !== null) {
    if ((await effects.files.read(path)).toString('utf8') === text) return;
    throw new AppError('E_CONFIG', {
      where: path,
      problem: `there is another document of this name among the ${kind}`,
      remedy: 'Choose another folder, or remove the file.',
    });
  }
  await writeAtomic(effects.files, path, text, effects.uniqueName);
}
