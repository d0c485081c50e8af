import type { Finding } from '../../core/findings.ts';
import type { ColumnSpec, Table } from '../../core/table.ts';
import { barMs, dayMs } from '../../core/time.ts';
import { QuoteSeconds } from '../../market/quoteSeconds.ts';
import { TradeSeconds } from '../../market/tradeSeconds.ts';
import { parseLiquidations } from '../../venues/binance/liquidations.ts';
import { metricsStepMs, parseMetrics } from '../../venues/binance/metrics.ts';
import { readQuotes, readTrades } from '../../venues/binance/ticks.ts';
import { archiveEntryName, layoutOf } from '../../venues/layouts.ts';
import { readEntryChunks, readSingleEntry } from '../../venues/zip.ts';
import { columnsOf } from './artifacts.ts';
import type { ExtraDataset } from './extraColumns.ts';
import { klinesRule, rawBarColumns } from './ingestKlines.ts';
import type { Missing, SourceObject } from './ingestRecord.ts';
import type { IngestRule, Parsed, Range } from './ingestScope.ts';

/** Columns of the raw rows that later stages read; `timestamp` is a bar's or a second's start, or an event's time. */
export const rawExtraColumns: Readonly<Record<ExtraDataset, readonly ColumnSpec[]>> = {
  spot_15m: rawBarColumns,
  mark_15m: rawBarColumns,
  premium_15m: rawBarColumns,
  metrics: columnsOf(
    'timestamp:timestamp raw_timestamp:timestamp open_interest open_interest_value top_account_ratio top_position_ratio account_ratio taker_ratio',
  ),
  liquidations: columnsOf('timestamp:timestamp side quantity filled_quantity price average_price'),
  trades_1s: columnsOf('timestamp:timestamp price volume buy_volume trades ups downs sign_entropy'),
  quotes_1s: columnsOf('timestamp:timestamp bid bid_size ask ask_size quote_timestamp:timestamp'),
};

/** As stored. */
export function storedExtraColumns(dataset: ExtraDataset): ColumnSpec[] {
  return [...rawExtraColumns[dataset], ...columnsOf('source:text')];
}

type ArchiveFile = { readonly name: string; readonly symbol: string } & Range;

/** How each dataset gets into the raw lake. All of them are data that a run can do without. */
export const extraRules: Readonly<Record<ExtraDataset, IngestRule>> = {
  spot_15m: bars('spot_15m', klinesRule({ dataset: 'spot_15m', isTraded: true })),
  mark_15m: bars('mark_15m', klinesRule({ dataset: 'mark_15m', rest: 'mark_15m', isTraded: false })),
  premium_15m: bars('premium_15m', klinesRule({ dataset: 'premium_15m', rest: 'premium_15m', isTraded: false, mayBeNegative: true })),
  metrics: {
    ...daily('metrics', readMetrics),
    compared: rawExtraColumns.metrics.slice(2).map(({ name }) => name),
    unit: 'snapshots',
    slackMs: barMs,
    missing: (rows, { from, to }) => missingSnapshots(rows().numbers['timestamp']!, from, to),
  },
  liquidations: daily('liquidations', readLiquidations),
  // Rows are those of the second grid, 86,400 a day; what was received stays under objects/.
  trades_1s: { ...daily('trades_1s', readTradeSeconds), isLarge: true },
  quotes_1s: { ...daily('quotes_1s', readQuoteSeconds), isLarge: true },
};

function bars(dataset: ExtraDataset, rule: Omit<IngestRule, 'partition'>): IngestRule {
  return { ...rule, isOptional: true, partition: partitionOf(dataset) };
}

function partitionOf(dataset: ExtraDataset): IngestRule['partition'] {
  return (at, venue, symbol, { year, month }) => at.paths.rawExtra(venue, symbol, { dataset, year, month });
}

/** A dataset that is published by day alone: whatever no file was read of is missing, and nothing else is. */
function daily(dataset: ExtraDataset, parse: IngestRule['parse']): IngestRule {
  return {
    dataset,
    columns: storedExtraColumns(dataset),
    compared: [],
    unit: 'days',
    slackMs: dayMs,
    isOptional: true,
    partition: partitionOf(dataset),
    parse,
    missing: (_, range, objects) => missingDays(range, objects),
  };
}

function entryOf(dataset: ExtraDataset, bytes: Buffer, name: string): Buffer {
  return readSingleEntry(bytes, { expectedName: archiveEntryName(name), maxBytes: layoutOf(dataset).limits.entry });
}

