import { describe, expect, it } from 'vitest';
import { dayMs } from '../../core/time.ts';
import { stationaryKernelVariance } from '../../stats/bootstrap/kernelVariance.ts';
import { disturbFrame, testMarket, testStudy } from '../testing/fixtures.ts';
import { profileAges } from './profile.ts';
import type { ProfileRow, StudyResult } from './result.ts';
import { runStudy } from './runStudy.ts';

const frames = testMarket();
const study = testStudy();
const result = runStudy({ study, frames, seed: 1 });
const rowsOf = ({ profile }: StudyResult, measure: ProfileRow['measure'], cohort: ProfileRow['cohort']) =>
  profile.filter((row) => row.slice === 'development' && row.measure === measure && row.cohort === cohort);
const closeOf = (symbol: string) => frames.find((frame) => frame.symbol === symbol)!.columns['close']!;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the profile of a study', () => {
  const matched = result.events.filter(({ slice, controls }) => slice === 'development' && controls > 0);

  it('is the mean return since the anchor over matched events, turned into the direction of each', () => {
    const rows = rowsOf(result, 'cumulated_return', 'event');
    expect(rows.map(({ age }) => age)).toEqual(Array.from({ length: 145 }, (_, at) => profileAges.from + at));
    expect(matched.length).toBeGreaterThan(30);
    for (const age of [-48, -1, 1, 24]) {
      const paths = matched.map(
        ({ symbol, anchor_idx: anchor, direction }) => direction * (closeOf(symbol)[anchor + age]! / closeOf(symbol)[anchor]! - 1),
      );
      const row = rows.find((candidate) => candidate.age === age)!;
      expect(row.mean).toBeCloseTo(mean(paths), 12);
      expect(row.n).toBe(matched.length);
    }
    expect(rows.find(({ age }) => age === 0)).toMatchObject({ mean: 0, low: 0, high: 0 });
  });

  it('gives the controls of an event together the weight of one, in the direction of the event', () => {
    const row = rowsOf(result, 'absolute_return', 'control').find(({ age }) => age === 3)!;
    const each = matched.map(({ event_id: id, symbol }) => {
      const close = closeOf(symbol);
      const own = result.controls.filter((control) => control.event_id === id);
      return mean(own.map(({ idx }) => Math.abs(close[idx + 3]! / close[idx + 2]! - 1)));
    });
    expect(row.mean).toBeCloseTo(mean(each), 12);
  });

  it('has the band of the mean under resampled blocks of days, as the closed form on the whole calendar gives it', () => {
    const days = 120;
    const first = Math.floor(frames[0]!.openTime[0]! / dayMs);
    for (const age of [-12, 5, 24]) {
      const row = rowsOf(result, 'cumulated_return', 'event').find((candidate) => candidate.age === age)!;
      const off = new Float64Array(days);
      for (const { symbol, anchor_idx: anchor, anchor_ts: time, direction } of matched)
        off[Math.floor(time / dayMs) - first]! += direction * (closeOf(symbol)[anchor + age]! / closeOf(symbol)[anchor]! - 1) - row.mean!;
      const error = Math.sqrt(days * stationaryKernelVariance(off, 1 / 2)!) / matched.length;
      expect(row.high! - row.mean!).toBeCloseTo(1.959963984540054 * error, 9);
      expect(row.mean! - row.low!).toBeCloseTo(1.959963984540054 * error, 9);
    }
    const width = (age: number) => rowsOf(result, 'cumulated_return', 'event').find((row) => row.age === age)!;
    expect(width(24).high! - width(24).low!).toBeGreaterThan(width(1).high! - width(1).low!);
  });

  it('shows the shock at the anchor of the events and nothing at the controls', () => {
    const at = (cohort: ProfileRow['cohort'], age: number) => rowsOf(result, 'absolute_return', cohort).find((row) => row.age === age)!.mean!;
    expect(at('event', 0)).toBeGreaterThan(3 * at('event', -20));
    expect(at('control', 0)).toBeLessThan(2 * at('control', -20));
  });

  it('does not read bars after its slice', () => {
    const end = 96 * 120;
    const changed = frames.map((frame) => disturbFrame(frame, { from: end, to: frame.rows, name: 'later' }));
    const other = runStudy({ study, frames: changed, seed: 1 });
    expect(other.profile.filter(({ slice }) => slice === 'development')).toEqual(result.profile.filter(({ slice }) => slice === 'development'));
    expect(result.profile.some(({ slice }) => slice === 'holdout')).toBe(false);
  });

  it('leaves events out at ages where they have no bar', () => {
    const [frame] = frames;
    const anchor = matched.find(({ symbol }) => symbol === frame!.symbol)!.anchor_idx;
    const holed = {
      ...frame!,
      columns: { ...frame!.columns, close: frame!.columns['close']!.map((value, row) => (row === anchor + 40 ? Number.NaN : value)) },
    };
    const rows = rowsOf(runStudy({ study, frames: [holed, ...frames.slice(1)], seed: 1 }), 'cumulated_return', 'event');
    expect(rows.find(({ age }) => age === 40)!.n).toBe(rows.find(({ age }) => age === 39)!.n - 1);
  });

  it('is empty without matched events', () => {
    const none = runStudy({ study: testStudy((document) => (document['thresholds'] = { large: { fixed: 9 } })), frames, seed: 1 });
    expect(none.profile).toEqual([]);
    expect(runStudy({ study, frames: [], seed: 1 }).profile).toEqual([]);
  });
});
