import type { Effects } from '../../core/effects.ts';
import type { LedgerHead } from '../../governance/ledger/entry.ts';
import { canonicalJson, prettyJson } from '../../core/canonicalJson.ts';
import { AppError } from '../../core/errors.ts';
import { sortFindings } from '../../core/findings.ts';
import { formatTime } from '../../core/time.ts';
import { acquireLock } from '../../lake/lock.ts';
import { lakePaths } from '../../lake/paths.ts';
import { writeAtomic } from '../../lake/writeAtomic.ts';
import type { Registry } from '../../registry/discover.ts';
import { hostFacts, processUse } from './host.ts';
import {
  findRunRecord,
  hasOutputs,
  inStoredOrder,
  readManifest,
  readRunRecord,
  retireManifest,
  retireRun,
  type RunRecord,
  runTreeHash,
  stageKey,
  writeManifest,
  writeRunRecord,
} from './manifests.ts';
import { openContext } from './openContext.ts';
import type { SubjectTrust } from '../../governance/records.ts';
import { overlayTrust } from './overlayTrust.ts';
import { edgeTrust } from './portfolioTrust.ts';
import { isSuperseded } from './provenance.ts';
import { renewReportIndex } from './reportIndex.ts';
import { differingKeys, type RunConfig, runIdOf } from './runConfig.ts';
import { openRunRegistry } from './runRegistry.ts';
import { gather, type Manifest, type Stage, type StageContext, type StageProgress } from './stage.ts';
import { openSymbolRunner, type SymbolRunner } from './symbolRunner.ts';
import type { TrialFacts } from '../../governance/ledger/trials.ts';
import { countPriorTrials, ledgerHead, openHoldouts, recordTrials } from './trials.ts';
import { wantedStages } from './wantedStages.ts';

export interface RunOptions {
  readonly config: RunConfig;
  readonly dataRoot: string;
  /** Explicit run id, or null to derive one from the configuration. */
  readonly runId: string | null;
  readonly plugins: readonly string[];
  readonly archiveUrl: string | null;
  readonly restUrl?: string | null;
  /** Asks again for archives that the lake has. */
  readonly refresh?: boolean;
  /** Threads for symbols; null for as many as the work is worth. */
  readonly workers: number | null;
  readonly force: boolean;
  readonly lockTimeoutMs: number;
  readonly effects: Effects;
  readonly signal: AbortSignal;
  readonly progress: (event: ProgressEvent) => void;
  /** What the ledger said when the run was made, for making it again elsewhere; otherwise it is asked. */
  readonly trials?: TrialFacts;
  /** The same for its policy studies, before they ran. */
  readonly priorTrials?: Readonly<Record<string, number>>;
  /** What stood behind the subjects that the run uses when it was made, likewise. */
  readonly trust?: SubjectTrust;
  /** Folder of documents besides those that come with the product, for asking what stands behind them. */
  readonly specs?: string | null;
  /** Run only up to and including this stage. */
  readonly until?: string;
}

export type ProgressEvent =
  | { readonly type: 'run'; readonly runId: string; readonly reason: string | null }
  | { readonly type: 'stage'; readonly stage: string; readonly state: 'start' | 'done' | 'current'; readonly ms: number }
  /** Something that did not stop the run and that its user should know. */
  | { readonly type: 'warning'; readonly text: string }
  | { readonly type: 'note'; readonly stage: string; readonly text: string; readonly progress?: StageProgress };

export interface RunOutcome {
  readonly runId: string;
  readonly record: RunRecord;
  readonly manifests: readonly Manifest[];
  /** Stages that did work this time. */
  readonly executed: readonly string[];
}

/**
 * Runs the stages that the configuration asks for, in dependency order. A stage whose content key is unchanged
 * and whose outputs are there is not run again; so an interrupted run continues and a finished one does nothing.
 *
 * @throws any AppError of a stage; E_LOCKED when another run writes to the lake; E_RUN_CONFLICT when an explicit
 *         run id belongs to another configuration
 */
export async function runPipeline(options: RunOptions): Promise<RunOutcome> {
  const { effects, config } = options;
  const paths = lakePaths(options.dataRoot);
  const registry = openRunRegistry(options.dataRoot, options.plugins, effects);
  const stages = await wantedStages(registry, config, options.until);
  const lock = await acquireLock({
    files: effects.files,
    clock: effects.clock,
    path: paths.lock(),
    uniqueName: effects.uniqueName,
    timeoutMs: options.lockTimeoutMs,
    signal: options.signal,
  });
  try {
    const { runId, reason } = await chooseRunId(options, registry, stages);
    options.progress({ type: 'run', runId, reason });
    const head = await ledgerHead(effects.files, paths);
    await openHoldouts(effects, paths, { runId, config });
    const outcome = await executeRun({ ...options, registry }, { runId, reason, stages, head });
    const problem = options.until === undefined ? await renewReportIndex(effects, options.dataRoot) : null;
    if (problem !== null) options.progress({ type: 'warning', text: problem });
    return outcome;
  } finally {
    await lock.release();
  }
}

