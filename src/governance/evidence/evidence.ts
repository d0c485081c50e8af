import { canonicalJson, hashOf } from '../../core/canonicalJson.ts';
import type { Evidence, EvidenceHealth, EvidenceRole, SubjectRef, TrustLevel } from '../records.ts';
import { metricPointers } from './metricPointers.ts';
import { runDigests, type RunSnapshot } from './runSnapshot.ts';

/** What a piece of evidence is about: the subject, what of it a run contains, and in which role. */
export interface EvidenceClaim {
  readonly subject: SubjectRef;
  readonly role: EvidenceRole;
  /** Strategy of an edge; null otherwise. */
  readonly strategy: string | null;
  /** What the ledger said of the subject when the run began. */
  readonly trust: TrustLevel;
}

/**
 * The record of a run as evidence. Every fact is taken from the run, none is handed in; so the record can be made again at any time and has
 * to be the same.
 *
 * @source governance specification 16.3 (E1, E2, E4), 17.2
 */
export function evidenceOf(run: RunSnapshot, { subject, role, strategy, trust }: EvidenceClaim): Evidence {
  const digests = runDigests(run);
  const artifacts = [...new Map([...run.records, ...run.inputs, ...run.outputs].map((artifact) => [artifact.path, artifact])).values()];
  const content: Omit<Evidence, 'id'> = {
    subject,
    role,
    run_id: run.run_id,
    run_digest: digests.run,
    artifacts: artifacts.sort((a, b) => (a.path < b.path ? -1 : 1)),
    metrics: metricPointers(run, subject, strategy),
    facts: {
      window: run.window,
      symbols: run.symbols,
      accounting: run.accounting,
      cost_bps: run.costBps,
      source: run.source,
      config: digests.config,
      code: digests.code,
      inputs: digests.inputs,
      trust,
      ledger_seq: run.ledgerSeq,
      trials: run.trials,
    },
  };
  return { id: evidenceId(content), ...content };
}

/** The id that evidence of this content has. */
export function evidenceId(content: Omit<Evidence, 'id'>): string {
  return `E-${hashOf({ ...content, id: undefined }).slice(0, 12)}`;
}

/** A file of a run that is not what the evidence recorded. */
export interface ArtifactProblem {
  readonly path: string;
  /** `replaced`: a raw file that a newer revision of the archive took the place of. */
  readonly kind: 'missing' | 'changed' | 'replaced';
  readonly message: string;
}

/** What was found out about a piece of evidence today. */
export interface EvidenceCheck {
  /** Artifacts that differ. */
  readonly artifacts: readonly ArtifactProblem[];
  /** The record as the run gives it today; null when the run cannot be read. */
  readonly again: Evidence | null;
  /** Why it lies outside what was planned; null when it does not. */
  readonly outsidePlan: string | null;
  /** Days after which it is stale and its age; null where age does not matter. */
  readonly age: { readonly days: number; readonly limit: number } | null;
}

/**
 * The health of a piece of evidence, and what is wrong, the worst first. A record that the run does not give again is a mismatch, even
 * where every file hashes as recorded: somebody typed it.
 */
export function healthOf(evidence: Evidence, { artifacts, again, outsidePlan, age }: EvidenceCheck): { health: EvidenceHealth; problems: string[] } {
  const changed = artifacts.filter(({ kind }) => kind === 'changed').map(lineOf);
  const missing = artifacts.filter(({ kind }) => kind === 'missing').map(lineOf);
  const replaced = artifacts.filter(({ kind }) => kind === 'replaced').map(lineOf);
  const differing = again === null ? [] : differences(evidence, again);
  const mismatches = [...changed, ...(changed.length + missing.length + replaced.length === 0 ? differing : [])];
  if (mismatches.length > 0) return { health: 'DIGEST_MISMATCH', problems: [...mismatches, ...missing, ...replaced] };
  if (missing.some((line) => line.startsWith(`runs/${evidence.run_id}/run.json`))) return { health: 'MISSING_RUN', problems: missing };
  if (missing.length > 0) return { health: 'MISSING_ARTIFACT', problems: [...missing, ...replaced] };
  if (again === null) return { health: 'MISSING_RUN', problems: [`run ${evidence.run_id} cannot be read`] };
  if (outsidePlan !== null) return { health: 'OUTSIDE_PLAN', problems: [outsidePlan] };
  if (replaced.length > 0) return { health: 'STALE', problems: replaced };
  if (age !== null && age.days > age.limit)
    return { health: 'STALE', problems: [`attached ${Math.floor(age.days)} days ago, fresh for ${age.limit}`] };
  return { health: 'VERIFIED', problems: [] };
}

function lineOf({ path, message }: ArtifactProblem): string {
  return `${path}: ${message}`;
}

/** Fields in which a record is not what the run gives today. Numbers that only one of them has are no difference: programs learn to read more. */
function differences(recorded: Evidence, again: Evidence): string[] {
  const fields = ['run_digest', 'role', 'run_id', 'facts', 'artifacts'] as const;
  const found: string[] = fields.filter((field) => canonicalJson(recorded[field]) !== canonicalJson(again[field]));
  for (const pointer of recorded.metrics) {
    const today = again.metrics.find(({ metric }) => metric === pointer.metric);
    if (today === undefined || canonicalJson(today) !== canonicalJson(pointer)) found.push(`metrics.${pointer.metric}`);
  }
  if (recorded.id !== evidenceId(recorded)) found.push('id');
  return found.map((field) => `evidence ${recorded.id}: ${field} is not what the run gives`);
}
