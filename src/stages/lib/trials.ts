import type { Effects } from '../../core/effects.ts';
import { AppError } from '../../core/errors.ts';
import { didYouMean } from '../../core/suggest.ts';
import { dayMs, daysPerYear, formatDay } from '../../core/time.ts';
import { specDigest } from '../../governance/documents/digest.ts';
import type { LedgerBody, LedgerHead, TrialsBody } from '../../governance/ledger/entry.ts';
import type { PolicyDocument } from '../../research/policy/document.ts';
import type { StudyDocument } from '../../research/study/document.ts';
import { countTrials, defaultHypothesis, trialDigest, type TrialFacts, unrecorded } from '../../governance/ledger/trials.ts';
import type { LakePaths } from '../../lake/paths.ts';
import { trialSharpeVariance } from '../../stats/trials.ts';
import { appendLedger, readLedger } from './ledgerFile.ts';
import { portfolioDays } from './portfolioSpan.ts';
import type { RunConfig } from './runConfig.ts';
import type { Manifest } from './stage.ts';

/** The figure of merit that backtests are chosen by. */
const backtestMetric = 'sharpe_daily';

type Store = Pick<Effects, 'files' | 'clock' | 'uniqueName'>;

/** Where the ledger ends now. @throws E_LEDGER when it is broken */
export async function ledgerHead(files: Effects['files'], paths: LakePaths): Promise<LedgerHead> {
  return (await readLedger(files, paths)).head;
}

/**
 * How many trials of the hypothesis of each of a run's policy studies there are besides its own, by its id: what the ledger has, and what
 * else of the same hypothesis this run tries. Other policy studies of the run count with every cell, whether or not cells turn out to be
 * the same; and what the ledger has of the run's own trials, from an earlier try at it, counts once. So the numbers depend on the documents
 * and on what others tried before, not on how often this run was started.
 */
export async function countPriorTrials(files: Effects['files'], paths: LakePaths, config: RunConfig): Promise<Record<string, number>> {
  const { policies = [], studies = [] } = config;
  const tried = [
    ...studies.map((document) => ({ ...studySubject(document, config), trials: Object.keys(document.estimands).length })),
    ...policies.map((document) => ({
      ...policySubject(document, config),
      trials: Object.keys(document.conditions).length * Object.keys(document.actions).length,
    })),
  ];
  const digests = new Set(tried.map(({ digest }) => digest));
  const others = (await readLedger(files, paths)).entries.filter(({ body }) => body.t !== 'TRIALS' || !digests.has(body.digest));
  const priorOf = (document: PolicyDocument): number => {
    const own = policySubject(document, config);
    const beside = tried.filter(({ hypothesis, digest }) => hypothesis === own.hypothesis && digest !== own.digest);
    return countTrials(others, own.hypothesis).trials + beside.reduce((sum, { trials }) => sum + trials, 0);
  };
  return Object.fromEntries(policies.map((document) => [document.id, priorOf(document)]));
}

/** Writes what a run looked at into the ledger, once, and says how much has been tried. The caller holds the lake's lock. */
export async function recordTrials(
  effects: Store,
  paths: LakePaths,
  { runId, config, manifests }: { readonly runId: string; readonly config: RunConfig; readonly manifests: Readonly<Record<string, Manifest>> },
): Promise<TrialFacts> {
  const bodies = await trialsOfRun(effects, paths, { runId, config, manifests });
  const { entries } = await readLedger(effects.files, paths);
  await appendLedger(effects, paths, unrecorded(entries, bodies));
  const count = countTrials((await readLedger(effects.files, paths)).entries, defaultHypothesis, backtestMetric);
  return { hypothesis: defaultHypothesis, trials: count.trials, sharpe_variance: trialSharpeVariance(count.values) };
}

