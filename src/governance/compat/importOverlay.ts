import type { OverlayEffect } from '../../engine/overlay/overlay.ts';
import { type OverlayDocument, overlayDocument, type OverlayRule } from '../documents/overlay.ts';
import { eventSeries, seriesFor } from './eventSeries.ts';
import { type Imported, ImportLog, noteEvidence } from './importFinding.ts';
import { validateOverlaySpec } from './overlayRegistry.ts';
import { readReferenceCondition } from './referenceCondition.ts';
import { isNumber, isObject, type JsonObject, ReferenceValueError, textOf } from './values.ts';

/** What an import has to know of its surroundings. */
export interface ImportContext {
  /** The file, for messages. */
  readonly source: string;
  /** Whether the data root has a run. */
  readonly hasRun: (runId: string) => boolean;
  readonly version?: number;
}

const carried: readonly string[] = ['name', 'event', 'notes', 'tuning_allowed', 'cost_bps_validated'];
const knownKeys = new Set([...carried, 'spec_version', 'condition', 'action', 'status', 'run_ids_evidence', 'objective', 'constraints', 'stability']);

/**
 * An overlay file of the reference system as a draft of ours: whatever it says of itself, it starts as DRAFT, with what happened to each
 * of its fields and everything that is wrong with it.
 *
 * @param spec the parsed file
 * @source governance specification 2.6, 17.7
 */
export function importOverlay(spec: unknown, context: ImportContext): Imported<OverlayDocument> {
  const log = new ImportLog();
  const name = isObject(spec) && typeof spec['name'] === 'string' ? spec['name'].trim() : context.source;
  const done = (document: OverlayDocument | null): Imported<OverlayDocument> => ({ name, document, fields: log.fields, findings: log.findings });
  if (!isObject(spec)) {
    log.find('NOT_IMPORTED', '', 'expected one object', 'error');
    return done(null);
  }
  noteReferenceRules(spec, context.source, log);
  noteClaims(spec, context, log);
  const rule = ruleOf(spec, log);
  const parsed = overlayDocument.safeParse({
    spec_version: 'v1',
    name,
    version: context.version ?? 1,
    event: spec['event'],
    condition: rule?.condition ?? spec['condition'],
    action: rule === null ? spec['action'] : actionText(rule.effect),
    status: 'DRAFT',
    tuning_allowed: spec['tuning_allowed'],
    run_ids_evidence: evidenceOf(spec),
    cost_bps_validated: spec['cost_bps_validated'] ?? null,
    notes: spec['notes'] ?? '',
    objective: spec['objective'],
    constraints: constraintsOf(spec, log),
    stability: stabilityOf(spec, log),
    rule,
    origin: { imported_from: 'reference overlay', name, condition: textOf(spec['condition']), action: textOf(spec['action']) },
  });
  if (parsed.success) return done(parsed.data);
  for (const { path, message } of parsed.error.issues) log.find('NOT_IMPORTED', path.map(String).join('.'), message, 'error');
  return done(null);
}

function noteReferenceRules(spec: JsonObject, source: string, log: ImportLog): void {
  try {
    validateOverlaySpec(spec, source);
  } catch (error) {
    if (!(error instanceof ReferenceValueError)) throw error;
    log.find('REFERENCE_INVALID', '', error.message);
  }
}

function noteClaims(spec: JsonObject, { hasRun }: ImportContext, log: ImportLog): void {
  for (const field of carried) if (Object.hasOwn(spec, field)) log.field(field, 'kept', 'as it is');
  const status = textOf(spec['status']);
  log.field('status', status === 'DRAFT' ? 'kept' : 'changed', `${status} -> DRAFT: only the ledger approves`);
  if (status !== 'DRAFT') log.find('STATUS_NOT_CARRIED', 'status', status);
  log.field('run_ids_evidence', 'kept', 'as claims: outside the digest, and counted for nothing');
  noteEvidence(log, 'run_ids_evidence', spec['run_ids_evidence'], hasRun);
  if (status === 'APPROVED') log.find('NEVER_EXECUTED', 'action', 'its blocked and delayed entries were constant zeros');
  log.field('spec_version', 'kept', 'the format has the same keys, a version and a rule besides');
  log.field('objective', 'kept', 'as it is');
  log.field('version', 'added', 'counts from 1; another digest is another version');
  for (const key of Object.keys(spec).filter((other) => !knownKeys.has(other))) {
    log.field(key, 'dropped', 'unknown');
    log.find('FIELD_UNKNOWN', key, key);
  }
}

function evidenceOf(spec: JsonObject): unknown {
  const records = spec['run_ids_evidence'];
  return Array.isArray(records) ? records : [];
}

/** The part that the engine runs, or null with the reason noted. */
function ruleOf(spec: JsonObject, log: ImportLog): OverlayRule | null {
  const effect = effectOf(textOf(spec['action']), log);
  const condition = effect === null ? null : conditionOf(spec, log);
  if (effect === null || condition === null) {
    log.field('condition', 'kept', 'for readers; there is no rule');
    log.field('rule', 'added', 'null: it does nothing and never leaves DRAFT');
    return null;
  }
  log.field('condition', 'changed', `${textOf(spec['condition'])} -> ${condition.formula}`);
  log.field('rule', 'added', 'condition, series and effect as the engine runs them');
  return { condition: condition.formula, series: condition.series, effect, release: null, parent: null };
}

