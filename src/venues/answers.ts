import type { HttpResponse } from '../core/effects.ts';

const maxRefusalBytes = 4_096;

/** The first bytes of an error's body. */
export async function readStart(response: HttpResponse): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    chunks.push(chunk);
    if ((length += chunk.byteLength) >= maxRefusalBytes) break;
  }
  await response.discard();
  return Buffer.concat(chunks).subarray(0, maxRefusalBytes);
}

/** Waiting time asked for by the server: seconds, or a date measured against the server's own clock when it tells it. */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: number): number {
  const text = headers['retry-after']?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const until = Date.parse(text);
  if (Number.isNaN(until)) return 0;
  const serverNow = Date.parse(headers['date'] ?? '');
  return Math.max(0, until - (Number.isNaN(serverNow) ? now : serverNow));
}

/** What a status that is not worth another attempt means for the user. */
export function permanentAdvice(status: number): string {
  switch (status) {
    case 418:
      return 'status 418: the exchange has banned this address for a while (2 minutes to 3 days); wait before running again';
    case 403:
    case 451:
      return `status ${status}: the server refuses this address or region; use a mirror with --archive-url or --rest-url`;
    default:
      return `status ${status}: the server does not accept the request; check the address given with --archive-url or --rest-url`;
  }
}

/** The server's clock by its `Date` header, epoch ms; null when it sent none. */
export function serverDateOf(headers: Readonly<Record<string, string>>): number | null {
  const at = Date.parse(headers['date'] ?? '');
  return Number.isNaN(at) ? null : at;
}

/** One line about what a client library threw. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  return code === null || error.message.includes(code) ? error.message : `${error.message} (${code})`;
}
