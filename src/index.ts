/**
 * The library: what programs and user units import as `@perp/backtest`. This file is its table of contents; every
 * `// Area: sentence` line below begins an area of docs/api.md.
 */

// Units: a strategy or a feature is one file; one of these makes its default export.
export { defineFeature, type ColumnPromise, type Feature, type FeatureSpec, type Unit, type UnitKind } from './core/define.ts';
export {
  defineStrategy,
  type BracketIntent,
  type CodedExit,
  type DecideIntent,
  type EntryOrder,
  type ExitRule,
  type Intent,
  type ParamExpressions,
  type ParamReference,
  type PerSide,
  type PositionState,
  type Strategy,
  type StrategySpec,
  type Target,
  type TargetIntent,
} from './core/intent.ts';

// Expressions: conditions and prices as data, over columns read at their own bar or earlier.
export {
  type AnyNode,
  column,
  type ColumnExpression,
  type Condition,
  type ConditionNode,
  describe,
  type NumberExpression,
  type NumberLike,
  type NumberNode,
} from './core/expression.ts';

// Parameters: a default, bounds and a sentence, which validate, print in help and feed sweeps.
export {
  boolean,
  integer,
  number,
  text,
  timeZone,
  type BooleanParam,
  type NumberParam,
  type Param,
  type ParamSchema,
  type ParamValue,
  type ParamValues,
  type TextParam,
} from './core/params.ts';

// Portfolio: weights of edges from their past daily returns, within limits, with a certificate.
export { allocate, best, defineAllocator, nearest, type Allocator, type AllocatorSpec } from './portfolio/allocator.ts';
export { amongEligible, type EligibleInputs } from './portfolio/allocators/lib/amongEligible.ts';
export { estimate, type Estimate, type EstimateSettings, limitsForDays } from './portfolio/estimate.ts';
export {
  type Allocation,
  type AllocationProblem,
  type AllocationSettings,
  type ConstraintName,
  type ConstraintUse,
  type PortfolioLimits,
  type SolverCertificate,
} from './portfolio/problem.ts';
export { loadSolver } from './portfolio/solver/highs.ts';
export { type ProgramAnswer, type ProgramRow, type QuadraticProgram, type Solver } from './portfolio/solver/quadraticProgram.ts';

// Simulation: bars in memory to positions, trades and money, without a disk.
export { makeFrame, type Bars, type FrameNeeds, type Settlements } from './stages/lib/barFrame.ts';
export { sampleBars, type SampleWindow } from './stages/lib/sampleBars.ts';
export { simulate, type SimulateOptions, type Simulation } from './library/simulate.ts';
export { builtInFeatures, builtInStrategies } from './library/units.ts';
export { accountingIds } from './engine/accountings.ts';
export type { Line, LineDiagnostics, OverlayOutcome } from './engine/accounting.ts';
export type { OverlayAct, OverlayStatistics } from './engine/overlay/record.ts';
export type { Lapse } from './engine/overlay/record.ts';
export type { OverlayEffect } from './engine/overlay/overlay.ts';
export { additiveEquity, sumBook, type Book, type BookLine } from './engine/book.ts';
export { bookMetrics, type BookMetrics, type BookSeries } from './engine/bookMetrics.ts';
export { feeSensitivity, type FeeScenario } from './engine/feeSensitivity.ts';
export type { Frame } from './engine/frame.ts';
export { referenceMetrics, type ReferenceMetrics } from './engine/referenceMetrics.ts';
export type { Money } from './engine/screen/money.ts';
export type { Trade } from './engine/trades.ts';

