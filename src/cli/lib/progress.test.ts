import { describe, expect, it } from 'vitest';
import type { ProgressEvent } from '../../stages/lib/runPipeline.ts';
import type { Invocation } from './command.ts';
import { movement, progressReporter } from './progress.ts';

describe('how far a stage is', () => {
  it.each([
    [{ done: 0, total: 144, unit: 'months' }, 500, '0 of 144 months'],
    [{ done: 34, total: 144, unit: 'months' }, 2_000, '34 of 144 months, 17 months/s, 7 s left'],
    [{ done: 1, total: 144, unit: 'months' }, 1_000, '1 of 144 months, 1 months/s, 2 min 23 s left'],
    [{ done: 1, total: 1000, unit: 'months' }, 10_000, '1 of 1,000 months, 0.1 months/s, 2 h 46 min left'],
    [{ done: 210_432, total: 420_864, unit: 'bars' }, 200, '210,432 of 420,864 bars, 1,050,000 bars/s, 1 s left'],
    [{ done: 1, total: 1, unit: 'months' }, 100, '1 of 1 month, 10 months/s, 0 s left'],
  ] as const)('%j after %d ms: %s', (progress, ms, text) => expect(movement(progress, ms)).toBe(text));
});

describe('the lines of a run', () => {
  /** What is written for events, each with the time at which it comes; transient lines in brackets. */
  const written = (events: readonly (readonly [at: number, event: ProgressEvent])[]) => {
    const lines: string[] = [];
    let now = 0;
    const note: Invocation['note'] = (text, options) => void lines.push(options?.isTransient === true ? `(${text.trim()})` : text);
    const report = progressReporter({ note, effects: { clock: { elapsed: () => now } } } as unknown as Invocation);
    for (const [at, event] of events) {
      now = at;
      report(event);
    }
    return lines;
  };
  const stage = (state: 'start' | 'done' | 'current', ms = 0): ProgressEvent => ({ type: 'stage', stage: 'clean', state, ms });

  it('one per stage that stays, with amount and speed; where it is in between comes and goes', () => {
    const note: ProgressEvent = { type: 'note', stage: 'clean', text: 'ETHUSDT', progress: { done: 500, total: 1_000, unit: 'bars' } };
    expect(
      written([
        [0, { type: 'run', runId: 'a-1', reason: null }],
        [10, stage('start')],
        [1_010, note],
        [2_010, stage('done', 2_000)],
        [2_020, stage('current')],
      ]),
    ).toEqual([
      'run a-1',
      '(clean            ...)',
      '(clean            ETHUSDT, 500 of 1,000 bars, 500 bars/s, 1 s left)',
      '  clean            2.00 s, 1,000 bars, 500 bars/s',
      '  clean            up to date',
    ]);
  });

  it('names why a run has another id than the command', () => {
    expect(written([[0, { type: 'run', runId: 'a-2', reason: 'the code has changed' }]])).toEqual(['run a-2 (the code has changed)']);
  });
});
