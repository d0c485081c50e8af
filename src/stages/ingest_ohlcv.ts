import { AppError } from '../core/errors.ts';
import type { Finding } from '../core/findings.ts';
import type { Table } from '../core/table.ts';
import { barMs, formatDay } from '../core/time.ts';
import { type Klines, parseKlines } from '../venues/binance/klines.ts';
import { archiveEntryName, archiveLimits } from '../venues/source.ts';
import { readSingleEntry } from '../venues/zip.ts';
import { columnsOf } from './lib/artifacts.ts';
import { ingest } from './lib/ingest.ts';
import type { Missing } from './lib/ingestRecord.ts';
import type { Parsed, Range } from './lib/ingestScope.ts';
import { defineStage } from './lib/stage.ts';

/** Columns that later stages read. */
export const rawBarColumns = columnsOf(
  'timestamp:timestamp open high low close volume quote_volume trade_count taker_buy_volume taker_buy_quote_volume',
);
/** As stored: `source` is archive_monthly, archive_daily or rest. */
export const storedBarColumns = [...rawBarColumns, ...columnsOf('source:text')];

/** This many flat bars without volume at the end of a file look like a contract that no longer trades. */
const flatTailBars = 96;
/** Stretches of flat bars per file that are compared with the REST interface. */
const comparedStretches = 3;

export default defineStage({
  id: 'ingest_ohlcv',
  summary: 'brings 15-minute bars into the raw lake: monthly archives, daily files, REST for the rest',
  after: [],
  readsSource: true,
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
      columns: storedBarColumns,
      compared: rawBarColumns.slice(1).map(({ name }) => name),
      unit: 'bars',
      hasDailyFiles: true,
      partition: (at, venue, symbol, month) => at.paths.rawBars(venue, symbol, month.year, month.month),
      parse: (bytes, { name, symbol, from, to }) => {
        const csv = readSingleEntry(bytes, { expectedName: archiveEntryName(name), maxBytes: archiveLimits.ohlcv_15m.entry });
        return toRows(parseKlines(csv, { file: name, symbol, intervalMs: barMs, from, to }), name);
      },
      ofRest: (result, { name }) => {
        if (result.dataset !== 'ohlcv_15m') throw new AppError('E_INTERNAL', { problem: 'the REST answer is not about bars' });
        return toRows(result.rows, name);
      },
      missing: (table, { from, to }) => missingBars(table.numbers['timestamp']!, from, to),
      doubtful: (table) => flatStretches(table).slice(0, comparedStretches),
    }),
});

function toRows(bars: Klines, file: string): Parsed {
  const findings: Finding[] = [];
  const note = (code: string, count: number, message: string) => {
    if (count > 0) findings.push({ code, severity: 'info', subject: file, message, observed: count });
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
  const table: Table = { columns: rawBarColumns, rows: bars.rows, numbers, texts: {} };
  const tail = flatTail(table);
  if (tail >= flatTailBars) note('FLAT_TAIL', tail, 'the file ends with flat bars without volume; the contract may have been settled before');
  return { table, findings };
}

/** Grid times without a row in [from, to), as stretches. */
function missingBars(times: Float64Array, from: number, to: number): Missing[] {
  const missing: Missing[] = [];
  let expected = from;
  for (const time of times) {
    if (time < from || time >= to) continue;
    if (time > expected) missing.push({ from: expected, to: time, count: (time - expected) / barMs });
    expected = time + barMs;
  }
  if (expected < to) missing.push({ from: expected, to, count: (to - expected) / barMs });
  return missing;
}

function isFlat({ numbers }: Table, row: number): boolean {
  const { open, high, low, close, volume } = numbers as Record<string, Float64Array>;
  return volume![row] === 0 && open![row] === close![row] && high![row] === low![row];
}

/** Flat rows without volume at the end, all of one price. */
function flatTail(table: Table): number {
  const close = table.numbers['close']!;
  let row = table.rows;
  while (row > 0 && isFlat(table, row - 1) && close[row - 1] === close[table.rows - 1]) row--;
  return table.rows - row;
}

/** Unbroken stretches of flat bars without volume. */
function flatStretches(table: Table): Range[] {
  const times = table.numbers['timestamp']!;
  const ranges: Range[] = [];
  for (let row = 0; row < table.rows; row++) {
    const from = row;
    while (row < table.rows && isFlat(table, row)) row++;
    if (row > from) ranges.push({ from: times[from]!, to: times[row - 1]! + barMs });
  }
  return ranges;
}
