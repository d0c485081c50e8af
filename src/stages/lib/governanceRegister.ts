import { AppError } from '../../core/errors.ts';
import { requireSpec } from '../../governance/documents/book.ts';
import type { ExperimentDocument } from '../../governance/documents/experiment.ts';
import type { EdgeDocument } from '../../governance/documents/edge.ts';
import type { ExperimentOutcome, HypothesisOutcome, LedgerBody, LedgerHead } from '../../governance/ledger/entry.ts';
import { experimentState } from '../../governance/lifecycle/families.ts';
import { type ExperimentRecord, stateDigest, subjectKey } from '../../governance/lifecycle/state.ts';
import { prettyJson } from '../../core/canonicalJson.ts';
import { writeAtomic } from '../../lake/writeAtomic.ts';
import { runDigests } from '../../governance/evidence/runSnapshot.ts';
import { snapshotRun } from './governanceRuns.ts';
import type { GovernanceTools } from './governanceState.ts';
import { readDocument, shelveDocument } from './governanceStore.ts';
import { contentOf, requireSubject, type SubjectName } from './governanceSubjects.ts';
import { writerOf } from './governanceEvidence.ts';
import { appendLedger } from './ledgerFile.ts';
import { resolversOf } from './resolvers.ts';
import { differingKeys, resolveRunConfig } from './runConfig.ts';

/** Something that was registered, or that was already. The caller of every function here holds the lake's lock. */
export interface Registered {
  readonly id: string;
  readonly digest: string;
  readonly isNew: boolean;
}

const refuse = (what: string, problem: string, remedy: string) => new AppError('E_GOVERNANCE', { what, problem, remedy });

/**
 * Freezes a hypothesis: from here on its words, its budget and its sealed days hold.
 *
 * @throws E_GOVERNANCE when it is registered with another content, or a parent is not registered; E_SPEC, E_UNKNOWN_UNIT
 */
export async function registerHypothesis(tools: GovernanceTools, id: string, actorRole: string): Promise<Registered> {
  const { document, digest } = requireSpec(tools.book, 'hypotheses', id);
  const what = `hypothesis ${id}`;
  const known = tools.state.hypotheses.get(id);
  if (known?.digest === digest) return { id, digest, isNew: false };
  if (known !== undefined)
    throw refuse(what, 'it is registered with another content', 'A changed hypothesis is a new one with this one as its parent.');
  const missing = document.lineage.parents.filter((parent) => !tools.state.hypotheses.has(parent));
  if (missing.length > 0) throw refuse(what, `its parents ${missing.join(', ')} are not registered`, 'Register them first: their trials count.');
  const [start, end] = document.splits.holdout;
  const terms = {
    family: document.lineage.family_key,
    max_trials: document.search.max_trials,
    holdout: { start, end },
    parents: document.lineage.parents,
  };
  await shelveDocument(tools.audit.effects, tools.paths, document);
  await append(tools, actorRole, { t: 'HYPOTHESIS_REGISTERED', hypothesis: id, digest, terms });
  return { id, digest, isNew: true };
}

/** Closes a hypothesis with what came of it. @throws E_GOVERNANCE when it is not registered, or closed already */
export async function closeHypothesis(
  tools: GovernanceTools,
  id: string,
  { outcome, reason, actorRole }: { readonly outcome: HypothesisOutcome; readonly reason: string; readonly actorRole: string },
): Promise<void> {
  const known = tools.state.hypotheses.get(id);
  const what = `hypothesis ${id}`;
  if (known === undefined) throw refuse(what, 'it is not registered', `Run \`backtest hypotheses register ${id}\` first.`);
  if (known.closed !== null) throw refuse(what, `it is closed: ${known.closed.outcome}`, 'What is closed stays closed; a child hypothesis goes on.');
  if (reason.trim() === '') throw refuse(what, 'a reason is missing', 'Say why with --reason.');
  await append(tools, actorRole, { t: 'HYPOTHESIS_CLOSED', hypothesis: id, outcome, reason });
}

