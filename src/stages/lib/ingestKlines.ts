import { AppError } from '../../core/errors.ts';
import type { Finding } from '../../core/findings.ts';
import type { Table } from '../../core/table.ts';
import { barMs } from '../../core/time.ts';
import { type Klines, parseKlines } from '../../venues/binance/klines.ts';
import { archiveEntryName, type ArchiveDataset, layoutOf } from '../../venues/layouts.ts';
import type { RestBars } from '../../venues/source.ts';
import { readSingleEntry } from '../../venues/zip.ts';
import { columnsOf } from './artifacts.ts';
import type { Missing } from './ingestRecord.ts';
import type { IngestRule, Parsed, Range } from './ingestScope.ts';

/** Columns of 15-minute bars that later stages read, whatever the bars are of. */
export const rawBarColumns = columnsOf(
  'timestamp:timestamp open high low close volume quote_volume trade_count taker_buy_volume taker_buy_quote_volume',
);
/** As stored: `source` is archive_monthly, archive_daily or rest. */
export const storedBarColumns = [...rawBarColumns, ...columnsOf('source:text')];

/** This many flat bars without volume at the end of a file look like a contract that no longer trades. */
const flatTailBars = 96;

interface BarsKind {
  readonly dataset: ArchiveDataset;
  /** The same dataset in the REST interface, where it has one. */
  readonly rest?: RestBars;
  /** False for indices: their bars have no volume, so a flat one means nothing. */
  readonly isTraded: boolean;
  /** True for an index around zero. */
  readonly mayBeNegative?: boolean;
}

/** How 15-minute bars of any kind get from archive and REST into the raw lake. */
export function klinesRule({ dataset, rest, isTraded, mayBeNegative = false }: BarsKind): Omit<IngestRule, 'partition'> {
  const rowsOf = (bars: Klines, name: string) => toRows(bars, { file: name, isTraded });
  return {
    dataset,
    columns: storedBarColumns,
    compared: rawBarColumns.slice(1).map(({ name }) => name),
    unit: 'bars',
    slackMs: barMs,
    parse: (bytes, { name, symbol, from, to }) => {
      const csv = readSingleEntry(bytes, { expectedName: archiveEntryName(name), maxBytes: layoutOf(dataset).limits.entry });
      return rowsOf(parseKlines(csv, { file: name, symbol, intervalMs: barMs, from, to, mayBeNegative }), name);
    },
    missing: (rows, { from, to }) => missingBars(rows().numbers['timestamp']!, from, to),
    ...(rest === undefined
      ? {}
      : {
          rest: {
            dataset: rest,
            rowsOf: (result, { name }) => {
              if (result.dataset !== rest) throw new AppError('E_INTERNAL', { problem: `the REST answer is not about ${rest}` });
              return rowsOf(result.rows, name);
            },
          },
        }),
  };
}

function toRows(bars: Klines, { file, isTraded }: { file: string; isTraded: boolean }): Parsed {
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
  const tail = isTraded ? flatTail(table) : 0;
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
export function flatStretches(table: Table): Range[] {
  const times = table.numbers['timestamp']!;
  const ranges: Range[] = [];
  for (let row = 0; row < table.rows; row++) {
    const from = row;
    while (row < table.rows && isFlat(table, row)) row++;
    if (row > from) ranges.push({ from: times[from]!, to: times[row - 1]! + barMs });
  }
  return ranges;
}
