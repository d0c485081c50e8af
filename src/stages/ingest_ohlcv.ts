import { formatDay } from '../core/time.ts';
import { ingest } from './lib/ingest.ts';
import { flatStretches, klinesRule } from './lib/ingestKlines.ts';
import { defineStage } from './lib/stage.ts';
import { warmupParameter } from './lib/warmup.ts';

/** Stretches of flat bars per file that are compared with the REST interface. */
const comparedStretches = 3;

export default defineStage({
  id: 'ingest_ohlcv',
  summary: 'brings 15-minute bars into the raw lake: monthly archives, daily files, REST for the rest',
  after: [],
  readsSource: true,
  isWanted: (config) => !config.skipIngestOhlcv,
  parameters: (config, context) => ({
    symbols: config.symbols,
    start: formatDay(config.start),
    end: formatDay(config.end),
    source: config.source,
    seed: config.seed,
    ...warmupParameter(context),
  }),
  units: (context) => [`source/${context.config.source}`],
  finish: (context) =>
    ingest(context, {
      ...klinesRule({ dataset: 'ohlcv_15m', rest: 'ohlcv_15m', isTraded: true }),
      partition: (at, venue, symbol, month) => at.paths.rawBars(venue, symbol, month.year, month.month),
      doubtful: (table) => flatStretches(table).slice(0, comparedStretches),
    }),
});
