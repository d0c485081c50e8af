import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Files } from '../src/core/effects.ts';
import { createEffects } from '../src/lake/realEffects.ts';
import type { IndexedRun } from '../src/report/renderIndex.ts';
import { writeReportIndex } from '../src/stages/lib/reportIndex.ts';
import type { ProgressEvent, RunOptions, RunOutcome } from '../src/stages/lib/runPipeline.ts';
import { createHttp } from '../src/venues/http.ts';
import { elementsOf, htmlTree, textIn } from './support/htmlTree.ts';
import { removeFolders, runInProcess, temporaryFolder } from './support/pipeline.ts';

const dataRoot = temporaryFolder();
const at = (...parts: string[]) => join(dataRoot, ...parts);
const request = { symbols: ['BTCUSDT'], start: '2023-01-01', end: '2023-01-12', source: 'sample' };
const effects = createEffects({ http: createHttp() });
const run = (runId: string, cost: number, options: Partial<RunOptions> = {}): Promise<RunOutcome> =>
  runInProcess({ ...request, cost_bps: cost }, { dataRoot, runId, ...options });
const listed = () => (JSON.parse(readFileSync(at('reports/index.json'), 'utf8')) as { runs: IndexedRun[] }).runs;
const page = () => readFileSync(at('reports/index.html'), 'utf8');
const rows = () => {
  const body = [...elementsOf(htmlTree(page()))].find(({ tag }) => tag === 'tbody')!;
  return [...elementsOf(body)].filter(({ tag }) => tag === 'tr').map(textIn);
};
let first: RunOutcome;

beforeAll(async () => {
  first = await run('first', 4);
  await run('second', 8);
});
afterAll(async () => {
  await effects.http.close();
  removeFolders();
});

describe('the index of reports', () => {
  it('is there when a run has ended, and says of each run what its metrics say', () => {
    expect(
      listed()
        .map(({ run_id }) => run_id)
        .sort(),
    ).toEqual(['first', 'second']);
    const metrics = JSON.parse(readFileSync(at('lake/trades/backtests/first/metrics.json'), 'utf8')) as Record<string, unknown>;
    const { net_total_return, max_drawdown, total_trades, sharpe_daily_annualized } = metrics;
    expect(listed().find(({ run_id }) => run_id === 'first')).toMatchObject({
      net_total_return,
      max_drawdown,
      total_trades,
      sharpe_daily_annualized,
      status: 'done',
      symbols: ['BTCUSDT'],
      strategies: ['vol_compression_v1'],
      start: '2023-01-01',
      end: '2023-01-12',
      cost_bps: 4,
      accounting: 'screen',
      is_evidence: false,
      problem: null,
      tree_hash: first.record.tree_hash,
      report: 'runs/first/report.html',
      finished_at: (JSON.parse(readFileSync(at('runs/first/environment.json'), 'utf8')) as { finished_at: string }).finished_at,
    });
  });

  it('has the same verdict as the report, and a link that leads to it', () => {
    const report = readFileSync(at('reports', listed()[0]!.report!), 'utf8');
    expect(report).toContain(`<p class="headline">${listed()[0]!.verdict}</p>`);
    for (const { report: link } of listed()) expect(page()).toContain(`href="${link}"`);
  });

  it('is no part of a run: no manifest names it', () => {
    const paths = first.manifests.flatMap(({ outputs }) => outputs.map(({ path }) => path));
    expect(paths.some((path) => path.startsWith('reports/runs/first/'))).toBe(true);
    expect(paths.filter((path) => path.startsWith('reports/index'))).toEqual([]);
  });

  it('is not written again when nothing changed', async () => {
    const before = statSync(at('reports/index.html'));
    const again = await run('first', 4);
    expect(again.executed).toEqual([]);
    expect((await writeReportIndex(effects, dataRoot)).isChanged).toBe(false);
    const after = statSync(at('reports/index.html'));
    expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
  });

  it('lists what is wrong with a run that cannot be read, and the next run is not disturbed', async () => {
    writeFileSync(at('runs/second/run.json'), '{ torn');
    const third = await run('third', 5);
    expect(third.record.status).toBe('done');
    expect(listed().find(({ run_id }) => run_id === 'second')).toMatchObject({
      status: 'unreadable',
      problem: 'its record: it is not readable JSON',
      net_total_return: null,
    });
    expect(rows().find((row) => row.startsWith('second'))).toContain('Cannot be read: its record: it is not readable JSON');
    writeFileSync(at('lake/trades/backtests/third/metrics.json'), '{}');
    await writeReportIndex(effects, dataRoot);
    expect(listed().find(({ run_id }) => run_id === 'third')).toMatchObject({
      status: 'unreadable',
      problem: 'its metrics.json is not what the manifest recorded',
    });
  });

  it('forgets a run that is gone', async () => {
    rmSync(at('runs/third'), { recursive: true });
    await writeReportIndex(effects, dataRoot);
    expect(listed().map(({ run_id }) => run_id)).not.toContain('third');
    expect(page()).not.toContain('third');
  });

  it('lists a run of which only some stages ran as not finished', async () => {
    await run('half', 6, { until: 'clean' });
    await writeReportIndex(effects, dataRoot);
    expect(listed().find(({ run_id }) => run_id === 'half')).toMatchObject({ status: 'running', verdict: null, report: null, is_evidence: false });
    expect(rows().find((row) => row.startsWith('half'))).toContain('Not finished');
  });

  it('never fails a run: when it cannot be written, the run says so and is done', async () => {
    const refuse = (path: string) => (/reports[\\/](?:\.tmp|index)/.test(path) ? Promise.reject(new Error('read-only')) : null);
    const files: Files = { ...effects.files, create: (path) => refuse(path) ?? effects.files.create(path) };
    const events: ProgressEvent[] = [];
    const outcome = await run('fourth', 7, { effects: { ...createEffects({ http: createHttp() }), files }, progress: (event) => events.push(event) });
    expect(outcome.record.status).toBe('done');
    expect(events.filter(({ type }) => type === 'warning')).toEqual([{ type: 'warning', text: 'the list of reports was not renewed: read-only' }]);
    expect(listed().map(({ run_id }) => run_id)).not.toContain('fourth');
    // The same command again finds everything done, and the list is made up for.
    await run('fourth', 7);
    expect(listed().map(({ run_id }) => run_id)).toContain('fourth');
  });
});
