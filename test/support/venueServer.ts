import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { zipSync } from 'fflate';
import { barMs, dayMs, formatDay } from '../../src/core/time.ts';

/** One kline as a CSV line; columns as the archive has them. */
export type Bar = readonly [openTime: number, open: string, high: string, low: string, close: string, volume: string];
export type Settlement = readonly [stamp: number, hours: number, rate: string];

export interface VenueServer {
  readonly url: string;
  /** Paths asked for so far (REST ones with their query), in order. */
  readonly requests: string[];
  /** What the Date header says, epoch ms; null leaves it out. */
  date: number | null;
  /** Bars and settlements that the REST routes serve, by symbol. */
  readonly restBars: Map<string, Bar[]>;
  readonly restFunding: Map<string, Settlement[]>;
  /** Publishes bars as the file of a month `2024-01` or a day `2024-01-05`. */
  putBars(symbol: string, period: string, bars: readonly Bar[], options?: { header?: boolean | string; csv?: string }): void;
  putFunding(symbol: string, month: string, settlements: readonly Settlement[], options?: { header?: boolean }): void;
  /** Publishes arbitrary bytes, with a true checksum. */
  putFile(path: string, bytes: Uint8Array): void;
  remove(path: string): void;
  /** Answers a request instead of the files; true when it did. */
  intercept: ((path: string, response: ServerResponse, count: number) => boolean) | null;
  close(): Promise<void>;
}

export const klinesHeader = 'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore';

/** A venue on loopback whose archive and REST interface hold exactly what a test puts there. */
export async function venueServer(date: number | null = Date.UTC(2026, 0, 1)): Promise<VenueServer> {
  const files = new Map<string, Uint8Array>();
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    response.sendDate = false;
    if (venue.date !== null) response.setHeader('Date', new Date(venue.date).toUTCString());
    answer(venue, files, counts, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const venue: VenueServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    date,
    restBars: new Map(),
    restFunding: new Map(),
    intercept: null,
    putBars(symbol, period, bars, { header = true, csv } = {}) {
      const head = header === false ? [] : [header === true ? klinesHeader : header];
      const text = csv ?? `${[...head, ...bars.map(barLine)].join('\n')}\n`;
      venue.putFile(barsPath(symbol, period), zipOne(`${symbol}-15m-${period}.csv`, text));
    },
    putFunding(symbol, month, settlements, { header = true } = {}) {
      const head = header ? ['calc_time,funding_interval_hours,last_funding_rate'] : [];
      const text = `${[...head, ...settlements.map((row) => row.join(','))].join('\n')}\n`;
      venue.putFile(fundingPath(symbol, month), zipOne(`${symbol}-fundingRate-${month}.csv`, text));
    },
    putFile(path, bytes) {
      files.set(path, bytes);
      const hash = createHash('sha256').update(bytes).digest('hex');
      files.set(`${path}.CHECKSUM`, Buffer.from(`${hash}  ${path.split('/').at(-1)}\n`));
    },
    remove(path) {
      files.delete(path);
      files.delete(`${path}.CHECKSUM`);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return venue;
}

export function barsPath(symbol: string, period: string): string {
  return `/data/futures/um/${period.length === 7 ? 'monthly' : 'daily'}/klines/${symbol}/15m/${symbol}-15m-${period}.zip`;
}

export function fundingPath(symbol: string, month: string): string {
  return `/data/futures/um/monthly/fundingRate/${symbol}/${symbol}-fundingRate-${month}.zip`;
}

/** Bars of [from, to) with prices that tell their time; `change` edits or drops (null) single ones. */
export function barsBetween(from: number, to: number, change: (bar: Bar) => Bar | null = (bar) => bar): Bar[] {
  const bars: Bar[] = [];
  for (let time = from; time < to; time += barMs) {
    const close = 100 + ((time / barMs) % 97) / 10;
    const bar = change([time, (close - 0.1).toFixed(2), (close + 1).toFixed(2), (close - 1).toFixed(2), close.toFixed(2), '5.000']);
    if (bar !== null) bars.push(bar);
  }
  return bars;
}

/** Settlements every `hours` in [from, to), `lateMs` after the hour. */
export function fundingBetween(from: number, to: number, hours = 8, lateMs = 0): Settlement[] {
  const settlements: Settlement[] = [];
  for (let time = from; time < to; time += hours * 3_600_000) settlements.push([time + lateMs, hours, rateAt(time)]);
  return settlements;
}

const rateAt = (time: number) => (((time / 3_600_000) % 13) / 100_000).toFixed(8);

export function barLine([time, open, high, low, close, volume]: Bar): string {
  return [time, open, high, low, close, volume, time + barMs - 1, '500.00000', 3, '2.000', '200.00000', 0].join(',');
}

/** UTC days `2024-01-05` of [from, to). */
export function dayLabels(from: number, to: number): string[] {
  const labels: string[] = [];
  for (let day = from; day < to; day += dayMs) labels.push(formatDay(day));
  return labels;
}

export function zipOne(name: string, text: string | Uint8Array): Uint8Array {
  return zipSync({ [name]: typeof text === 'string' ? Buffer.from(text) : text }, { mtime: new Date(2024, 0, 1, 12) });
}

function answer(venue: VenueServer, files: Map<string, Uint8Array>, counts: Map<string, number>, request: IncomingMessage, response: ServerResponse) {
  const url = new URL(request.url!, 'http://127.0.0.1');
  venue.requests.push(url.pathname.startsWith('/fapi/') ? request.url! : url.pathname);
  const count = (counts.get(url.pathname) ?? 0) + 1;
  counts.set(url.pathname, count);
  if (venue.intercept?.(url.pathname, response, count) === true) return;
  if (url.pathname.startsWith('/fapi/')) return answerRest(venue, url, response);
  const bytes = files.get(url.pathname);
  response.statusCode = bytes === undefined ? 404 : 200;
  if (bytes !== undefined) response.setHeader('ETag', `"${createHash('md5').update(bytes).digest('hex')}"`);
  const body = bytes ?? Buffer.from('<Error><Code>NoSuchKey</Code></Error>');
  response.setHeader('Content-Length', body.length);
  response.end(body);
}

function answerRest(venue: VenueServer, url: URL, response: ServerResponse): void {
  const query = url.searchParams;
  const symbol = query.get('symbol') ?? '';
  const [from, to, limit] = ['startTime', 'endTime', 'limit'].map((name) => Number(query.get(name))) as [number, number, number];
  const isInside = ([time]: readonly [number, ...unknown[]]) => time >= from && time <= to;
  let body: unknown = { symbols: [...new Set([...venue.restBars.keys(), ...venue.restFunding.keys()])].map((name) => ({ symbol: name })) };
  response.setHeader('Content-Type', 'application/json');
  if (url.pathname.endsWith('/klines') || url.pathname.endsWith('/fundingRate')) {
    const isBars = url.pathname.endsWith('/klines');
    const known = isBars ? venue.restBars.get(symbol) : venue.restFunding.get(symbol);
    if (known === undefined) {
      response.statusCode = 400;
      body = { code: -1121, msg: 'Invalid symbol.' };
    } else {
      const rows = (known as (Bar | Settlement)[]).filter(isInside).slice(0, limit);
      body = isBars
        ? (rows as Bar[]).map((bar) =>
            barLine(bar)
              .split(',')
              .map((cell, index) => (index === 0 || index === 6 || index === 8 ? Number(cell) : cell)),
          )
        : (rows as Settlement[]).map(([fundingTime, , fundingRate]) => ({ symbol, fundingTime, fundingRate, markPrice: '' }));
    }
  }
  response.end(JSON.stringify(body));
}
