import { AppError } from '../../core/errors.ts';
import type { RandomState } from '../../core/random.ts';
import { barMs, formatTime } from '../../core/time.ts';
import { serverDateOf } from '../answers.ts';
import { download } from '../download.ts';
import type { DownloadResult } from '../download.ts';
import { displayUrl } from '../http.ts';
import { checkSymbol } from '../../core/symbol.ts';
import type { RestBars, RestPage, RestRequest, RestResult, SourceOptions } from '../source.ts';
import { parseFunding, snapToleranceMs } from './funding.ts';
import { parseKlines } from './klines.ts';
import { fundingCsv, klinesCsv, parseRows } from './restRows.ts';

export const officialRestBase = 'https://fapi.binance.com';

/** The exchange allows 2,400 a minute per address; other programs may share it. */
const weightBudget = 1_800;
const minuteMs = 60_000;
const maxPageBytes = 2 ** 20;
const maxInfoBytes = 16 * 2 ** 20;
const klinesPage = 1_500;
const fundingPage = 1_000;
const unknownSymbol = -1121;

/** The public REST interface of Binance USD-M futures: one request at a time, inside the weight budget. */
export interface BinanceRest {
  fetchRest(request: RestRequest): Promise<RestResult>;
  symbols(): Promise<readonly string[]>;
}

/**
 * @param base         address without trailing slash; `/fapi/v1/...` follows
 * @param jitterStream for the waits between attempts only
 */
export function openRest(base: string, options: SourceOptions, jitterStream: RandomState): BinanceRest {
  let last: Promise<unknown> = Promise.resolve();
  let pauseUntil = 0;
  const { clock } = options.effects;

  const request = async (path: string, maxBytes: number): Promise<RestPage | null> => {
    const wait = pauseUntil - clock.elapsed();
    if (wait > 0) await clock.sleep(wait, options.signal);
    const url = `${base}/fapi/v1/${path}`;
    const limits = options.limits ? { limits: options.limits } : {};
    const got = await download(options.effects, { url, maxBytes, jitterStream, signal: options.signal, wantsRefusal: true, ...limits });
    if (got.status !== 'absent') pauseUntil = clock.elapsed() + pauseAfter(got.headers);
    return pageOf(got, url, path);
  };
  // A failure is final: whatever waits behind a ban must not be sent.
  const oneByOne = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work);
    last = next;
    next.catch(() => undefined);
    return next;
  };
  return {
    fetchRest: (wanted) => {
      checkSymbol(wanted.symbol);
      const { dataset } = wanted;
      return oneByOne(() => (dataset === 'funding' ? fetchFunding(wanted, request) : fetchKlines(wanted, { request, dataset })));
    },
    symbols: () => oneByOne(async () => symbolsOf(await request('exchangeInfo', maxInfoBytes))),
  };
}

type Request = (path: string, maxBytes: number) => Promise<RestPage | null>;

/** Routes of bars. */
const routes: Readonly<Record<RestBars, string>> = { ohlcv_15m: 'klines', mark_15m: 'markPriceKlines', premium_15m: 'premiumIndexKlines' };

async function fetchKlines(
  { symbol, from, to }: RestRequest,
  { request, dataset }: { readonly request: Request; readonly dataset: RestBars },
): Promise<RestResult> {
  const route = routes[dataset];
  const pages: RestPage[] = [];
  const rows: unknown[][] = [];
  for (let cursor = from; cursor < to;) {
    const limit = Math.min(klinesPage, Math.ceil((to - cursor) / barMs));
    const page = await request(`${route}?symbol=${symbol}&interval=15m&startTime=${cursor}&endTime=${to - 1}&limit=${limit}`, maxPageBytes);
    if (page === null) break;
    pages.push(page);
    const found = parseRows(page) as unknown[][];
    rows.push(...found);
    const lastOpen = Number(found.at(-1)?.[0] ?? Number.NaN);
    if (found.length < limit || !(lastOpen >= cursor)) break;
    cursor = lastOpen + barMs;
  }
  const serverDate = latestDate(pages);
  const file = `REST ${route} of ${symbol} from ${formatTime(from)}`;
  const csv = klinesCsv(rows, file, serverDate);
  const context = { file, symbol, intervalMs: barMs, from, to, mayBeEmpty: true, mayBeNegative: dataset === 'premium_15m' };
  return { dataset, rows: parseKlines(csv, context), pages, serverDate };
}

async function fetchFunding({ symbol, from, to }: RestRequest, request: Request): Promise<RestResult> {
  const pages: RestPage[] = [];
  const rows: Record<string, unknown>[] = [];
  // Stamps jitter around their settlement, so the range is asked a little wider and cut after snapping.
  for (let cursor = from - snapToleranceMs; cursor < to;) {
    const range = `startTime=${cursor}&endTime=${to + snapToleranceMs - 1}`;
    const page = await request(`fundingRate?symbol=${symbol}&${range}&limit=${fundingPage}`, maxPageBytes);
    if (page === null) break;
    pages.push(page);
    const found = parseRows(page) as Record<string, unknown>[];
    rows.push(...found);
    const lastTime = Number(found.at(-1)?.['fundingTime'] ?? Number.NaN);
    if (found.length < fundingPage || !(lastTime >= cursor)) break;
    cursor = lastTime + 1;
  }
  const file = `REST funding of ${symbol} from ${formatTime(from)}`;
  const csv = fundingCsv(rows, file, { from, to });
  return { dataset: 'funding', rows: parseFunding(csv, { file, symbol, from, to, mayBeEmpty: true }), pages, serverDate: latestDate(pages) };
}

/** The answer as a page; null when the exchange does not know the symbol (or the route). */
function pageOf(got: DownloadResult, url: string, path: string): RestPage | null {
  if (got.status === 'absent') return null;
  if (got.status === 'ok') return { url: `${displayUrl(url)}?${path.split('?')[1] ?? ''}`, bytes: got.bytes, headers: got.headers };
  const text = got.bytes.toString('utf8');
  if (new RegExp(`"code"\\s*:\\s*${unknownSymbol}\\b`).test(text)) return null;
  throw new AppError('E_NETWORK', { url: displayUrl(url), problem: `status 400: the server does not accept the request (${text.slice(0, 200)})` });
}

/** How long to wait before the next request: until the server's next minute once most of this minute's weight is used. */
function pauseAfter(headers: Readonly<Record<string, string>>): number {
  const used = Number(headers['x-mbx-used-weight-1m'] ?? 0);
  if (!(used >= weightBudget)) return 0;
  const date = serverDateOf(headers);
  return date === null ? minuteMs : minuteMs - (date % minuteMs) + 1_000;
}

function latestDate(pages: readonly RestPage[]): number | null {
  return pages.reduce<number | null>((latest, { headers }) => {
    const at = serverDateOf(headers);
    return at === null || (latest !== null && latest > at) ? latest : at;
  }, null);
}

function symbolsOf(page: RestPage | null): string[] {
  if (page === null) return [];
  const { symbols } = JSON.parse(page.bytes.toString('utf8')) as { symbols?: readonly { symbol?: unknown }[] };
  return (symbols ?? []).flatMap(({ symbol }) => (typeof symbol === 'string' ? [symbol] : []));
}
