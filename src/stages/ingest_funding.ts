import type { Finding } from '../core/findings.ts';
import { formatDay } from '../core/time.ts';
import { parseFunding } from '../venues/binance/funding.ts';
import { archiveEntryName, archiveLimits } from '../venues/source.ts';
import { readSingleEntry } from '../venues/zip.ts';
import { columnsOf } from './lib/artifacts.ts';
import { ingest } from './lib/ingest.ts';
import { defineStage } from './lib/stage.ts';

/** `timestamp` is the settlement hour, `raw_timestamp` the archive's own stamp. */
export const rawFundingColumns = columnsOf('timestamp:timestamp raw_timestamp:timestamp funding_rate interval_hours');

export default defineStage({
  id: 'ingest_funding',
  summary: 'downloads funding settlements by month, verifies their checksums and keeps them as raw rows',
  after: [],
  isWanted: (config) => !config.skipIngestFunding,
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
      dataset: 'funding',
      partition: (at, venue, symbol, month) => at.paths.rawFunding(venue, symbol, month.year, month.month),
      parse: (bytes, { name, symbol, month }) => {
        const csv = readSingleEntry(bytes, { expectedName: archiveEntryName(name), maxBytes: archiveLimits.funding.entry });
        const events = parseFunding(csv, { file: name, symbol, from: month.start, to: month.end });
        const findings: Finding[] = [];
        const note = (code: string, severity: Finding['severity'], count: number, message: string) => {
          if (count > 0) findings.push({ code, severity, subject: name, message, observed: count });
        };
        note('FUNDING_STAMPS_SNAPPED', 'info', events.snappedCount, 'settlement stamps within 5 s of an hour were taken as that hour');
        note('FUNDING_STAMPS_OFF_HOUR', 'warning', events.offHourCount, 'settlement stamps lie away from any whole hour');
        note('DUPLICATE_ROWS', 'info', events.duplicatesDropped, 'identical repeated rows were dropped');
        const numbers = { timestamp: events.time, raw_timestamp: events.rawTime, funding_rate: events.rate, interval_hours: events.intervalHours };
        return { table: { columns: rawFundingColumns, rows: events.rows, numbers, texts: {} }, findings };
      },
    }),
});
