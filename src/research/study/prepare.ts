import { barMs } from '../../core/time.ts';
import { FormulaValues } from '../../formula/evaluate.ts';
import type { CompiledStudy } from './compile.ts';
import { detectEvents } from './detect.ts';
import { outcomeColumns, type StudySymbol } from './studySymbol.ts';
import { type RowRange, type StudyFrame, StudySeries } from './frame.ts';
import { OutcomeBoard } from './outcomeBoard.ts';
import type { CoverageRow } from './result.ts';
import { rowsOf, type Slice, slicesOf } from './slices.ts';
import { type FittedThreshold, fitThresholds } from './thresholds.ts';

/** A study fitted and detected, before anything is compared. */
export interface PreparedStudy {
  readonly slices: readonly Slice[];
  /** Symbols with everything that the study needs, by name. */
  readonly symbols: readonly StudySymbol[];
  readonly thresholds: readonly FittedThreshold[];
  readonly coverage: readonly CoverageRow[];
  /** Why nothing can be estimated, in sentences; empty where it can. */
  readonly missing: readonly string[];
}

/** Slices, thresholds fitted on development, and events per symbol, in the order of the symbols' names. */
export function prepareStudy(study: CompiledStudy, given: readonly StudyFrame[], isHoldoutOpen: boolean): PreparedStudy {
  const frames = given.filter(({ rows }) => rows > 0).sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  const slices = frames.length === 0 ? [] : slicesOf(study, spanOf(frames, study.barMs)).filter(({ id }) => id !== 'holdout' || isHoldoutOpen);
  const development = slices.find(({ id }) => id === 'development');
  const coverage: CoverageRow[] = [];
  const thresholds: FittedThreshold[] = [];
  const symbols: StudySymbol[] = [];
  for (const frame of frames) {
    const lacking = study.columns.filter((column) => !hasValues(frame.columns[column]));
    const prepared = lacking.length > 0 || development === undefined ? null : prepare(study, frame, development);
    thresholds.push(...(prepared?.fitted ?? []));
    const symbol = prepared?.symbol ?? null;
    if (symbol !== null) symbols.push(symbol);
    coverage.push(coverageOf(frame, { lacking, prepared, slices }));
  }
  return { slices, symbols, thresholds, coverage, missing: missingOf({ frames, coverage, symbols, hasSlices: development !== undefined }) };
}

/** Rows of a slice per symbol. */
export function rangesOf(symbols: readonly StudySymbol[], slice: Slice): RowRange[] {
  return symbols.map(({ series }) => rowsOf(series.frame, slice));
}

function prepare(
  study: CompiledStudy,
  frame: StudyFrame,
  development: Slice,
): { symbol: StudySymbol | null; fitted: FittedThreshold[]; rejected: number; unanchored: number } {
  const shared = new FormulaValues(frame);
  const { scalars, fitted } = fitThresholds(study, { frame, shared, development: rowsOf(frame, development) });
  if (scalars === null) return { symbol: null, fitted, rejected: 0, unanchored: 0 };
  const series = new StudySeries(frame, study, { thresholds: scalars, shared });
  const { events, rejected, unanchored } = detectEvents(series);
  const outcomes = outcomeColumns(series);
  return { symbol: { series, events, outcomes, board: new OutcomeBoard([...outcomes.values()]) }, fitted, rejected, unanchored };
}

function coverageOf(
  frame: StudyFrame,
  { lacking, prepared, slices }: { lacking: readonly string[]; prepared: ReturnType<typeof prepare> | null; slices: readonly Slice[] },
): CoverageRow {
  const events = prepared?.symbol?.events ?? [];
  const ranges = slices.map((slice) => rowsOf(frame, slice));
  return {
    symbol: frame.symbol,
    rows: frame.rows,
    gap_rows: frame.isGap.reduce((sum, gap) => sum + gap, 0),
    triggers_rejected: prepared?.rejected ?? 0,
    triggers_unanchored: prepared?.unanchored ?? 0,
    events: events.length,
    events_outside: events.filter(({ anchor }) => !ranges.some(({ from, to }) => anchor >= from && anchor < to)).length,
    missing_columns: lacking,
  };
}

/** From the first bar of any symbol to the end of the last one, epoch ms; frames have rows. */
export function spanOf(frames: readonly StudyFrame[], rowMs = barMs): { start: number; end: number } {
  return {
    start: Math.min(...frames.map(({ openTime }) => openTime[0]!)),
    end: Math.max(...frames.map(({ openTime, rows }) => openTime[rows - 1]! + rowMs)),
  };
}

function hasValues(column: Float64Array | undefined): boolean {
  return column !== undefined && column.some((value) => Number.isFinite(value));
}

/** Why nothing could be estimated, in sentences; empty where it could. */
function missingOf({
  frames,
  coverage,
  symbols,
  hasSlices,
}: {
  frames: readonly StudyFrame[];
  coverage: readonly CoverageRow[];
  symbols: readonly StudySymbol[];
  hasSlices: boolean;
}): string[] {
  if (frames.length === 0) return ['no symbol has bars'];
  if (!hasSlices) return ['no bar lies in the development slice'];
  if (symbols.length > 0) return [];
  return coverage.map(({ symbol, missing_columns: lacking }) =>
    lacking.length > 0 ? `${symbol} has no ${lacking.join(', ')}` : `${symbol} has no finite value to fit a threshold on`,
  );
}
