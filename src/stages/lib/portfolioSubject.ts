import { basename } from 'node:path';
import { hashOf } from '../../core/canonicalJson.ts';
import { type AppError, isAppError } from '../../core/errors.ts';
import { requireSpec, type SpecBook } from '../../governance/documents/book.ts';
import { specDigest } from '../../governance/documents/digest.ts';
import type { EdgeDocument } from '../../governance/documents/edge.ts';
import type { OverlayDocument } from '../../governance/documents/overlay.ts';
import type { SubjectRef } from '../../governance/records.ts';
import type { PortfolioDocument } from '../../portfolio/document.ts';
import type { RunPortfolio } from './portfolioConfig.ts';
import { listPortfolios, loadPortfolios } from './portfolioSpecs.ts';
import type { SpecFolders } from './specs.ts';

/** A portfolio as governance sees it: what was decided of it is decided of all of this. */
export interface PortfolioSpec {
  readonly id: string;
  readonly version: number;
  readonly file: string;
  /** Of `content`. */
  readonly digest: string;
  readonly document: PortfolioDocument;
  /** The document, which has universe rule, limits and gates, and each of its edges with its overlays by version and digest. */
  readonly content: Readonly<Record<string, unknown>>;
  readonly edges: readonly SubjectRef[];
}

/** Portfolio documents of the folders; one that cannot be used takes nothing from the others. */
export interface PortfolioShelf {
  readonly usable: readonly PortfolioSpec[];
  readonly refused: readonly { readonly id: string; readonly problem: AppError }[];
}

/** All portfolio documents, each with the edges and overlays that a run would use today. @throws as listPortfolios for the folders */
export async function loadPortfolioShelf(specs: SpecFolders, book: SpecBook): Promise<PortfolioShelf> {
  const usable: PortfolioSpec[] = [];
  const refused: { id: string; problem: AppError }[] = [];
  for (const [id, file] of await listPortfolios(specs)) {
    try {
      const [document] = (await loadPortfolios(specs, [id])) as [PortfolioDocument];
      usable.push(specOf(document, file.startsWith(specs.folders[0]!) ? `specs/portfolios/${basename(file)}` : file, book));
    } catch (problem) {
      if (!isAppError(problem)) throw problem;
      refused.push({ id, problem });
    }
  }
  return { usable, refused };
}

function specOf(document: PortfolioDocument, file: string, book: SpecBook): PortfolioSpec {
  const edges = document.edges.map((id) => requireSpec(book, 'edges', id).document);
  const overlays = edges.flatMap((edge) => edge.overlays.map(({ name, version }) => requireSpec(book, 'overlays', `${name}@${version}`).document));
  const { id, version } = document;
  return { id, version, file, document, ...identityOf(document, edges, overlays) };
}

/** The portfolio of a run as a subject. */
export function subjectOfRun({ document, edges, overlays }: Pick<RunPortfolio, 'document' | 'edges' | 'overlays'>): SubjectRef {
  const { digest } = identityOf(
    document,
    edges.map((edge) => edge.document),
    overlays,
  );
  return { kind: 'portfolio', id: document.id, version: document.version, digest };
}

function identityOf(
  document: PortfolioDocument,
  edges: readonly EdgeDocument[],
  overlays: readonly OverlayDocument[],
): Pick<PortfolioSpec, 'content' | 'digest' | 'edges'> {
  const parts = edges.map((edge) => {
    const own = edge.overlays.map(({ name, version }) => overlays.find((overlay) => overlay.name === name && overlay.version === version)!);
    return {
      edge_id: edge.edge_id,
      version: edge.version,
      digest: specDigest(edge),
      overlays: own.map((overlay) => ({ name: overlay.name, version: overlay.version, digest: specDigest(overlay) })),
    };
  });
  const content = { portfolio: document, edges: parts };
  return { content, digest: hashOf(content), edges: edgesOf(content) };
}

/** The edges that the content of a portfolio names. */
export function edgesOf(content: Readonly<Record<string, unknown>>): SubjectRef[] {
  const edges = content['edges'] as readonly { readonly edge_id: string; readonly version: number; readonly digest: string }[];
  return edges.map(({ edge_id: id, version, digest }) => ({ kind: 'edge', id, version, digest }));
}
