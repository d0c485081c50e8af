import { runPipeline } from '../../stages/lib/runPipeline.ts';
import { defineCommand } from '../lib/command.ts';
import { prepareRun } from '../lib/prepareRun.ts';
import { runFlags } from '../lib/runRequest.ts';

export default defineCommand({
  id: 'stage',
  summary: 'run the pipeline up to one stage and stop there',
  args: [{ name: 'stage', help: 'ingest_ohlcv, ingest_funding, clean, features, context, backtest or report' }],
  flags: runFlags,
  examples: ['backtest stage clean --source sample --symbols BTCUSDT --start 2023-01-01 --end 2023-03-31'],
  run: async (invocation) => {
    const until = invocation.args[0]!;
    const options = await prepareRun(invocation);
    const outcome = await runPipeline({ ...options, until });
    await options.effects.http.close();
    const manifest = outcome.manifests.find(({ stage }) => stage === until)!;
    return {
      data: manifest,
      text: `${until} of ${outcome.runId}: ${manifest.outputs.length} files, ${manifest.findings.length} findings, key ${manifest.key.slice(0, 12)}`,
    };
  },
});
