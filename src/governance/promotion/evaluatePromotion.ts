import { findSubject } from '../lifecycle/state.ts';
import { authorityOf, promotedStates } from '../lifecycle/states.ts';
import type { PromotionResult, SubjectState } from '../records.ts';
import { judgeGate } from './gates.ts';
import { guards, requiredRoles } from './guards.ts';
import { type PromotionCase, resultOf, standingEvidence } from './promotionCase.ts';

/** All guards and gates of a step, answered at once. */
export interface PromotionEvaluation {
  readonly from: SubjectState;
  readonly to: SubjectState;
  readonly results: readonly PromotionResult[];
  /** Codes that fail, each once. */
  readonly failed: readonly string[];
  readonly verdict: 'PASS_PROMOTION' | 'FAIL_PROMOTION';
}

/**
 * Judges whether a subject may come into a state: every guard of it and of the states before it, every gate of the policy whose evidence
 * they need, and the subject's own limits. Nothing is left out because something else failed, and nothing throws on a draft.
 *
 * @source governance specification 17.4, 17.6
 */
export function evaluatePromotion(asGiven: PromotionCase): PromotionEvaluation {
  const given = { ...asGiven, evidence: standingEvidence(asGiven.evidence) };
  const from = findSubject(given.state, given.subject)?.state ?? 'DRAFT';
  const reached = promotedStates.indexOf(given.to);
  const asked = guards.filter(({ from: first, isAsked }) => promotedStates.indexOf(first) <= reached && (isAsked?.(given) ?? true));
  const roles = requiredRoles(given);
  const gates = given.policy.gates.filter(({ role }) => given.to === 'APPROVED' || roles.includes(role));
  const limits = given.policy.own_constraints && given.to !== 'CANDIDATE' ? given.facts.limits : [];
  const results = [
    transition(from, given.to),
    ...asked.map(({ code, answer }) => resultOf(code, answer(given))),
    ...gates.map((gate) => judgeGate(given, gate)),
    ...limits.map((gate) => judgeGate(given, gate)),
  ];
  const failed = [...new Set(results.filter(({ pass }) => pass === false).map(({ code }) => code))];
  return { from, to: given.to, results, failed, verdict: failed.length === 0 ? 'PASS_PROMOTION' : 'FAIL_PROMOTION' };
}

function transition(from: SubjectState, to: SubjectState): PromotionResult {
  const pass = authorityOf(from, to) === 'decision';
  const why = from === to ? `it is ${to} already` : `${from} cannot become ${to} by a decision`;
  return resultOf('TRANSITION_NOT_ALLOWED', { pass, message: pass ? `${from} may become ${to}` : why });
}
