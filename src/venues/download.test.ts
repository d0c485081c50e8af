import { describe, expect, it } from 'vitest';
import { namedStream } from '../core/random.ts';
import { download } from './download.ts';
import type { DownloadLimits } from './download.ts';
import { fakeClock, fakeEffects, scriptedHttp } from './testing/fakeEffects.ts';
import type { Step } from './testing/fakeEffects.ts';

const url = 'https://user:secret@archive.test/a.zip?token=secret';
const body = Buffer.from('0123456789abcdefghijklmnopqrstuvwxyz0123456789');

function run(steps: Step[], options: { limits?: Partial<DownloadLimits>; signal?: AbortSignal; maxBytes?: number } = {}) {
  const clock = fakeClock();
  const http = scriptedHttp(steps);
  const result = download(fakeEffects(http, clock), { url, maxBytes: 1_000, jitterStream: namedStream('test'), ...options });
  return { clock, http, result };
}

describe('download', () => {
  it('returns the body and headers of a 200', async () => {
    const { result } = run([{ status: 200, body }]);
    expect(await result).toEqual({ status: 'ok', bytes: body, headers: { 'content-length': '46' } });
  });

  it('reports 404 as absent at once', async () => {
    const { result, http } = run([{ status: 404 }]);
    expect(await result).toMatchObject({ status: 'absent' });
    expect(http.requests).toHaveLength(1);
  });

  it('tries five times with growing jittered waits, then names the last problem', async () => {
    const { result, http, clock } = run([{ status: 500 }, { status: 503 }, new Error('connect ECONNREFUSED'), { status: 502 }, { status: 500 }]);
    await expect(result).rejects.toMatchObject({ code: 'E_NETWORK', message: expect.stringContaining('status 500 (gave up after 5 attempts)') });
    expect(http.requests).toHaveLength(5);
    [500, 1_000, 2_000, 4_000].forEach((base, i) => {
      expect(clock.sleeps[i]).toBeGreaterThanOrEqual(base);
      expect(clock.sleeps[i]).toBeLessThanOrEqual(base * 1.5);
    });
  });

  it('keeps user, password and query out of messages', async () => {
    const error = await run([{ status: 400 }]).result.catch((thrown: Error) => thrown);
    expect(String(error)).toContain('https://archive.test/a.zip');
    expect(String(error)).not.toContain('secret');
  });

  it.each([400, 403, 410, 418, 451])('does not repeat a request refused with %i', async (status) => {
    const { result, http, clock } = run([{ status, headers: { 'retry-after': '1' } }]);
    await expect(result).rejects.toMatchObject({ code: 'E_NETWORK', message: expect.stringContaining(`status ${status}`) });
    expect(http.requests).toHaveLength(1);
    expect(clock.sleeps).toEqual([]);
  });

  it('waits at least as long as Retry-After says, in seconds or as a date of the server', async () => {
    const date = { date: 'Thu, 01 Jan 2015 00:00:00 GMT', 'retry-after': 'Thu, 01 Jan 2015 00:00:45 GMT' };
    const { result, clock } = run([
      { status: 429, headers: { 'retry-after': '30' } },
      { status: 503, headers: date },
      { status: 200, body },
    ]);
    await result;
    expect(clock.sleeps).toEqual([30_000, 45_000]);
  });

  it('does not come back before a Retry-After beyond the limit: it gives up', async () => {
    const { result, http } = run([{ status: 429, headers: { 'retry-after': '86400' } }]);
    await expect(result).rejects.toThrow('86400 s');
    expect(http.requests).toHaveLength(1);
  });

  it('resumes a cut body by range when the server gave a strong etag', async () => {
    const headers = { 'content-length': '46', etag: '"v1"' };
    const rest = { 'content-length': '26', 'content-range': 'bytes 20-45/46' };
    const { result, http } = run([
      { status: 200, headers, body, cutAfter: 20 },
      { status: 206, headers: rest, body: body.subarray(20) },
    ]);
    expect(await result).toMatchObject({ status: 'ok', bytes: body });
    expect(http.requests[1]!.headers).toEqual({ range: 'bytes=20-', 'if-range': '"v1"' });
  });

  it('starts over when the file changed (200), has no etag, or the range is unusable', async () => {
    const cut = { status: 200, headers: { 'content-length': '46', etag: '"v1"' }, body, cutAfter: 20 };
    expect(await run([cut, { status: 200, body: 'new' }]).result).toMatchObject({ bytes: Buffer.from('new') });
    const weak = run([
      { ...cut, headers: { 'content-length': '46', etag: 'W/"v1"' } },
      { status: 200, body },
    ]);
    expect(await weak.result).toMatchObject({ bytes: body });
    expect(weak.http.requests[1]!.headers).toBeUndefined();
    const odd = run([cut, { status: 206, headers: { 'content-range': 'bytes 10-45/46' }, body: 'x' }, { status: 200, body }]);
    expect(await odd.result).toMatchObject({ bytes: body });
  });

  it('notices a body shorter than its Content-Length', async () => {
    const { result, http } = run([
      { status: 200, headers: { 'content-length': '46' }, body: 'short' },
      { status: 200, body },
    ]);
    expect(await result).toMatchObject({ bytes: body });
    expect(http.requests).toHaveLength(2);
  });

  it('counts bytes and stops at the size limit, whatever the header says', async () => {
    const { result, http } = run([{ status: 200, headers: {}, body }], { maxBytes: 40 });
    await expect(result).rejects.toThrow('larger than the 40 bytes');
    expect(http.requests).toHaveLength(1);
    await expect(run([{ status: 200, headers: { 'content-length': '999999' }, body: '' }]).result).rejects.toThrow('larger than');
  });

  it('gives up when the deadline would pass', async () => {
    const { result, http } = run([{ status: 500 }, { status: 500 }, { status: 500 }], { limits: { deadlineMs: 1_400 } });
    await expect(result).rejects.toThrow('no time left after 2 attempts');
    expect(http.requests).toHaveLength(2);
  });

  it('ends as interrupted when the signal fires', async () => {
    const abort = new AbortController();
    abort.abort();
    await expect(run([], { signal: abort.signal }).result).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
  });
});
