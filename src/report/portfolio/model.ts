import type { GateResult } from '../../portfolio/gates/lib/defineGate.ts';
import type { EdgeContribution, SymbolContribution } from '../../portfolio/metrics/contributions.ts';
import type { PortfolioMetrics } from '../../portfolio/metrics/portfolioMetrics.ts';
import type { StressCell } from '../../portfolio/stress/grid.ts';

/** The portfolio of a run as the report shows it. All series are over the days out of sample. */
export interface ReportPortfolio {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  /** The declared mode, and the one it has to beat. */
  readonly mode: string;
  readonly baseline: string;
  readonly universe: string;
  /** `YYYY-MM-DD`; null when no day is out of sample. */
  readonly span: { readonly from: string; readonly to: string; readonly days: number } | null;
  readonly holdout: { readonly state: 'none' | 'sealed' | 'opened'; readonly days: number };
  /** Whether the declared mode was worth it, in a sentence. */
  readonly comparison: string;
  readonly modes: readonly (PortfolioMetrics & { readonly mode: string })[];
  readonly edges: readonly EdgeContribution[];
  readonly symbols: readonly SymbolContribution[];
  /** Cells of the declared mode. */
  readonly stress: readonly StressCell[];
  /** Limits of the document and what was used of them; those that are switched off are left out. */
  readonly limits: readonly { readonly limit: string; readonly used: number; readonly allowed: number }[];
  /** Null where the run was not asked to judge. */
  readonly verdict: { readonly verdict: string; readonly gates: readonly GateResult[] } | null;
  readonly daily: PortfolioDays;
  /** Rolling shares of risk. */
  readonly risk: { readonly day: Float64Array; readonly edges: readonly Series[] };
}

export interface Series {
  readonly name: string;
  /** [days]; NaN where there is none. */
  readonly values: Float64Array;
}

/** The declared mode by day, all [days]. */
export interface PortfolioDays {
  /** Epoch ms of midnight. */
  readonly day: Float64Array;
  readonly pnl: Float64Array;
  readonly cost: Float64Array;
  readonly traded: Float64Array;
  readonly throttle: Float64Array;
  readonly largestGross: Float64Array;
  readonly weights: readonly Series[];
  /** Net pnl of the benchmarks. */
  readonly benchmarks: readonly Series[];
}
