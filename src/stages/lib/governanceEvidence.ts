import { canonicalJson, hashOf } from '../../core/canonicalJson.ts';
import { AppError, isAppError } from '../../core/errors.ts';
import type { Strategy } from '../../core/intent.ts';
import type { Unit } from '../../core/define.ts';
import { resolveParams } from '../../core/params.ts';
import { specDigest } from '../../governance/documents/digest.ts';
import type { EdgeDocument } from '../../governance/documents/edge.ts';
import type { OverlayDocument } from '../../governance/documents/overlay.ts';
import { type ArtifactProblem, type EvidenceCheck, evidenceOf, healthOf } from '../../governance/evidence/evidence.ts';
import type { RunSnapshot } from '../../governance/evidence/runSnapshot.ts';
import { daysBetween } from '../../governance/audit/auditCase.ts';
import type { EvidenceAttachedBody, LedgerBody } from '../../governance/ledger/entry.ts';
import { foldLedger } from '../../governance/lifecycle/foldLedger.ts';
import { type Marked, subjectKey, type SubjectRecord } from '../../governance/lifecycle/state.ts';
import { usingRoles } from '../../governance/promotion/guards.ts';
import type { CheckedEvidence } from '../../governance/promotion/promotionCase.ts';
import { type ArtifactRef, type Evidence, type EvidenceRole, type SubjectRef, type TrustLevel, trustLevels } from '../../governance/records.ts';
import { isInsidePath } from '../../lake/verifyFiles.ts';
import { changedCode, snapshotRun } from './governanceRuns.ts';
import type { GovernanceTools } from './governanceState.ts';
import { readEvidence, shelveEvidence } from './governanceStore.ts';
import { type FoundSubject, registered } from './governanceSubjects.ts';
import { trustInLedger } from './governanceTrust.ts';
import { appendLedger } from './ledgerFile.ts';
import { portfolioOverrides, type RunPortfolio } from './portfolioConfig.ts';
import { subjectOfRun } from './portfolioSubject.ts';

/** A piece of evidence that was attached, or that was there already. */
export interface Attached {
  readonly evidence: Evidence;
  readonly isNew: boolean;
}

/**
 * Attaches a finished run to a subject in a role: its record is made from the run, every file is hashed, and the ledger holds its digest.
 * The caller holds the lake's lock.
 *
 * @throws E_EVIDENCE when the run cannot be evidence of this subject in this role; as snapshotRun for a run that is not whole
 */
export async function attachEvidence(
  tools: GovernanceTools,
  subject: FoundSubject,
  { runId, role, actorRole }: { readonly runId: string; readonly role: EvidenceRole; readonly actorRole?: string },
): Promise<Attached> {
  const refuse = (problem: string) => new AppError('E_EVIDENCE', { run: runId, subject: subjectKey(subject.ref), problem });
  const record = registered(tools, subject.ref);
  if (record === null) throw refuse('the subject is not registered with this content; register it first');
  const run = await snapshotRun(tools, runId);
  if (usingRoles.includes(role)) {
    const problem = await notUsed(tools, subject, run);
    if (problem !== null) throw refuse(problem);
  }
  const evidence = evidenceOf(run, claimOf(tools, { subject: record.ref, role, run, strategies: record.strategies }));
  if (usingRoles.includes(role) && evidence.facts.trust === 'declared')
    throw refuse('the ledger did not have the subject as a candidate when the run began, so it used it on its file’s word');
  const found = await changedArtifacts(tools, evidence.artifacts);
  if (found.length > 0) throw refuse(`${found[0]!.path}: ${found[0]!.message}`);
  const before = record.evidence.find(({ body }) => body.run_digest === evidence.run_digest && body.role === role);
  if (before !== undefined) {
    const known = await readEvidence(tools.audit.effects.files, tools.paths, { id: before.body.evidence, digest: before.body.digest });
    if (known.value !== null) return { evidence: known.value, isNew: false };
  }
  const digest = await shelveEvidence(tools.audit.effects, tools.paths, evidence);
  if (before === undefined) await appendLedger(writerOf(tools, actorRole), tools.paths, bodiesOf(tools, record, { evidence, digest }));
  return { evidence, isNew: before === undefined };
}

/** Who writes into the ledger. */
export function writerOf({ audit }: GovernanceTools, actorRole: string | undefined): Parameters<typeof appendLedger>[0] {
  const { files, clock, uniqueName } = audit.effects;
  return { files, clock, uniqueName, ...(actorRole === undefined ? {} : { actorRole }) };
}

