import { AppError } from '../core/errors.ts';
import type { Http, HttpRequest, HttpResponse } from '../core/effects.ts';

const maxRedirects = 3;
const connectTimeoutMs = 10_000;
const redirectStatuses = new Set([301, 302, 303, 307, 308]);

/**
 * The real HTTP door: GET through undici, loaded on first use so that offline commands never pay for it.
 *
 * Redirects are followed at most three times, to the same host only and never from https to http. Bodies are async
 * iterables and never decompressed (`accept-encoding: identity`; an encoded body is refused).
 *
 * @returns an Http whose `get` rejects with E_NETWORK for a refused redirect or encoding (permanent) and with the
 *          client's own error for connection failures and time-outs (worth a retry)
 */
export function createHttp(): Http {
  let client: Promise<Client> | undefined;
  return {
    async get(request) {
      client ??= connect();
      return follow(await client, request);
    },
    async close() {
      const opened = client;
      client = undefined;
      if (opened) await (await opened).destroy();
    },
  };
}

interface Client {
  send(request: HttpRequest, url: string): Promise<HttpResponse>;
  destroy(): Promise<void>;
}

async function connect(): Promise<Client> {
  const { Agent, request: send } = await import('undici');
  const dispatcher = new Agent({ connect: { timeout: connectTimeoutMs }, connections: 16 });
  return {
    async send(request, url) {
      const response = await send(url, {
        method: 'GET',
        dispatcher,
        headers: { 'accept-encoding': 'identity', ...request.headers },
        headersTimeout: request.headersTimeoutMs,
        bodyTimeout: request.bodyTimeoutMs,
        ...(request.signal ? { signal: request.signal } : {}),
      });
      return {
        status: response.statusCode,
        headers: flatten(response.headers),
        body: response.body,
        discard: () => response.body.dump({ limit: 65_536 }).catch(() => undefined),
      };
    },
    destroy: () => dispatcher.destroy(),
  };
}

async function follow(client: Client, request: HttpRequest): Promise<HttpResponse> {
  let url = new URL(request.url);
  for (let hops = 0; ; hops++) {
    const response = await client.send(request, url.href);
    if (!redirectStatuses.has(response.status)) {
      const encoding = response.headers['content-encoding'];
      if (encoding === undefined || encoding === 'identity') return response;
      await response.discard();
      throw new AppError('E_NETWORK', { url: displayUrl(request.url), problem: `the server sent a ${encoding} body although none was accepted` });
    }
    await response.discard();
    const next = redirectTarget(url, response.headers['location']);
    if (hops >= maxRedirects) throw refused(request.url, `more than ${maxRedirects} redirects`);
    if (next === null) throw refused(request.url, 'a redirect without a usable address');
    if (next.host !== url.host) throw refused(request.url, `redirected to another host (${next.host}); name it with --archive-url if it is meant`);
    if (url.protocol === 'https:' && next.protocol !== 'https:') throw refused(request.url, 'redirected from https to http');
    url = next;
  }
}

function redirectTarget(from: URL, location: string | undefined): URL | null {
  if (location === undefined || !URL.canParse(location, from.href)) return null;
  const target = new URL(location, from);
  return target.protocol === 'https:' || target.protocol === 'http:' ? target : null;
}

function refused(url: string, problem: string): AppError {
  return new AppError('E_NETWORK', { url: displayUrl(url), problem });
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

/** A URL fit for messages and records: no user, password, query or fragment (they may hold secrets). */
export function displayUrl(url: string): string {
  if (!URL.canParse(url)) return 'an unreadable address';
  const parsed = new URL(url);
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}
