import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wildFrame, withColumnsOf } from '../../../test/support/frames.ts';
import { resolveParams } from '../../core/params.ts';
import { referenceProfile, standardProfile } from '../../core/profile.ts';
import { namedStream, nextUniform } from '../../core/random.ts';
import breakout from '../../strategies/vol_compression_v1.ts';
import reversion from '../../strategies/vol_compression_reversion_v1.ts';
import type { OverlayOutcome } from '../accounting.ts';
import { sumBook } from '../book.ts';
import type { Frame } from '../frame.ts';
import { type BoundOverlay, bindOverlay, type OverlayEffect } from '../overlay/overlay.ts';
import { requireIdentities } from '../overlay/requireIdentities.ts';
import { screen } from '../screen/screen.ts';
import { bookDeltas, type ComparedBook, counterfactual } from './counterfactual.ts';
import { regimeMarks } from './regimes.ts';

const strategies = [breakout, reversion];
const effects: readonly OverlayEffect[] = [
  { kind: 'block' },
  { kind: 'flatten' },
  { kind: 'size', factor: 0.4 },
  { kind: 'delay', bars: 3, onSignalLost: 'drop' },
  { kind: 'delay', bars: 7, onSignalLost: 'enter' },
  { kind: 'hold_until', maxBars: 12 },
];

function randomOverlay(seed: number, rows: number, share: number): (frame: Frame, place: number) => BoundOverlay {
  return (frame, place) => {
    const random = namedStream(`seed=${seed}/test/counterfactual/${place}`);
    const values = () => Float64Array.from({ length: rows }, () => (nextUniform(random) < 0.05 ? Number.NaN : nextUniform(random) < share ? 1 : 0));
    const effect = effects[(seed + place) % effects.length]!;
    return bindOverlay({ id: `o${place}`, effect }, { condition: values(), release: values() }, frame.isGap);
  };
}

const rows = 1_200;
const cases = fc.record({
  seed: fc.nat({ max: 10_000 }),
  strategy: fc.constantFrom(...strategies),
  profile: fc.constantFrom(standardProfile, referenceProfile),
  count: fc.integer({ min: 0, max: 3 }),
  share: fc.constantFrom(0, 0.1, 0.6, 1),
});

function simulated({ seed, strategy, profile, count, share }: typeof cases extends fc.Arbitrary<infer Case> ? Case : never) {
  const frame = withColumnsOf(strategy, wildFrame({ seed, rows, gapChance: 0.01, warmup: 10 }));
  const bind = randomOverlay(seed, rows, share);
  const overlays = Array.from({ length: count }, (_, place) => bind(frame, place));
  const params = resolveParams(strategy.id, strategy.params, {});
  const run = (bound: readonly BoundOverlay[]) => screen.simulate(frame, strategy, params, { costFraction: 0.0006, profile, overlays: bound });
  const bookOf = (line: ReturnType<typeof run>): ComparedBook => ({
    series: sumBook([{ line, openTime: frame.openTime }]),
    trades: line.trades,
    marks: regimeMarks(line.trades, frame),
  });
  return { own: run(overlays), plain: run([]), bookOf, overlays };
}

describe('a book beside itself without overlays', () => {
  it('adds up on random paths: counts, differences, and nothing where nothing was touched', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const { own, plain, bookOf, overlays } = simulated(given);
        if (own.overlays !== undefined) requireIdentities(own.overlays, 'test');
        const books = { with: bookOf(own), without: bookOf(plain), stream: 'test' };
        const found = counterfactual(books);
        for (const key of ['net_total_return', 'max_drawdown', 'turnover_per_year', 'time_in_market'] as const)
          expect(found[key].delta, key).toBe(found[key].with! - found[key].without!);
        expect(found.stability_checks.effect! * Math.ceil(rows / 96)).toBeCloseTo(found.net_total_return.delta!, 9);
        const isTouched = (own.overlays?.statistics ?? []).some(
          (row) => row.blockedEntries + row.delayedEntries + row.expiredEntries + row.resizedEntries + row.flattenedPositions > 0,
        );
        if (isTouched && overlays.length > 0) return;
        expect(own.money.position).toEqual(plain.money.position);
        expect(own.money.pnl).toEqual(plain.money.pnl);
        expect(found.net_total_return).toMatchObject({ delta: 0, low: null, high: null });
        expect(found.stability_checks.n_events).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('has differences of the other sign when both books change places', () => {
    const { own, plain, bookOf } = simulated({ seed: 3, strategy: reversion, profile: standardProfile, count: 1, share: 0.6 });
    const [there, back] = [
      bookDeltas({ with: bookOf(own), without: bookOf(plain), stream: 's' }),
      bookDeltas({ with: bookOf(plain), without: bookOf(own), stream: 's' }),
    ];
    for (const key of ['net_total_return', 'max_drawdown', 'turnover_per_year', 'time_in_market'] as const)
      expect(back[key].delta! + there[key].delta!).toBeCloseTo(0, 12);
  });
});

describe('requireIdentities', () => {
  const counts = { blockedEntries: 1, delayedEntries: 0, expiredEntries: 0, resizedEntries: 0, flattenedPositions: 0 };
  const outcome = (more: Partial<OverlayOutcome>) =>
    ({ intents: 3, passed: 2, statistics: [counts], acts: [], changedBars: 4, changedShare: 0.1, ...more }) as unknown as OverlayOutcome;

  it('holds counts that do not add up for a defect of ours', () => {
    expect(() => requireIdentities(outcome({}), 'a line')).not.toThrow();
    expect(() => requireIdentities(outcome({ passed: 3 }), 'a line')).toThrow(/a line: 3 entries were offered, but 3 passed, 1 blocked/);
    const idle = [{ ...counts, blockedEntries: 0 }] as unknown as OverlayOutcome['statistics'];
    expect(() => requireIdentities(outcome({ passed: 3, statistics: idle }), 'a line')).toThrow(/nothing was touched, but 4 bars differ/);
  });
});
