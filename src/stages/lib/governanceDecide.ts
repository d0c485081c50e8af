import { canonicalJson } from '../../core/canonicalJson.ts';
import { AppError } from '../../core/errors.ts';
import type { CheckedDecision } from '../../governance/audit/auditCase.ts';
import type { PromotionPolicyDocument } from '../../governance/documents/policy.ts';
import { foldBefore } from '../../governance/lifecycle/foldLedger.ts';
import { type GovernanceState, standingDecision, subjectKey, type SubjectRecord } from '../../governance/lifecycle/state.ts';
import { authorityOf, isPromotedState, nextState, type PromotedState } from '../../governance/lifecycle/states.ts';
import { basisOf } from '../../governance/promotion/basis.ts';
import { decisionOf, notOverridden, type Override, refusalOf } from '../../governance/promotion/decision.ts';
import { evaluatePromotion, type PromotionEvaluation } from '../../governance/promotion/evaluatePromotion.ts';
import { type CheckedEvidence, type PromotionCase, standingEvidence } from '../../governance/promotion/promotionCase.ts';
import type { DecisionBasis, PromotionDecision, PromotionResult, SubjectState } from '../../governance/records.ts';
import { certificatesOf } from './governanceCertificates.ts';
import { checkEvidence, writerOf } from './governanceEvidence.ts';
import { selectionOf } from './governanceSelection.ts';
import type { GovernanceTools } from './governanceState.ts';
import { readDecisions, readDocument, shelveDecision, shelveDocument } from './governanceStore.ts';
import { type FoundSubject, keptFacts, policyFor } from './governanceSubjects.ts';
import { appendLedger } from './ledgerFile.ts';

/** A question of promotion with its answer. */
export interface Judgement {
  readonly given: PromotionCase;
  readonly evaluation: PromotionEvaluation;
}

export interface JudgeOptions {
  /** The state asked for; the next one when null. */
  readonly to: PromotedState | null;
  /** Policy by id; the one for the subject's kind when null. */
  readonly policy: string | null;
}

/** Judges a subject without changing anything: every guard and gate of a step, on evidence hashed now. Drafts are judged like anything else. */
export async function judgeSubject(tools: GovernanceTools, subject: FoundSubject, { to, policy }: JudgeOptions): Promise<Judgement> {
  const { document } = policyFor(tools, subject.ref.kind, policy);
  const state = subject.record?.state ?? 'DRAFT';
  const options = { now: tools.now, freshnessDays: document.freshness_days };
  const evidence = subject.record === null ? [] : await checkEvidence(tools, subject.record, options);
  const next = nextState(state);
  const target: PromotedState = to ?? (next !== null && isPromotedState(next) ? next : 'APPROVED');
  const given: PromotionCase = {
    state: tools.state,
    subject: subject.ref,
    facts: subject.facts,
    policy: document,
    evidence,
    to: target,
    ...(subject.record === null
      ? {}
      : { selection: await selectionOf(tools, subject.record, { policy: document, evidence: standingEvidence(evidence) }) }),
    certificates: target === 'CANDIDATE' || subject.ref.kind === 'portfolio' ? null : await certificatesOf(tools, subject),
  };
  return { given, evaluation: evaluatePromotion(given) };
}

export interface Decided extends Judgement {
  /** Null when the step was not taken. */
  readonly decision: PromotionDecision | null;
  /** Failing codes that no override sets aside. */
  readonly open: readonly string[];
}

/** An override as an operator asks for it. */
export interface AskedOverride {
  readonly codes: readonly string[];
  readonly reason: string;
  /** Last day on which it holds. */
  readonly expires: string;
}

/**
 * Judges a step and takes it when it may be taken: the decision is written, then the transition that names it. Nothing is written when
 * a code fails that no override sets aside. The caller holds the lake's lock.
 *
 * @throws E_GOVERNANCE for an override that has no failing code to set aside, or that has expired
 */