/** What a run looked at, as the ledger counts it. @throws E_FILE when its metrics cannot be read */
export async function trialsOfRun(effects: Pick<Effects, 'files'>, paths: LakePaths, looked: Looked): Promise<TrialsBody[]> {
  return [...(await backtestTrials(effects, paths, looked)), ...studyTrials(looked), ...policyTrials(looked), ...portfolioTrials(looked)];
}

/**
 * Records that the sealed slice of a study, policy study or portfolio is opened, before anything of it is read. Again by the same run is the same opening.
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
    const documents = sealedDocuments(config, id);
    if (documents.length === 0) throw nothingSealed(config, id);
    for (const { kind, version, hypothesis, digest } of documents) {
      const before = entries.find(({ body }) => body.t === 'HOLDOUT_OPENED' && body.subject === id && body.digest === digest);
      if (before !== undefined && before.body.t === 'HOLDOUT_OPENED' && before.body.run_id !== runId)
        throw new AppError('E_HOLDOUT', { kind, id, version, runId: before.body.run_id, at: before.at.slice(0, 10) });
      if (before === undefined) bodies.push({ t: 'HOLDOUT_OPENED', hypothesis, subject: id, digest, run_id: runId });
    }
  }
  await appendLedger(effects, paths, bodies);
}

function nothingSealed({ studies = [], policies = [], portfolio }: RunConfig, id: string): AppError {
  const known = [...studies, ...policies, ...(portfolio === undefined ? [] : [portfolio.document])].map((document) => document.id);
  const has = known.length === 0 ? '; add --studies, --policy or --portfolio' : ` (it has ${known.join(', ')})`;
  return new AppError('E_USAGE', {
    problem: `--open-holdout ${id}: the run has no such study, policy study or portfolio${didYouMean(id, known)}${has}`,
  });
}

/** The studies, policy studies and portfolio of a run that have an id; what an opening is known by does not depend on symbols and days. */
function sealedDocuments(
  { studies = [], policies = [], portfolio }: RunConfig,
  id: string,
): { kind: string; version: number; hypothesis: string; digest: string }[] {
  const found = [
    ...studies.map((document) => ({ kind: 'study', document, digest: trialDigest({ study: document }) })),
    ...policies.map((document) => ({ kind: 'policy study', document, digest: trialDigest({ policy: document }) })),
  ];
  const known = found
    .filter(({ document }) => document.id === id)
    .map(({ kind, document, digest }) => ({ kind, version: document.version, hypothesis: document.hypothesis.id ?? id, digest }));
  if (portfolio?.document.id !== id) return known;
  const { document } = portfolio;
  const digest = trialDigest({ portfolio: document });
  return [...known, { kind: 'portfolio', version: document.version, hypothesis: defaultHypothesis, digest }];
}

interface Looked {
  readonly runId: string;
  readonly config: RunConfig;
  readonly manifests: Readonly<Record<string, Manifest>>;
}

async function backtestTrials(effects: Pick<Effects, 'files'>, paths: LakePaths, { runId, config, manifests }: Looked): Promise<TrialsBody[]> {
  const output = manifests['backtest']?.outputs.find(({ path }) => path.endsWith('/metrics.json') && path.includes('/trades/'));
  if (output === undefined) return [];
  const metrics = JSON.parse((await effects.files.read(`${paths.root}/${output.path}`)).toString('utf8')) as {
    strategies: Readonly<Record<string, { sharpe_daily_annualized: number | null }>>;
  };
  const { overlays } = config;
  return config.strategies.map(({ id, params }): TrialsBody => {
    const annualized = metrics.strategies[id]?.sharpe_daily_annualized ?? null;
    return {
      t: 'TRIALS',
      hypothesis: defaultHypothesis,
      kind: 'backtest',
      subject: id,
      ...(overlays === undefined ? {} : { overlays: overlays.map(({ name }) => name) }),
      // What a file claims about itself makes no other trial.
      digest: trialDigest({ strategy: id, params, ...(overlays === undefined ? {} : { overlays: overlays.map(specDigest) }), ...lookedAt(config) }),
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
        ...studySubject(document, config),
        kind: 'study',
        trials: found.estimands,
        run_id: runId,
        window: windowText(config),
        result: { metric: 'p', value: found.p, verdict: found.verdict },
      },
    ];
  });
}

