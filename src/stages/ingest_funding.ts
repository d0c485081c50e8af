import { AppError } from '../core/errors.ts';
import type { Finding } from '../core/findings.ts';
import type { Table } from '../core/table.ts';
import { formatDay, hourMs } from '../core/time.ts';
import { missingFunding } from '../market/fundingCoverage.ts';
import { type FundingRows, parseFunding } from '../venues/binance/funding.ts';
import { archiveEntryName, archiveLayouts } from '../venues/layouts.ts';
import { readSingleEntry } from '../venues/zip.ts';
import { columnsOf } from './lib/artifacts.ts';
import { ingest } from './lib/ingest.ts';
import type { Missing } from './lib/ingestRecord.ts';
import type { Parsed, Range } from './lib/ingestScope.ts';
import { defineStage } from './lib/stage.ts';
import { warmupParameter } from './lib/warmup.ts';

/** Columns that later stages read; `timestamp` is the settlement hour, `raw_timestamp` the archive's own stamp. */
export const rawFundingColumns = columnsOf('timestamp:timestamp raw_timestamp:timestamp funding_rate interval_hours');
/** As stored: `source` is archive_monthly or rest. */
export const storedFundingColumns = [...rawFundingColumns, ...columnsOf('source:text')];

export default defineStage({
  id: 'ingest_funding',
  summary: 'brings funding settlements into the raw lake: monthly archives, REST for what they lack',
  after: [],
  readsSource: true,
  isWanted: (config) => !config.skipIngestFunding,
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
      dataset: 'funding',
      columns: storedFundingColumns,
      compared: ['funding_rate'],
      unit: 'settlements',
      slackMs: 8 * hourMs,
      partition: (at, venue, symbol, month) => at.paths.rawFunding(venue, symbol, month.year, month.month),
      parse: (bytes, { name, symbol, from, to }) => {
        const csv = readSingleEntry(bytes, { expectedName: archiveEntryName(name), maxBytes: archiveLayouts.funding.limits.entry });
        return toRows(parseFunding(csv, { file: name, symbol, from, to }), name);
      },
      rest: {
        dataset: 'funding',
        rowsOf: (result, { name }) => {
          if (result.dataset !== 'funding') throw new AppError('E_INTERNAL', { problem: 'the REST answer is not about funding' });
          return toRows(result.rows, name);
        },
      },
      missing: missingSettlements,
      finish: withIntervals,
    }),
});

function toRows(events: FundingRows, file: string): Parsed {
  const findings: Finding[] = [];
  const note = (code: string, severity: Finding['severity'], count: number, message: string) => {
    if (count > 0) findings.push({ code, severity, subject: file, message, observed: count });
  };
  note('FUNDING_STAMPS_SNAPPED', 'info', events.snappedCount, 'settlement stamps within 5 s of an hour were taken as that hour');
  note('FUNDING_STAMPS_OFF_HOUR', 'warning', events.offHourCount, 'settlement stamps lie away from any whole hour');
  note('DUPLICATE_ROWS', 'info', events.duplicatesDropped, 'identical repeated rows were dropped');
  note('ROWS_OUT_OF_ORDER', 'info', events.outOfOrderRows, 'rows out of time order were sorted');
  const numbers = { timestamp: events.time, raw_timestamp: events.rawTime, funding_rate: events.rate, interval_hours: events.intervalHours };
  return { table: { columns: rawFundingColumns, rows: events.rows, numbers, texts: {} }, findings };
}

/** Settlements that the observed interval demands and that are not there. */
function missingSettlements(rows: () => Table, { from, to }: Range): Missing[] {
  const { numbers } = rows();
  const time = numbers['timestamp']!;
  const events = { time, rate: numbers['funding_rate']!, intervalHours: numbers['interval_hours']! };
  return missingFunding(events, { start: from, end: to }).map((stretch) => {
    const next = time.find((at) => at > stretch.from) ?? Infinity;
    return { from: stretch.from, to: Math.min(next, to), count: stretch.events };
  });
}

/** REST does not tell intervals: a settlement's is the distance to its nearest neighbor. */
function withIntervals(table: Table): Table {
  const times = table.numbers['timestamp']!;
  const sources = table.texts['source']!;
  if (!sources.includes('rest')) return table;
  const hoursBetween = (a: number, b: number) => (times[b]! - times[a]!) / hourMs;
  const interval_hours = table.numbers['interval_hours']!.map((stated, row) => {
    if (sources[row] !== 'rest') return stated;
    const hours = [row > 0 ? hoursBetween(row - 1, row) : Infinity, row + 1 < table.rows ? hoursBetween(row, row + 1) : Infinity];
    const nearest = Math.round(Math.min(...hours));
    return nearest >= 1 && nearest <= 24 ? nearest : stated;
  });
  return { ...table, numbers: { ...table.numbers, interval_hours } };
}
