import type { Clock, Effects, Http, HttpRequest, HttpResponse } from '../../core/effects.ts';

/** A clock that only moves when something sleeps; every sleep is recorded. */
export interface FakeClock extends Clock {
  readonly sleeps: number[];
  advance(ms: number): void;
}

export function fakeClock(start = Date.UTC(2026, 0, 1)): FakeClock {
  let now = 0;
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => start + now,
    elapsed: () => now,
    sleep(ms, signal) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      sleeps.push(ms);
      now += ms;
      return Promise.resolve();
    },
    advance(ms) {
      now += ms;
    },
  };
}

/** What a scripted server does with one request: a response, or an error to reject with. */
export type Step =
  | Error
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: Uint8Array | string; readonly cutAfter?: number };

/** An Http that answers from a script, one step per request, and remembers the requests. */
export function scriptedHttp(steps: readonly Step[]): Http & { readonly requests: HttpRequest[] } {
  const requests: HttpRequest[] = [];
  return {
    requests,
    get(request) {
      const step = steps[requests.length];
      requests.push(request);
      if (step === undefined) return Promise.reject(new Error(`request ${requests.length} was not expected`));
      return step instanceof Error ? Promise.reject(step) : Promise.resolve(respond(step));
    },
    close: () => Promise.resolve(),
  };
}

export function fakeEffects(http: Http, clock: Clock = fakeClock()): Effects {
  return { files: {} as Effects['files'], clock, http, uniqueName: () => 'test' };
}

function respond(step: Exclude<Step, Error>): HttpResponse {
  const bytes = Buffer.from(step.body ?? '');
  async function* body() {
    const end = step.cutAfter ?? bytes.length;
    for (let at = 0; at < end; at += 16) yield bytes.subarray(at, Math.min(end, at + 16));
    if (step.cutAfter !== undefined) throw Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' });
  }
  const headers = step.headers ?? { 'content-length': String(bytes.length) };
  return { status: step.status, headers, body: body(), discard: () => Promise.resolve() };
}