export async function decideSubject(
  tools: GovernanceTools,
  subject: FoundSubject,
  options: JudgeOptions & { readonly override: AskedOverride | null; readonly actorRole: string },
): Promise<Decided> {
  const judgement = await judgeSubject(tools, subject, options);
  const { given, evaluation } = judgement;
  const override = overrideOf(tools, judgement, options.override);
  const open = override === null ? evaluation.failed : notOverridden(evaluation, given.policy, override.failed_codes);
  if (open.length > 0 || subject.record === null || subject.spec === null) return { ...judgement, decision: null, open };
  const { effects } = tools.audit;
  const policyDigest = await shelveDocument(effects, tools.paths, given.policy);
  const decision = decisionOf(given, evaluation, { policyDigest, actorRole: options.actorRole, override });
  const digest = await shelveDecision(effects, tools.paths, decision);
  const reason = override === null ? `${decision.id}: every guard and gate passes` : `${decision.id}: ${override.reason}`;
  const { from, to } = evaluation;
  await appendLedger(writerOf(tools, options.actorRole), tools.paths, [
    { t: 'TRANSITION', subject: given.subject, from, to, decision: digest, reason, override },
  ]);
  return { ...judgement, decision, open: [] };
}

function overrideOf({ now }: GovernanceTools, { given, evaluation }: Judgement, asked: AskedOverride | null): Override | null {
  if (asked === null) return null;
  const what = `override of ${subjectKey(given.subject)}`;
  if (asked.reason.trim() === '') throw new AppError('E_GOVERNANCE', { what, problem: 'it has no reason', remedy: 'Say why with --reason.' });
  if (asked.expires < now.slice(0, 10))
    throw new AppError('E_GOVERNANCE', { what, problem: `it would have expired on ${asked.expires}`, remedy: 'Give a day that lies ahead.' });
  const idle = asked.codes.filter((code) => !evaluation.failed.includes(code));
  if (idle.length > 0)
    throw new AppError('E_GOVERNANCE', {
      what,
      problem: `${idle.join(', ')} ${idle.length === 1 ? 'does' : 'do'} not fail`,
      remedy: `Failing now: ${evaluation.failed.join(', ') || 'nothing; decide without an override'}.`,
    });
  return { reason: asked.reason, expires: asked.expires, failed_codes: [...asked.codes].sort() };
}

/**
 * Moves a subject where a reason is enough: suspended, rejected, archived. The caller holds the lake's lock.
 *
 * @throws E_GOVERNANCE when nothing leads there from its state, or no reason is given
 */
export async function moveSubject(
  tools: GovernanceTools,
  record: SubjectRecord,
  { to, reason, actorRole }: { readonly to: SubjectState; readonly reason: string; readonly actorRole: string },
): Promise<{ from: SubjectState; to: SubjectState }> {
  const what = subjectKey(record.ref);
  const { state: from } = record;
  if (authorityOf(from, to) !== 'reason')
    throw new AppError('E_GOVERNANCE', {
      what,
      problem: `it is ${from} and cannot become ${to} by a reason`,
      remedy: 'See `backtest promote --help`.',
    });
  if (reason.trim() === '') throw new AppError('E_GOVERNANCE', { what, problem: 'a reason is missing', remedy: 'Say why with --reason.' });
  await appendLedger(writerOf(tools, actorRole), tools.paths, [
    { t: 'TRANSITION', subject: record.ref, from, to, decision: null, reason, override: null },
  ]);
  return { from, to };
}

/** Codes whose answer depends on the files of today and not on what was known when a decision was made. */
const ofToday: readonly string[] = [
  'CODE_DRIFT',
  'LOOK_AHEAD_FOUND',
  'WARM_UP_TOO_SHORT',
  'DIGEST_DRIFT',
  'ACTION_NOT_EXECUTABLE',
  'CONDITION_NOT_CAUSAL',
  'SIGNALS_MISMATCH',
  'SPEC_INVALID',
];

/**
 * The decision that a subject's state rests on, checked: its file is what the ledger holds, it speaks of this content and this step, it
 * allows it, and judging the same case again gives the same results.
 */
export async function checkDecision(tools: GovernanceTools, record: SubjectRecord): Promise<CheckedDecision | null> {
  const standing = standingDecision(record);
  if (standing === null) return null;
  const { seq, at, body } = standing;
  const digest = body.decision!;
  const { files } = tools.audit.effects;
  const decision = (await readDecisions(files, tools.paths)).get(digest) ?? null;
  if (decision === null)
    return { seq, at, digest, decision: null, policy: null, problems: [`no file of governance/decisions has the digest ${digest.slice(0, 12)}`] };
  const { value: policy } = await readDocument<PromotionPolicyDocument>(files, tools.paths, decision.policy.digest);
  const problems: string[] = [];
  if (canonicalJson(decision.subject) !== canonicalJson(record.ref)) problems.push('the decision is about another content');
  if (decision.from !== body.from || decision.to !== body.to)
    problems.push(`the decision is about ${decision.from} to ${decision.to}, the ledger about ${body.from} to ${body.to}`);
  if (canonicalJson(decision.override) !== canonicalJson(body.override)) problems.push('the override is not the one in the ledger');
  const refusal = refusalOf(decision, policy);
  if (refusal !== null) problems.push(`the decision allows nothing: ${refusal}`);
  if (policy === null) problems.push(`no file of governance/documents has the policy ${decision.policy.digest.slice(0, 12)}`);
  else problems.push(...(await remade(tools, record, { decision, policy, seq, at })));
  return { seq, at, digest, decision, policy, problems };
}

