import type { AuditCase, AuditedPart, AuditedSubject, CheckedDocument } from '../../governance/audit/auditCase.ts';
import { staleReasons } from '../../governance/audit/tables.ts';
import type { EdgeDocument } from '../../governance/documents/edge.ts';
import type { OverlayDocument } from '../../governance/documents/overlay.ts';
import { findSubject, subjectKey, type SubjectRecord } from '../../governance/lifecycle/state.ts';
import type { PromotedState } from '../../governance/lifecycle/states.ts';
import { isFarEnough } from '../../governance/promotion/portfolioGuards.ts';
import type { SubjectKind, SubjectRef, TrustLevel } from '../../governance/records.ts';
import { checkDecision } from './governanceDecide.ts';
import { checkEvidence } from './governanceEvidence.ts';
import type { GovernanceTools } from './governanceState.ts';
import { type FoundSubject, subjectOf, type SubjectSpec } from './governanceSubjects.ts';
import { trustInLedger } from './governanceTrust.ts';
import { readDocument } from './governanceStore.ts';
import { edgesOf } from './portfolioSubject.ts';

/** Everything about one subject of the ledger, hashed and judged again. */
export async function auditSubject(tools: GovernanceTools, record: SubjectRecord): Promise<AuditedSubject> {
  const decision = await checkDecision(tools, record);
  const freshnessDays = decision?.policy?.freshness_days ?? null;
  const evidence = await checkEvidence(tools, record, { now: tools.now, freshnessDays });
  const parts = await auditParts(tools, record, decision?.policy?.edge_state);
  const audited: AuditedSubject = { record, decision, evidence, parts, document: documentOf(tools, record), trust: 'declared' };
  return { ...audited, trust: trustOf(tools, audited) };
}

/** The edges of a registered portfolio as they stand today; none for other subjects. */
async function auditParts(tools: GovernanceTools, { ref }: SubjectRecord, least: PromotedState | undefined): Promise<AuditedPart[]> {
  if (ref.kind !== 'portfolio') return [];
  const { value: content } = await readDocument<Record<string, unknown>>(tools.audit.effects.files, tools.paths, ref.digest);
  const parts: AuditedPart[] = [];
  for (const edge of content === null ? [] : edgesOf(content)) parts.push(await auditPart(tools, edge, least));
  return parts;
}

async function auditPart(tools: GovernanceTools, edge: SubjectRef, least: PromotedState | undefined): Promise<AuditedPart> {
  const record = findSubject(tools.state, edge);
  const state = record?.state ?? null;
  const trust = record === null ? 'declared' : (await auditSubject(tools, record)).trust;
  const isSound = isFarEnough(state, least) && (state !== 'APPROVED' || trust === 'verified');
  return { ref: edge, state, trust, isSound };
}

/** How far an approval can be trusted today: what the ledger says, and no more than its decision and its evidence bear out. */
function trustOf(tools: GovernanceTools, audited: AuditedSubject): TrustLevel {
  const { record, decision } = audited;
  const level = trustInLedger(tools.state, record.ref);
  if (level === 'declared' || tools.problems.length > 0) return 'declared';
  if (record.state === 'SUSPENDED') return level;
  // A step without a sound decision is no more than a claim.
  if (decision === null || decision.problems.length > 0) return 'declared';
  if (level !== 'recorded') return level;
  const { override } = decision.decision!;
  if (override !== null && override.expires < tools.now.slice(0, 10)) return 'declared';
  return staleReasons(audited, tools.now).length === 0 ? 'verified' : 'recorded';
}

function documentOf(tools: GovernanceTools, { ref }: SubjectRecord): CheckedDocument | null {
  const specs: readonly SubjectSpec[] = documentsOf(tools, ref.kind);
  const own = specs.filter((spec) => spec.id === ref.id);
  const spec = own.find(({ version }) => version === ref.version) ?? own.at(-1);
  return spec === undefined ? null : describe(tools, subjectOf(tools, ref.kind, spec));
}

function documentsOf({ book, portfolios }: GovernanceTools, kind: SubjectKind): readonly SubjectSpec[] {
  return { overlay: book.overlays, edge: book.edges, portfolio: portfolios.usable }[kind];
}

function describe(tools: GovernanceTools, { ref, spec, facts }: FoundSubject): CheckedDocument {
  const { document, file } = spec!;
  const shared = { ref, path: file, status: 'status' in document ? document.status : null, validUntil: facts.validUntil };
  if (ref.kind === 'portfolio') return { ...shared, eventFamily: null, symbols: [], cluster: null };
  if (ref.kind === 'overlay') return { ...shared, eventFamily: (document as OverlayDocument).event, symbols: [], cluster: null };
  const { overlap_cluster: cluster, hypothesis } = document as EdgeDocument;
  const tested = tools.book.hypotheses.find(({ id }) => id === hypothesis)?.document;
  return { ...shared, eventFamily: tested?.event.family ?? 'none', symbols: tested?.universe.symbols ?? [], cluster };
}

/**
 * The whole of governance as it stands today.
 *
 * @param only audits those subjects; the others are left out
 */
export async function auditCase(tools: GovernanceTools, only: (record: SubjectRecord) => boolean = () => true): Promise<AuditCase> {
  const subjects: AuditedSubject[] = [];
  for (const record of tools.state.subjects.values()) if (only(record)) subjects.push(await auditSubject(tools, record));
  const kinds: readonly SubjectKind[] = ['overlay', 'edge', 'portfolio'];
  const documents = kinds.flatMap((kind) => documentsOf(tools, kind).map((spec) => subjectOf(tools, kind, spec)));
  const unregistered = documents.filter(({ ref }) => !tools.state.subjects.has(subjectKey(ref))).map((found) => describe(tools, found));
  return { state: tools.state, chain: tools.problems, subjects, unregistered, now: tools.now };
}
