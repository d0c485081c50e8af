import { hashOf } from '../../core/canonicalJson.ts';
import type { PromotionPolicyDocument } from '../documents/policy.ts';
import type { PromotionDecision } from '../records.ts';
import type { PromotionEvaluation } from './evaluatePromotion.ts';
import { basisOf } from './basis.ts';
import { type PromotionCase, standingEvidence } from './promotionCase.ts';

export type Override = NonNullable<PromotionDecision['override']>;

/** Codes that no policy can make overridable: without them there is nothing that could be decided. */
const never = /^(DIGEST_MISMATCH|DIGEST_DRIFT|CONDITION_NOT_CAUSAL|SPEC_NOT_REGISTERED|SPEC_INVALID|TRANSITION_NOT_ALLOWED|HOLDOUT_.*)$/;

/** True for a code that an operator may set aside under a policy. @source governance specification 17.4 */
export function isOverridable(policy: PromotionPolicyDocument, code: string): boolean {
  return policy.overridable.includes(code) && !never.test(code);
}

/**
 * The codes among those that fail which an override cannot set aside.
 *
 * @param codes what the operator names; every failing code has to be among them
 */
export function notOverridden({ failed }: PromotionEvaluation, policy: PromotionPolicyDocument, codes: readonly string[]): string[] {
  return failed.filter((code) => !codes.includes(code) || !isOverridable(policy, code));
}

/**
 * The record of a decision. Its id comes from its content, so that another content is another decision. An override leaves the verdict
 * what it is: it fails, and somebody took that upon themselves until a day.
 */
export function decisionOf(
  given: PromotionCase,
  evaluation: PromotionEvaluation,
  { policyDigest, actorRole, override }: { readonly policyDigest: string; readonly actorRole: string; readonly override: Override | null },
): PromotionDecision {
  const content: Omit<PromotionDecision, 'id'> = {
    subject: given.subject,
    from: evaluation.from,
    to: evaluation.to,
    policy: { id: given.policy.id, digest: policyDigest },
    evidence: standingEvidence(given.evidence).map(({ evidence }) => evidence.id),
    basis: basisOf(given),
    results: evaluation.results,
    verdict: evaluation.verdict,
    override,
    actor_role: actorRole,
  };
  return { id: decisionId(content), ...content };
}

/** Digest of a decision: what the ledger holds of it. */
export function decisionDigest(decision: PromotionDecision): string {
  return hashOf(decision);
}

/** The id that a decision of this content has. */
export function decisionId(content: Omit<PromotionDecision, 'id'>): string {
  return `D-${hashOf({ ...content, id: undefined }).slice(0, 12)}`;
}

/** What speaks against a decision that claims to allow something, in words; null when it does allow it. */
export function refusalOf(decision: PromotionDecision, policy: PromotionPolicyDocument | null): string | null {
  if (decision.id !== decisionId(decision)) return 'its id is not that of its content';
  const failed = [...new Set(decision.results.filter(({ pass }) => pass === false).map(({ code }) => code))];
  if (decision.results.length === 0) return 'it judged nothing';
  if ((decision.verdict === 'PASS_PROMOTION') !== (failed.length === 0)) return 'its verdict is not that of its results';
  if (failed.length === 0) return null;
  if (decision.override === null) return `it failed: ${failed.join(', ')}`;
  if (policy === null) return 'the policy that its override rests on is not to be had';
  const { failed_codes } = decision.override;
  const open = failed.filter((code) => !failed_codes.includes(code) || !isOverridable(policy, code));
  return open.length === 0 ? null : `its override cannot set aside ${open.join(', ')}`;
}
