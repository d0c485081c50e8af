import type { EffectRow, GateResult, SliceId, Verdict } from '../../research/study/result.ts';
import { formatDay } from '../../core/time.ts';
import { count, plural, words } from '../format.ts';
import type { StudyPageModel } from './model.ts';
import { effectShown, levelShown, pShown, unitOf } from './units.ts';

export const verdictNames: Readonly<Record<Verdict, string>> = { pass: 'Pass', fail: 'Fail', inconclusive: 'Inconclusive' };

/** `Fail: the structure is not there`. */
export function studyHeadline({ result }: Pick<StudyPageModel, 'result'>): string {
  return `${verdictNames[result.verdict]}: ${result.label}`;
}

/** What was found, in sentences with the numbers, from the result alone. */
export function studySentences(model: StudyPageModel): string {
  const { missing, gates } = model.result;
  if (missing.length > 0) return `Nothing could be estimated on these data: ${missing.join('; ')}.`;
  return `${effectSentence(model)} ${gateSentence(gates)}`;
}

/** The primary effect on a slice, where it was estimated. */
export function primaryOn({ document, result }: Pick<StudyPageModel, 'document' | 'result'>, slice: SliceId): EffectRow | null {
  return result.effects.find((row) => row.slice === slice && row.estimand === document.hypothesis.primary) ?? null;
}

function effectSentence(model: StudyPageModel): string {
  const { primary } = model.document.hypothesis;
  const row = primaryOn(model, 'development');
  const span = sliceSpan(model, 'development');
  if (row === null || row.effect === null) return `On the development slice (${span}) the effect on ${words(primary)} could not be estimated.`;
  const unit = unitOf(model.document, primary);
  const sides = `${words(primary)} is ${levelShown(unit, row.event).text} after the events and ${levelShown(unit, row.control).text} at matched moments`;
  const difference = `a difference of ${effectShown(unit, row.effect).text}${intervalText(model, row)}, p ${pShown(row.p_raw).text}`;
  return `On the development slice (${span}), with ${plural(row.n_events, 'matched event')} on ${plural(row.n_effective, 'day')}, ${sides}: ${difference}.`;
}

/** ` (95% interval +1 to +2)`, or that there is none. */
export function intervalText({ document }: Pick<StudyPageModel, 'document'>, { estimand, ci_low: low, ci_high: high }: EffectRow): string {
  const unit = unitOf(document, estimand);
  if (low === null || high === null) return ' (no interval)';
  return ` (${count(100 * document.inference.level).text}% interval ${effectShown(unit, low).text} to ${effectShown(unit, high).text})`;
}

function gateSentence(gates: readonly GateResult[]): string {
  const of = (status: Verdict) => gates.filter((gate) => gate.status === status);
  const told = [
    { some: of('fail'), verb: 'failed' },
    { some: of('inconclusive'), verb: 'cannot be told' },
  ].filter(({ some }) => some.length > 0);
  if (told.length === 0) return `All ${plural(gates.length, 'gate')} passed.`;
  const rest = told.map(({ some, verb }) => `${some.length} ${verb} (${some.map(({ id }) => words(id)).join(', ')})`);
  return `${of('pass').length} of ${plural(gates.length, 'gate')} passed, ${rest.join(', ')}.`;
}

/** First and last day of a slice, or that there is none. */
export function sliceSpan({ slices }: Pick<StudyPageModel, 'slices'>, id: SliceId): string {
  const slice = slices.find((candidate) => candidate.id === id);
  return slice === undefined ? 'no days' : `${formatDay(slice.start)} to ${formatDay(slice.end - 1)}`;
}

/** The first letter large. */
export function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
