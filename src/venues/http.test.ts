import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { namedStream } from '../core/random.ts';
import { download } from './download.ts';
import { createHttp, displayUrl } from './http.ts';
import { fakeClock } from './testing/fakeEffects.ts';

let server: Server | undefined;
const http = createHttp();

async function listen(answer: RequestListener): Promise<string> {
  server = createServer(answer);
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function fetch(url: string, limits: { headersTimeoutMs?: number; bodyTimeoutMs?: number } = {}) {
  const jitterStream = namedStream('test');
  return download({ http, clock: fakeClock() }, { url, maxBytes: 1_000, jitterStream, limits: { attempts: 1, ...limits } });
}

afterEach(async () => {
  await http.close();
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)));
});

describe('createHttp', () => {
  it('follows three redirects on the same host and refuses a fourth', async () => {
    const base = await listen((request, response) => {
      const left = Number(request.url!.slice(1));
      if (left > 0) response.writeHead(302, { location: `/${left - 1}` }).end();
      else response.end('here');
    });
    expect(await fetch(`${base}/3`)).toMatchObject({ status: 'ok', bytes: Buffer.from('here') });
    await expect(fetch(`${base}/4`)).rejects.toThrow('more than 3 redirects');
  });

  it('refuses a redirect to another host without contacting it', async () => {
    const base = await listen((_, response) => response.writeHead(301, { location: 'http://localhost:1/x' }).end());
    await expect(fetch(base)).rejects.toThrow('redirected to another host (localhost:1)');
  });

  it('ends a request that is never answered, and a body that stalls', async () => {
    const base = await listen((request, response) => {
      if (request.url === '/stall') response.writeHead(200, { 'content-length': '10' }).write('abc');
    });
    await expect(fetch(`${base}/hang`, { headersTimeoutMs: 100 })).rejects.toThrow(/Headers Timeout/);
    await expect(fetch(`${base}/stall`, { bodyTimeoutMs: 100 })).rejects.toThrow(/Body Timeout/);
  });

  it('refuses an encoded body', async () => {
    const base = await listen((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'));
    await expect(fetch(base)).rejects.toThrow('gzip body');
  });
});

describe('displayUrl', () => {
  it('drops everything that may be secret', () => {
    expect(displayUrl('https://u:p@host.test:8443/a/b?key=1#x')).toBe('https://host.test:8443/a/b');
  });
});