/**
 * Registers a version of an overlay, an edge or a portfolio: from here on this content is a DRAFT of its own.
 *
 * @param hypothesis of an overlay, which does not name one itself
 * @throws E_GOVERNANCE when the version is registered with another content; E_SPEC, E_PORTFOLIO for a document that cannot be used
 */
export async function registerSubject(
  tools: GovernanceTools,
  name: SubjectName,
  { hypothesis, actorRole }: { readonly hypothesis: string | null; readonly actorRole: string },
): Promise<Registered> {
  const { ref, record, spec } = requireSubject(tools, name);
  const what = subjectKey(ref);
  if (record !== null) {
    if (record.ref.digest !== ref.digest)
      throw refuse(what, `version ${ref.version} is registered with another content`, 'Give the edited document the next version and register that.');
    return { id: what, digest: ref.digest, isNew: false };
  }
  if (hypothesis !== null) requireSpec(tools.book, 'hypotheses', hypothesis);
  const edge = name.kind === 'edge' ? (spec.document as EdgeDocument) : null;
  if (edge !== null && hypothesis !== null && edge.hypothesis !== hypothesis)
    throw refuse(what, `its document names ${edge.hypothesis ?? 'no hypothesis'}`, 'An edge belongs to the hypothesis of its document.');
  const tested = edge === null ? hypothesis : edge.hypothesis;
  await shelveDocument(tools.audit.effects, tools.paths, contentOf(spec));
  const strategies = edge === null ? [] : [edge.strategy.id];
  await append(tools, actorRole, { t: 'SPEC_REGISTERED', subject: ref, hypothesis: tested, strategies });
  return { id: what, digest: ref.digest, isNew: true };
}

/** Puts a plan into the ledger before its runs are made. @throws E_GOVERNANCE, E_SPEC, E_UNKNOWN_UNIT */
export async function planExperiment(tools: GovernanceTools, id: string, actorRole: string): Promise<Registered> {
  const { document, digest } = requireSpec(tools.book, 'experiments', id);
  const what = `experiment ${id}`;
  const known = tools.state.experiments.get(id);
  if (known?.digest === digest) return { id, digest, isNew: false };
  if (known !== undefined) throw refuse(what, 'it is planned with another content', 'A changed plan is another experiment.');
  const { hypothesis } = document;
  const registered = tools.state.hypotheses.get(hypothesis.id);
  if (registered === undefined)
    throw refuse(what, `its hypothesis ${hypothesis.id} is not registered`, `Run \`backtest hypotheses register ${hypothesis.id}\` first.`);
  if (registered.closed !== null) throw refuse(what, `its hypothesis is closed: ${registered.closed.outcome}`, 'Plan it for a child hypothesis.');
  if (hypothesis.digest !== null && hypothesis.digest !== registered.digest)
    throw refuse(what, 'it was planned for another content of its hypothesis', 'Compare the digests; then plan again.');
  const named = requireSpec(tools.book, 'policies', `${document.policy.id}@${document.policy.version}`);
  const policy = { id: named.id, version: named.version!, digest: named.digest, subject: named.document.subject };
  const runs = document.plan.map(({ key, role }) => ({ key, role }));
  await shelveDocument(tools.audit.effects, tools.paths, document);
  const { trial_budget } = document;
  await append(tools, actorRole, { t: 'EXPERIMENT_PLANNED', experiment: id, hypothesis: hypothesis.id, digest, trial_budget, policy, runs });
  return { id, digest, isNew: true };
}

/**
 * Attaches a finished run to an experiment: its trials are the experiment's from here on.
 *
 * @param plannedKey which of its planned runs it is; null for one that nobody planned
 * @throws E_GOVERNANCE when the experiment is not planned or closed, has no such run, or planned it otherwise
 */
