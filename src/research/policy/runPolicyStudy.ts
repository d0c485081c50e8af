import type { Frame } from '../../engine/frame.ts';
import { dayMs } from '../../core/time.ts';
import { type PinnedThresholds, pinnedThresholds } from '../study/pinned.ts';
import { prepareStudy } from '../study/prepare.ts';
import type { CoverageRow } from '../study/result.ts';
import { type PolicySlice, policySymbol, type PolicySymbol, SliceBook, wholeDays } from './book.ts';
import { makeCells } from './cells.ts';
import { decide } from './decide.ts';
import { explore } from './explore.ts';
import type { PolicyInput } from './input.ts';
import { verdictOf } from './judge.ts';
import type { PolicyResult } from './result.ts';
import { baselineRows } from './rows.ts';

/**
 * Runs a policy study: every condition times action through the engine on the development slice, against random throttles of equal
 * exposure and as one of a family; what passes is looked at once more on the confirmation slice; at most two are promoted. Pure. Data that
 * are not there, or a parent study that has not passed, are an answer, never an exception; then nothing is tried and nothing counts as a trial.
 *
 * @source research specification 10.9, 10.11 (1)
 */
export function runPolicyStudy(input: PolicyInput): PolicyResult {
  const { policy } = input;
  const prepared = preparePolicy(input);
  if (prepared.missing.length > 0) return nothingTried(input, prepared);
  const books = prepared.slices.map((slice) => new SliceBook(prepared.symbols, slice));
  const [development, confirmation] = ['development', 'confirmation'].map((id) => books.find(({ slice }) => slice.id === id) ?? null);
  const holdout = books.find(({ slice }) => slice.id === 'holdout') ?? null;
  const looked = books.filter((book) => book !== holdout);
  const { family, explored } = explore(input, makeCells(policy, prepared.symbols, looked), development!);
  const through = explored.filter(({ gates }) => verdictOf(gates) === 'pass');
  const decided = decide(input, { family, through, books: { development: development!, confirmation: confirmation!, holdout } });
  const gatesOf = new Map(explored.map(({ cell, gates }) => [cell.id, gates]));
  for (const { cell, gates } of decided) gatesOf.set(cell.id, [...gatesOf.get(cell.id)!, ...gates]);
  const verdicts = [...gatesOf.values()].map(verdictOf);
  // Best first by the slice that explored: the one that decides must not also rank.
  const promoted = through
    .filter(({ cell }) => verdictOf(gatesOf.get(cell.id)!) === 'pass')
    .sort((a, b) => b.row.excess_sharpe! - a.row.excess_sharpe!)
    .slice(0, policy.document.promotion.max);
  return {
    ...headOf(input, prepared),
    verdict: promoted.length > 0 ? 'pass' : verdicts.includes('inconclusive') ? 'inconclusive' : 'fail',
    decision: promoted.length > 0 ? 'promote' : 'freeze',
    missing: [],
    promoted: promoted.map(({ cell }) => cell.id),
    family,
    baseline: looked.flatMap(baselineRows),
    cells: [...explored.map(({ row }) => row), ...decided.flatMap(({ rows }) => rows)],
    bindings: [...explored, ...decided].flatMap(({ bindings }) => bindings),
    throttles: [...explored, ...decided].flatMap(({ throttles }) => throttles),
    stability: decided.flatMap(({ stability }) => stability),
    gates: [...gatesOf].flatMap(([cell, gates]) => gates.map((gate) => ({ cell, ...gate }))),
    coverage: prepared.coverage,
  };
}

interface PreparedPolicy {
  readonly symbols: readonly PolicySymbol[];
  readonly slices: readonly PolicySlice[];
  /** What the parent study fitted; null where it fits nothing or nothing is tried. */
  readonly pinned: PinnedThresholds | null;
  readonly coverage: readonly CoverageRow[];
  readonly missing: readonly string[];
}

