import { certificationSentence } from '../../report/certificate/words.ts';
import type { Certification } from '../../research/certificate/certification.ts';
import { prettyJson } from '../../core/canonicalJson.ts';
import { formatTime } from '../../core/time.ts';
import { version } from '../../core/version.ts';
import { draftFile, draftOverlay } from '../../research/policy/draftOverlay.ts';
import { streamOf } from '../../research/policy/plan.ts';
import type { PolicyInput } from '../../research/policy/input.ts';
import type { PolicyDocument } from '../../research/policy/document.ts';
import type { BaselineRow, BindingRow, CellRow, PolicyFamily, PolicyResult, PolicyStabilityRow, ThrottleRow } from '../../research/policy/result.ts';
import type { StudyDocument } from '../../research/study/document.ts';
import type { CoverageRow, Verdict } from '../../research/study/result.ts';
import { csvText } from './csv.ts';
import type { Artifact } from './stage.ts';
import { lockedData, type StudyLock } from './studyFiles.ts';

/** A file of a policy study before it is written. */
export interface PolicyFile {
  /** Relative to the study's folder. */
  readonly name: string;
  readonly text: string;
  readonly rows: number | null;
}

/**
 * Files of a policy study besides its page: every table with its header even when empty, verdict and gates as strict JSON, and a draft of
 * an overlay for each promoted cell.
 */
export function policyFiles(result: PolicyResult, runId: string, certification: Certification): PolicyFile[] {
  const json = (name: string, value: unknown): PolicyFile => ({ name, text: prettyJson(value), rows: null });
  return [
    table('cells', cellColumns, result.cells),
    table('bindings', bindingColumns, result.bindings),
    table('throttles', throttleColumns, result.throttles),
    table('stability', stabilityColumns, result.stability),
    table('baseline', baselineColumns, result.baseline),
    table('coverage', coverageColumns, result.coverage),
    json('gates.json', result.gates),
    json('verdict.json', policyVerdict(result, certification)),
    ...result.promoted.map((cell) => json(draftFile(result.id, cell), draftOverlay(result, cell, runId))),
  ];
}

/** The verdict as other programs read it. */
export interface PolicyVerdictFile extends Pick<
  PolicyResult,
  'version' | 'digest' | 'verdict' | 'decision' | 'missing' | 'promoted' | 'parent' | 'design'
> {
  readonly policy: string;
  readonly family: PolicyFamily;
  /** Status of each gate by cell. */
  readonly gates: Readonly<Record<string, Readonly<Record<string, Verdict>>>>;
  readonly cells: readonly CellRow[];
  /** Whether the program's certificate is for this document, and what it says. */
  readonly is_certified: boolean;
  readonly certification: string;
}

export function policyVerdict(result: PolicyResult, certification: Certification): PolicyVerdictFile {
  const { id, version: own, digest, verdict, decision, missing, promoted, parent, family, design, cells } = result;
  const gates: Record<string, Record<string, Verdict>> = {};
  for (const { cell, id: gate, status } of result.gates) (gates[cell] ??= {})[gate] = status;
  return {
    policy: id,
    version: own,
    digest,
    verdict,
    decision,
    missing,
    promoted,
    parent,
    family,
    design,
    gates,
    cells,
    is_certified: certification.state === 'certified',
    certification: certificationSentence(certification),
  };
}

/** What fixed a policy study's result: both documents, the parent's verdict, what had been tried before, the tables it read and the root of its random streams. */
export interface PolicyLock extends Omit<StudyLock, 'document'> {
  readonly document: PolicyDocument;
  readonly parent: { readonly document: StudyDocument; readonly digest: string; readonly verdict: Verdict | null };
  readonly prior_trials: number;
  readonly holdout: 'sealed' | 'open';
}

export function policyLock(input: PolicyInput, inputs: readonly Artifact[]): PolicyLock {
  const { policy, frames, parentVerdict, priorTrials = 0, isHoldoutOpen = false } = input;
  const { document, digest, parent } = policy;
  return {
    document,
    digest,
    parent: { document: parent.document, digest: parent.digest, verdict: parentVerdict },
    prior_trials: priorTrials,
    holdout: isHoldoutOpen ? 'open' : 'sealed',
    seed_root: streamOf(input),
    version,
    ...lockedData(inputs, frames),
  };
}

function table<Row extends object>(name: string, header: readonly (keyof Row & string)[], rows: readonly Row[]): PolicyFile {
  const cells = rows.map((row) => header.map((column) => cellOf(column, row[column])));
  return { name: `${name}.csv`, text: csvText(header, cells), rows: rows.length };
}

function cellOf(column: string, value: unknown): string | number | boolean | null {
  if (column === 'start') return formatTime(value as number);
  return Array.isArray(value) ? value.join(' ') : (value as string | number | boolean | null);
}

const cellColumns: readonly (keyof CellRow)[] = [
  'cell',
  'condition',
  'action',
  'slice',
  'same_as',
  'days',
  'condition_share',
  'missing_share',
  'bound_entries',
  'trades',
  'changed_trades',
  'changed_bars',
  'exposure_kept',
  'turnover_kept',
  'difference_bps',
  'ci_low_bps',
  'ci_high_bps',
  'excess_bps',
  'excess_bps_per_trade',
  'excess_sharpe',
  'p',
  'p_adjusted',
  'p_by',
  'throttle_difference_bps',
  'deflated_sharpe',
  'deflated_sharpe_counted',
  'max_drawdown_change_bps',
  'shortfall_change_bps',
];

const bindingColumns: readonly (keyof BindingRow)[] = [
  'cell',
  'slice',
  'strategy',
  'symbol',
  'trades',
  'changed_trades',
  'changed_bars',
  'intents',
  'passed',
  'blocked_entries',
  'blocked_runs',
  'delayed_entries',
  'delay_bars_total',
  'expired_entries',
  'resized_entries',
  'flattened_positions',
];

const throttleColumns: readonly (keyof ThrottleRow)[] = ['cell', 'slice', 'draw', 'days_moved', 'exposure_kept', 'difference_bps', 'excess_sharpe'];

const stabilityColumns: readonly (keyof PolicyStabilityRow)[] = ['cell', 'split', 'level', 'changed_days', 'excess_bps'];

const baselineColumns: readonly (keyof BaselineRow)[] = [
  'slice',
  'strategy',
  'symbol',
  'start',
  'days',
  'trades',
  'net_bps',
  'exposure_bars',
  'turnover',
];

const coverageColumns: readonly (keyof CoverageRow)[] = [
  'symbol',
  'rows',
  'gap_rows',
  'triggers_rejected',
  'triggers_unanchored',
  'events',
  'events_outside',
  'missing_columns',
];
