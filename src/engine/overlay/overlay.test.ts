import { describe, expect, it } from 'vitest';
import { column } from '../../core/expression.ts';
import { standardProfile } from '../../core/profile.ts';
import { bracketOf, frameOf, strategyOf, wantStrategy } from '../../../test/support/frames.ts';
import type { Strategy } from '../../core/intent.ts';
import type { Frame } from '../frame.ts';
import { screen } from '../screen/screen.ts';
import { heldRows } from './holdUntil.ts';
import { bindOverlay, type OverlayEffect } from './overlay.ts';

/** Rows that enter long where 1 and short where -1; a trade lasts two bars unless said. */
const at = (go: number[], rest: Record<string, number[]> = {}): Frame => frameOf({ close: go.map(() => 100), go, ...rest });
const twoBars = bracketOf({ maxHoldBars: 2 });
const bound = (frame: Frame, effect: OverlayEffect, condition: number[], { id = 'o', release }: { id?: string; release?: number[] } = {}) =>
  bindOverlay(
    { id, effect },
    { condition: Float64Array.from(condition), ...(release === undefined ? {} : { release: Float64Array.from(release) }) },
    frame.isGap,
  );
const run = (strategy: Strategy, frame: Frame, overlays: ReturnType<typeof bound>[]) =>
  screen.simulate(frame, strategy, {}, { costFraction: 0.001, profile: standardProfile, overlays });
const positions = (strategy: Strategy, frame: Frame, effect: OverlayEffect, condition: number[], release?: number[]) => [
  ...run(strategy, frame, [bound(frame, effect, condition, release === undefined ? {} : { release })]).money.position,
];
const acts = (strategy: Strategy, frame: Frame, effect: OverlayEffect, condition: number[]) =>
  run(strategy, frame, [bound(frame, effect, condition)]).overlays!.acts.map(({ act, row, until, why }) => [act, row, until, why]);

describe('block', () => {
  const block: OverlayEffect = { kind: 'block' };

  it('takes no entry while it holds, and one that comes later by the strategy’s own rules', () => {
    expect(positions(twoBars, at([1, 1, 1, 0, 0, 0]), block, [1, 1, 0, 0, 0, 0])).toEqual([0, 0, 1, 1, 0, 0]);
  });

  it('leaves an open position alone', () => {
    expect(positions(twoBars, at([1, 0, 0, 0]), block, [0, 1, 1, 1])).toEqual([1, 1, 0, 0]);
  });

  it('uses up no day: the first entry that is not refused is the day’s first', () => {
    const daily = bracketOf({ maxHoldBars: 1, limits: { oncePerDay: true } });
    expect(positions(daily, at([1, 0, 1, 0]), block, [1, 0, 0, 0])).toEqual([0, 0, 1, 0]);
  });

  it('starts no cool-down', () => {
    const resting = bracketOf({ maxHoldBars: 1, limits: { cooldownBars: 3 } });
    expect(positions(resting, at([1, 1, 0, 0]), block, [1, 0, 0, 0])).toEqual([0, 1, 0, 0]);
  });

  it('may keep a bracket in the market longer than without it: the entry that comes later is another trade', () => {
    const daily = bracketOf({ maxHoldBars: column('limit'), limits: { oncePerDay: true } });
    const frame = at([1, 0, 1, 0, 0, 0], { limit: [1, 1, 3, 1, 1, 1] });
    expect(positions(daily, frame, block, [0, 0, 0, 0, 0, 0])).toEqual([1, 0, 0, 0, 0, 0]);
    expect(positions(daily, frame, block, [1, 0, 0, 0, 0, 0])).toEqual([0, 0, 1, 1, 1, 0]);
  });

  it('counts an offer that is refused row after row as one run', () => {
    const line = run(twoBars, at([1, 1, 0, 1, 0]), [bound(at([1, 1, 0, 1, 0]), block, [1, 1, 1, 1, 1])]);
    expect(line.overlays).toMatchObject({ intents: 3, passed: 0, changedBars: 4 });
    expect(line.overlays!.statistics[0]).toMatchObject({ blockedEntries: 3, blockedRuns: 2, conditionTrueBars: 5, missingInputBars: 0 });
    expect(line.overlays!.acts).toMatchObject([
      { row: 0, until: 1 },
      { row: 3, until: 3 },
    ]);
  });

  it('does not hold where its condition cannot be told, and says on how many rows', () => {
    const frame = at([1, 0, 0, 0]);
    const line = run(twoBars, frame, [bound(frame, block, [Number.NaN, 0, 0, Number.NaN])]);
    expect([...line.money.position]).toEqual([1, 1, 0, 0]);
    expect(line.overlays!.statistics[0]).toMatchObject({ missingInputBars: 2, conditionTrueBars: 0 });
  });
});

