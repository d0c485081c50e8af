import { dayMs, parseDay } from '../../../core/time.ts';

/**
 * An instant: epoch ms, or ISO text that says where it holds, by an offset (`2026-01-05T09:30:00-05:00`, `...Z`) or by a zone
 * (`2026-01-05T09:30:00[America/New_York]`).
 */
export type Stamp = number | string;

export interface AbmaTrade {
  readonly ts: Stamp;
  readonly symbol: string;
  readonly price: number;
  readonly size: number;
}

export interface AbmaQuote {
  readonly ts: Stamp;
  readonly symbol: string;
  readonly bid_px: number;
  readonly ask_px: number;
  readonly bid_sz: number;
  readonly ask_sz: number;
}

export interface AbmaSessionRow {
  /** `YYYY-MM-DD` */
  readonly session_date: string;
  readonly open_ts: Stamp;
  readonly close_ts: Stamp;
}

export interface AbmaFundingRow {
  readonly ts: Stamp;
  readonly symbol: string;
  /** Only `FUNDING` counts, in any case of letters. */
  readonly event_type: string;
  readonly source: string;
}

/** Rows as they come from outside, in any order. */
export interface AbmaInput {
  readonly trades: readonly AbmaTrade[];
  readonly quotes: readonly AbmaQuote[];
  readonly calendar: readonly AbmaSessionRow[];
  readonly funding: readonly AbmaFundingRow[];
}

export interface Session {
  readonly date: string;
  /** Epoch ms. */
  readonly open: number;
  readonly close: number;
}

/** One symbol's trades and quotes in order of time, as columns. Times in epoch ms; all read only. */
export interface SymbolTape {
  readonly symbol: string;
  readonly trades: { readonly ts: Float64Array; readonly price: Float64Array; readonly size: Float64Array };
  readonly quotes: {
    readonly ts: Float64Array;
    readonly bid: Float64Array;
    readonly ask: Float64Array;
    readonly bidSize: Float64Array;
    readonly askSize: Float64Array;
  };
  /** Funding stamps. */
  readonly funding: Float64Array;
}

/**
 * Epoch ms of a stamp.
 *
 * @throws RangeError when it is no instant, or a text that does not say where it holds
 */
export function instantOf(stamp: Stamp): number {
  if (typeof stamp === 'number') {
    if (!Number.isFinite(stamp)) throw new RangeError('a time stamp is missing');
    return stamp;
  }
  const zoned = /^(.+)\[([\w/+-]+)\]$/.exec(stamp);
  if (zoned !== null) return zonedInstant(zoned[1]!, zoned[2]!);
  if (!/(Z|[+-]\d\d:?\d\d)$/.test(stamp)) throw new RangeError(`the time stamp ${stamp} has no time zone; give an offset, Z or a zone in brackets`);
  return parsed(stamp, stamp);
}

/** Instant at which the clocks of a zone show this time; the earlier one where they show it twice. */
function zonedInstant(local: string, zone: string): number {
  const shown = parsed(`${local}Z`, local);
  // The offset is one of those in force a day before and a day after.
  const candidates = [-dayMs, dayMs].map((shift) => shown - offsetAt(shown + shift, zone)).sort((a, b) => a - b);
  const found = candidates.find((instant) => instant + offsetAt(instant, zone) === shown);
  if (found === undefined) throw new RangeError(`the clocks of ${zone} never show ${local}`);
  return found;
}

/** How far the clocks of a zone are ahead of UTC, ms. */
function offsetAt(instant: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(instant);
  const at = (type: string) => Number(parts.find((part) => part.type === type)!.value);
  return Date.UTC(at('year'), at('month') - 1, at('day'), at('hour'), at('minute'), at('second')) - Math.floor(instant / 1000) * 1000;
}

function parsed(text: string, shown: string): number {
  const ms = Date.parse(text);
  // The platform reads 30 February as 2 March.
  if (Number.isNaN(ms) || parseDay(text.slice(0, 10)) === null) throw new RangeError(`${shown} is not a time stamp`);
  return ms;
}

/**
 * Sessions in the order given.
 *
 * @throws RangeError on a date that is no day or a close that is not after the open
 */
export function sessionsOf(calendar: readonly AbmaSessionRow[]): Session[] {
  return calendar.map(({ session_date, open_ts, close_ts }) => {
    if (parseDay(session_date) === null) throw new RangeError(`${session_date} is not a session date`);
    const session = { date: session_date, open: instantOf(open_ts), close: instantOf(close_ts) };
    if (session.close <= session.open) throw new RangeError(`the session of ${session_date} closes before it opens`);
    return session;
  });
}

/** One tape per symbol that has a trade or a quote, by name. */
export function tapesOf({ trades, quotes, funding }: AbmaInput): SymbolTape[] {
  const symbols = [...new Set([...trades, ...quotes].map((row) => row.symbol))].sort();
  const rowsBySymbol = <T extends { symbol: string; ts: Stamp }>(rows: readonly T[]) => {
    const groups = new Map(symbols.map((symbol) => [symbol, [] as { ms: number; row: T }[]]));
    for (const row of rows) groups.get(row.symbol)?.push({ ms: instantOf(row.ts), row });
    for (const group of groups.values()) group.sort((a, b) => a.ms - b.ms);
    return groups;
  };
  const [tradeRows, quoteRows] = [rowsBySymbol(trades), rowsBySymbol(quotes)];
  const fundingRows = rowsBySymbol(funding.filter((row) => row.event_type.toUpperCase() === 'FUNDING'));
  return symbols.map((symbol) => {
    const [own, book] = [tradeRows.get(symbol)!, quoteRows.get(symbol)!];
    return {
      symbol,
      trades: { ts: column(own, ({ ms }) => ms), price: column(own, ({ row }) => row.price), size: column(own, ({ row }) => row.size) },
      quotes: {
        ts: column(book, ({ ms }) => ms),
        bid: column(book, ({ row }) => row.bid_px),
        ask: column(book, ({ row }) => row.ask_px),
        bidSize: column(book, ({ row }) => row.bid_sz),
        askSize: column(book, ({ row }) => row.ask_sz),
      },
      funding: column(fundingRows.get(symbol)!, ({ ms }) => ms),
    };
  });
}

function column<T>(rows: readonly T[], of: (row: T) => number): Float64Array {
  return Float64Array.from(rows, of);
}

/** First place in ascending times that is after an instant. */
export function placeAfter(times: Float64Array, instant: number): number {
  let low = 0;
  for (let high = times.length; low < high;) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
