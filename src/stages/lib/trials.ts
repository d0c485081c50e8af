import type { Effects } from '../../core/effects.ts';
import { AppError } from '../../core/errors.ts';
import { daysPerYear, formatDay } from '../../core/time.ts';
import type { LedgerBody, LedgerHead, TrialsBody } from '../../governance/ledger/entry.ts';
import { countTrials, defaultHypothesis, trialDigest, type TrialFacts, unrecorded } from '../../governance/ledger/trials.ts';
import type { LakePaths } from '../../lake/paths.ts';
import { trialSharpeVariance } from '../../stats/trials.ts';
import { appendLedger, readLedger } from './ledgerFile.ts';
import type { RunConfig } from './runConfig.ts';
import type { Manifest } from './stage.ts';

/** The figure of merit that backtests are chosen by. */
const backtestMetric = 'sharpe_daily';

type Store = Pick<Effects, 'files' | 'clock' | 'uniqueName'>;

/** Where the ledger ends now. @throws E_LEDGER when it is broken */
export async function ledgerHead(files: Effects['files'], paths: LakePaths): Promise<LedgerHead> {
  return (await readLedger(files, paths)).head;
}

/** Writes what a run looked at into the ledger, once, and says how much has been tried. The caller holds the lake's lock. */
export async function recordTrials(
  effects: Store,
  paths: LakePaths,
  { runId, config, manifests }: { readonly runId: string; readonly config: RunConfig; readonly manifests: Readonly<Record<string, Manifest>> },
): Promise<TrialFacts> {
  const bodies = [...(await backtestTrials(effects, paths, { runId, config, manifests })), ...studyTrials({ runId, config, manifests })];
  const { entries } = await readLedger(effects.files, paths);
  await appendLedger(effects, paths, unrecorded(entries, bodies));
  const count = countTrials((await readLedger(effects.files, paths)).entries, defaultHypothesis, backtestMetric);
  return { hypothesis: defaultHypothesis, trials: count.trials, sharpe_variance: trialSharpeVariance(count.values) };
}

/**
 * Records that a study's sealed slice is opened, before anything of it is read. Again by the same run is the same opening.
 *
 * @throws E_HOLDOUT when another run has opened it
 */
export async function openHoldouts(
  effects: Store,
  paths: LakePaths,
  { runId, config }: { readonly runId: string; readonly config: RunConfig },
): Promise<void> {
  const { entries } = await readLedger(effects.files, paths);
  const bodies: LedgerBody[] = [];
  for (const id of config.openHoldout ?? []) {
    const document = (config.studies ?? []).find((study) => study.id === id);
    if (document === undefined) throw new AppError('E_USAGE', { problem: `--open-holdout ${id}: the run has no such study` });
    const digest = trialDigest({ study: document });
    const before = entries.find(({ body }) => body.t === 'HOLDOUT_OPENED' && body.subject === id && body.digest === digest);
    if (before !== undefined && before.body.t === 'HOLDOUT_OPENED' && before.body.run_id !== runId)
      throw new AppError('E_HOLDOUT', { study: id, version: document.version, runId: before.body.run_id, at: before.at.slice(0, 10) });
    if (before === undefined) bodies.push({ t: 'HOLDOUT_OPENED', hypothesis: document.hypothesis.id ?? id, subject: id, digest, run_id: runId });
  }
  await appendLedger(effects, paths, bodies);
}

interface Looked {
  readonly runId: string;
  readonly config: RunConfig;
  readonly manifests: Readonly<Record<string, Manifest>>;
}

async function backtestTrials(effects: Store, paths: LakePaths, { runId, config, manifests }: Looked): Promise<TrialsBody[]> {
  const output = manifests['backtest']?.outputs.find(({ path }) => path.endsWith('/metrics.json') && path.includes('/trades/'));
  if (output === undefined) return [];
  const metrics = JSON.parse((await effects.files.read(`${paths.root}/${output.path}`)).toString('utf8')) as {
    strategies: Readonly<Record<string, { sharpe_daily_annualized: number | null }>>;
  };
  return config.strategies.map(({ id, params }): TrialsBody => {
    const annualized = metrics.strategies[id]?.sharpe_daily_annualized ?? null;
    return {
      t: 'TRIALS',
      hypothesis: defaultHypothesis,
      kind: 'backtest',
      subject: id,
      digest: trialDigest({ strategy: id, params, ...lookedAt(config) }),
      trials: 1,
      run_id: runId,
      window: windowText(config),
      result: { metric: backtestMetric, value: annualized === null ? null : annualized / Math.sqrt(daysPerYear), verdict: null },
    };
  });
}

function studyTrials({ runId, config, manifests }: Looked): TrialsBody[] {
  const verdicts = (manifests['studies']?.effective['studies'] ?? {}) as Readonly<
    Record<string, { verdict: string; p: number | null; estimands: number }>
  >;
  return (config.studies ?? []).flatMap((document): TrialsBody[] => {
    const found = verdicts[document.id];
    if (found === undefined) return [];
    return [
      {
        t: 'TRIALS',
        hypothesis: document.hypothesis.id ?? document.id,
        kind: 'study',
        subject: document.id,
        digest: trialDigest({ study: document, holdout: (config.openHoldout ?? []).includes(document.id), ...lookedAt(config) }),
        trials: found.estimands,
        run_id: runId,
        window: windowText(config),
        result: { metric: 'p', value: found.p, verdict: found.verdict },
      },
    ];
  });
}

/** What of a configuration makes a result another one. */
function lookedAt({ symbols, start, end, source, seed, accounting, compat, costBps, warmup }: RunConfig): Readonly<Record<string, unknown>> {
  return { symbols, start, end, source, seed: source === 'sample' ? seed : null, accounting, compat, costBps, warmup: warmup === true };
}

function windowText({ start, end }: RunConfig): { start: string; end: string } {
  return { start: formatDay(start), end: formatDay(end) };
}