describe('delay', () => {
  const delay = (bars: number, onSignalLost: 'drop' | 'enter' = 'drop'): OverlayEffect => ({ kind: 'delay', bars, onSignalLost });
  const long = bracketOf({ maxHoldBars: 9 });

  it('enters so many bars later when the signal is still there, whether or not the condition is', () => {
    expect(positions(long, at([1, 0, 1, 0]), delay(2), [1, 0, 0, 0])).toEqual([0, 0, 1, 1]);
    expect(positions(long, at([1, 0, 1, 0]), delay(2), [1, 1, 1, 1])).toEqual([0, 0, 1, 1]);
  });

  it('drops an entry whose signal is gone, or enters all the same', () => {
    expect(positions(long, at([1, 0, 0, 0]), delay(2), [1, 0, 0, 0])).toEqual([0, 0, 0, 0]);
    expect(positions(long, at([1, 0, 0, 0]), delay(2, 'enter'), [1, 0, 0, 0])).toEqual([0, 0, 1, 1]);
    expect(acts(long, at([1, 0, 0, 0]), delay(2), [1, 0, 0, 0])).toEqual([['expired', 0, 2, 'signal_lost']]);
  });

  it('takes the other side when that is what the signal has become', () => {
    expect(positions(long, at([1, 0, -1, 0]), delay(2), [1, 0, 0, 0])).toEqual([0, 0, -1, -1]);
  });

  it('lets an entry lapse that would have been over by then', () => {
    expect(positions(twoBars, at([1, 1, 1, 1, 0, 0]), delay(3), [1, 0, 0, 0, 0, 0])).toEqual([0, 0, 0, 1, 1, 0]);
    expect(acts(twoBars, at([1, 1, 1, 1, 0, 0]), delay(3), [1, 0, 0, 0, 0, 0])).toEqual([['expired', 0, 2, 'would_have_left']]);
  });

  it('sets stop and holding time from the row on which it entered', () => {
    const frame = frameOf({ close: [100, 100, 110, 110, 110, 110], low: [100, 100, 110, 99, 110, 110], go: [1, 1, 1, 0, 0, 0] });
    const stopped = bracketOf({ stop: { long: column('close').minus(5) }, maxHoldBars: 3 });
    const [trade] = run(stopped, frame, [bound(frame, delay(2), [1, 0, 0, 0, 0, 0])]).trades;
    expect(trade).toMatchObject({ entryRow: 2, exitRow: 3, stop: 105, exitReason: 'stop' });
  });

  it('does not enter where no position could be opened', () => {
    const frame = frameOf({ close: [100, 100, 100, 100], level: [90, 90, 120, 90], go: [1, 0, 0, 0] });
    const stopped = bracketOf({ stop: { long: column('level') } });
    expect(acts(stopped, frame, delay(2, 'enter'), [1, 0, 0, 0])).toEqual([['expired', 0, 2, 'no_entry_possible']]);
  });

  it('expires at the end of data', () => {
    expect(acts(long, at([0, 0, 1]), delay(5), [0, 0, 1])).toEqual([['expired', 2, 2, 'data_end']]);
  });
});

