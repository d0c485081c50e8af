import type { ParamValues } from '../../core/params.ts';
import type { EdgeDocument } from '../../governance/documents/edge.ts';
import type { OverlayDocument } from '../../governance/documents/overlay.ts';
import type { PortfolioDocument } from '../../portfolio/document.ts';
import type { StudyDocument } from '../../research/study/document.ts';
import { parseUniverse, universeText } from '../../portfolio/universe/request.ts';

/** The portfolio of a run: whole documents, so that a run says what it ran without the folders they came from. */
export interface RunPortfolio {
  readonly document: PortfolioDocument;
  /** In the document's order, each with every parameter of its strategy. */
  readonly edges: readonly { readonly document: EdgeDocument; readonly params: ParamValues }[];
  /** Overlays of its edges, by name, and the studies whose events they read. */
  readonly overlays: readonly OverlayDocument[];
  readonly overlayParents: readonly StudyDocument[];
  /** Allocation modes; the first is the declared one. */
  readonly modes: readonly string[];
  /** In one form: `TOP<n>` first, then symbols. */
  readonly universe: string;
  /** Whether it is judged by its gates. */
  readonly isValidated: boolean;
}

/** What a user asks for; empty lists leave the document's. */
export interface PortfolioRequest {
  readonly id: string;
  readonly modes: readonly string[];
  readonly universe: readonly string[];
  readonly isValidated: boolean;
}

/** Modes that every portfolio is compared with, whatever its document says. */
export const benchmarkModes = ['equal_weight', 'inverse_volatility'] as const;

/** Modes that a run computes: those asked for, the baseline and the benchmarks. */
export function modesOf({ modes, document }: Pick<RunPortfolio, 'modes' | 'document'>): string[] {
  return [...new Set([...modes, document.baseline, ...benchmarkModes])];
}

/** Symbols that the portfolio names itself. */
export function namedSymbols({ universe }: Pick<RunPortfolio, 'universe'>): readonly string[] {
  return parseUniverse(universe).symbols;
}

/** Ids of the strategies behind the portfolio's edges, sorted. They need not be strategies of the run. */
export function edgeStrategyIds({ portfolio }: { readonly portfolio?: RunPortfolio | undefined }): string[] {
  return [...new Set((portfolio?.edges ?? []).map(({ document }) => document.strategy.id))].sort();
}

/** What a run says otherwise than its portfolio document. */
export function portfolioOverrides(portfolio: RunPortfolio | undefined): {
  portfolio_modes: readonly string[];
  portfolio_symbols: readonly string[];
} {
  if (portfolio === undefined) return { portfolio_modes: [], portfolio_symbols: [] };
  const { document, modes, universe } = portfolio;
  return {
    portfolio_modes: String(modes) === String(document.allocator.modes) ? [] : modes,
    portfolio_symbols: universe === universeText(parseUniverse(document.universe.request)) ? [] : universe.split(','),
  };
}
