import { join, relative } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { runPipeline } from '../../stages/lib/runPipeline.ts';
import { defineCommand } from '../lib/command.ts';
import { prepareRun } from '../lib/prepareRun.ts';
import { runFlags } from '../lib/runRequest.ts';

export default defineCommand({
  id: 'run',
  summary: 'run the whole pipeline: ingest, clean, features, context, backtest, report',
  flags: runFlags,
  examples: [
    'backtest run --source sample --symbols BTCUSDT,ETHUSDT --start 2023-01-01 --end 2024-12-31',
    'backtest run --symbols BTCUSDT --start 2021-01-01 --end 2022-12-31 --strategies vol_compression_v1 --param vol_compression_v1.max_hold_bars=24',
  ],
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