/** Nothing was tried where the parent had not passed or data were missing, so nothing is written: a later try is the first. */
function policyTrials({ runId, config, manifests }: Looked): TrialsBody[] {
  const verdicts = (manifests['policy']?.effective['policies'] ?? {}) as Readonly<
    Record<string, { verdict: string; p: number | null; trials: number }>
  >;
  return (config.policies ?? []).flatMap((document): TrialsBody[] => {
    const found = verdicts[document.id];
    if (found === undefined || found.trials === 0) return [];
    return [
      {
        t: 'TRIALS',
        ...policySubject(document, config),
        kind: 'policy',
        trials: found.trials,
        run_id: runId,
        window: windowText(config),
        result: { metric: 'p_adjusted', value: found.p, verdict: found.verdict },
      },
    ];
  });
}

/** Every mode that a portfolio computed is one that could have been chosen. */
function portfolioTrials({ runId, config, manifests }: Looked): TrialsBody[] {
  const sharpes = manifests['portfolio']?.effective['sharpe_annualized'] as Readonly<Record<string, number | null>> | undefined;
  const { portfolio } = config;
  if (sharpes === undefined || portfolio === undefined) return [];
  const { document, edges, overlays, universe } = portfolio;
  // Days that stayed sealed were not looked at.
  const { firstDay, days } = portfolioDays(config);
  const window = { start: formatDay(firstDay), end: formatDay(firstDay + (days - 1) * dayMs) };
  return Object.entries(sharpes).map(([mode, annualized]): TrialsBody => {
    const isOpen = (config.openHoldout ?? []).includes(document.id);
    return {
      t: 'TRIALS',
      hypothesis: defaultHypothesis,
      kind: 'portfolio',
      subject: `${document.id}/${mode}`,
      digest: trialDigest({ portfolio: document, edges, overlays, universe, mode, holdout: isOpen, ...lookedAt(config) }),
      trials: 1,
      run_id: runId,
      window,
      result: { metric: backtestMetric, value: annualized === null ? null : annualized / Math.sqrt(daysPerYear), verdict: null },
    };
  });
}

type Subject = Pick<TrialsBody, 'hypothesis' | 'subject' | 'digest'>;

function studySubject(document: StudyDocument, config: RunConfig): Subject {
  const holdout = (config.openHoldout ?? []).includes(document.id);
  return {
    hypothesis: document.hypothesis.id ?? document.id,
    subject: document.id,
    digest: trialDigest({ study: document, holdout, ...lookedAt(config) }),
  };
}

/**
 * A policy study has costs and an accounting of its own, and opening its holdout reads no cell that was not tried before: neither makes it
 * another trial.
 */
function policySubject(document: PolicyDocument, config: RunConfig): Subject {
  const parent = (config.studies ?? []).find(({ id }) => id === document.parent.study) ?? null;
  const { symbols, start, end, source, seed, compat, warmup } = config;
  const data = { symbols, start, end, source, seed: source === 'sample' ? seed : null, compat, warmup: warmup === true };
  return {
    hypothesis: document.hypothesis.id ?? document.id,
    subject: document.id,
    digest: trialDigest({ policy: document, parent, ...data }),
  };
}

/** What of a configuration makes a result another one. */
function lookedAt({ symbols, start, end, source, seed, accounting, compat, costBps, warmup }: RunConfig): Readonly<Record<string, unknown>> {
  return { symbols, start, end, source, seed: source === 'sample' ? seed : null, accounting, compat, costBps, warmup: warmup === true };
}

function windowText({ start, end }: RunConfig): { start: string; end: string } {
  return { start: formatDay(start), end: formatDay(end) };
}
