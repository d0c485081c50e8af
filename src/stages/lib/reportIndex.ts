import { prettyJson, sha256 } from '../../core/canonicalJson.ts';
import type { Effects, Files } from '../../core/effects.ts';
import { formatDay } from '../../core/time.ts';
import { accountingOf } from '../../engine/accountings.ts';
import { type LakePaths, lakePaths } from '../../lake/paths.ts';
import { writeAtomic } from '../../lake/writeAtomic.ts';
import type { IndexedRun } from '../../report/renderIndex.ts';
import { inspectManifest, inspectRunRecord, type RunRecord } from './manifests.ts';
import { runIds } from './readRun.ts';
import type { Manifest } from './stage.ts';

export interface ReportIndex {
  /** Path below the data root. */
  readonly path: string;
  readonly runs: readonly IndexedRun[];
  /** False when the files were already so. */
  readonly isChanged: boolean;
}

/**
 * Renews `reports/index.html` and `index.json` from what the data root holds now: runs that are gone leave it, a run that
 * cannot be read is listed with what is wrong with it. Nothing is written when nothing changed. The index belongs to no
 * run: no manifest names it and no tree hash covers it.
 *
 * @throws E_DISK_FULL, E_PERMISSION, E_FILE when it cannot be written
 */
export async function writeReportIndex(effects: Pick<Effects, 'files' | 'uniqueName'>, dataRoot: string): Promise<ReportIndex> {
  const paths = lakePaths(dataRoot);
  const runs = await indexedRuns(effects.files, paths);
  const { renderIndex } = await import('../../report/renderIndex.ts');
  const page = Buffer.from(renderIndex(runs));
  const data = Buffer.from(prettyJson({ runs }));
  const isChanged = [await replace(effects, paths.reportIndexJson(), data), await replace(effects, paths.reportIndex(), page)].includes(true);
  return { path: 'reports/index.html', runs, isChanged };
}

/** As writeReportIndex, after a run: what went wrong comes back in words, because the run is done all the same. */
export async function renewReportIndex(effects: Pick<Effects, 'files' | 'uniqueName'>, dataRoot: string): Promise<string | null> {
  try {
    await writeReportIndex(effects, dataRoot);
    return null;
  } catch (error) {
    return `the list of reports was not renewed: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Every run of a data root, the newest first; runs without a time come last, by their names. */
export async function indexedRuns(files: Files, paths: LakePaths): Promise<IndexedRun[]> {
  const runs: IndexedRun[] = [];
  for (const runId of await runIds(files, paths)) {
    try {
      const run = await readIndexed(files, paths, runId);
      if (run !== null) runs.push(run);
    } catch (error) {
      runs.push({ ...blank(runId), problem: error instanceof Error ? error.message : String(error) });
    }
  }
  const time = ({ finished_at: at }: IndexedRun) => at ?? '';
  return runs.sort((a, b) => (time(a) === time(b) ? (a.run_id < b.run_id ? -1 : 1) : time(a) < time(b) ? 1 : -1));
}

/** What there is to know of a run of which nothing can be read. */
function blank(runId: string): IndexedRun {
  return {
    run_id: runId,
    status: 'unreadable',
    problem: null,
    symbols: [],
    strategies: [],
    start: null,
    end: null,
    source: null,
    accounting: null,
    cost_bps: null,
    is_evidence: null,
    verdict: null,
    net_total_return: null,
    sharpe_daily_annualized: null,
    max_drawdown: null,
    total_trades: null,
    finished_at: null,
    tree_hash: null,
    report: null,
  };
}

/** One run; null for a folder that has no record yet. */
async function readIndexed(files: Files, paths: LakePaths, runId: string): Promise<IndexedRun | null> {
  const found = await inspectRunRecord(files, paths, runId);
  if (found.state === 'absent') return null;
  if (found.state !== 'whole') return { ...blank(runId), problem: `its record: ${found.problem}` };
  const run = ofRecord(found.value);
  if (run.status !== 'done') return run;
  const backtest = await inspectManifest(files, paths, runId, 'backtest');
  const report = await inspectManifest(files, paths, runId, 'report');
  if (backtest.state !== 'whole') return unreadable(run, `its manifest of backtest: ${backtest.state === 'absent' ? 'absent' : backtest.problem}`);
  const metrics = await readMetrics(files, paths, backtest.value);
  if (typeof metrics === 'string') return unreadable(run, metrics);
  const page = `runs/${runId}/report.html`;
  const hasPage = (await files.stat(paths.reportHtml(runId)))?.isFile === true;
  return {
    ...run,
    ...metrics,
    verdict: report.state === 'whole' ? textOrNull(report.value.effective['verdict']) : null,
    finished_at: await finishedAt(files, paths, runId),
    report: hasPage ? page : null,
  };
}

function ofRecord({ run_id, status, config, tree_hash }: RunRecord): IndexedRun {
  const { symbols, source, accounting, costBps: cost_bps } = config;
  const strategies = config.strategies.map(({ id }) => id);
  const days = { start: formatDay(config.start), end: formatDay(config.end) };
  const is_evidence = accountingOf(accounting).isEvidence;
  return { ...blank(run_id), status, symbols, strategies, ...days, source, accounting, is_evidence, cost_bps, tree_hash };
}

function unreadable(run: IndexedRun, problem: string): IndexedRun {
  return { ...run, status: 'unreadable', problem };
}

type Figures = Pick<IndexedRun, 'net_total_return' | 'sharpe_daily_annualized' | 'max_drawdown' | 'total_trades'>;

/** Headline numbers of the book, checked against the recorded hash; or what is wrong with the file. */
async function readMetrics(files: Files, paths: LakePaths, { run_id, outputs }: Manifest): Promise<Figures | string> {
  const artifact = outputs.find(({ path }) => path.endsWith(`/${run_id}/metrics.json`));
  if (artifact === undefined) return 'its manifest of backtest names no metrics.json';
  const path = `${paths.root}/${artifact.path}`;
  if ((await files.stat(path)) === null) return 'its metrics.json is absent';
  const bytes = await files.read(path);
  if (sha256(bytes) !== artifact.sha256) return 'its metrics.json is not what the manifest recorded';
  const metrics = JSON.parse(bytes.toString('utf8')) as Readonly<Record<keyof Figures, number | null>>;
  const { net_total_return, sharpe_daily_annualized, max_drawdown, total_trades } = metrics;
  return { net_total_return, sharpe_daily_annualized, max_drawdown, total_trades };
}

/** From the host's own record of the run, which is no artifact: null when it is absent or says nothing. */
async function finishedAt(files: Files, paths: LakePaths, runId: string): Promise<string | null> {
  const path = paths.environment(runId);
  if ((await files.stat(path)) === null) return null;
  try {
    return textOrNull((JSON.parse((await files.read(path)).toString('utf8')) as Readonly<Record<string, unknown>>)['finished_at']);
  } catch {
    return null;
  }
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Writes the file unless it is so already; true when it was written. */
async function replace({ files, uniqueName }: Pick<Effects, 'files' | 'uniqueName'>, path: string, content: Buffer): Promise<boolean> {
  if ((await files.stat(path))?.size === content.byteLength && (await files.read(path)).equals(content)) return false;
  await writeAtomic(files, path, content, uniqueName);
  return true;
}
