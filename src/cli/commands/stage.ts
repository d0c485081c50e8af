import { runPipeline } from '../../stages/lib/runPipeline.ts';
import { defineCommand } from '../lib/command.ts';
import { prepareRun } from '../lib/prepareRun.ts';
import { runFlags } from '../lib/runRequest.ts';

export default defineCommand({
  id: 'stage',
  summary: 'run the pipeline up to one stage and stop there',
  task: 'run',
  about:
    'Runs the stages that the named one needs and then that one. Takes the flags of `run` and works on the same run, so `backtest run` ' +
    'with the same flags goes on from there. Prints what the stage left; its manifest is runs/<id>/<stage>.json below the data root.',
  args: [
    {
      name: 'stage',
      help: 'ingest_ohlcv, ingest_funding, clean, features, context, studies, policy, edge_candidates, backtest, report; with studies also ingest_extra and clean_extra',
      completes: 'stage',
    },
  ],
  flags: runFlags,
  examples: [
    'backtest stage clean --source sample --symbols BTCUSDT --start 2023-01-01 --end 2023-03-31',
    'backtest stage ingest_ohlcv --symbols BTCUSDT,ETHUSDT --start 2020-01-01 --end 2025-12-31',
  ],
  seeAlso: ['run', 'runs'],
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
