import { describe, expect, it } from 'vitest';
import type { ReferenceFrame } from './lib/frame.ts';
import { vacuumEvents, vacuumSeries, vacuumThreshold } from './lib/liquidityVacuum.ts';
import { calibrated, liquidityVacuum } from './liquidity_vacuum.ts';
import { columnOf, frameOf, tableOfFiles, textOfFiles } from './testing/fixtures.ts';

/** Calm bars with moves at the bars named, each followed by so many wide bars on thin volume. */
function market(shocks: Readonly<Record<number, number>>, rows = 1500): ReferenceFrame {
  const isThin = new Set(Object.entries(shocks).flatMap(([bar, length]) => Array.from({ length }, (_, i) => Number(bar) + 1 + i)));
  let price = 100;
  const close = Float64Array.from({ length: rows }, (_, bar) => (price *= bar in shocks ? 1.05 : bar % 2 === 0 ? 1.0001 : 0.9999));
  const frame = frameOf(close, { halfRange: (bar) => (isThin.has(bar) ? 0.004 + (bar % 3) * 0.001 : 0.001) });
  return { ...frame, columns: { ...frame.columns, volume: close.map((_, bar) => (isThin.has(bar) ? 10 : 100)) } };
}

const eventsOf = (frame: ReferenceFrame, threshold = 0.03) => vacuumEvents(vacuumSeries(frame), threshold);

describe('liquidity vacuums', () => {
  it('are the thin and wide bars right after a large move', () => {
    const [event, ...others] = eventsOf(market({ 600: 4 }));
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      event_id: 'lv_v1_BTCUSDT_000001',
      enter_idx: 601,
      exit_idx: 604,
      duration_bars: 4,
      secondary_shock: 0,
      secondary_range_expansion: 0,
    });
    // Half ranges 5, 6, 4, 5 of 1000: the peak is the second bar, and none falls to half way down.
    expect([event!.t_range_peak, event!.half_life]).toEqual([1, Number.NaN]);
    expect(event!.max_range_pct).toBeCloseTo(0.012, 12);
    expect(event!.auc_excess_range).toBeCloseTo(0.01 + 0.012 + 0.008 + 0.01 - 4 * 0.002, 9);
  });

  it('need three bars, and last 96 at most', () => {
    expect(eventsOf(market({ 600: 2 }))).toEqual([]);
    expect(eventsOf(market({ 600: 130 })).map((event) => event.duration_bars)).toEqual([96]);
  });

  it('wait for the end of the last one and its cooldown', () => {
    // The first ends at 604 and cools down to 616.
    expect(eventsOf(market({ 600: 4, 616: 4 })).map((event) => [event.enter_idx, event.secondary_shock])).toEqual([[601, 1]]);
    expect(eventsOf(market({ 600: 4, 617: 4 })).map((event) => [event.enter_idx, event.secondary_shock])).toEqual([
      [601, 1],
      [618, 0],
    ]);
  });

  it('end with the data', () => {
    expect(eventsOf(market({ 1495: 4 })).map((event) => [event.enter_idx, event.exit_idx])).toEqual([[1496, 1499]]);
  });

  it('are calibrated to the lowest quantile with enough, else to the highest', () => {
    const series = vacuumSeries(market(Object.fromEntries(Array.from({ length: 12 }, (_, i) => [600 + i * 60, 4]))));
    const at = (level: number) => vacuumThreshold(series, level);
    const options = { shockQuantiles: [0.999, 0.995, 0.5], minEvents: 10 };
    expect(calibrated(series, options)).toMatchObject({ threshold: at(0.995) });
    expect(calibrated(series, options).events.length).toBe(12);
    expect(calibrated(series, { ...options, minEvents: 13 }).threshold).toBe(at(0.999));
    expect(() => calibrated(series, { ...options, shockQuantiles: [0, 1, Number.NaN] })).toThrow('at least one shock quantile');
  });

  it('leave a header behind where there are none', () => {
    const files = liquidityVacuum.files([market({}, 800)], { runId: 'x' });
    expect(tableOfFiles(files, '_events.csv')).toMatchObject({ rows: [], header: expect.arrayContaining(['event_id', 'auc_excess_range']) });
    expect(JSON.parse(textOfFiles(files, '_summary.json'))).toEqual({ run_id: 'x', symbols: ['BTCUSDT'], summaries: [] });
  });

  it('are summed up by symbol', () => {
    const files = liquidityVacuum.files([market({ 600: 4, 700: 6 })], { runId: 'x', shockQuantiles: [0.999], minEvents: 1 });
    expect(columnOf(tableOfFiles(files, '_events.csv'), 'duration_bars')).toEqual([4, 6]);
    expect(JSON.parse(textOfFiles(files, '_summary.json')).summaries).toMatchObject([
      { event_count: 2, max_duration_bars: 6, median_duration_bars: 5 },
    ]);
  });

  it('cannot be looked for without volume', () => {
    expect(() => liquidityVacuum.files([frameOf(new Float64Array(10).fill(1))], { runId: 'x' })).toThrow('no column volume');
  });
});
