import type { Finding } from '../core/findings.ts';
import type { ParamSchema, ParamValues } from '../core/params.ts';
import type { BookMetrics } from '../engine/bookMetrics.ts';
import type { FeeScenario } from '../engine/feeSensitivity.ts';
import type { LatencyScenario } from '../engine/latencySensitivity.ts';
import type { OverlayBindings } from '../engine/overlay/bindings.ts';
import type { QualityShare } from '../engine/qualityShares.ts';
import type { RiskReport } from '../engine/risk/riskReport.ts';
import type { Segment } from '../engine/segmentation.ts';
import type { TrustLevel } from '../governance/records.ts';
import type { MonthCoverage } from '../market/monthlyCoverage.ts';
import type { CandidateList, RankedCandidate } from '../research/candidate/rank.ts';
import type { CertificateSummary } from '../research/certificate/certification.ts';
import type { Verdict } from '../research/study/result.ts';
import type { Candles } from './candles.ts';
import type { ReportPortfolio } from './portfolio/model.ts';
import type { EffectUnit } from './study/units.ts';

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
  /** The trades that are shown bar by bar, in time order. */
  readonly tradeWindows: readonly TradeWindow[];
  readonly fees: readonly FeeScenario[];
  /** The book on time, then under each delay. */
  readonly latency: readonly LatencyScenario[];
  /** Tail, exposure, stability, objectives and placebos of the book and of each strategy. */
  readonly risk: RiskReport & { readonly strategies: Readonly<Record<string, RiskReport>> };
  /** What its overlays did; null where it has none. */
  readonly overlays: ReportOverlays | null;
  /** What each quality flag touched, all flags together first. */
  readonly qualityShares: readonly QualityShare[];
  readonly fundingSegments: { readonly byActive: readonly Segment[]; readonly byAge: readonly Segment[] };
  readonly diagnostics: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Data quality per symbol, as the clean stage counted it. */
  readonly quality: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Bars and funding by symbol. */
  readonly coverage: Readonly<Record<string, ReportCoverage>>;
  readonly findings: readonly (Finding & { readonly stage: string })[];
  /** Event studies that ran beside the backtest, by id. */
  readonly studies: readonly ReportStudy[];
  /** Policy studies that ran beside the backtest, by id. */
  readonly policies: readonly ReportPolicy[];
  /** What studies and policy studies found, ranked; null where the run was not asked. */
  readonly candidates: ReportCandidates | null;
  /** The portfolio of edges that ran beside the backtest; null where the run has none. */
  readonly portfolio: ReportPortfolio | null;
  /** What had been tried when the run ended; null where nothing was counted. */
  readonly trials: ReportTrials | null;
  /** What this program's certificate says; null where it has none. */
  readonly certificate: ReportCertificate | null;
  readonly provenance: readonly ReportStage[];
}

/** The run's overlays: what they say, what stands behind them, and what they did. */
export interface ReportOverlays {
  readonly documents: readonly {
    readonly name: string;
    readonly version: number;
    readonly condition: string;
    readonly action: string;
    /** When the run began. */
    readonly trust: TrustLevel;
  }[];
  readonly bindings: OverlayBindings;
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
  /** The command that makes the same run, in pieces that may stand on lines of their own. */
  readonly command: readonly string[];
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
  readonly netExposure: Float64Array;
  readonly turnover: Float64Array;
  /** Mean of the lines' market returns: what holding the symbols in equal parts would have earned. */
  readonly marketReturn: Float64Array;
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
  /** Protective and take-profit price at entry; null when the strategy declared none. */
  readonly stopPrice: number | null;
  readonly targetPrice: number | null;
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
  /** Bars from entry to exit that carry a quality flag. */
  readonly flaggedBars: number;
}

/** One trade that the page shows bar by bar. */
export interface TradeWindow {
  /** Index into the model's trades. */
  readonly trade: number;
  readonly candles: Candles;
}

/** What the run has of one symbol. Null: no bar has a rate. */
export interface ReportCoverage {
  readonly months: readonly MonthCoverage[];
  readonly fundingRate: { readonly min: number; readonly max: number; readonly deviation: number | null } | null;
  /** Rows and missing values of each feature column, gap-free stretches and their shortest and longest, in bars. */
  readonly features: {
    readonly rows: number;
    readonly missing: Readonly<Record<string, number>>;
    readonly segments: number;
    readonly shortestSegment: number;
    readonly longestSegment: number;
  };
}

/** One event study in short; its own page says the rest. */
export interface ReportStudy {
  readonly id: string;
  readonly version: number;
  readonly question: string;
  readonly verdict: Verdict;
  /** The verdict in the study's own words. */
  readonly label: string;
  /** What kept it from being run, in sentences. */
  readonly missing: readonly string[];
  /** Gates that did not pass, by id. */
  readonly open: readonly string[];
  /** The primary effect on the development slice; its numbers are null where it could not be estimated. */
  readonly primary: {
    readonly estimand: string;
    readonly unit: EffectUnit;
    readonly events: number;
    readonly effect: number | null;
    readonly low: number | null;
    readonly high: number | null;
    /** Confidence of the interval. */
    readonly level: number;
    readonly p: number | null;
  };
  /** Path of its page, relative to the report's folder. */
  readonly page: string;
}

/** One policy study in short; its own page says the rest. */
export interface ReportPolicy {
  readonly id: string;
  readonly version: number;
  readonly question: string;
  readonly verdict: Verdict;
  /** Why nothing was tried, in sentences. */
  readonly missing: readonly string[];
  /** Cells that drafted an overlay, each with the path of the draft. */
  readonly promoted: readonly { readonly cell: string; readonly draft: string }[];
  readonly cells: number;
  /** Cells with positions of their own. */
  readonly trials: number;
  /** Other trials of the same hypothesis. */
  readonly prior: number;
  /** The cell with the smallest adjusted p on the development slice; null where none could be tested. */
  readonly best: {
    readonly cell: string;
    /** Basis points a day of one line, with its interval. */
    readonly difference: number | null;
    readonly low: number | null;
    readonly high: number | null;
    /** Confidence of the interval. */
    readonly level: number;
    readonly exposureKept: number | null;
    readonly pAdjusted: number | null;
  } | null;
  /** Paths are relative to the report's folder. */
  readonly page: string;
}

/** The best candidates of each class. */
export interface ReportCandidates {
  readonly status: CandidateList['status'];
  /** How many the list holds. */
  readonly total: number;
  readonly shown: readonly (RankedCandidate & { readonly page: string })[];
  /** Path of the whole list. */
  readonly page: string;
}

/** The certificate in one line; its page says the rest. */
export interface ReportCertificate extends CertificateSummary {
  /** Share of markets without an edge that may be approved. */
  readonly alpha: number;
  /** Path of its page, relative to the report's folder. */
  readonly page: string;
}

/** What the ledger counted of one family of trials, this run included. */
export interface ReportTrials {
  readonly hypothesis: string;
  readonly trials: number;
  /** Variance across the trials of their daily Sharpe ratios, per day; null for fewer than two. */
  readonly sharpeVariance: number | null;
}

/** One stage as its manifest tells it. */
export interface ReportStage {
  readonly stage: string;
  readonly key: string;
  readonly units: readonly { readonly id: string; readonly fingerprint: string }[];
  readonly inputs: number;
  readonly outputs: readonly { readonly path: string; readonly sha256: string; readonly rows: number | null }[];
}
