import { canonicalJson } from '../../core/canonicalJson.ts';
import { AppError } from '../../core/errors.ts';
import type { Finding } from '../../core/findings.ts';
import type { Strategy } from '../../core/intent.ts';
import type { Columns } from '../../core/table.ts';
import { dayMs, parseDay } from '../../core/time.ts';
import type { Frame } from '../../engine/frame.ts';
import type { BoundOverlay } from '../../engine/overlay/overlay.ts';
import { retrospectiveColumns } from '../../features/lib/planForStrategies.ts';
import { FormulaValues } from '../../formula/evaluate.ts';
import { bindToFrame, type CompiledOverlay, compileOverlay } from '../../governance/documents/compileOverlay.ts';
import { eventColumnNames, eventColumns } from '../../research/policy/eventColumns.ts';
import { type CompiledStudy, compileStudy } from '../../research/study/compile.ts';
import { detectEvents } from '../../research/study/detect.ts';
import { StudySeries } from '../../research/study/frame.ts';
import { thresholdsFrom } from '../../research/study/pinned.ts';
import type { StageContext } from './stage.ts';
import { studyCatalog } from './studyCatalog.ts';

/** An overlay of the run with the study whose events it reads. */
export interface PlannedOverlay {
  readonly overlay: CompiledOverlay;
  readonly parent: CompiledStudy | null;
  /** Columns that it needs of a frame, its parent's included, sorted. */
  readonly columns: readonly string[];
}

interface Run extends Pick<StageContext, 'features'> {
  readonly config: Pick<StageContext['config'], 'overlays' | 'overlayParents'>;
}

/** The run's overlays, checked against what there is to read. @throws E_SPEC, E_STUDY, E_FORMULA */
export function plannedOverlays({ config, features }: Run): PlannedOverlay[] {
  const documents = config.overlays ?? [];
  if (documents.length === 0) return [];
  const catalog = studyCatalog(features);
  const retrospective = retrospectiveColumns(features);
  return documents.map((document) => {
    const overlay = compileOverlay(document, { catalog, retrospective });
    const parent = parentOf(
      overlay,
      (config.overlayParents ?? []).map((study) => compileStudy(study, catalog)),
    );
    return { overlay, parent, columns: [...new Set([...overlay.columns, ...(parent?.columns ?? [])])].sort() };
  });
}

function parentOf({ id, parent }: CompiledOverlay, studies: readonly CompiledStudy[]): CompiledStudy | null {
  if (parent === null) return null;
  const found = studies.find(({ document }) => document.id === parent.study);
  if (found?.digest === parent.digest) return found;
  throw new AppError('E_SPEC', {
    where: `overlay ${id}, rule.parent`,
    problem: found === undefined ? `the run has no study ${parent.study}` : `study ${parent.study} has the digest ${found.digest}`,
    remedy: 'Draft the overlay anew from a policy study of this version of its parent.',
  });
}

/** @throws E_SPEC for an overlay that cannot act on a strategy of the run */
export function requireFitting(overlays: readonly CompiledOverlay[], strategies: readonly Strategy[]): void {
  const careless = overlays.find(({ effect }) => effect.kind === 'delay' && effect.onSignalLost === 'enter');
  const named = strategies.find(({ intent }) => intent.kind !== 'bracket');
  if (careless === undefined || named === undefined) return;
  throw new AppError('E_SPEC', {
    where: `overlay ${careless.id}, rule.effect`,
    problem: `${named.id} names positions, which cannot be entered without their signal`,
    remedy: 'Let the delay drop an entry whose signal is lost, or leave the strategy out.',
  });
}

/**
 * Overlays on the bars of one symbol. A column that the run has no data for is missing on every bar, and so are the events of a study that
 * needs one, or whose thresholds have no numbers for the symbol: the condition then cannot be told, does not hold, and the bars are counted as
 * such.
 */
export function bindOverlays(planned: readonly PlannedOverlay[], frame: Frame): BoundOverlay[] {
  if (planned.length === 0) return [];
  const absent = planned.flatMap(({ columns }) => columns.filter((name) => frame.columns[name] === undefined));
  const nothing = new Float64Array(absent.length === 0 ? 0 : frame.rows).fill(Number.NaN);
  const whole: Frame = { ...frame, columns: { ...frame.columns, ...Object.fromEntries(absent.map((name) => [name, nothing])) } };
  const events = new Map<string, Frame>();
  return planned.map(({ overlay, parent }) => {
    if (parent === null) return bindToFrame(overlay, whole);
    const pinned = pinnedOn(overlay, frame.symbol);
    const key = `${parent.digest} ${canonicalJson(pinned ?? null)}`;
    const own = events.get(key) ?? { ...whole, columns: { ...whole.columns, ...eventsOf(frame, parent, pinned) } };
    events.set(key, own);
    return bindToFrame(overlay, own);
  });
}

/** Numbers that an overlay's document has for the thresholds of its parent study on a symbol. */
function pinnedOn({ parent }: CompiledOverlay, symbol: string): Readonly<Record<string, number>> | undefined {
  return parent?.thresholds?.[symbol];
}

/** The state of a study's events. Nothing is fitted here: a threshold fitted on the bars of a run would know what comes after each of them. */
function eventsOf(frame: Frame, study: CompiledStudy, pinned: Readonly<Record<string, number>> | undefined): Columns {
  const thresholds = thresholdsFrom(study, pinned);
  if (thresholds === null || study.columns.some((name) => frame.columns[name] === undefined)) {
    const nothing = new Float64Array(frame.rows).fill(Number.NaN);
    return Object.fromEntries(eventColumnNames.map(([name]) => [name, nothing]));
  }
  const { events } = detectEvents(new StudySeries(frame, study, { thresholds, shared: new FormulaValues(frame) }));
  return eventColumns(events, frame.rows);
}

/** What a reader has to know of the thresholds behind the run's overlays on one symbol. */
export function thresholdFindings(planned: readonly PlannedOverlay[], { symbol, rows, openTime }: Frame): Finding[] {
  return planned.flatMap(({ overlay, parent }): Finding[] => {
    if (parent === null) return [];
    const shared = { severity: 'warning', subject: `overlay ${overlay.id} ${symbol}` } as const;
    const pinned = pinnedOn(overlay, symbol);
    if (thresholdsFrom(parent, pinned) === null)
      return [
        {
          ...shared,
          code: 'OVERLAY_NOT_TOLD',
          message: `its document has no thresholds for ${symbol}, so no event of ${parent.document.id} is known there`,
        },
      ];
    const window = overlay.parent!.fitted_on;
    if (pinned === undefined || window === undefined) return [];
    const end = parseDay(window[1])! + dayMs;
    let known = 0;
    while (known < rows && openTime[known]! < end) known++;
    if (known === 0) return [];
    const message = `${known} of ${rows} bars lie before the end of the days that its thresholds were fitted on (${window.join(' to ')}): what happens on them is no evidence`;
    return [{ ...shared, code: 'OVERLAY_FITTED_HERE', message, observed: known, allowed: 0 }];
  });
}
