import { AppError } from '../../core/errors.ts';
import type { Frame } from '../../engine/frame.ts';
import { type BoundOverlay, bindOverlay, type OverlayConditions, type OverlayEffect } from '../../engine/overlay/overlay.ts';
import type { Formula } from '../../formula/ast.ts';
import { type FormulaFrame, FormulaValues } from '../../formula/evaluate.ts';
import { specCodes } from './codes.ts';
import { specDigest } from './digest.ts';
import type { Problem } from './finding.ts';
import type { OverlayDocument, OverlayRule } from './overlay.ts';
import { type CheckedCondition, isEventColumn, RuleFormulas } from './ruleFormulas.ts';
import type { SpecColumns } from './surroundings.ts';

/** An overlay that the engine can run. */
export interface CompiledOverlay {
  readonly id: string;
  readonly version: number;
  readonly digest: string;
  readonly effect: OverlayEffect;
  readonly condition: Formula;
  readonly release: Formula | null;
  readonly parent: OverlayRule['parent'];
  /** Columns that a frame has to have, sorted; the parent study’s event columns are not among them. */
  readonly columns: readonly string[];
  /** Columns of the parent study’s events (event.age, ...) that a frame has to have besides, sorted. */
  readonly eventColumns: readonly string[];
  /** Bars before its own that a condition is made of; events reach back without limit. */
  readonly warmupBars: number;
}

export interface CheckedOverlay {
  /** Null for an overlay without a rule, and for one that cannot run. */
  readonly compiled: CompiledOverlay | null;
  readonly problems: readonly Problem[];
}

/** What of an overlay document can run, and everything that cannot. */
export function checkOverlay(document: OverlayDocument, columns: SpecColumns): CheckedOverlay {
  const { rule } = document;
  const claims = claimProblems(document);
  if (rule === null) return { compiled: null, problems: [...claims, actionless(document)] };
  const formulas = new RuleFormulas(rule.series, columns, 'rule');
  const condition = formulas.condition(rule.condition, 'rule.condition');
  const release = rule.release === null ? null : formulas.condition(rule.release, 'rule.release');
  formulas.noteUnused();
  const problems = [...claims, ...formulas.problems, ...ruleProblems(document, rule, [condition, release])];
  const isWhole = condition !== null && !problems.some(({ severity = 'error' }) => severity === 'error');
  return { compiled: isWhole ? compiledOf(document, rule, { condition, release }) : null, problems };
}

/**
 * An overlay document as the engine runs it.
 *
 * @throws E_SPEC for a document that cannot run, naming the first thing in its way
 */
export function compileOverlay(document: OverlayDocument, columns: SpecColumns): CompiledOverlay {
  const { compiled, problems } = checkOverlay(document, columns);
  if (compiled !== null) return compiled;
  const [problem] = [...problems.filter(({ severity = 'error' }) => severity === 'error'), ...problems];
  const { code, path, message } = problem!;
  throw new AppError('E_SPEC', { where: `overlay ${document.name}, ${path}`, problem: `${code}: ${message}`, remedy: specCodes[code] });
}

/** Values of an overlay's formulas over the bars of one symbol. @throws RangeError for a frame without a column that they read */
export function overlayConditions({ condition, release }: CompiledOverlay, frame: FormulaFrame): OverlayConditions {
  const values = new FormulaValues(frame);
  return release === null ? { condition: values.of(condition) } : { condition: values.of(condition), release: values.of(release) };
}

/** The overlay on the bars of one symbol, ready for a stack. @throws RangeError as above */
export function bindToFrame(overlay: CompiledOverlay, frame: Frame): BoundOverlay {
  return bindOverlay(overlay, overlayConditions(overlay, frame), frame.isGap);
}

function compiledOf(
  document: OverlayDocument,
  { effect, parent }: OverlayRule,
  { condition, release }: { readonly condition: CheckedCondition; readonly release: CheckedCondition | null },
): CompiledOverlay {
  const read = [...new Set([condition, release].flatMap((part) => part?.facts.columns ?? []))].sort();
  return {
    id: document.name,
    version: document.version,
    digest: specDigest(document),
    effect,
    condition: condition.formula,
    release: release?.formula ?? null,
    parent,
    columns: read.filter((name) => !isEventColumn(name)),
    eventColumns: read.filter(isEventColumn),
    warmupBars: Math.max(condition.facts.lookback, release?.facts.lookback ?? 0),
  };
}

function actionless({ status }: OverlayDocument): Problem {
  const message = 'it has no rule: it does nothing and never leaves DRAFT';
  return { code: 'ACTION_NOT_EXECUTABLE', path: 'rule', message, severity: status === 'DRAFT' ? 'warning' : 'error' };
}

function ruleProblems(document: OverlayDocument, rule: OverlayRule, read: readonly (CheckedCondition | null)[]): Problem[] {
  const problems: Problem[] = [];
  const { effect, release, parent } = rule;
  if (document.condition !== rule.condition)
    problems.push({ code: 'RULE_MISMATCH', path: 'condition', message: 'it is not the condition of the rule' });
  if (effect.kind === 'hold_until' && release === null)
    problems.push({ code: 'RELEASE_MISSING', path: 'rule.release', message: 'hold_until has no release' });
  if (effect.kind !== 'hold_until' && release !== null)
    problems.push({ code: 'RELEASE_UNUSED', path: 'rule.release', message: `${effect.kind} has nothing to release` });
  const events = read.flatMap((part) => part?.facts.columns ?? []).filter(isEventColumn);
  if (parent === null && events.length > 0)
    problems.push({ code: 'PARENT_UNKNOWN', path: 'rule.parent', message: `the formulas read ${events[0]!}, but the rule names no study` });
  return problems;
}

/** What a file that claims approval has to state. @source governance specification 2.2, G6 */
function claimProblems({ status, run_ids_evidence: evidence, cost_bps_validated: cost, constraints }: OverlayDocument): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  evidence.forEach((record, i) => {
    const text = JSON.stringify(record);
    if (seen.has(text)) problems.push({ code: 'EVIDENCE_DUPLICATE', path: `run_ids_evidence.${i}`, message: 'the same record stands above' });
    seen.add(text);
  });
  if (status !== 'APPROVED') return problems;
  if (evidence.length === 0)
    problems.push({ code: 'EVIDENCE_MISSING', path: 'run_ids_evidence', message: 'the file claims approval and names no evidence' });
  if (cost === null) problems.push({ code: 'COST_MISSING', path: 'cost_bps_validated', message: 'the file claims approval and states no cost' });
  for (const [name, value] of Object.entries(constraints))
    if (value === null)
      problems.push({ code: 'CONSTRAINT_MISSING', path: `constraints.${name}`, message: 'the file claims approval and states no limit' });
  return problems;
}