describe('size', () => {
  it('scales a position for as long as it lasts, by the factor of its entry', () => {
    expect(positions(twoBars, at([1, 0, 0, -1, 0, 0]), { kind: 'size', factor: 0.25 }, [1, 0, 0, 0, 1, 1])).toEqual([0.25, 0.25, 0, -1, -1, 0]);
  });

  it('of nothing takes the day all the same', () => {
    const daily = bracketOf({ maxHoldBars: 1, limits: { oncePerDay: true } });
    expect(positions(daily, at([-1, 0, 1, 0]), { kind: 'size', factor: 0 }, [1, 0, 0, 0])).toEqual([0, 0, 0, 0]);
  });

  it('leaves the R of a trade what it was', () => {
    const frame = frameOf({ close: [100, 104, 104], go: [1, 0, 0] });
    const stopped = bracketOf({ stop: { long: column('close').minus(10) }, maxHoldBars: 1 });
    const whole = run(stopped, frame, []).trades[0]!;
    const half = run(stopped, frame, [bound(frame, { kind: 'size', factor: 0.5 }, [1, 1, 1])]).trades[0]!;
    expect(half.pnl).toBeCloseTo(whole.pnl / 2, 15);
    expect(half.rMultiple).toBeCloseTo(whole.rMultiple, 12);
  });
});

describe('flatten', () => {
  const flatten: OverlayEffect = { kind: 'flatten' };
  const long = bracketOf({ maxHoldBars: 9 });

  it('leaves at the first close on which it holds and takes no entry while it does', () => {
    expect(positions(long, at([1, 0, 1, 1, 1]), flatten, [0, 0, 1, 1, 0])).toEqual([1, 1, 0, 0, 1]);
  });

  it('is the exit reason of the trade', () => {
    const frame = at([1, 0, 0]);
    expect(run(long, frame, [bound(frame, flatten, [0, 1, 0], { id: 'calm_down' })]).trades[0]).toMatchObject({
      exitRow: 1,
      exitReason: 'overlay calm_down',
    });
  });

  it('gives way to the strategy’s own exit on the same row', () => {
    const frame = at([1, 0, 0, 0]);
    const line = run(twoBars, frame, [bound(frame, flatten, [0, 0, 1, 0])]);
    expect(line.trades[0]!.exitReason).toBe('time');
    expect(line.overlays!.statistics[0]!.flattenedPositions).toBe(0);
  });

  it('waits for a bar that exists', () => {
    const frame = frameOf({ close: [100, Number.NaN, 100, 100], go: [1, 0, 0, 0] });
    expect(positions(long, frame, flatten, [0, 1, 1, 0])).toEqual([1, 1, 0, 0]);
  });
});

describe('hold_until', () => {
  it('refuses entries from where the condition held until its release', () => {
    const held: OverlayEffect = { kind: 'hold_until', maxBars: 9 };
    expect(positions(twoBars, at([1, 1, 1, 1, 0, 0]), held, [1, 0, 0, 0, 0, 0], [1, 0, 1, 0, 0, 0])).toEqual([0, 0, 1, 1, 0, 0]);
  });

  it('lets go so many bars after the condition last held', () => {
    const never = new Float64Array(6);
    expect([...heldRows(Uint8Array.of(0, 1, 1, 0, 0, 0), never, 2)]).toEqual([0, 1, 1, 1, 1, 0]);
  });
});

