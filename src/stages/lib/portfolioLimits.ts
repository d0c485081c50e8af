import type { LimitsByEdge } from '../../portfolio/book/decisions.ts';
import { requireRiskShareCap } from '../../portfolio/program/riskShare.ts';
import { requireLimits } from '../../portfolio/requireProblem.ts';
import type { RunPortfolio } from './portfolioConfig.ts';

/** Largest share of risk of one edge where a document names none: from four edges on (README 6.33). */
const usualRiskShare = 0.25;

/**
 * Limits of a portfolio as books and allocators take them. Asked for when the document is read, so that nothing runs on limits that cannot hold.
 *
 * @throws E_RC_CAP_INFEASIBLE, E_INPUT
 */
export function limitsOf({ document, edges }: Pick<RunPortfolio, 'document' | 'edges'>): LimitsByEdge {
  const given = document.limits;
  const clusters = Object.entries(given.cluster_budgets).map(([id, budget]) => ({
    id,
    budget,
    edges: edges.filter((edge) => edge.document.overlap_cluster === id).map((edge) => edge.document.edge_id),
  }));
  const limits = {
    investedMin: null,
    weightMax: given.weight_max,
    grossMax: given.gross_max,
    netMax: given.net_max,
    symbolMax: given.symbol_max,
    cvarMax: given.cvar_max,
    cvarLevel: given.cvar_level,
    drawdownMax: given.drawdown_max,
    drawdownLevel: given.drawdown_level,
    turnoverDailyMax: given.turnover_daily_max,
    riskShareMax: riskShareCapOf(given.risk_share_max, edges.length),
  };
  requireLimits({ ...limits, clusters: [] });
  requireRiskShareCap(limits, edges.length);
  return { ...limits, clusters };
}

/** The cap that a document means: what it says, else the usual one where there are edges enough for it; 1 is none. */
function riskShareCapOf(given: number | null, edges: number): number | null {
  if (given === null) return usualRiskShare * edges < 1 ? null : usualRiskShare;
  return given === 1 ? null : given;
}
