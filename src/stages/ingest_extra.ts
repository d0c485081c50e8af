import { formatDay } from '../core/time.ts';
import { extraDatasetsRead } from './lib/extraColumns.ts';
import { extraRules } from './lib/extraDatasets.ts';
import { ingest } from './lib/ingest.ts';
import { defineStage, type StageResult } from './lib/stage.ts';
import { warmupParameter } from './lib/warmup.ts';

export default defineStage({
  id: 'ingest_extra',
  summary: 'brings what studies read beyond bars and funding into the raw lake: spot, mark, premium, positioning, liquidations, seconds',
  after: [],
  precedes: ['clean'],
  readsSource: true,
  isWanted: (config) => extraDatasetsRead(config).length > 0,
  parameters: (config, context) => ({
    datasets: extraDatasetsRead(config),
    symbols: config.symbols,
    start: formatDay(config.start),
    end: formatDay(config.end),
    source: config.source,
    seed: config.seed,
    ...warmupParameter(context),
  }),
  units: (context) => [`source/${context.config.source}`],
  finish: async (context) => {
    const results: [string, StageResult][] = [];
    for (const dataset of extraDatasetsRead(context.config)) {
      const note: typeof context.note = (text, progress) => context.note(`${dataset} ${text}`, progress);
      results.push([dataset, await ingest({ ...context, note }, extraRules[dataset])]);
    }
    return {
      inputs: [],
      outputs: results.flatMap(([, { outputs }]) => [...outputs]),
      effective: { datasets: Object.fromEntries(results.map(([dataset, { effective }]) => [dataset, effective])) },
      counts: { datasets: Object.fromEntries(results.map(([dataset, { counts }]) => [dataset, counts])) },
      findings: results.flatMap(([, { findings }]) => [...findings]),
    };
  },
});