describe('positions named per bar', () => {
  const want = (values: number[]) => frameOf({ close: values.map(() => 100), want: values });
  const on = (values: number[], effect: OverlayEffect, condition: number[]) => positions(wantStrategy, want(values), effect, condition);

  it('do not grow while blocked, shrink as they like, and go flat instead of to the other side', () => {
    expect(on([0.5, 1, 0.25, 0.5, -1, -1], { kind: 'block' }, [0, 1, 1, 1, 1, 0])).toEqual([0.5, 0.5, 0.25, 0.25, 0, -1]);
  });

  it('come late by the delay, and not at all when no longer wanted', () => {
    const delay: OverlayEffect = { kind: 'delay', bars: 2, onSignalLost: 'drop' };
    expect(on([1, 1, 1, 1, 0], delay, [1, 0, 0, 0, 0])).toEqual([0, 0, 1, 1, 0]);
    expect(on([1, 0, 1, 1, 1], delay, [1, 0, 0, 0, 0])).toEqual([0, 0, 1, 1, 1]);
  });

  it('keep the factor of their entry until they are flat or turn around', () => {
    expect(on([0.5, 1, -1, -1, 0], { kind: 'size', factor: 0.5 }, [1, 0, 0, 1, 0])).toEqual([0.25, 0.5, -1, -1, 0]);
  });

  it('are left while flattened and taken again afterwards', () => {
    expect(on([1, 1, 1, 1], { kind: 'flatten' }, [0, 1, 1, 0])).toEqual([1, 0, 0, 1]);
  });

  it('cannot be entered without their signal', () => {
    const frame = want([1, 1]);
    const careless = bound(frame, { kind: 'delay', bars: 1, onSignalLost: 'enter' }, [1, 1]);
    expect(() => run(wantStrategy, frame, [careless])).toThrow(
      expect.objectContaining({
        code: 'E_INTENT_UNSUPPORTED',
        message: expect.stringContaining('overlay o (an entry without its signal)') as string,
      }),
    );
  });

  it('decided by hand see the position that was accepted, not the scaled one', () => {
    const seen: number[] = [];
    const patient = strategyOf({
      kind: 'decide',
      reads: [column('close')],
      decide: (_, { position, barsHeld }) => {
        seen.push(position);
        return position === 0 ? 1 : barsHeld >= 2 ? 0 : position;
      },
    });
    const frame = at([0, 0, 0, 0]);
    expect(positions(patient, frame, { kind: 'size', factor: 0.5 }, [1, 1, 1, 1])).toEqual([0.5, 0.5, 0, 0.5]);
    expect(seen.slice(0, 4)).toEqual([0, 1, 1, 0]);
  });

  it('decided by hand know that they were refused', () => {
    const eager = strategyOf({ kind: 'decide', reads: [column('close')], decide: (_, { position }) => (position === 0 ? 1 : position) });
    expect(positions(eager, at([0, 0, 0]), { kind: 'block' }, [1, 1, 0])).toEqual([0, 0, 1]);
  });
});

describe('several overlays', () => {
  const frame = at([1, 0, 1, 0, 0]);
  const delayed = bound(frame, { kind: 'delay', bars: 2, onSignalLost: 'enter' }, [1, 0, 0, 0, 0], { id: 'late' });

  it('are asked flatten, block, hold_until, delay, size, in whatever order they are given', () => {
    const blocked = bound(frame, { kind: 'block' }, [1, 0, 0, 0, 0], { id: 'closed' });
    const { statistics } = run(twoBars, frame, [delayed, blocked]).overlays!;
    expect(statistics.map(({ overlay, blockedEntries, delayedEntries }) => [overlay, blockedEntries, delayedEntries])).toEqual([
      ['closed', 1, 0],
      ['late', 0, 0],
    ]);
  });

  it('wait for the longest delay and multiply their sizes', () => {
    const longer = bound(frame, { kind: 'delay', bars: 3, onSignalLost: 'enter' }, [1, 0, 0, 0, 0], { id: 'later' });
    const [half, fifth] = [0.5, 0.2].map((factor, i) => bound(frame, { kind: 'size', factor }, [1, 1, 1, 1, 1], { id: `s${i}` }));
    const line = run(bracketOf({ maxHoldBars: 9 }), frame, [delayed, longer, half!, fifth!]);
    expect([...line.money.position]).toEqual([0, 0, 0, 0.1, 0.1]);
  });

  it('let a late entry be refused by another one', () => {
    const blocked = bound(frame, { kind: 'block' }, [0, 0, 1, 0, 0], { id: 'closed' });
    const line = run(bracketOf({ maxHoldBars: 9 }), frame, [delayed, blocked]);
    expect(line.overlays!.acts).toMatchObject([{ overlay: 'late', act: 'expired', why: 'refused', until: 2 }]);
  });
});

describe('an overlay that makes no sense is refused', () => {
  it.each<[OverlayEffect, string]>([
    [{ kind: 'delay', bars: 0, onSignalLost: 'drop' }, 'whole number of bars'],
    [{ kind: 'hold_until', maxBars: 1.5 }, 'whole number of bars'],
    [{ kind: 'size', factor: 1.5 }, 'between 0 and 1'],
    [{ kind: 'hold_until', maxBars: 5 }, 'release'],
  ])('%o', (effect, text) => {
    expect(() => bound(at([0]), effect, [0])).toThrow(text);
  });
});