/** Events and slices of the parent study, and the baseline's lines, on the symbols that have all columns. */
function preparePolicy({ policy, frames, parentVerdict, isHoldoutOpen = false }: PolicyInput): PreparedPolicy {
  const none = { symbols: [], slices: [], pinned: null, coverage: [] };
  const { study: id, version, requires_pass: requiresPass } = policy.document.parent;
  if (requiresPass && parentVerdict !== 'pass')
    return { ...none, missing: [`the parent study ${id} version ${version} ${parentVerdict === null ? 'was not run' : `ended ${parentVerdict}`}`] };
  const lacking = frames.map((frame) => policy.columns.filter((column) => !hasValues(frame, column)));
  const usable = frames.filter((_, i) => lacking[i]!.length === 0);
  const unusable = frames.flatMap((frame, i) => (lacking[i]!.length === 0 ? [] : [uncovered(frame, lacking[i]!)]));
  const study = prepareStudy(policy.parent, usable, isHoldoutOpen);
  const coverage = [...study.coverage, ...unusable].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  const slices = study.slices.map(wholeDays).filter(({ days }) => days > 0);
  const missing = missingOf({ frames, unusable, study: study.missing, slices });
  if (missing.length > 0) return { ...none, coverage, missing };
  const bySymbol = new Map(usable.map((frame) => [frame.symbol, frame]));
  const symbols = study.symbols.map((studied) => policySymbol(policy, bySymbol.get(studied.series.frame.symbol)!, studied));
  return { symbols, slices, pinned: pinnedThresholds(policy.parent, study), coverage, missing };
}

/** Why nothing can be tried, in sentences; empty where something can. */
function missingOf(given: {
  readonly frames: readonly Frame[];
  readonly unusable: readonly CoverageRow[];
  readonly study: readonly string[];
  readonly slices: readonly PolicySlice[];
}): readonly string[] {
  const { frames, unusable, study, slices } = given;
  if (unusable.length > 0 && unusable.length === frames.length)
    return unusable.map(({ symbol, missing_columns: columns }) => `${symbol} has no ${columns.join(', ')}`).sort();
  if (study.length > 0) return study;
  const isShort = !['development', 'confirmation'].every((id) => slices.some((slice) => slice.id === id));
  return isShort ? ['the data do not reach over the development and confirmation slices'] : [];
}

/** A symbol that cannot be in the book. */
function uncovered({ symbol, rows, isGap }: Frame, lacking: readonly string[]): CoverageRow {
  return {
    symbol,
    rows,
    gap_rows: isGap.reduce((sum, gap) => sum + gap, 0),
    triggers_rejected: 0,
    triggers_unanchored: 0,
    events: 0,
    events_outside: 0,
    missing_columns: lacking,
  };
}

function hasValues({ columns }: Frame, name: string): boolean {
  return columns[name]?.some((value) => Number.isFinite(value)) === true;
}

function headOf(
  { policy, parentVerdict }: PolicyInput,
  { symbols, slices, pinned }: PreparedPolicy,
): Pick<PolicyResult, 'id' | 'version' | 'title' | 'digest' | 'parent' | 'design'> {
  const { document } = policy;
  const { id, version, title, parent } = document;
  return {
    id,
    version,
    title,
    digest: policy.digest,
    parent: { study: parent.study, version: parent.version, digest: policy.parent.digest, verdict: parentVerdict, ...pinned },
    design: {
      accounting: policy.accounting.id,
      cost_bps: document.costs.cost_bps,
      min_sign_share: document.gates.min_sign_share,
      level: document.inference.level,
      baseline: policy.baseline.map(({ strategy, params }) => ({ strategy: strategy.id, params })),
      symbols: symbols.map(({ frame }) => frame.symbol),
      slices: slices.map(({ id: slice, firstDay, days }) => ({ id: slice, start: firstDay * dayMs, days })),
      series: document.series,
      conditions: document.conditions,
      actions: Object.fromEntries(policy.actions.map(({ id: action, text, effect, releaseText: release }) => [action, { text, effect, release }])),
    },
  };
}

function nothingTried(input: PolicyInput, prepared: PreparedPolicy): PolicyResult {
  const { missing, coverage } = prepared;
  const family = { cells: 0, distinct: 0, prior: input.priorTrials ?? 0, effective_trials: null, spa_p: null, pbo: null };
  const none = { promoted: [], baseline: [], cells: [], bindings: [], throttles: [], stability: [], gates: [] };
  return { ...headOf(input, prepared), verdict: 'inconclusive', decision: 'freeze', missing, family, coverage, ...none };
}
