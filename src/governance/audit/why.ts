import { subjectText } from '../ledger/describe.ts';
import { familyCount } from '../lifecycle/families.ts';
import type { GovernanceState } from '../lifecycle/state.ts';
import type { CheckedEvidence } from '../promotion/promotionCase.ts';
import type { DecisionBasis, PromotionResult } from '../records.ts';
import {
  type AuditCase,
  type AuditedPart,
  type AuditedSubject,
  type AuditNode,
  type CheckedDecision,
  dayAfter,
  daysBetween,
  leaf,
} from './auditCase.ts';

/**
 * Why a subject is in its state: its decision, the evidence behind each gate, its hypothesis, and what would make it fall. Every statement
 * that was checked says whether it holds today; the answer holds when all do.
 *
 * @source governance specification 17.9
 */
export function why({ state, chain }: AuditCase, audited: AuditedSubject): AuditNode {
  const { record, decision, evidence, document, parts, trust } = audited;
  const isSame = document !== null && document.ref.version === record.ref.version && document.ref.digest === record.ref.digest;
  const root = `${subjectText(record.ref)}  ${record.state} (${trust})  spec ${short(record.ref.digest)}`;
  const cited = decision?.decision?.evidence;
  return {
    text: root,
    ok: record.state === 'APPROVED' ? trust === 'verified' : null,
    children: [
      leaf(chain.length === 0 ? `ledger whole, head ${state.head.seq}` : `ledger broken: ${chain.join('; ')}`, chain.length === 0),
      leaf(documentText(audited, isSame), document === null || document.ref.version !== record.ref.version ? null : isSame),
      decision === null ? leaf('no decision: nothing was approved') : decisionNode(decision),
      ...(record.ref.kind === 'portfolio' ? parts.map(partLeaf) : [hypothesisNode(state, audited)]),
      ...evidence.filter((piece) => cited === undefined || cited.includes(piece.evidence.id)).map((piece) => evidenceNode(piece, decision)),
      ...fallNodes(audited),
    ],
  };
}

function documentText({ document, record }: AuditedSubject, isSame: boolean): string {
  if (document === null) return 'its document is not in the folders given';
  if (isSame) return `document ${document.path} is the one registered`;
  if (document.ref.version !== record.ref.version) return `its folder has version ${document.ref.version}, which is another one`;
  return `document ${document.path} was edited since: ${short(document.ref.digest)} is not ${short(record.ref.digest)}`;
}

function decisionNode({ seq, at, digest, decision, policy, problems }: CheckedDecision): AuditNode {
  if (decision === null) return { text: `decision ${short(digest)}  entry ${seq}`, ok: false, children: problems.map((text) => leaf(text, false)) };
  const override =
    decision.override === null
      ? []
      : [leaf(`OVERRIDE until ${decision.override.expires} of ${decision.override.failed_codes.join(', ')}: ${decision.override.reason}`)];
  return {
    text: `decision ${decision.id}  ${decision.verdict} ${countText(decision.results)}  entry ${seq}, ${at.slice(0, 10)}, ${decision.actor_role}, policy ${decision.policy.id}@${policy?.version ?? '?'} ${short(decision.policy.digest)}`,
    ok: problems.length === 0,
    children: [...override, ...basisLeaves(decision.basis), ...problems.map((text) => leaf(text, false))],
  };
}

/** `21/21`, and how many do not apply. */
export function countText(results: readonly Pick<PromotionResult, 'pass'>[]): string {
  const count = (wanted: boolean | null) => results.filter(({ pass }) => pass === wanted).length;
  const open = count(null) === 0 ? '' : ` (${count(null)} not applicable)`;
  return `${count(true)}/${count(true) + count(false)}${open}`;
}

