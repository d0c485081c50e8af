import { describe, expect, it } from 'vitest';
import { dayMs } from '../../core/time.ts';
import { namedStream, nextNormal } from '../../core/random.ts';
import { testCatalog, testDocument } from '../testing/fixtures.ts';
import { compileStudy } from './compile.ts';
import { studyDocument } from './document.ts';
import type { StudyFrame } from './frame.ts';
import { runStudy } from './runStudy.ts';

const days = 40;
const perDay = 1_200;

/** Seconds around midnight of every day, each stretch parted from the next by a gap row. */
function secondFrame(symbol: string): StudyFrame {
  const rows = days * (perDay + 1);
  const random = namedStream(`seed=1/test/seconds/${symbol}`);
  const openTime = new Float64Array(rows);
  const isGap = new Uint8Array(rows);
  const close = new Float64Array(rows);
  const open = new Float64Array(rows);
  let price = 100;
  for (let row = 0; row < rows; row++) {
    const [day, second] = [Math.floor(row / (perDay + 1)), row % (perDay + 1)];
    openTime[row] = Date.UTC(2024, 0, 1) + day * dayMs + second * 1_000;
    open[row] = price;
    price *= Math.exp(0.0001 * nextNormal(random));
    close[row] = price;
    if (second === perDay) [isGap[row], open[row], close[row]] = [1, Number.NaN, Number.NaN];
  }
  const high = close.map((value, row) => Math.max(value, open[row]!));
  const low = close.map((value, row) => Math.min(value, open[row]!));
  return { symbol, rows, openTime, isGap, columns: { open, high, low, close, volume: close, funding_rate_scaled: close } };
}

const document = testDocument((draft) => {
  draft['clock'] = '1s';
  draft['instants'] = { hours: [0] };
  draft['series'] = { r: 'ln(close / lag(close, 1))', level: 'rank(std(r, 30), 120)' };
  draft['placebo_outcome'] = { of: 'lag(close, 40) / lag(close, 60) - 1' };
});

describe('a study on seconds', () => {
  const study = compileStudy(studyDocument.parse(document), testCatalog);
  const frames = ['AAAUSDT', 'BBBUSDT'].map(secondFrame);
  const result = runStudy({ study, frames, seed: 1 });

  it('cuts slices by the clock, purging seconds, not bars', () => {
    const first = result.events.filter(({ slice }) => slice === 'development');
    const second = result.events.filter(({ slice }) => slice === 'confirmation');
    expect(first.length).toBeGreaterThan(100);
    expect(Math.max(...first.map(({ anchor_ts: time }) => time))).toBeLessThan(Date.UTC(2024, 0, 20));
    // A day of embargo and a few minutes: the stretch of the 21st begins inside the purge, its later seconds do not.
    expect(Math.min(...second.map(({ anchor_ts: time }) => time))).toBeGreaterThan(Date.UTC(2024, 0, 21));
    expect(Math.min(...second.map(({ anchor_ts: time }) => time))).toBeLessThan(Date.UTC(2024, 0, 22));
  });

  it('moves events by whole days onto the same second, and resamples days', () => {
    const row = result.negativeControls.find(({ kind, estimand }) => kind === 'circular_shift' && estimand === 'next')!;
    expect(row.draws).toBe(199);
    expect(row.null_sd!).toBeGreaterThan(0);
    const effect = result.effects.find(({ estimand, slice }) => estimand === 'next' && slice === 'development')!;
    expect(effect.block_days!).toBeGreaterThanOrEqual(2);
    expect(effect.n_effective).toBeLessThanOrEqual(20);
    expect(effect.ci_low!).toBeLessThan(effect.ci_high!);
  });

  it('never follows an outcome across a gap between stretches', () => {
    const observed = result.outcomes.filter(({ outcome, status }) => outcome === 'drift' && status === 'observed');
    const ends = new Map(result.events.map(({ event_id: id, anchor_ts: time }) => [id, time]));
    for (const { event_id: id } of observed.filter(({ cohort }) => cohort === 'event'))
      expect(ends.get(id)! % dayMs).toBeLessThan((perDay - 24) * 1_000);
  });
});