/** The entry of a piece of evidence; the first look at sealed days is one of its own. */
function bodiesOf({ state }: GovernanceTools, record: SubjectRecord, { evidence, digest }: { evidence: Evidence; digest: string }): LedgerBody[] {
  const { id, subject, role, run_id, run_digest, facts } = evidence;
  const attached: LedgerBody = { t: 'EVIDENCE_ATTACHED', evidence: id, subject, role, run_id, run_digest, digest, trials: facts.trials };
  const { hypothesis } = record;
  const isOpening =
    role === 'holdout' && hypothesis !== null && !state.holdouts.some((one) => one.hypothesis === hypothesis && one.run_id === run_id);
  return isOpening ? [{ t: 'HOLDOUT_OPENED', hypothesis, subject: subject.id, digest: subject.digest, run_id }, attached] : [attached];
}

interface ClaimParts {
  readonly subject: SubjectRef;
  readonly role: EvidenceRole;
  readonly run: RunSnapshot;
  readonly strategies: readonly string[];
}

function claimOf(tools: GovernanceTools, { subject, role, run, strategies }: ClaimParts): Parameters<typeof evidenceOf>[1] {
  const [own = null] = strategies;
  const strategy = subject.kind === 'edge' && run.strategies.some(({ id }) => id === own) ? own : null;
  return { subject, role, strategy, trust: trustAtStart(tools, subject, run) };
}

/** What the ledger said of a subject when a run began, and no more than the run says of it itself. */
function trustAtStart({ entries }: GovernanceTools, subject: SubjectRef, { ledgerSeq, trust }: RunSnapshot): TrustLevel {
  const known = ledgerSeq === null ? 'declared' : trustInLedger(foldLedger(entries.slice(0, ledgerSeq)), subject);
  const said = trust[subjectKey(subject)] ?? known;
  return trustLevels.indexOf(said) < trustLevels.indexOf(known) ? said : known;
}

/** Why a run does not use a subject as its document has it; null when it does. */
async function notUsed({ audit, book }: GovernanceTools, { ref, spec }: FoundSubject, run: RunSnapshot): Promise<string | null> {
  if (spec === null) return 'its document cannot be used';
  if (ref.kind === 'portfolio') return notJudged(ref, run);
  const overlays = ((run.config['overlays'] ?? []) as readonly OverlayDocument[]).map((overlay) => ({
    name: overlay.name,
    digest: specDigest(overlay),
  }));
  if (ref.kind === 'overlay') {
    const used = overlays.find(({ name }) => name === ref.id);
    if (used === undefined) return 'the run does not use this overlay';
    return used.digest === ref.digest ? null : 'the run used the overlay with another content';
  }
  const edge = spec.document as EdgeDocument;
  const used = run.strategies.find(({ id }) => id === edge.strategy.id);
  if (used === undefined) return `the run does not use its strategy ${edge.strategy.id}`;
  const strategy = await audit.registry.load<Strategy & Unit>('strategy', edge.strategy.id);
  if (canonicalJson(used.params) !== canonicalJson(resolveParams(strategy.id, strategy.params, edge.params)))
    return 'the run used its strategy with other parameters';
  const wanted = edge.overlays.map(({ name }) => name).sort();
  if (canonicalJson(overlays.map(({ name }) => name).sort()) !== canonicalJson(wanted))
    return `the edge has ${wanted.length === 0 ? 'no overlays' : `the overlays ${wanted.join(', ')}`}, the run others`;
  for (const { name, version } of edge.overlays) {
    const digest = book.overlays.find((overlay) => overlay.id === name && overlay.version === version)?.digest;
    if (overlays.find((overlay) => overlay.name === name)!.digest !== digest) return `the run used overlay ${name} with another content`;
  }
  const floor = edge.cost_floor.fee_bps_per_side + edge.cost_floor.slippage_bps_per_fill;
  return run.costBps >= floor ? null : `the run paid ${run.costBps} bps, the edge is judged at ${floor} at least`;
}

/** Why a run is no validation of a portfolio as its document and its edges are; null when it is. */
function notJudged(ref: SubjectRef, { config }: RunSnapshot): string | null {
  const used = config['portfolio'] as RunPortfolio | undefined;
  if (used === undefined) return 'the run has no portfolio';
  if (used.document.id !== ref.id) return `the run has the portfolio ${used.document.id}`;
  if (subjectOfRun(used).digest !== ref.digest) return 'the run used the portfolio, or one of its edges or overlays, with another content';
  const { portfolio_modes: modes, portfolio_symbols: symbols } = portfolioOverrides(used);
  if (modes.length > 0 || symbols.length > 0) return 'the run used other modes or another universe than the document';
  return used.isValidated ? null : 'the run was not judged by the gates of the document; make one with --validate-portfolio';
}

/** Files that are not what was recorded. A raw file whose old revision is kept was replaced, not damaged. */
async function changedArtifacts({ audit }: GovernanceTools, artifacts: readonly ArtifactRef[]): Promise<ArtifactProblem[]> {
  const found: ArtifactProblem[] = [];
  for (const artifact of artifacts) {
    const problem = isInsidePath(artifact.path)
      ? await audit.check(artifact)
      : { kind: 'content' as const, message: 'the path is not below the data root' };
    if (problem === null) continue;
    const isReplaced = artifact.path.startsWith('lake/raw/') && audit.superseded.has(artifact.sha256);
    const message = isReplaced ? 'the archive was replaced by a newer revision since' : problem.message;
    found.push({ path: artifact.path, kind: isReplaced ? 'replaced' : problem.kind === 'missing' ? 'missing' : 'changed', message });
  }
  return found;
}