function readMetrics(bytes: Buffer, { name, ...context }: ArchiveFile): Parsed {
  const rows = parseMetrics(entryOf('metrics', bytes, name), { file: name, ...context });
  const numbers = {
    timestamp: rows.time,
    raw_timestamp: rows.rawTime,
    open_interest: rows.openInterest,
    open_interest_value: rows.openInterestValue,
    top_account_ratio: rows.topAccountRatio,
    top_position_ratio: rows.topPositionRatio,
    account_ratio: rows.accountRatio,
    taker_ratio: rows.takerRatio,
  };
  return parsed('metrics', numbers, [
    ...repeats(name, rows),
    ...noted(name, 'VALUES_EMPTY', rows.emptyValues, 'values are empty in the file'),
    ...noted(name, 'STAMPS_OFF_GRID', rows.offGridCount, 'stamps lie off the five-minute grid'),
  ]);
}

function readLiquidations(bytes: Buffer, { name, ...context }: ArchiveFile): Parsed {
  const rows = parseLiquidations(entryOf('liquidations', bytes, name), { file: name, ...context });
  const { time: timestamp, side, quantity, filledQuantity: filled_quantity, price, averagePrice: average_price } = rows;
  return parsed('liquidations', { timestamp, side, quantity, filled_quantity, price, average_price }, repeats(name, rows));
}

async function readTradeSeconds(bytes: Buffer, { name, ...context }: ArchiveFile): Promise<Parsed> {
  const seconds = new TradeSeconds(context);
  await readTrades(piecesOf('trades_1s', bytes, name), { file: name, ...context }, seconds);
  const { time: timestamp, buyVolume: buy_volume, signEntropy: sign_entropy, ...same } = seconds.finish();
  return parsed('trades_1s', { timestamp, buy_volume, sign_entropy, ...same }, repeats(name, { duplicatesDropped: seconds.duplicates }));
}

async function readQuoteSeconds(bytes: Buffer, { name, ...context }: ArchiveFile): Promise<Parsed> {
  const seconds = new QuoteSeconds(context);
  await readQuotes(piecesOf('quotes_1s', bytes, name), { file: name, ...context }, seconds);
  const { time: timestamp, bid, bidSize: bid_size, ask, askSize: ask_size, quoteTime: quote_timestamp } = seconds.finish();
  const numbers = { timestamp, bid, bid_size, ask, ask_size, quote_timestamp: quote_timestamp.map(Math.floor) };
  return parsed('quotes_1s', numbers, noted(name, 'QUOTES_UNUSABLE', seconds.unusable, 'quotes without a bid below the ask were left out'));
}

function piecesOf(dataset: ExtraDataset, bytes: Buffer, name: string): AsyncIterable<Buffer> {
  return readEntryChunks(bytes, { expectedName: archiveEntryName(name), maxBytes: layoutOf(dataset).limits.entry });
}

function parsed(dataset: ExtraDataset, numbers: Record<string, Float64Array>, findings: Finding[]): Parsed {
  return { table: { columns: rawExtraColumns[dataset], rows: numbers['timestamp']!.length, numbers, texts: {} } satisfies Table, findings };
}

function repeats(file: string, { duplicatesDropped, outOfOrderRows = 0 }: { duplicatesDropped: number; outOfOrderRows?: number }): Finding[] {
  return [
    ...noted(file, 'DUPLICATE_ROWS', duplicatesDropped, 'identical repeated rows were dropped'),
    ...noted(file, 'ROWS_OUT_OF_ORDER', outOfOrderRows, 'rows out of time order were sorted'),
  ];
}

function noted(file: string, code: string, count: number, message: string): Finding[] {
  return count === 0 ? [] : [{ code, severity: 'info', subject: file, message, observed: count }];
}

/** Five-minute stretches of [from, to) without a row. */
function missingSnapshots(times: Float64Array, from: number, to: number): Missing[] {
  const missing: Missing[] = [];
  let expected = from;
  for (const time of times) {
    const slot = Math.floor(time / metricsStepMs) * metricsStepMs;
    if (slot > expected) missing.push({ from: expected, to: slot, count: (slot - expected) / metricsStepMs });
    expected = Math.max(expected, slot + metricsStepMs);
  }
  const end = Math.floor(to / metricsStepMs) * metricsStepMs;
  if (expected < end) missing.push({ from: expected, to: end, count: (end - expected) / metricsStepMs });
  return missing;
}

/** Days of the range of which no file was read. */
function missingDays({ from, to }: Range, objects: readonly SourceObject[]): Missing[] {
  const read = new Set(objects.map(({ file }) => file.slice(-14, -4)));
  const missing: Missing[] = [];
  for (let day = from; day < to; day += dayMs) {
    if (read.has(new Date(day).toISOString().slice(0, 10))) continue;
    const before = missing.at(-1);
    if (before?.to === day) missing[missing.length - 1] = { ...before, to: day + dayMs, count: before.count + 1 };
    else missing.push({ from: day, to: day + dayMs, count: 1 });
  }
  return missing;
}
