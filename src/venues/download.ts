import { AppError, isAppError } from '../core/errors.ts';
import { nextUniform } from '../core/random.ts';
import type { Effects, HttpResponse } from '../core/effects.ts';
import type { RandomState } from '../core/random.ts';
import { describeError, permanentAdvice, readStart, retryAfterMs } from './answers.ts';
import { displayUrl } from './http.ts';

/** All limits are options so that tests of hanging servers are fast. Times in ms. */
export interface DownloadLimits {
  /** Requests for one file, the first included. */
  readonly attempts: number;
  readonly headersTimeoutMs: number;
  /** Longest silence inside a body. */
  readonly bodyTimeoutMs: number;
  /** First wait; doubled for each further attempt. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** A server that asks to wait longer is not asked again in this run. */
  readonly maxRetryAfterMs: number;
  /** Whole download of one file, waits included. */
  readonly deadlineMs: number;
  readonly minBytesPerSecond: number;
  /** Span over which the minimum rate is measured. */
  readonly rateWindowMs: number;
}

export const defaultLimits: DownloadLimits = {
  attempts: 5,
  headersTimeoutMs: 10_000,
  bodyTimeoutMs: 30_000,
  backoffMs: 500,
  maxBackoffMs: 30_000,
  maxRetryAfterMs: 120_000,
  deadlineMs: 600_000,
  minBytesPerSecond: 1_024,
  rateWindowMs: 60_000,
};

export interface DownloadRequest {
  readonly url: string;
  /** Bytes of body after which the download is refused. */
  readonly maxBytes: number;
  /** Named stream of this file; only waits depend on it. */
  readonly jitterStream: RandomState;
  readonly limits?: Partial<DownloadLimits>;
  readonly signal?: AbortSignal | undefined;
  /** Hands back the body of a 400 (an API's reason, at most 4 KiB) instead of throwing. */
  readonly wantsRefusal?: boolean;
}

export type DownloadResult =
  | { readonly status: 'ok'; readonly bytes: Buffer; readonly headers: Readonly<Record<string, string>> }
  | { readonly status: 'absent'; readonly headers: Readonly<Record<string, string>> }
  | { readonly status: 'refused'; readonly bytes: Buffer; readonly headers: Readonly<Record<string, string>> };

/** Why an attempt is worth another one, and how long the server wants us to wait. */
interface Setback {
  readonly problem: string;
  readonly retryAfterMs: number;
  readonly cause?: unknown;
}

/** What has arrived so far; kept between attempts so that a cut body is resumed. */
interface Arrived {
  chunks: Uint8Array[];
  received: number;
  /** Length of the whole body, NaN when the server does not say. */
  total: number;
  etag: string | null;
}

/**
 * The whole body behind a URL, or `absent` on 404.
 *
 * Connection failures, time-outs, early closes, short bodies, 5xx, 408 and 429 are tried again up to `limits.attempts`
 * times with exponential waits and jitter, never before `Retry-After`; a cut body is resumed by Range and If-Range when
 * the server gave a strong ETag. Every other status, an oversized body and a refused redirect are permanent.
 *
 * @throws E_NETWORK with the status or the last problem, E_INTERRUPTED when `signal` fires
 */
export async function download(effects: Pick<Effects, 'http' | 'clock'>, request: DownloadRequest): Promise<DownloadResult> {
  const limits = { ...defaultLimits, ...request.limits };
  const { clock } = effects;
  const started = clock.elapsed();
  const partial: Arrived = { chunks: [], received: 0, total: Number.NaN, etag: null };
  for (let attempt = 1; ; attempt++) {
    const outcome = await tryOnce(effects, request, limits, partial, started);
    if ('status' in outcome) return outcome;
    if (attempt >= limits.attempts) throw failure(request.url, `${outcome.problem} (gave up after ${attempt} attempts)`, outcome.cause);
    if (outcome.retryAfterMs > limits.maxRetryAfterMs) {
      throw failure(
        request.url,
        `${outcome.problem}; the server asks to wait ${Math.ceil(outcome.retryAfterMs / 1000)} s, so it was not asked again`,
        outcome.cause,
      );
    }
    const backoff = Math.min(limits.maxBackoffMs, limits.backoffMs * 2 ** (attempt - 1)) * (1 + 0.5 * nextUniform(request.jitterStream));
    const wait = Math.max(backoff, outcome.retryAfterMs);
    if (clock.elapsed() - started + wait > limits.deadlineMs)
      throw failure(request.url, `${outcome.problem} (no time left after ${attempt} attempts)`, outcome.cause);
    try {
      await clock.sleep(wait, request.signal);
    } catch (error) {
      throwIfAborted(request.signal);
      throw error;
    }
    throwIfAborted(request.signal);
  }
}