/** How a check is made: at what time, and for how many days evidence is fresh. */
export interface CheckOptions {
  readonly now: string;
  /** Null where age does not matter. */
  readonly freshnessDays: number | null;
}

/** All evidence of a subject, hashed again. @param upTo entries that count; evidence attached later is left out */
export async function checkEvidence(
  tools: GovernanceTools,
  record: SubjectRecord,
  options: CheckOptions & { readonly upTo?: number },
): Promise<CheckedEvidence[]> {
  const pieces = record.evidence.filter(({ seq }) => seq <= (options.upTo ?? Number.POSITIVE_INFINITY));
  const checked: CheckedEvidence[] = [];
  for (const piece of pieces) checked.push(await checkOne(tools, record, { piece, options }));
  return checked;
}

async function checkOne(
  tools: GovernanceTools,
  record: SubjectRecord,
  { piece, options }: { piece: Marked<EvidenceAttachedBody>; options: CheckOptions },
): Promise<CheckedEvidence> {
  const { body, seq, at } = piece;
  const stored = await readEvidence(tools.audit.effects.files, tools.paths, { id: body.evidence, digest: body.digest });
  if (stored.value === null) {
    const problem = `governance/evidence/${body.evidence}.json: ${stored.problem!}`;
    const health = stored.problem === 'the file is missing' ? 'MISSING_ARTIFACT' : 'DIGEST_MISMATCH';
    return { evidence: lost(body), seq, at, health, problems: [problem], units: [], drift: [] };
  }
  const evidence = stored.value;
  const misfiled = disagreement(body, evidence);
  const artifacts = await changedArtifacts(tools, evidence.artifacts);
  const again = await remake(tools, record, evidence);
  const check: EvidenceCheck = {
    artifacts,
    again: again?.evidence ?? null,
    outsidePlan: outsidePlan(tools, record, body),
    age: options.freshnessDays === null || body.role === 'holdout' ? null : { days: daysBetween(at, options.now), limit: options.freshnessDays },
  };
  const found = misfiled === null ? healthOf(evidence, check) : { health: 'DIGEST_MISMATCH' as const, problems: [misfiled] };
  const units = again?.run.units ?? [];
  return { evidence, seq, at, ...found, units: units.map(({ id }) => id), drift: await changedCode(tools, units) };
}

/** The record as the run gives it today; null when the run cannot be read. */
async function remake(
  tools: GovernanceTools,
  record: SubjectRecord,
  { subject, role, run_id }: Evidence,
): Promise<{ evidence: Evidence; run: RunSnapshot } | null> {
  try {
    const run = await snapshotRun(tools, run_id);
    return { run, evidence: evidenceOf(run, claimOf(tools, { subject, role, run, strategies: record.strategies })) };
  } catch (error) {
    if (isAppError(error) || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** An entry that says something else than the record that it names. */
function disagreement(body: EvidenceAttachedBody, evidence: Evidence): string | null {
  const isSame =
    hashOf([body.subject, body.role, body.run_id, body.run_digest, body.trials]) ===
    hashOf([evidence.subject, evidence.role, evidence.run_id, evidence.run_digest, evidence.facts.trials]);
  return isSame ? null : `evidence ${body.evidence}: its entry in the ledger says something else`;
}

/** A hypothesis that has experiments is judged by their runs and by no others. */
function outsidePlan({ state }: GovernanceTools, { hypothesis }: SubjectRecord, { run_id, role }: EvidenceAttachedBody): string | null {
  const experiments = [...state.experiments.values()].filter((experiment) => experiment.hypothesis === hypothesis);
  if (experiments.length === 0 || role === 'discovery') return null;
  const isPlanned = experiments.some(({ attached, runs }) =>
    attached.some(({ body }) => body.run_id === run_id && runs.some(({ key, role: own }) => key === body.planned_key && own === role)),
  );
  return isPlanned ? null : `no experiment of ${hypothesis!} plans run ${run_id} as ${role}`;
}

/** What is left of a record whose file is gone: what the ledger says. */
function lost({ evidence, subject, role, run_id, run_digest, trials }: EvidenceAttachedBody): Evidence {
  const facts: Evidence['facts'] = {
    window: { start: '', end: '' },
    symbols: [],
    accounting: '',
    cost_bps: 0,
    source: '',
    config: '',
    code: '',
    inputs: '',
    trust: 'declared',
    ledger_seq: null,
    trials,
  };
  return { id: evidence, subject, role, run_id, run_digest, artifacts: [], metrics: [], facts };
}
