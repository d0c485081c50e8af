import type { Columns } from '../../core/table.ts';
import { lowerBound } from '../../market/cleanBars.ts';
import { joinWindows, secondFrame, type SecondFrame, type SecondWindow } from '../../market/secondFrame.ts';
import { outputsWith } from './artifacts.ts';
import { rawExtraColumns } from './extraDatasets.ts';
import type { Artifact, StageContext } from './stage.ts';

/**
 * The seconds around instants (settlements, session opens) as one frame, from what the run's ingest brought in: best quotes
 * and trades, each as far as it is there. Months that the windows touch are read one after the other and only the wanted rows are kept.
 */
export async function loadSecondFrame(
  context: StageContext,
  symbol: string,
  window: SecondWindow,
): Promise<{ readonly frame: SecondFrame; readonly inputs: readonly Artifact[] }> {
  const [quotes, trades] = [
    await loadSeconds(context, symbol, { table: 'quotes_1s', window }),
    await loadSeconds(context, symbol, { table: 'trades_1s', window }),
  ];
  const {
    timestamp,
    bid_size: bidSize,
    ask_size: askSize,
    quote_timestamp: quoteTime,
    bid,
    ask,
  } = (quotes?.columns ?? {}) as Record<string, Float64Array>;
  const frame = secondFrame(
    symbol,
    {
      quotes: quotes === null ? null : { time: timestamp!, bid: bid!, bidSize: bidSize!, ask: ask!, askSize: askSize!, quoteTime: quoteTime! },
      trades: trades === null ? null : tradeColumns(trades.columns),
    },
    window,
  );
  return { frame, inputs: [...(quotes?.inputs ?? []), ...(trades?.inputs ?? [])] };
}

function tradeColumns(columns: Columns) {
  const { timestamp, price, volume, buy_volume: buyVolume, trades, ups, downs, sign_entropy: signEntropy } = columns as Record<string, Float64Array>;
  return {
    time: timestamp!,
    price: price!,
    volume: volume!,
    buyVolume: buyVolume!,
    trades: trades!,
    ups: ups!,
    downs: downs!,
    signEntropy: signEntropy!,
  };
}

/** Rows of the windows, each with the row before it, which a quote is carried over from; null when there are none at all. */
async function loadSeconds(
  context: StageContext,
  symbol: string,
  { table, window }: { table: 'quotes_1s' | 'trades_1s'; window: SecondWindow },
): Promise<{ columns: Columns; inputs: readonly Artifact[] } | null> {
  const stretches = joinWindows(window);
  const inputs = monthsIn(outputsWith(context, 'ingest_extra', `/perp/${symbol}/${table}/`), stretches, window.maxQuoteAgeMs ?? Infinity);
  const parts: Columns[] = [];
  let before: Columns | null = null;
  for (const input of inputs) {
    const { numbers, rows } = await context.store.read([input], rawExtraColumns[table]);
    if (rows === 0) continue;
    const times = numbers['timestamp']!;
    let taken = 0;
    for (const { from, to } of stretches) {
      const [first, end] = [lowerBound(times, from), lowerBound(times, to)];
      if (first === 0 && before !== null && end > 0) parts.push(before);
      const start = Math.max(taken, Math.max(0, first - 1));
      if (end > start) parts.push(slice(numbers, start, end));
      taken = Math.max(taken, end);
    }
    before = slice(numbers, rows - 1, rows);
  }
  return inputs.length === 0
    ? null
    : {
        columns: join(
          parts,
          rawExtraColumns[table].map(({ name }) => name),
        ),
        inputs,
      };
}

/** Partitions of the months from the first window on, and of the time in which a quote in force at its beginning may have come. */
function monthsIn(inputs: readonly Artifact[], stretches: readonly { from: number; to: number }[], ageMs: number): Artifact[] {
  if (stretches.length === 0) return [];
  const [from, to] = [stretches[0]!.from - ageMs - 1_000, stretches.at(-1)!.to];
  return inputs.filter(({ path }) => {
    const [, year, month] = /year=(\d{4})\/month=(\d{2})\//.exec(path)!;
    return Date.UTC(Number(year), Number(month) - 1) < to && Date.UTC(Number(year), Number(month)) > from;
  });
}

/** A copy, so that a month's memory is not held for a few of its rows. */
function slice(columns: Columns, from: number, to: number): Columns {
  return Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values.slice(from, to)]));
}

function join(parts: readonly Columns[], names: readonly string[]): Columns {
  const rows = parts.reduce((sum, part) => sum + part['timestamp']!.length, 0);
  return Object.fromEntries(
    names.map((name) => {
      const column = new Float64Array(rows);
      let at = 0;
      for (const part of parts) {
        column.set(part[name]!, at);
        at += part['timestamp']!.length;
      }
      return [name, column];
    }),
  );
}