// Runs: the whole pipeline from a program, and its artifacts as typed arrays.
export { runPipeline, type PipelineOptions, type PipelineRequest } from './library/pipeline.ts';
export { listRuns, openRun, type RunReader, type StoredMetrics } from './library/runReader.ts';
export type { RunRecord } from './stages/lib/manifests.ts';
export type { RunConfig } from './stages/lib/runConfig.ts';
export type { RunPortfolio } from './stages/lib/portfolioConfig.ts';
export type { StudyDocument } from './research/study/document.ts';
export type { PolicyDocument } from './research/policy/document.ts';
export type { PortfolioDocument } from './portfolio/document.ts';
export type { EdgeDocument } from './governance/documents/edge.ts';
export type { OverlayDocument } from './governance/documents/overlay.ts';
export type { SubjectTrust, TrustLevel } from './governance/records.ts';
export type { TrialFacts } from './governance/ledger/trials.ts';
export type { ProgressEvent, RunOutcome } from './stages/lib/runPipeline.ts';
export type { Artifact, Manifest, StageProgress } from './stages/lib/stage.ts';
export type { StoredTrade } from './stages/lib/tradeFiles.ts';
export type { Finding, Severity } from './core/findings.ts';
export type { CodedText, Columns, ColumnSpec, ColumnType, Table, TextColumn } from './core/table.ts';

// Statistics: undefined is null; definitions, sources and proofs are in docs/methods.md.
export { cornishFisher, type CornishFisher, type ReturnShape } from './stats/cornishFisher.ts';
export { dailyReturns, dailyReturnsByTime, type DailySeries, dailySharpe, type DailySharpe } from './stats/dailyReturns.ts';
export { annualizedSortino, downsideDeviation, omega, sortino, tailRatio } from './stats/downside.ts';
export { drawdown, type Drawdown, drawdownSeries } from './stats/drawdown.ts';
export { excursion, type ExcursionBars, type Excursion, type ExcursionTrade } from './stats/excursion.ts';
export { expectedShortfall, type TailLoss } from './stats/expectedShortfall.ts';
export { timeInMarket, turnover, turnoverPerYear } from './stats/exposure.ts';
export { cagr, calmar, equityCurve, maxDrawdown, totalReturn } from './stats/growth.ts';
export { mean, moments, type Moments, sampleStd } from './stats/moments.ts';
export { normalCdf, normalQuantile } from './stats/normal.ts';
export { performance, type Performance, type PerformanceOptions } from './stats/performance.ts';
export { quantile, quantileOfSorted, quantiles } from './stats/quantile.ts';
export { annualizedVolatility, perPeriodSharpe, sharpe, type Sharpe } from './stats/sharpe.ts';
export { type SampleShape, sharpeStandardError } from './stats/sharpeStandardError.ts';
export type { TrackRecord } from './stats/minTrackRecord.ts';
export { sharpeReport, type SharpeErrors, type SharpeReport, type SharpeReportOptions, type TriedBefore } from './stats/sharpeReport.ts';
export { probabilisticSharpe, type ProbabilisticSharpe } from './stats/probabilisticSharpe.ts';
export { deflatedSharpe, type DeflatedSharpe, type TrialCount } from './stats/deflatedSharpe.ts';
export { benjaminiHochberg, benjaminiYekutieli, holm } from './stats/multiple/adjust.ts';
export { exactSum, neumaierSum } from './stats/sums.ts';
export { tradeStats, type TradeStats } from './stats/tradeStats.ts';

// Rolling windows: kernels for features; a value is missing until its window is full.
export { rollingMax } from './stats/rolling/rollingMax.ts';
export { rollingMedian } from './stats/rolling/rollingMedian.ts';
export { rollingMin } from './stats/rolling/rollingMin.ts';
export { rollingRank } from './stats/rolling/rollingRank.ts';
export { rollingStd } from './stats/rolling/rollingStd.ts';

// Basics: random streams, hashes and time, the same on every machine.
export { namedStream, nextIndex, nextNormal, nextUint32, nextUniform, type RandomState } from './core/random.ts';
export { canonicalJson, hashOf, sha256 } from './core/canonicalJson.ts';
export { barMs, barsPerDay, barsPerYear, dayMs, daysPerYear, formatDay, formatTime, parseDay } from './core/time.ts';

// Errors: every failure has a stable code; docs/errors.md says what to do about it.
export { AppError, type ErrorCode, type ErrorDetails, errorTable, exitCodes, isAppError } from './core/errors.ts';

// Report sections: HTML that is escaped by construction, drawn from the report's model alone.
export { html, type Html, type HtmlPart, trusted } from './report/html.ts';
export type * from './report/model.ts';
export { defineSection, type SectionSpec } from './report/section.ts';
