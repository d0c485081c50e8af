import { prettyJson } from '../../core/canonicalJson.ts';
import { formatTime } from '../../core/time.ts';
import { version } from '../../core/version.ts';
import type { StudyFile, StudyPageModel } from '../../report/study/model.ts';
import { certificationSentence } from '../../report/certificate/words.ts';
import type { Certification } from '../../research/certificate/certification.ts';
import type { CompiledStudy } from '../../research/study/compile.ts';
import type { StudyDocument } from '../../research/study/document.ts';
import type { StudyFrame } from '../../research/study/frame.ts';
import { spanOf } from '../../research/study/prepare.ts';
import type { StudyResult, SurrogateEffects, Verdict } from '../../research/study/result.ts';
import { slicesOf } from '../../research/study/slices.ts';
import { csvText } from './csv.ts';
import type { Artifact } from './stage.ts';

/** Files of a study besides its pages: every table with its header even when empty, and the verdict as strict JSON. */
export function studyTables(
  result: StudyResult,
  surrogates: readonly SurrogateEffects[],
  certification: Certification,
): { readonly name: string; readonly text: string; readonly rows: number | null }[] {
  const strata = Object.keys(result.events[0]?.strata ?? {});
  const table = <Row extends object>(name: string, header: readonly (keyof Row & string)[], rows: readonly Row[]) => ({
    name: `${name}.csv`,
    text: csvText(
      header,
      rows.map((row) => header.map((column) => cellOf(column, row[column]))),
    ),
    rows: rows.length,
  });
  const events = {
    name: 'events.csv',
    text: csvText(
      [...eventColumns, ...strata],
      result.events.map((event) => [...eventColumns.map((column) => cellOf(column, event[column])), ...strata.map((id) => event.strata[id] ?? null)]),
    ),
    rows: result.events.length,
  };
  return [
    events,
    table('controls', ['event_id', 'control_id', 'symbol', 'idx', 'ts', 'distance', 'reuse_count'], result.controls),
    table('outcomes', ['cohort', 'event_id', 'control_id', 'outcome', 'value', 'time', 'status'], result.outcomes),
    table('effects', effectColumns, result.effects),
    table('curves', ['slice', 'outcome', 'cohort', 'age', 'at_risk', 'hits', 'hazard', 'cum_hazard', 'survival', 'se'], result.curves),
    table('profile', ['slice', 'measure', 'cohort', 'age', 'n', 'mean', 'low', 'high'], result.profile),
    table('balance', ['slice', 'variable', 'event_mean', 'control_mean', 'smd'], result.balance),
    table('stability', effectColumns, result.stability),
    table('heterogeneity', heterogeneityColumns, result.heterogeneity),
    table('negative_controls', ['slice', 'id', 'kind', 'estimand', 'draws', 'observed', 'null_mean', 'null_sd', 'p'], result.negativeControls),
    table('null_effects', ['kind', 'draw', 'effect'], nullEffects(result, surrogates)),
    table('thresholds', ['id', 'symbol', 'level', 'value', 'events', 'isSelected'], result.thresholds),
    table(
      'coverage',
      ['symbol', 'rows', 'gap_rows', 'triggers_rejected', 'triggers_unanchored', 'events', 'events_outside', 'missing_columns'],
      result.coverage,
    ),
    { name: 'gates.json', text: prettyJson(result.gates), rows: null },
    { name: 'verdict.json', text: prettyJson(verdictOf(result, certification)), rows: null },
  ];
}

/** Every draw behind the negative controls of the primary estimand on the development slice: moved event times, then markets by generator. */
function nullEffects(
  { placeboDraws }: StudyResult,
  surrogates: readonly SurrogateEffects[],
): { kind: string; draw: number; effect: number | null }[] {
  const drawn = [{ generator: 'moved_event_times', effects: placeboDraws }, ...surrogates];
  return drawn.flatMap(({ generator, effects }) => effects.map((effect, draw) => ({ kind: generator, draw: draw + 1, effect })));
}

/** The verdict as other programs read it. */
export type VerdictFile = Pick<StudyResult, 'version' | 'digest' | 'verdict' | 'label' | 'missing' | 'effects'> & {
  readonly study: string;
  /** Status by gate. */
  readonly gates: Readonly<Record<string, Verdict>>;
  /** Whether the program's certificate is for this document, and what it says. */
  readonly is_certified: boolean;
  readonly certification: string;
};