/** What it was judged on besides the evidence. */
function basisLeaves({ ledger, trials, returns, streams }: DecisionBasis): AuditNode[] {
  const counted = trials === null ? '' : `, ${trials} trials in the family`;
  const nodes = [leaf(`judged on the ledger up to entry ${ledger.seq} (${short(ledger.hash)})${counted}`)];
  if (returns.length > 0)
    nodes.push(leaf(`daily returns of ${returns.length} ${returns.length === 1 ? 'run' : 'runs'}; streams ${streams.join(', ')}`));
  return nodes;
}

function partLeaf({ ref, state, trust, isSound }: AuditedPart): AuditNode {
  return leaf(`${subjectText(ref)}  ${state ?? 'not registered'} (${trust})  spec ${short(ref.digest)}`, isSound);
}

function hypothesisNode(state: GovernanceState, { record, evidence }: AuditedSubject): AuditNode {
  if (record.hypothesis === null) return leaf('no hypothesis');
  const found = state.hypotheses.get(record.hypothesis);
  if (found === undefined) return leaf(`hypothesis ${record.hypothesis} is not registered`, false);
  const first = evidence
    .filter(({ evidence: piece }) => piece.role !== 'discovery')
    .map(({ at }) => at)
    .sort()[0];
  const lead = first === undefined ? 'no run yet' : `${Math.floor(daysBetween(found.registered.at, first))} days before the first evidence`;
  return leaf(
    `hypothesis ${found.id}  registered entry ${found.registered.seq}, ${lead}; family trials ${familyCount(state, found.id).trials}`,
    true,
  );
}

function evidenceNode({ evidence, health, problems, drift, seq }: CheckedEvidence, decision: CheckedDecision | null): AuditNode {
  const gates = (decision?.decision?.results ?? []).filter((result) => result.evidence === evidence.id && result.pointer !== null);
  return {
    text: `evidence ${evidence.id}  ${evidence.role}  run ${evidence.run_id}  ${health}, ${evidence.artifacts.length} artifacts, entry ${seq}, ${evidence.facts.accounting}`,
    ok: health === 'VERIFIED',
    children: [
      ...problems.map((text) => leaf(text, false)),
      ...(drift.length === 0 ? [] : [leaf(`code changed since: ${drift.join(', ')}`, false)]),
      ...gates.map(gateLeaf),
    ],
  };
}

function gateLeaf({ message, pointer, pass }: PromotionResult): AuditNode {
  return leaf(`${pass === false ? 'FAILED ' : ''}${message}  ${pointer!}`);
}

/** What the approval rests on besides its artifacts, and when it has to be looked at again. */
function fallNodes({ record, decision, evidence }: AuditedSubject): AuditNode[] {
  if (record.state !== 'APPROVED') return [];
  const data = [...new Set(evidence.map(({ evidence: piece }) => piece.facts.inputs))].map(short);
  const code = [...new Set(evidence.flatMap(({ units }) => units))].filter((id) => !id.startsWith('stage/'));
  const policy = decision?.decision?.policy.id;
  const nodes = [leaf(`would fall if: data ${data.join(', ') || 'none'}; code ${code.join(', ') || 'none'}; policy ${policy ?? '?'} changed`)];
  const review = nextReview({ decision, evidence });
  return review === null ? nodes : [...nodes, leaf(`next review: ${review.day} (freshness ${review.limit} days)`)];
}

/** The day on which an approval has to be looked at again: its oldest support, made fresh for so many days. Holdouts do not age. */
export function nextReview({ decision, evidence }: Pick<AuditedSubject, 'decision' | 'evidence'>): { day: string; limit: number } | null {
  const limit = decision?.policy?.freshness_days;
  if (decision === null || limit === undefined) return null;
  const cited = evidence.filter(({ evidence: piece }) => piece.role !== 'holdout' && (decision.decision?.evidence.includes(piece.id) ?? false));
  const oldest = [decision.at, ...cited.map(({ at }) => at)].sort()[0]!;
  return { day: dayAfter(oldest, limit), limit };
}

function short(digest: string): string {
  return `${digest.slice(0, 12)}…`;
}