interface DecisionToRemake {
  readonly decision: PromotionDecision;
  readonly policy: PromotionPolicyDocument;
  readonly seq: number;
  readonly at: string;
}

/** Results that come out differently when the case is judged again on the ledger as it was. Damage to evidence shows by itself and is left out. */
async function remade(tools: GovernanceTools, record: SubjectRecord, { decision, policy, seq, at }: DecisionToRemake): Promise<string[]> {
  if (!isPromotedState(decision.to)) return [`${decision.to} is reached by no decision`];
  const { value: content, problem } = await readDocument<Record<string, unknown>>(tools.audit.effects.files, tools.paths, record.ref.digest);
  if (content === null) return [`governance/documents/${record.ref.digest}.json: ${problem!}`];
  const state: GovernanceState = foldBefore(tools.entries, seq);
  const attached = await checkEvidence({ ...tools, state }, record, { now: at, freshnessDays: policy.freshness_days, upTo: seq });
  const isCited = ({ evidence: { id } }: CheckedEvidence) => decision.evidence.includes(id);
  const evidence = attached.filter(isCited);
  const left = attached.filter((piece) => !isCited(piece));
  const unfounded = decision.evidence.filter((id) => !evidence.some((piece) => piece.evidence.id === id));
  if (unfounded.length > 0) return [`the decision cites ${unfounded.join(', ')}, which was not attached before it`];
  const hidden = left.filter((piece) => !evidence.some((other) => other.evidence.role === piece.evidence.role && other.seq > piece.seq));
  if (hidden.length > 0) return [`the decision leaves out ${hidden.map((piece) => piece.evidence.id).join(', ')}`];
  if (evidence.some(({ health }) => health !== 'VERIFIED')) return [];
  const facts = keptFacts(record, content);
  const sound = evidence.map((piece) => ({ ...piece, drift: [] }));
  const selection = await selectionOf({ ...tools, state }, record, { policy, evidence: sound });
  const given: PromotionCase = { state, subject: record.ref, facts, policy, evidence: sound, to: decision.to, selection };
  const again = evaluatePromotion(given);
  const keyOf = ({ code, pass, observed, threshold }: PromotionResult) => canonicalJson([code, pass, observed, threshold]);
  const judged = (results: readonly PromotionResult[]) => results.filter(({ code }) => !ofToday.includes(code)).map(keyOf);
  const [then, now] = [judged(decision.results), judged(again.results)];
  const differing = [...then.filter((key) => !now.includes(key)), ...now.filter((key) => !then.includes(key))];
  const codes = [...new Set(differing.map((key) => (JSON.parse(key) as [string])[0]))];
  const other = basisProblems(decision.basis, basisOf(given));
  if (codes.length === 0) return other;
  const failing = again.results.find(({ code, pass }) => codes.includes(code) && pass === false);
  return [...other, `judged again, the same case gives other results: ${codes.join(', ')}${failing === undefined ? '' : ` (${failing.message})`}`];
}

/** In what a decision rests on something else than what the same case rests on today. */
function basisProblems(then: DecisionBasis, now: DecisionBasis): string[] {
  const isSame = (key: keyof DecisionBasis) => canonicalJson(then[key]) === canonicalJson(now[key]);
  const today = new Map(now.returns.map(({ path, sha256 }) => [path, sha256]));
  const gone = then.returns.filter(({ path, sha256 }) => today.get(path) !== sha256).map(({ path }) => `${path} is not what it was judged on`);
  const others = (['ledger', 'trials', 'runs', 'streams'] as const).filter((key) => !isSame(key));
  return [...gone, ...others.map((key) => `its basis has another ${key} than the case`)];
}
