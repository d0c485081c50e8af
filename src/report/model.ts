import type { Finding } from '../core/findings.ts';
import type { ParamSchema, ParamValues } from '../core/params.ts';
import type { BookMetrics } from '../engine/bookMetrics.ts';
import type { FeeScenario } from '../engine/feeSensitivity.ts';
import type { Segment } from '../engine/segmentation.ts';

/** Everything a report may show, already read and checked. Sections draw from this and from nothing else. */
export interface ReportModel {
  readonly runId: string;
  readonly setup: ReportSetup;
  readonly metrics: BookMetrics & {
    readonly strategies: Readonly<Record<string, BookMetrics>>;
    readonly symbols: Readonly<Record<string, BookMetrics>>;
  };
  readonly book: ReportBook;
  readonly trades: readonly ReportTrade[];
  readonly fees: readonly FeeScenario[];
  readonly fundingSegments: { readonly byActive: readonly Segment[]; readonly byAge: readonly Segment[] };
  readonly diagnostics: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Data quality per symbol, as the clean stage counted it. */
  readonly quality: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly findings: readonly (Finding & { readonly stage: string })[];
  readonly provenance: readonly ReportStage[];
}

export interface ReportSetup {
  readonly symbols: readonly string[];
  /** `YYYY-MM-DD`, last day included. */
  readonly start: string;
  readonly end: string;
  readonly source: string;
  readonly strategies: readonly { readonly id: string; readonly summary: string; readonly params: ParamValues; readonly schema: ParamSchema }[];
  readonly accounting: { readonly id: string; readonly summary: string; readonly isEvidence: boolean };
  readonly compat: 'reference' | null;
  readonly feeBps: number;
  readonly slippageBps: number;
  readonly costBps: number;
  readonly initialEquity: number;
  readonly fundingInPnl: boolean;
}

/** The book bar by bar, all [rows], as fractions of the unit notional of one line. */
export interface ReportBook {
  readonly rows: number;
  /** Epoch ms of the bar's open. */
  readonly openTime: Float64Array;
  readonly pnl: Float64Array;
  readonly gross: Float64Array;
  readonly cost: Float64Array;
  readonly funding: Float64Array;
  readonly grossExposure: Float64Array;
  readonly turnover: Float64Array;
}

export interface ReportTrade {
  readonly strategy: string;
  readonly symbol: string;
  readonly direction: string;
  /** Epoch ms of the deciding bars' opens. */
  readonly entryTime: number;
  readonly exitTime: number;
  readonly entryPrice: number | null;
  readonly exitPrice: number | null;
  readonly pnl: number;
  readonly gross: number;
  readonly cost: number;
  readonly funding: number;
  readonly rMultiple: number | null;
  readonly exitReason: string;
  readonly barsHeld: number;
  readonly mae: number;
  readonly mfe: number;
  readonly isOpen: boolean;
}

/** One stage as its manifest tells it. */
export interface ReportStage {
  readonly stage: string;
  readonly key: string;
  readonly units: readonly { readonly id: string; readonly fingerprint: string }[];
  readonly inputs: number;
  readonly outputs: readonly { readonly path: string; readonly sha256: string; readonly rows: number | null }[];
}
