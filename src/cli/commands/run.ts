import { join, relative } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { runPipeline } from '../../stages/lib/runPipeline.ts';
import { defineCommand } from '../lib/command.ts';
import { prepareRun } from '../lib/prepareRun.ts';
import { runFlags } from '../lib/runRequest.ts';

export default defineCommand({
  id: 'run',
  summary: 'run the whole pipeline: ingest, clean, features, context, backtest, report',
  task: 'run',
  about:
    'Brings bars and funding into the lake, cleans them, computes features and context, resolves the strategies and writes a ' +
    'report. What a run is follows from its flags and --config files: the same command is the same run, so a finished one does ' +
    'nothing, an interrupted one goes on, and another cost or date is another run. Below the data root, reports/runs/<id>/ holds ' +
    'report.html and summary.md, lake/trades/backtests/<id>/ metrics, trades and equity as JSON and CSV, runs/<id>/ engine tables, ' +
    'manifests and logs. The verdict goes to stdout, progress to stderr.',
  flags: runFlags,
  examples: [
    'backtest run --source sample --symbols BTCUSDT,ETHUSDT --start 2023-01-01 --end 2024-12-31',
    'backtest run --symbols BTCUSDT --start 2021-01-01 --end 2022-12-31 --param vol_compression_v1.max_hold_bars=24 --cost-bps 8',
    'backtest run --config configs/pipeline.yaml --config configs/costs.yaml --strategies vol_compression_v1,vol_compression_momentum_v1',
    'backtest run --symbols BTCUSDT --start 2025-06-01 --end 2025-06-30 --warmup --json',
  ],
  seeAlso: ['config', 'strategies', 'runs', 'stage'],
  run: async (invocation) => {
    const options = await prepareRun(invocation);
    const outcome = await runPipeline(options);
    await options.effects.http.close();
    const report = outcome.manifests.find(({ stage }) => stage === 'report')?.outputs ?? [];
    const [page, summary] = ['report.html', 'summary.md'].map((name) => report.find(({ path }) => path.endsWith(name))?.path);
    if (page === undefined || summary === undefined) throw new AppError('E_INTERNAL', { problem: 'the run left no report' });
    const markdown = (await options.effects.files.read(join(invocation.dataRoot, summary))).toString('utf8');
    const worst = outcome.manifests.flatMap(({ findings }) => findings).filter(({ severity }) => severity !== 'info').length;
    return {
      data: {
        run_id: outcome.runId,
        status: outcome.record.status,
        tree_hash: outcome.record.tree_hash,
        executed: outcome.executed,
        reason: outcome.record.reason,
        report: page,
        summary,
        findings: worst,
      },
      text: [
        headline(markdown),
        '',
        `Run:     ${outcome.runId}`,
        `Tree:    ${outcome.record.tree_hash ?? ''}`,
        `Report:  ${relative('.', join(invocation.dataRoot, page))}`,
      ].join('\n'),
    };
  },
});

/** The summary's verdict, without its emphasis. */
function headline(markdown: string): string {
  const line = markdown.split('\n').find((candidate) => candidate.startsWith('**')) ?? '';
  return line.replaceAll('**', '');
}