export async function attachRun(
  tools: GovernanceTools,
  id: string,
  { runId, plannedKey, actorRole }: { readonly runId: string; readonly plannedKey: string | null; readonly actorRole: string },
): Promise<Registered> {
  const experiment = openExperiment(tools, id);
  const what = `experiment ${id}`;
  if (plannedKey !== null && !experiment.runs.some(({ key }) => key === plannedKey))
    throw refuse(what, `it plans no run ${plannedKey}`, `Planned: ${experiment.runs.map(({ key }) => key).join(', ')}.`);
  const run = await snapshotRun(tools, runId);
  if (plannedKey !== null) await requirePlanned(tools, experiment, { run, plannedKey });
  const digest = runDigests(run).run;
  const before = experiment.attached.find(({ body }) => body.run_digest === digest && body.planned_key === plannedKey);
  if (before !== undefined) return { id: runId, digest, isNew: false };
  await append(tools, actorRole, {
    t: 'RUN_ATTACHED',
    experiment: id,
    run_id: runId,
    run_digest: digest,
    planned_key: plannedKey,
    trials: run.trials,
  });
  return { id: runId, digest, isNew: true };
}

type Snapshot = Awaited<ReturnType<typeof snapshotRun>>;

/** A run is the one planned when its configuration is, with one of the seeds, on the data that were named. */
async function requirePlanned(
  tools: GovernanceTools,
  experiment: ExperimentRecord,
  { run, plannedKey }: { readonly run: Snapshot; readonly plannedKey: string },
): Promise<void> {
  const what = `experiment ${experiment.id}`;
  const { value: document, problem } = await readDocument<ExperimentDocument>(tools.audit.effects.files, tools.paths, experiment.digest);
  if (document === null) throw refuse(what, `its plan cannot be read: ${problem!}`, 'Put governance/documents back from a copy.');
  const planned = document.plan.find(({ key }) => key === plannedKey)!;
  const resolvers = resolversOf(tools.audit.registry, tools.folders);
  let differing: string[] = [];
  for (const seed of planned.seeds) {
    differing = differingKeys(run.stored.record.config, await resolveRunConfig({ ...planned.config, seed }, resolvers));
    if (differing.length === 0) break;
  }
  if (differing.length > 0)
    throw refuse(
      what,
      `run ${run.run_id} is not ${plannedKey} as it was planned: ${differing.join(', ')}`,
      'Attach it without --key, or make the planned run.',
    );
  if (planned.data_snapshot !== null && planned.data_snapshot !== runDigests(run).inputs)
    throw refuse(what, `run ${run.run_id} read other data than the plan names`, 'Attach it without --key, or make the run on the data named.');
}

/** Closes an experiment; what it tried stays counted. @throws E_GOVERNANCE */
export async function closeExperiment(
  tools: GovernanceTools,
  id: string,
  { outcome, reason, actorRole }: { readonly outcome: ExperimentOutcome; readonly reason: string; readonly actorRole: string },
): Promise<void> {
  openExperiment(tools, id);
  if (reason.trim() === '') throw refuse(`experiment ${id}`, 'a reason is missing', 'Say why with --reason.');
  await append(tools, actorRole, { t: 'EXPERIMENT_CLOSED', experiment: id, outcome, reason });
}

function openExperiment({ state }: GovernanceTools, id: string): ExperimentRecord {
  const experiment = state.experiments.get(id);
  const what = `experiment ${id}`;
  if (experiment === undefined) throw refuse(what, 'it is not planned', `Run \`backtest experiments plan ${id}\` first.`);
  if (experiment.closed !== null) throw refuse(what, `it is closed: ${experimentState(experiment)}`, 'Plan another experiment.');
  return experiment;
}

/** Writes what the ledger amounts to into it and beside it, so that a later reader can tell that both agree. */
export async function writeCheckpoint(tools: GovernanceTools, actorRole: string): Promise<LedgerHead & { readonly state_digest: string }> {
  const digest = stateDigest(tools.state);
  const [entry] = await append(tools, actorRole, { t: 'CHECKPOINT', state_digest: digest });
  const checkpoint = { seq: entry!.seq, hash: entry!.hash, state_digest: digest };
  const { files, uniqueName } = tools.audit.effects;
  await writeAtomic(files, `${tools.paths.checkpoints()}/${checkpoint.seq}.json`, prettyJson(checkpoint), uniqueName);
  return checkpoint;
}

function append(tools: GovernanceTools, actorRole: string, body: LedgerBody): ReturnType<typeof appendLedger> {
  return appendLedger(writerOf(tools, actorRole), tools.paths, [body]);
}
