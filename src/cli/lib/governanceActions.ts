import { AppError } from '../../core/errors.ts';
import { requireSpec } from '../../governance/documents/book.ts';
import type { ExperimentDocument } from '../../governance/documents/experiment.ts';
import { experimentOutcomes, hypothesisOutcomes } from '../../governance/ledger/entry.ts';
import type { SubjectKind } from '../../governance/records.ts';
import { experimentSpent, experimentState } from '../../governance/lifecycle/families.ts';
import {
  attachRun,
  closeExperiment,
  closeHypothesis,
  planExperiment,
  registerHypothesis,
  type Registered,
  registerSubject,
} from '../../stages/lib/governanceRegister.ts';
import { changeGovernance, type GovernanceTools, withWholeLedger } from '../../stages/lib/governanceState.ts';
import { parseSubject } from '../../stages/lib/governanceSubjects.ts';
import { resolversOf } from '../../stages/lib/resolvers.ts';
import { resolveRunConfig } from '../../stages/lib/runConfig.ts';
import { runPipeline } from '../../stages/lib/runPipeline.ts';
import { openRunRegistry } from '../../stages/lib/runRegistry.ts';
import { specFolders } from '../../stages/lib/specs.ts';
import type { CommandResult, Flag, Invocation } from './command.ts';
import { choiceFlag, governanceOptions, nameOf, roleOf, textFlag, writerFlags } from './governanceInvocation.ts';
import { progressReporter } from './progress.ts';

/** What the commands over documents do with the ledger, besides listing and checking: actions by command. */
export const governanceActions = {
  overlays: { register: (invocation: Invocation) => register(invocation, 'overlay') },
  edges: { register: (invocation: Invocation) => register(invocation, 'edge') },
  hypotheses: { register: freeze, close: closeClaim },
  experiments: { plan, run, attach, status, close: closePlan },
} as const satisfies Record<string, Record<string, (invocation: Invocation) => Promise<CommandResult>>>;

/** Flags of those actions. */
export function ledgerFlags(command: keyof typeof governanceActions): Flag[] {
  const own: Readonly<Record<keyof typeof governanceActions, readonly Flag[]>> = {
    overlays: [{ name: 'hypothesis', value: 'ID', help: 'hypothesis that the overlay tests', only: ['register'] }],
    edges: [],
    hypotheses: [
      { name: 'outcome', value: 'WORD', help: hypothesisOutcomes.join(', '), only: ['close'] },
      { name: 'reason', value: 'TEXT', help: 'why it is done', only: ['close'] },
    ],
    experiments: [
      { name: 'key', value: 'KEY', help: 'which planned run', only: ['run', 'attach'] },
      { name: 'run', value: 'ID', help: 'the finished run', only: ['attach'], completes: 'run' },
      { name: 'outcome', value: 'WORD', help: experimentOutcomes.join(', '), only: ['close'] },
      { name: 'reason', value: 'TEXT', help: 'why it is done', only: ['close'] },
    ],
  };
  const writing = Object.keys(governanceActions[command]).filter((action) => action !== 'status');
  return [...own[command], ...writerFlags(writing)];
}

const change = <T>(invocation: Invocation, use: (tools: GovernanceTools) => Promise<T>) => changeGovernance(governanceOptions(invocation), use);

/** Puts the document that the command line names into the ledger. */
export async function register(invocation: Invocation, kind: SubjectKind): Promise<CommandResult> {
  const name = parseSubject(`${kind}:${nameOf(invocation, `${kind} id`)}`);
  const hypothesis = kind === 'overlay' ? textFlag(invocation, 'hypothesis') : null;
  const done = await change(invocation, (tools) => registerSubject(tools, name, { hypothesis, actorRole: roleOf(invocation) }));
  return registeredText(done, done.isNew ? 'is a DRAFT' : 'is registered');
}

async function freeze(invocation: Invocation): Promise<CommandResult> {
  const id = nameOf(invocation, 'hypothesis id');
  return registeredText(await change(invocation, (tools) => registerHypothesis(tools, id, roleOf(invocation))), 'is registered');
}

function registeredText({ id, digest, isNew }: Registered, what: string): CommandResult {
  return { data: { id, digest, is_new: isNew }, text: `${id} ${what}, digest ${digest.slice(0, 12)}${isNew ? '' : ' (it was already)'}` };
}

async function closeClaim(invocation: Invocation): Promise<CommandResult> {
  const id = nameOf(invocation, 'hypothesis id');
  const outcome = required(choiceFlag(invocation, 'outcome', hypothesisOutcomes), 'outcome');
  const reason = textFlag(invocation, 'reason');
  await change(invocation, (tools) => closeHypothesis(tools, id, { outcome, reason, actorRole: roleOf(invocation) }));
  return { data: { id, outcome, reason }, text: `${id} is closed: ${outcome}` };
}

async function plan(invocation: Invocation): Promise<CommandResult> {
  const id = nameOf(invocation, 'experiment id');
  return registeredText(await change(invocation, (tools) => planExperiment(tools, id, roleOf(invocation))), 'is planned');
}