/** The stages that are told how much has been tried; every look at data comes before them. */
const toldOfTrials = ['validate_portfolio', 'report'];
/** The stage that is told how much of its hypotheses had been tried before; kept, so that it is judged by the same number ever after. */
const policyStage = 'policy';

interface RunPlan {
  readonly runId: string;
  readonly reason: string | null;
  readonly stages: readonly Stage[];
  /** Where the ledger ended when the run began. */
  readonly head: LedgerHead;
}

async function executeRun(options: RunOptions & { registry: Registry }, plan: RunPlan): Promise<RunOutcome> {
  const { config, effects } = options;
  const { runId, stages } = plan;
  const paths = lakePaths(options.dataRoot);
  const manifests: Record<string, Manifest> = {};
  const timings: Record<string, number> = {};
  const cpuTimes: Record<string, number> = {};
  const executed: string[] = [];
  const before = await (options.force ? findRunRecord : readRunRecord)(effects.files, paths, runId);
  let record: RunRecord = {
    run_id: runId,
    status: 'running',
    config,
    reason: before?.reason ?? plan.reason,
    stages: stages.map(({ id }) => id),
    tree_hash: null,
  };
  const counted = options.force ? null : before;
  const trust = options.trust ?? counted?.trust ?? (await trustFor(options));
  if (Object.keys(trust).length > 0) record = { ...record, trust };
  let trials: TrialFacts | null = null;
  let priorTrials: StageContext['priorTrials'] = {};
  const startedAt = effects.clock.now();
  let runner: SymbolRunner | null = null;
  const opened = await openContext({ ...options, runId, upstream: manifests, note: () => {} });
  try {
    for (const stage of stages) {
      if (options.signal.aborted) throw new AppError('E_INTERRUPTED');
      if (stage.id === policyStage) {
        priorTrials = options.priorTrials ?? counted?.prior_trials ?? (await countPriorTrials(effects.files, paths, config));
        record = { ...record, prior_trials: priorTrials };
      }
      if (toldOfTrials.includes(stage.id) && trials === null) {
        trials = options.trials ?? counted?.trials ?? (await recordTrials(effects, paths, { runId, config, manifests }));
        record = { ...record, trials };
      }
      const context: StageContext = {
        ...opened.context,
        upstream: { ...manifests },
        trials,
        priorTrials,
        trust,
        note: (text, progress) => options.progress({ type: 'note', stage: stage.id, text, ...(progress === undefined ? {} : { progress }) }),
      };
      const { key, units } = await stageKey(context, stage);
      const isRefreshed = options.refresh === true && stage.readsSource === true && before?.status !== 'done';
      const known = options.force || isRefreshed ? null : await readManifest(effects.files, paths, runId, stage.id);
      if (known !== null && known.key === key && (await hasOutputs(effects.files, paths, known))) {
        manifests[stage.id] = known;
        options.progress({ type: 'stage', stage: stage.id, state: 'current', ms: 0 });
        continue;
      }
      if (executed.length === 0) {
        if (options.force && before !== null) await retireRun(effects, paths, before);
        await writeRunRecord(effects, paths, record);
      }
      await retireManifest(effects.files, paths, runId, stage.id);
      options.progress({ type: 'stage', stage: stage.id, state: 'start', ms: 0 });
      const started = effects.clock.elapsed();
      const { cpuMs: cpuBefore } = processUse();
      runner ??= openSymbolRunner({ workers: options.workers, symbols: config.symbols.length, days: (config.end - config.start) / 86_400_000 + 1 });
      manifests[stage.id] = inStoredOrder(await executeStage(context, stage, { key, units, runner, plugins: options.plugins }));
      await writeManifest(effects, paths, manifests[stage.id]!);
      timings[stage.id] = effects.clock.elapsed() - started;
      cpuTimes[stage.id] = processUse().cpuMs - cpuBefore;
      executed.push(stage.id);
      await log(effects, paths.stageLog(runId, stage.id), `done in ${Math.round(timings[stage.id]!)} ms, key ${key.slice(0, 12)}`);
      options.progress({ type: 'stage', stage: stage.id, state: 'done', ms: timings[stage.id]! });
    }
  } finally {
    await runner?.close();
    await opened.close();
  }
  // A run that stops before the report has looked as well.
  if (trials === null) await recordTrials(effects, paths, { runId, config, manifests });
  // Asking for one stage of a run that is there changes nothing about the run.
  const isUntouched = options.until !== undefined && executed.length === 0 && before !== null;
  const status = options.until === undefined ? 'done' : 'running';
  const done: RunRecord = isUntouched ? before : { ...record, status, tree_hash: runTreeHash(Object.values(manifests)) };
  if (executed.length > 0 || before === null || canonicalJson(before) !== canonicalJson(done)) {
    await writeRunRecord(effects, paths, done);
    const times = { started_at: formatTime(startedAt), finished_at: formatTime(effects.clock.now()) };
    const { cpuMs, peakRssBytes } = processUse();
    const use = { stage_ms: timings, stage_cpu_ms: cpuTimes, cpu_ms: cpuMs, peak_rss_bytes: peakRssBytes };
    const environment = { ...hostFacts(), ...times, ...use, ledger: plan.head };
    await writeAtomic(effects.files, paths.environment(runId), Buffer.from(prettyJson(environment)), effects.uniqueName);
  }
  return { runId, record: done, manifests: Object.values(manifests), executed };
}

