import type { Finding } from '../core/findings.ts';
import { barMs, formatDay } from '../core/time.ts';
import { parseKlines } from '../venues/binance/klines.ts';
import { archiveEntryName, archiveLimits } from '../venues/source.ts';
import { readSingleEntry } from '../venues/zip.ts';
import { columnsOf } from './lib/artifacts.ts';
import { ingest } from './lib/ingest.ts';
import { defineStage } from './lib/stage.ts';

export const rawBarColumns = columnsOf(
  'timestamp:timestamp open high low close volume quote_volume trade_count taker_buy_volume taker_buy_quote_volume',
);

export default defineStage({
  id: 'ingest_ohlcv',
  summary: 'downloads 15-minute bars by month, verifies their checksums and keeps them as raw rows',
  after: [],
  isWanted: (config) => !config.skipIngestOhlcv,
  parameters: (config) => ({
    symbols: config.symbols,
    start: formatDay(config.start),
    end: formatDay(config.end),
    source: config.source,
    seed: config.seed,
  }),
  units: (context) => [`source/${context.config.source}`],
  finish: (context) =>
    ingest(context, {
      dataset: 'ohlcv_15m',
      partition: (at, venue, symbol, month) => at.paths.rawBars(venue, symbol, month.year, month.month),
      parse: (bytes, { name, symbol, month }) => {
        const csv = readSingleEntry(bytes, { expectedName: archiveEntryName(name), maxBytes: archiveLimits.ohlcv_15m.entry });
        const bars = parseKlines(csv, { file: name, symbol, intervalMs: barMs, from: month.start, to: month.end });
        const findings: Finding[] = [];
        const note = (code: string, count: number, message: string) => {
          if (count > 0) findings.push({ code, severity: 'info', subject: name, message, observed: count });
        };
        note('DUPLICATE_ROWS', bars.duplicatesDropped, 'identical repeated rows were dropped');
        note('ROWS_OUT_OF_ORDER', bars.outOfOrderRows, 'rows out of time order were sorted');
        const numbers = {
          timestamp: bars.openTime,
          open: bars.open,
          high: bars.high,
          low: bars.low,
          close: bars.close,
          volume: bars.volume,
          quote_volume: bars.quoteVolume,
          trade_count: bars.tradeCount,
          taker_buy_volume: bars.takerBuyVolume,
          taker_buy_quote_volume: bars.takerBuyQuoteVolume,
        };
        return { table: { columns: rawBarColumns, rows: bars.rows, numbers, texts: {} }, findings };
      },
    }),
});
