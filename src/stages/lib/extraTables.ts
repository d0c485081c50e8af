import type { ColumnSpec, Columns, Table } from '../../core/table.ts';
import { dayMs } from '../../core/time.ts';
import { lastInBar, matchBars, meanInBar, type Stretch, sumInBar, tradedColumns } from '../../market/extraAlign.ts';
import { lowerBound } from '../../market/cleanBars.ts';
import { metricsStepMs } from '../../venues/binance/metrics.ts';
import { columnsOf, outputsWith } from './artifacts.ts';
import type { ExtraDataset, ExtraTable } from './extraColumns.ts';
import { rawExtraColumns } from './extraDatasets.ts';
import { rawBarColumns } from './ingestKlines.ts';
import { rawPartitions } from './rawPartitions.ts';
import type { Artifact, StageContext } from './stage.ts';

/** Columns of the run's tables, one row per clean bar: what is known at its close. */
export const extraTableColumns: Readonly<Record<ExtraTable, readonly ColumnSpec[]>> = {
  trading: columnsOf('timestamp:timestamp quote_volume trade_count taker_buy_volume taker_buy_quote_volume'),
  spot_15m: columnsOf('timestamp:timestamp close volume quote_volume'),
  mark_15m: columnsOf('timestamp:timestamp close'),
  premium_15m: columnsOf('timestamp:timestamp close'),
  metrics: columnsOf('timestamp:timestamp open_interest open_interest_value top_account_ratio top_position_ratio account_ratio taker_ratio'),
  liquidations: columnsOf('timestamp:timestamp volume buy_volume sell_volume'),
  trades_1s: columnsOf('timestamp:timestamp tick_balance sign_entropy'),
  quotes_1s: columnsOf('timestamp:timestamp spread size'),
};

/** The grid that everything is laid on. */
export interface BarGrid {
  readonly openTime: Float64Array;
  /** 1 on rows without a usable bar. */
  readonly isGap: Uint8Array;
}

export interface AlignedTable {
  /** Columns without `timestamp`. */
  readonly columns: Columns;
  readonly inputs: readonly Artifact[];
  /** Rows with zeros that the source wrote for want of a value. */
  readonly zeros: number;
}

/** One table of a symbol laid on its bars, from the raw rows that the run's ingest names. */
export async function alignTable(
  context: StageContext,
  symbol: string,
  { table, grid }: { table: ExtraTable; grid: BarGrid },
): Promise<AlignedTable> {
  if (table === 'trading') return alignTrading(context, symbol, grid);
  const inputs = outputsWith(context, 'ingest_extra', `/perp/${symbol}/${table}/`);
  const columns = table.endsWith('_1s')
    ? await alignSeconds(context, inputs, { table: table as 'trades_1s' | 'quotes_1s', grid })
    : alignRows(table, await context.store.read(inputs, rawExtraColumns[table]), { grid, absent: absentDays(context, symbol, table) });
  return { columns, inputs, zeros: 0 };
}

/** What the bars' own archive has besides prices and volume. */
async function alignTrading(context: StageContext, symbol: string, { openTime, isGap }: BarGrid): Promise<AlignedTable> {
  const inputs = await rawPartitions(context, 'ohlcv_15m', symbol);
  const raw = await context.store.read(inputs, rawBarColumns);
  const { timestamp: time } = raw.numbers;
  const onGrid = (name: string) => {
    const column = matchBars(openTime, time!, raw.numbers[name]!);
    for (let row = 0; row < column.length; row++) if (isGap[row] === 1) column[row] = Number.NaN;
    return column;
  };
  const { zeros, quoteVolume, tradeCount, takerBuyVolume, takerBuyQuoteVolume } = tradedColumns({
    volume: onGrid('volume'),
    quoteVolume: onGrid('quote_volume'),
    tradeCount: onGrid('trade_count'),
    takerBuyVolume: onGrid('taker_buy_volume'),
    takerBuyQuoteVolume: onGrid('taker_buy_quote_volume'),
  });
  const columns = {
    quote_volume: quoteVolume,
    trade_count: tradeCount,
    taker_buy_volume: takerBuyVolume,
    taker_buy_quote_volume: takerBuyQuoteVolume,
  };
  return { columns, inputs, zeros };
}