export function verdictOf(result: StudyResult, certification: Certification): VerdictFile {
  const { id, version, digest, verdict, label, missing, gates, effects } = result;
  return {
    study: id,
    version,
    digest,
    verdict,
    label,
    missing,
    gates: Object.fromEntries(gates.map((gate) => [gate.id, gate.status])),
    effects,
    is_certified: certification.state === 'certified',
    certification: certificationSentence(certification),
  };
}

const eventColumns = [
  'event_id',
  'symbol',
  'slice',
  'trigger_idx',
  'anchor_idx',
  'exit_idx',
  'trigger_ts',
  'anchor_ts',
  'exit_ts',
  'direction',
  'is_open',
  'controls',
] as const;

const heterogeneityColumns = [
  'slice',
  'estimand',
  'split',
  'cells',
  'pooled',
  'ci_low',
  'ci_high',
  'p',
  'tau_squared',
  'i_squared',
  'q',
  'p_heterogeneity',
] as const;

const effectColumns = [
  'slice',
  'estimand',
  'split',
  'level',
  'n_events',
  'n_controls',
  'n_effective',
  'event',
  'control',
  'effect',
  'ci_low',
  'ci_high',
  'p_raw',
  'p_adjusted',
  'block_days',
] as const;

function cellOf(column: string, value: unknown): string | number | boolean | null {
  if (column.endsWith('_ts') || column === 'ts') return formatTime(value as number);
  if (Array.isArray(value)) return value.join(' ');
  return value as string | number | boolean | null;
}

/** What fixed a study's result: its whole document, the tables it read, and the root of its random streams. */
export interface StudyLock {
  readonly document: StudyDocument;
  readonly digest: string;
  readonly seed_root: string;
  readonly version: string;
  readonly inputs: readonly StudyFile[];
  readonly ranges: StudyPageModel['ranges'];
}

export function studyLock({
  study,
  seed,
  inputs,
  frames,
}: {
  study: CompiledStudy;
  seed: number;
  inputs: readonly Artifact[];
  frames: readonly StudyFrame[];
}): StudyLock {
  return {
    document: study.document,
    digest: study.digest,
    seed_root: `seed=${seed}/study/${study.digest}`,
    version,
    ...lockedData(inputs, frames),
  };
}

/** The tables that a result was made from, with rows and days by symbol. */
export function lockedData(inputs: readonly Artifact[], frames: readonly StudyFrame[]): Pick<StudyLock, 'inputs' | 'ranges'> {
  return {
    inputs: inputs.map(({ path, sha256, rows }) => ({ path, sha256, rows })),
    ranges: frames.map(({ symbol, rows, openTime }) => ({
      symbol,
      rows,
      start: rows === 0 ? null : formatTime(openTime[0]!),
      end: rows === 0 ? null : formatTime(openTime[rows - 1]!),
    })),
  };
}

/** What the pages of a study show: the result, the plan it was made on, and the files that hold it. */
export function studyPageModel({
  runId,
  result,
  lock,
  study,
  frames,
  surrogates,
  isHoldoutOpen,
  certification,
  artifacts,
}: {
  runId: string;
  result: StudyResult;
  lock: StudyLock;
  study: CompiledStudy;
  frames: readonly StudyFrame[];
  surrogates: readonly SurrogateEffects[];
  isHoldoutOpen: boolean;
  certification: Certification;
  /** The files beside the pages. */
  artifacts: readonly Artifact[];
}): StudyPageModel {
  const filled = frames.filter(({ rows }) => rows > 0);
  return {
    runId,
    document: study.document,
    result,
    slices:
      filled.length === 0
        ? []
        : slicesOf(study, spanOf(filled, study.barMs)).map((slice) => ({ ...slice, isOpen: slice.id !== 'holdout' || isHoldoutOpen })),
    surrogates,
    certification: certificationSentence(certification),
    seedRoot: lock.seed_root,
    version: lock.version,
    inputs: lock.inputs,
    ranges: lock.ranges,
    files: artifacts.map(({ path, sha256, rows }) => ({ path: path.slice(path.lastIndexOf('/') + 1), sha256, rows })),
  };
}
