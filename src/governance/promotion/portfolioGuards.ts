import { dayMs, formatDay, parseDay } from '../../core/time.ts';
import { defaultHypothesis } from '../ledger/trials.ts';
import { findSubject, subjectKey } from '../lifecycle/state.ts';
import { isPromotedState, promotedStates } from '../lifecycle/states.ts';
import type { Evidence, SubjectState } from '../records.ts';
import { valueOf } from './ledgerMetrics.ts';
import type { Answer, PromotionCase } from './promotionCase.ts';

/** What is asked of portfolios alone. They test no hypothesis: their edges do. */

/** Whether an edge has come as far as a portfolio needs. */
export function isFarEnough(state: SubjectState | null, least: PromotionCase['policy']['edge_state']): boolean {
  return state !== null && isPromotedState(state) && promotedStates.indexOf(state) >= promotedStates.indexOf(least ?? 'APPROVED');
}

/** Every edge, with exactly the content that the portfolio names, has come as far as the policy asks. */
export function edgesAreReady({ state, facts, policy }: PromotionCase): Answer {
  const least = policy.edge_state ?? 'APPROVED';
  const behind = facts.parts
    .map((edge) => ({ edge, reached: findSubject(state, edge)?.state ?? null }))
    .filter(({ reached }) => !isFarEnough(reached, least));
  const counts = { observed: facts.parts.length - behind.length, threshold: facts.parts.length, unit: 'count' };
  if (facts.parts.length === 0) return { pass: false, ...counts, message: 'its edges are not known' };
  if (behind.length === 0) return { pass: true, ...counts, message: `every edge is ${least} or further` };
  const told = behind.map(({ edge, reached }) => `${subjectKey(edge)} ${reached === null ? 'is not registered with this content' : `is ${reached}`}`);
  return { pass: false, ...counts, message: `${told.join('; ')}; ${least} is needed` };
}

/** First and last day that a run had sealed and opened; null where it opened none. */
function openedDays(evidence: Evidence): { from: string; to: string } | null {
  const days = valueOf(evidence, 'holdout_days');
  const last = parseDay(evidence.facts.window.end);
  return days === null || days < 1 || last === null ? null : { from: formatDay(last - (days - 1) * dayMs), to: evidence.facts.window.end };
}

/** No other run of the portfolio, in any version, saw the days that the evidence opened. */
export function sealedDaysAreNew({ state, subject, evidence }: PromotionCase): Answer {
  const opened = evidence.filter(({ evidence: { role } }) => role === 'holdout').flatMap(({ evidence: piece }) => openedDays(piece) ?? []);
  const looks = state.trials.filter(
    ({ body }) =>
      body.kind === 'portfolio' &&
      body.subject.startsWith(`${subject.id}/`) &&
      opened.some(({ from, to }) => body.window.start <= to && body.window.end >= from),
  );
  const runs = [...new Map(looks.map(({ seq, body }) => [body.run_id, seq]))];
  const counts = { observed: runs.length, threshold: 1, unit: 'count' };
  const text = runs.map(([run, seq]) => `run ${run} (entry ${seq})`).join(', ');
  if (runs.length > 1) return { pass: false, ...counts, message: `the sealed days were looked at more than once: ${text}` };
  return { pass: true, ...counts, message: opened.length === 0 ? 'no evidence opened sealed days' : `looked at once, by ${text}` };
}

/** The sealed days were opened by the evidence itself, and the ledger knows. Their numbers are judged by the policy's gates. */
export function sealedDaysWereOpened({ state, subject, policy, evidence }: PromotionCase): Answer {
  const fail = (message: string, id: string | null = null): Answer => ({ pass: false, message, evidence: id });
  if (!policy.gates.some(({ role }) => role === 'holdout')) return fail('the policy has no gate for the holdout');
  const pieces = evidence.filter(({ evidence: { role } }) => role === 'holdout');
  if (pieces.length === 0) return fail('no run that opened the sealed days is attached as holdout');
  for (const { evidence: piece } of pieces) {
    if (openedDays(piece) === null) return fail(`run ${piece.run_id} opened no sealed days`, piece.id);
    const isRecorded = state.holdouts.some(
      ({ hypothesis, subject: looked, run_id }) => hypothesis === defaultHypothesis && looked === subject.id && run_id === piece.run_id,
    );
    if (!isRecorded) return fail(`the ledger does not have run ${piece.run_id} as one that opened sealed days of ${subject.id}`, piece.id);
  }
  return { pass: true, message: 'the sealed days were opened by the evidence itself' };
}