/** @param absent days of which no file was read, for data in which nothing may be a fact */
function alignRows(table: ExtraDataset, raw: Table, { grid, absent }: { grid: BarGrid; absent: readonly Stretch[] }): Columns {
  const { openTime } = grid;
  const time = raw.numbers['timestamp']!;
  const wanted = extraTableColumns[table].slice(1).map(({ name }) => name);
  const each = (align: (values: Float64Array) => Float64Array) => Object.fromEntries(wanted.map((name) => [name, align(raw.numbers[name]!)]));
  if (table === 'metrics') {
    const knownAt = time.map((at) => at + metricsStepMs);
    // A contract with positions has no ratio and no open interest of 0: the publisher writes it for want of a value.
    return each((values) =>
      lastInBar(
        openTime,
        knownAt,
        values.map((value) => (value > 0 ? value : Number.NaN)),
      ),
    );
  }
  if (table !== 'liquidations') return each((values) => matchBars(openTime, time, values));
  const { filled_quantity: quantity, side } = raw.numbers as Record<string, Float64Array>;
  const of = (sign: number) => quantity!.map((value, row) => (side![row] === sign ? value : 0));
  const sum = (values: Float64Array) => sumInBar(openTime, { time, values }, absent);
  return { volume: sum(quantity!), buy_volume: sum(of(1)), sell_volume: sum(of(-1)) };
}

/** Seconds are read month by month: a year of them is too much to hold. */
async function alignSeconds(
  context: StageContext,
  inputs: readonly Artifact[],
  { table, grid: { openTime } }: { table: 'trades_1s' | 'quotes_1s'; grid: BarGrid },
): Promise<Columns> {
  const missing = () => new Float64Array(openTime.length).fill(Number.NaN);
  const columns = Object.fromEntries(extraTableColumns[table].slice(1).map(({ name }) => [name, missing()]));
  for (const input of inputs) {
    const { numbers, rows } = await context.store.read([input], rawExtraColumns[table]);
    if (rows === 0) continue;
    const time = numbers['timestamp']!;
    const [from, to] = [lowerBound(openTime, time[0]!), lowerBound(openTime, time[rows - 1]! + 1)];
    const part = openTime.subarray(from, to);
    const { bid, ask, bid_size: bidSize, ask_size: askSize, ups, downs, sign_entropy: entropy } = numbers as Record<string, Float64Array>;
    if (table === 'quotes_1s') {
      const fresh = freshQuotes(time, numbers['quote_timestamp']!);
      const mean = (value: (row: number) => number) =>
        meanInBar(
          part,
          time,
          time.map((_, row) => (fresh[row] === 1 ? value(row) : Number.NaN)),
        );
      columns['spread']!.set(
        mean((row) => (2 * (ask![row]! - bid![row]!)) / (ask![row]! + bid![row]!)),
        from,
      );
      columns['size']!.set(
        mean((row) => bidSize![row]! + askSize![row]!),
        from,
      );
    } else {
      const total = (values: Float64Array) => sumInBar(part, { time, values }, []);
      const [rising, falling] = [total(ups!), total(downs!)];
      columns['tick_balance']!.set(
        rising.map((count, row) => (count - falling[row]!) / (count + falling[row]!)),
        from,
      );
      columns['sign_entropy']!.set(weightedMean(part, { time, values: entropy!, weights: numbers['trades']! }), from);
    }
  }
  return columns;
}

/** A quote older than this is no longer taken for the book's state. */
const staleMs = 60_000;

function freshQuotes(time: Float64Array, quoteTime: Float64Array): Uint8Array {
  return Uint8Array.from(time, (at, row) => Number(at + 1_000 - quoteTime[row]! <= staleMs));
}

/** Mean over the seconds of a bar that have a value, each with its trades; missing without any. */
function weightedMean(
  openTime: Float64Array,
  { time, values, weights }: { time: Float64Array; values: Float64Array; weights: Float64Array },
): Float64Array {
  const known = (row: number) => (Number.isNaN(values[row]!) ? 0 : weights[row]!);
  const sum = sumInBar(openTime, { time, values: values.map((value, row) => (Number.isNaN(value) ? 0 : value * weights[row]!)) }, []);
  const count = sumInBar(openTime, { time, values: values.map((_, row) => known(row)) }, []);
  return sum.map((total, row) => (count[row]! > 0 ? total / count[row]! : Number.NaN));
}

/** What ingest says about days without a file, clipped to whole days. */
export function absentDays(context: StageContext, symbol: string, dataset: ExtraDataset): readonly Stretch[] {
  const { datasets = {} } = (context.upstream['ingest_extra']?.effective ?? {}) as { datasets?: Record<string, IngestFacts> };
  return datasets[dataset]?.symbols?.[symbol]?.absent?.map(({ from, to }) => ({ from, to: Math.ceil(to / dayMs) * dayMs })) ?? [];
}

interface IngestFacts {
  readonly symbols?: Readonly<Record<string, { readonly absent?: readonly Stretch[] }>>;
}