/** Makes a planned run, once per seed, and attaches each. */
async function run(invocation: Invocation): Promise<CommandResult> {
  const id = nameOf(invocation, 'experiment id');
  const key = textFlag(invocation, 'key');
  const options = governanceOptions(invocation);
  const { effects, dataRoot, plugins, specs, signal, lockTimeoutMs } = options;
  const planned = await withWholeLedger(options, (tools) => Promise.resolve(plannedRun(tools, id, key)));
  const runs: { run_id: string; seed: number; run_digest: string }[] = [];
  const progress = progressReporter(invocation);
  for (const seed of planned.seeds) {
    const registry = openRunRegistry(dataRoot, plugins, effects);
    const config = await resolveRunConfig({ ...planned.config, seed }, resolversOf(registry, specFolders(effects.files, specs)));
    const { runId } = await runPipeline({
      config,
      dataRoot,
      runId: null,
      plugins,
      archiveUrl: null,
      workers: null,
      force: false,
      lockTimeoutMs,
      effects,
      signal,
      progress,
    });
    const attached = await change(invocation, (tools) => attachRun(tools, id, { runId, plannedKey: key, actorRole: roleOf(invocation) }));
    runs.push({ run_id: runId, seed, run_digest: attached.digest });
  }
  await effects.http.close();
  return {
    data: { experiment: id, key, role: planned.role, runs },
    text: runs.map(({ run_id, seed }) => `run ${run_id} (seed ${seed}) is ${key} of ${id}`).join('\n'),
  };
}

function plannedRun({ book, state }: GovernanceTools, id: string, key: string): ExperimentDocument['plan'][number] {
  const { document, digest } = requireSpec(book, 'experiments', id);
  const refuse = (problem: string, remedy: string) => new AppError('E_GOVERNANCE', { what: `experiment ${id}`, problem, remedy });
  const known = state.experiments.get(id);
  if (known === undefined) throw refuse('it is not planned', `Run \`backtest experiments plan ${id}\` first.`);
  if (known.digest !== digest) throw refuse('its document was edited since it was planned', 'A changed plan is another experiment.');
  if (known.closed !== null) throw refuse(`it is closed: ${known.closed.outcome}`, 'Plan another experiment.');
  const found = document.plan.find((one) => one.key === key);
  if (found === undefined) throw refuse(`it plans no run ${key}`, `Planned: ${document.plan.map((one) => one.key).join(', ')}.`);
  return found;
}

async function attach(invocation: Invocation): Promise<CommandResult> {
  const id = nameOf(invocation, 'experiment id');
  const runId = textFlag(invocation, 'run');
  const plannedKey = (invocation.flags['key'] as string | undefined) ?? null;
  const done = await change(invocation, (tools) => attachRun(tools, id, { runId, plannedKey, actorRole: roleOf(invocation) }));
  return registeredText(done, `is attached to ${id}`);
}

function status(invocation: Invocation): Promise<CommandResult> {
  const id = nameOf(invocation, 'experiment id');
  return withWholeLedger(governanceOptions(invocation), ({ state }) => {
    const experiment = state.experiments.get(id);
    if (experiment === undefined)
      throw new AppError('E_GOVERNANCE', {
        what: `experiment ${id}`,
        problem: 'it is not planned',
        remedy: `Run \`backtest experiments plan ${id}\` first.`,
      });
    const { trials } = experimentSpent(state, experiment);
    const runs = experiment.runs.map(({ key, role }) => ({
      key,
      role,
      run_ids: experiment.attached.filter(({ body }) => body.planned_key === key).map(({ body }) => body.run_id),
    }));
    const unplanned = experiment.attached.filter(({ body }) => body.planned_key === null).map(({ body }) => body.run_id);
    const reached = experimentState(experiment);
    return Promise.resolve({
      data: { id, hypothesis: experiment.hypothesis, state: reached, budget: { planned: experiment.budget, spent: trials }, runs, unplanned },
      text: [
        `${id}: ${reached}, ${trials} of ${experiment.budget} trials spent, hypothesis ${experiment.hypothesis}`,
        ...runs.map(({ key, role, run_ids }) => `  ${key} (${role}): ${run_ids.join(', ') || 'not run'}`),
        ...(unplanned.length === 0 ? [] : [`  not planned: ${unplanned.join(', ')}`]),
      ].join('\n'),
    });
  });
}

async function closePlan(invocation: Invocation): Promise<CommandResult> {
  const id = nameOf(invocation, 'experiment id');
  const outcome = required(choiceFlag(invocation, 'outcome', experimentOutcomes), 'outcome');
  const reason = textFlag(invocation, 'reason');
  await change(invocation, (tools) => closeExperiment(tools, id, { outcome, reason, actorRole: roleOf(invocation) }));
  return { data: { id, outcome, reason }, text: `${id} is closed: ${outcome}` };
}

function required<T>(value: T | null, flag: string): T {
  if (value !== null) return value;
  throw new AppError('E_USAGE', { problem: `close needs --${flag}` });
}