async function tryOnce(
  effects: Pick<Effects, 'http' | 'clock'>,
  request: DownloadRequest,
  limits: DownloadLimits,
  partial: Arrived,
  started: number,
): Promise<DownloadResult | Setback> {
  throwIfAborted(request.signal);
  if (partial.received > 0 && partial.etag === null) reset(partial);
  try {
    const response = await effects.http.get({
      url: request.url,
      headersTimeoutMs: limits.headersTimeoutMs,
      bodyTimeoutMs: limits.bodyTimeoutMs,
      ...(partial.received > 0 ? { headers: { range: `bytes=${partial.received}-`, 'if-range': partial.etag! } } : {}),
      ...(request.signal ? { signal: request.signal } : {}),
    });
    const verdict = await judgeStatus(response, request, partial, effects.clock.now());
    if (verdict !== null) return verdict;
    await readBody(response, effects.clock, request, limits, partial, started);
    if (partial.received !== partial.total && !Number.isNaN(partial.total)) {
      return setback(`the body has ${partial.received} bytes instead of ${partial.total}`);
    }
    return { status: 'ok', bytes: Buffer.concat(partial.chunks, partial.received), headers: response.headers };
  } catch (error) {
    throwIfAborted(request.signal);
    if (isAppError(error)) throw error;
    return setback(describeError(error), 0, error);
  }
}

/** Null when the body is to be read; prepares `partial` for it. */
async function judgeStatus(
  response: HttpResponse,
  request: DownloadRequest,
  partial: Arrived,
  now: number,
): Promise<DownloadResult | Setback | null> {
  const { status, headers } = response;
  if (status === 200) {
    reset(partial);
    partial.total = headers['content-length'] === undefined ? Number.NaN : Number(headers['content-length']);
    partial.etag = strongEtag(headers['etag']);
    return null;
  }
  if (status === 206 && partial.received > 0) {
    const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers['content-range'] ?? '');
    if (range && Number(range[1]) === partial.received && (Number.isNaN(partial.total) || Number(range[3]) === partial.total)) {
      partial.total = Number(range[3]);
      return null;
    }
  }
  if (status === 400 && request.wantsRefusal === true) return { status: 'refused', bytes: await readStart(response), headers };
  if (status === 418) {
    // Nothing may be sent to a server that has banned us, so the caller hears of it before the connection is tidied up.
    void response.discard();
    throw failure(request.url, permanentAdvice(status));
  }
  await response.discard();
  if (status === 404) return { status: 'absent', headers };
  if (status === 206 || status === 416) {
    reset(partial);
    return setback(`the server answered a resumed request with an unusable range (${status})`);
  }
  if (status >= 500 || status === 429 || status === 408) return setback(`status ${status}`, retryAfterMs(headers, now));
  throw failure(request.url, permanentAdvice(status));
}

async function readBody(
  response: HttpResponse,
  clock: Effects['clock'],
  request: DownloadRequest,
  limits: DownloadLimits,
  partial: Arrived,
  started: number,
): Promise<void> {
  let windowStart = clock.elapsed();
  let windowBytes = 0;
  const tooLarge = () => failure(request.url, `the file is larger than the ${request.maxBytes} bytes expected at most`);
  try {
    if (partial.total > request.maxBytes) throw tooLarge();
    for await (const chunk of response.body) {
      partial.received += chunk.byteLength;
      if (partial.received > request.maxBytes) throw tooLarge();
      partial.chunks.push(chunk);
      windowBytes += chunk.byteLength;
      const now = clock.elapsed();
      if (now - started > limits.deadlineMs) throw failure(request.url, `not complete after ${Math.round(limits.deadlineMs / 1000)} s`);
      if (now - windowStart < limits.rateWindowMs) continue;
      if ((windowBytes * 1000) / (now - windowStart) < limits.minBytesPerSecond) throw new Error('the body arrives too slowly');
      windowStart = now;
      windowBytes = 0;
    }
  } catch (error) {
    await response.discard();
    throw error;
  }
}

function strongEtag(etag: string | undefined): string | null {
  return etag !== undefined && /^"[^"]*"$/.test(etag) ? etag : null;
}

function reset(partial: Arrived): void {
  partial.chunks = [];
  partial.received = 0;
  partial.total = Number.NaN;
  partial.etag = null;
}

function setback(problem: string, retryAfter = 0, cause?: unknown): Setback {
  return cause === undefined ? { problem, retryAfterMs: retryAfter } : { problem, retryAfterMs: retryAfter, cause };
}

function failure(url: string, problem: string, cause?: unknown): AppError {
  return new AppError('E_NETWORK', { url: displayUrl(url), problem }, cause === undefined ? {} : { cause });
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AppError('E_INTERRUPTED', {}, { cause: signal.reason });
}
