/** The library: what user units and programs import as `@perp/backtest`. */
export { defineAllocator, defineFeature, defineGate, defineOverlay, defineStudy, type Feature, type FeatureSpec } from './core/define.ts';
export { column, Condition, ColumnExpression, describe, NumberExpression } from './core/expression.ts';
export {
  defineStrategy,
  type BracketIntent,
  type DecideIntent,
  type Intent,
  type Strategy,
  type StrategySpec,
  type TargetIntent,
} from './core/intent.ts';
export { boolean, integer, number, type ParamSchema, type ParamValues, resolveParams, text, timeZone } from './core/params.ts';
export { AppError, errorTable, exitCodes } from './core/errors.ts';
export { canonicalJson, hashOf, sha256 } from './core/canonicalJson.ts';
export { namedStream, nextIndex, nextNormal, nextUint32, nextUniform } from './core/random.ts';
export { profileOf, referenceProfile, standardProfile, type Profile } from './core/profile.ts';
export { accountingOf, accountingIds } from './engine/accountings.ts';
export type { Accounting, Line, SimulateOptions } from './engine/accounting.ts';
export type { Frame } from './engine/frame.ts';
export { sumBook, additiveEquity } from './engine/book.ts';
export { bookMetrics, type BookMetrics } from './engine/bookMetrics.ts';
export { referenceMetrics, type ReferenceMetrics } from './engine/referenceMetrics.ts';
export type { Trade } from './engine/trades.ts';
export { computeFeatures, planFeatures } from './features/lib/computeFeatures.ts';
export * from './stats/index.ts';
export { html, trusted } from './report/html.ts';
export { defineSection, type SectionSpec } from './report/section.ts';
export type { ReportModel } from './report/model.ts';