/** What stands behind the subjects of the run now. @throws E_TRUST before anything is written */
async function trustFor({ config, effects, dataRoot, plugins, specs = null, signal }: RunOptions): Promise<SubjectTrust> {
  const options = { effects, dataRoot, plugins, specs, signal };
  const overlays = await overlayTrust(options, config.overlays ?? [], config.trust ?? 'declared');
  return { ...overlays, ...(await edgeTrust(options, config.portfolio)) };
}

interface StageExecution {
  readonly key: string;
  readonly units: Manifest['units'];
  readonly runner: SymbolRunner;
  readonly plugins: readonly string[];
}

async function executeStage(context: StageContext, stage: Stage, execution: StageExecution): Promise<Manifest> {
  const { files } = context.effects;
  const logPath = context.paths.stageLog(context.runId, stage.id);
  await files.makeFolder(context.paths.run(context.runId));
  await log(context.effects, logPath, `start ${stage.id}`);
  try {
    const symbols = stage.perSymbol === undefined ? [] : await execution.runner.run(context, stage, execution.plugins);
    const result = stage.finish === undefined ? gather(symbols) : await stage.finish(context, symbols);
    const findings = sortFindings(result.findings);
    for (const finding of findings) await log(context.effects, logPath, `${finding.severity} ${finding.code} ${finding.subject}: ${finding.message}`);
    const { inputs, outputs, effective, counts } = result;
    const parameters = stage.parameters(context.config, context);
    const requested = { symbols: context.config.symbols, start: formatTime(context.config.start), end: formatTime(context.config.end) };
    return {
      stage: stage.id,
      run_id: context.runId,
      key: execution.key,
      status: 'done',
      requested,
      effective,
      parameters,
      units: execution.units,
      inputs,
      outputs,
      counts,
      findings,
    };
  } catch (error) {
    await log(context.effects, logPath, `failed: ${error instanceof Error ? error.message : String(error)}`);
    throw error;
  }
}

/** The run's id. A finished run whose data or code have changed since is left alone: the same command starts the next one. */
async function chooseRunId(options: RunOptions, registry: Registry, stages: readonly Stage[]): Promise<{ runId: string; reason: string | null }> {
  const { files } = options.effects;
  const paths = lakePaths(options.dataRoot);
  const base = options.runId ?? runIdOf(options.config);
  if (options.force) return { runId: base, reason: null };
  let reason: string | null = null;
  for (let attempt = 1; ; attempt++) {
    const runId = attempt === 1 ? base : `${base.slice(0, 60)}-${attempt}`;
    const record = await readRunRecord(files, paths, runId);
    if (record === null) return { runId, reason };
    const difference = differingKeys(record.config, options.config);
    if (difference.length > 0) {
      if (options.runId !== null) throw new AppError('E_RUN_CONFLICT', { runId, difference: difference.join(', ') });
      continue;
    }
    if (record.status !== 'done') return { runId, reason };
    const changed = await firstChangedStage({ ...options, registry }, runId, stages);
    if (changed === null) return { runId, reason };
    if (options.runId !== null)
      throw new AppError('E_RUN_CONFLICT', { runId, difference: `the code or data behind stage ${changed} have changed since the run finished` });
    reason = `the code or data behind stage ${changed} of ${runId} have changed since it finished`;
  }
}

async function firstChangedStage(options: RunOptions & { registry: Registry }, runId: string, stages: readonly Stage[]): Promise<string | null> {
  const paths = lakePaths(options.dataRoot);
  const record = await readRunRecord(options.effects.files, paths, runId);
  const { trials = null, prior_trials: priorTrials = {}, trust = {} } = record ?? {};
  const manifests: Record<string, Manifest> = {};
  const opened = await openContext({ ...options, runId, upstream: manifests, note: () => {} });
  try {
    for (const stage of stages) {
      const known = await readManifest(options.effects.files, paths, runId, stage.id);
      const context = { ...opened.context, upstream: { ...manifests }, trials, priorTrials, trust };
      const { key } = await stageKey(context, stage);
      if (known === null) return null; // incomplete, not changed
      if (known.key !== key || (await isSuperseded(options.effects.files, paths.root, known.outputs))) return stage.id;
      if (options.refresh === true && stage.readsSource === true) {
        const { outputs } = await stage.finish!(context, []);
        if (canonicalJson(outputs) !== canonicalJson(known.outputs)) return stage.id;
      }
      manifests[stage.id] = known;
    }
    return null;
  } finally {
    await opened.close();
  }
}

async function log(effects: Effects, path: string, text: string): Promise<void> {
  await effects.files.appendLine(path, `${formatTime(effects.clock.now())} ${text}`);
}