/** Actions of the reference system by name; a number in one counts bars. */
function effectOf(action: string, log: ImportLog): OverlayEffect | null {
  const refuse = (code: 'ACTION_NONE' | 'ACTION_UNREADABLE', note: string): null => {
    log.field('action', 'kept', `for readers; ${note}`);
    log.find(code, 'action', action);
    return null;
  };
  if (/^(placeholder_)?noop$|^no_action$|^delay_0$/i.test(action)) return refuse('ACTION_NONE', 'there is nothing to run');
  const wait = /^delay_(\d{1,5})$/.exec(action);
  if (wait !== null) {
    const bars = Number(wait[1]);
    log.field('action', 'changed', `${action} -> a delay of ${bars} bars (${bars / 4} hours), dropped when the signal is gone after it`);
    log.find('ACTION_UNIT', 'action', `${action} is ${bars} bars of 15 minutes in the study that made it, not minutes`);
    return { kind: 'delay', bars, onSignalLost: 'drop' };
  }
  const throttle = /^risk_throttle_(0(?:\.\d+)?|1)$/.exec(action);
  const known: OverlayEffect | null =
    action === 'entry_gate_skip' || action === 'block' ? { kind: 'block' } : throttle === null ? null : { kind: 'size', factor: Number(throttle[1]) };
  if (known === null) return refuse('ACTION_UNREADABLE', 'the engine has no such action');
  log.field('action', 'changed', `${action} -> ${actionText(known)}`);
  return known;
}

function conditionOf(spec: JsonObject, log: ImportLog): { readonly formula: string; readonly series: Record<string, string> } | null {
  const [text, event] = [textOf(spec['condition']), textOf(spec['event'])];
  const { formula, isExPost, isJoined, unread } = readReferenceCondition(text);
  if (formula === null) {
    log.find('CONDITION_UNREADABLE', 'condition', unread ?? text);
    return null;
  }
  const series = Object.hasOwn(eventSeries, event) ? eventSeries[event]! : null;
  if (series === null) {
    log.find('EVENT_UNKNOWN', 'event', event);
    return null;
  }
  if (isExPost)
    log.find(
      'CONDITION_EX_POST',
      'condition',
      'fractional_age is time of the peak over duration, known when the event is over; bars since onset over the median duration of completed events instead',
    );
  if (isJoined) log.find('CONDITION_UNTESTED', 'condition', 'the study tested its parts one by one, never together');
  log.find('EVENT_SCOPE_ASSUMED', 'event', `the file names ${event} and its condition does not say when it is on`, 'info');
  const whole = formula === '1 == 1' ? 'active' : `active and ${formula}`;
  return { formula: whole, series: seriesFor(whole, series) };
}

function constraintsOf(spec: JsonObject, log: ImportLog): unknown {
  const given = isObject(spec['constraints']) ? spec['constraints'] : {};
  const of = (key: string): unknown => {
    const value = given[key] ?? null;
    const isEmpty = value === null || (isObject(value) && Object.keys(value).length === 0);
    if (isEmpty) log.find('LIMIT_MISSING', `constraints.${key}`, '');
    return isEmpty ? null : value;
  };
  if (isNumber(given['max_drawdown_pct'])) log.find('UNIT_PERCENT', 'constraints.max_drawdown_pct', `${Number(given['max_drawdown_pct'])} %`, 'info');
  log.field('constraints', 'kept', 'max_drawdown_pct stays percent; empty limits are null');
  return Object.fromEntries(['max_drawdown_pct', 'tail_loss', 'exposure_limits', 'turnover_budget'].map((key) => [key, of(key)]));
}

const stabilityDefaults = { sign_consistency_min: 0.67, effect_ci_excludes_0: true, max_regime_flip_count: 0 } as const;

/** Thresholds are demands and stay; what a file says about having met them goes. A draft that names none gets the strictest. */
function stabilityOf(spec: JsonObject, log: ImportLog): unknown {
  const given = isObject(spec['stability']) ? spec['stability'] : {};
  for (const [key, value] of Object.entries(given))
    if (!Object.hasOwn(stabilityDefaults, key)) {
      log.field(`stability.${key}`, 'dropped', `${textOf(value)}: promotion finds out`);
      log.find('CLAIM_DROPPED', `stability.${key}`, textOf(value), 'info');
    }
  for (const [key, fallback] of Object.entries(stabilityDefaults)) {
    const isGiven = Object.hasOwn(given, key);
    log.field(`stability.${key}`, isGiven ? 'kept' : 'added', isGiven ? 'as it is' : `${String(fallback)}, for want of any`);
    if (!isGiven) log.find('LIMIT_MISSING', `stability.${key}`, '');
  }
  return Object.fromEntries(Object.entries(stabilityDefaults).map(([key, fallback]) => [key, given[key] ?? fallback]));
}

/** An effect in words. */
function actionText(effect: OverlayEffect): string {
  if (effect.kind === 'delay') return `delay entries by ${effect.bars} bars, dropped when their signal is gone`;
  return effect.kind === 'size' ? `scale entries by ${effect.factor}` : 'block entries';
}
