import { canonicalJson } from '../../core/canonicalJson.ts';
import type { Unit } from '../../core/define.ts';
import type { Strategy } from '../../core/intent.ts';
import { resolveParams } from '../../core/params.ts';
import { requireSpec } from '../../governance/documents/book.ts';
import type { EdgeDocument } from '../../governance/documents/edge.ts';
import type { PortfolioDocument } from '../../portfolio/document.ts';
import { parseUniverse, universeText } from '../../portfolio/universe/request.ts';
import type { Registry } from '../../registry/discover.ts';
import { AppError } from '../../core/errors.ts';
import { loadSpecBook } from './governanceSpecs.ts';
import { resolveOverlays } from './overlaySpecs.ts';
import { limitsOf } from './portfolioLimits.ts';
import { modesOf, type PortfolioRequest, type RunPortfolio } from './portfolioConfig.ts';
import { type DocumentKind, listDocuments, loadDocuments, type SpecFolders } from './specs.ts';

const portfolios: DocumentKind<PortfolioDocument> = {
  name: 'portfolio',
  folder: 'portfolios',
  code: 'E_PORTFOLIO',
  guide: 'docs/portfolio.md',
  schema: async () => (await import('../../portfolio/document.ts')).portfolioDocument,
};

/** Ids and files of the portfolio documents, by id. @throws as listDocuments */
export function listPortfolios(specs: SpecFolders): Promise<Map<string, string>> {
  return listDocuments(specs, portfolios);
}

/** Portfolio documents by id, `all` for every one. @throws as loadDocuments */
export function loadPortfolios(specs: SpecFolders, ids: readonly string[]): Promise<PortfolioDocument[]> {
  return loadDocuments(specs, portfolios, ids);
}

/**
 * A portfolio with everything it names: edges, their strategies and overlays, modes, universe.
 *
 * @throws E_PORTFOLIO, E_SPEC, E_UNKNOWN_UNIT, E_BAD_PARAM, E_CONFIG for what is unknown or contradicts itself; E_RC_CAP_INFEASIBLE for a cap
 *         on risk shares that so many edges cannot keep
 */
export async function resolvePortfolio(asked: PortfolioRequest, registry: Registry, specs: SpecFolders): Promise<RunPortfolio> {
  const [document] = (await loadPortfolios(specs, [asked.id])) as [PortfolioDocument];
  const book = await loadSpecBook(specs, registry);
  const edges: RunPortfolio['edges'][number][] = [];
  for (const id of document.edges) {
    const edge = requireSpec(book, 'edges', id).document;
    const strategy = await registry.load<Strategy & Unit>('strategy', edge.strategy.id);
    edges.push({ document: JSON.parse(canonicalJson(edge)) as EdgeDocument, params: resolveParams(edge.strategy.id, strategy.params, edge.params) });
  }
  checkClusters(document, edges);
  limitsOf({ document, edges });
  const names = [...new Set(edges.flatMap((edge) => edge.document.overlays.map(({ name, version }) => `${name}@${version}`)))];
  const { overlays, parents: overlayParents } = names.length === 0 ? { overlays: [], parents: [] } : await resolveOverlays(names, registry, specs);
  const modes = asked.modes.length === 0 ? document.allocator.modes : asked.modes;
  const universe = universeText(parseUniverse(asked.universe.length === 0 ? document.universe.request : asked.universe));
  const portfolio: RunPortfolio = { document, edges, overlays, overlayParents, modes, universe, isValidated: asked.isValidated };
  for (const mode of modesOf(portfolio)) registry.find('allocator', mode);
  return portfolio;
}

function checkClusters(document: PortfolioDocument, edges: RunPortfolio['edges']): void {
  const known = new Set(edges.map((edge) => edge.document.overlap_cluster));
  for (const cluster of Object.keys(document.limits.cluster_budgets))
    if (!known.has(cluster))
      throw new AppError('E_PORTFOLIO', {
        where: `portfolio ${document.id}, limits.cluster_budgets`,
        problem: `no edge of it lies in the cluster ${cluster}`,
        remedy: `Its edges lie in ${[...known].sort().join(', ')}.`,
      });
}
