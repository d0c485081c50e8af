import { describe, expect, it } from 'vitest';
import { conditionalExpectancy, type ExpectancyResult } from './conditional_expectancy.ts';
import { type CompressionEvent, compressionEvents, compressionRows, trapBars, type TrapSettings } from './lib/compressionEvents.ts';
import { expectancyDefaults, returnStatistics } from './lib/expectancyBars.ts';
import { overlapTrap, tailTrap, trapCells } from './lib/expectancyTraps.ts';
import type { ReferenceFrame } from './lib/frame.ts';
import { columnByPrefix } from './lib/marketState.ts';
import { frameOf, textOfFiles, wavyCloses } from './testing/fixtures.ts';
import { validateExpectancyTraps } from './validate_expectancy_traps.ts';

const settings: TrapSettings = { ...expectancyDefaults, horizons: [2], maxEventDuration: 5, expansionLookahead: 4, mfeHorizon: 3 };

/** A frame with compression on the bars named, wide bounds for breakouts, and one funding rate. */
function compressed(close: Float64Array, bars: readonly number[], symbol = 'AAAUSDT'): ReferenceFrame {
  const frame = frameOf(close, { symbol });
  const column = (of: (bar: number) => number) => Float64Array.from(close, (_, bar) => of(bar));
  return {
    ...frame,
    columns: {
      ...frame.columns,
      funding_rate_scaled: column(() => 0),
      rv_pct_2880: column((bar) => (bars.includes(bar) ? 10 : 11)),
      range_96: column(() => 0.8),
      range_med_480: column(() => 1),
      high_96: column(() => 110),
      low_96: column(() => 90),
    },
  };
}

const flat = (rows: number, over: Readonly<Record<number, number>> = {}) => Float64Array.from({ length: rows }, (_, bar) => over[bar] ?? 100);
const eventsOf = (frame: ReferenceFrame) => compressionEvents(trapBars(frame, settings), settings);
const shape = ({ start, end, end_reason }: CompressionEvent) => [start, end, end_reason];
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const json = (files: ReturnType<typeof conditionalExpectancy.files>) => JSON.parse(textOfFiles(files, '.json'));

describe('conditional expectancy', () => {
  it('counts every bar of a condition', () => {
    const close = flat(1200).map((price, bar) => price * 1.001 ** bar);
    const report = json(conditionalExpectancy.files([compressed(close, range(700, 899))], { runId: 'x', horizons: [4], fundingPctWindow: 10 }));
    const of = (condition: string): ExpectancyResult =>
      report.all_results.find((row: ExpectancyResult) => row.condition === condition && row.scope === 'combined');
    expect(of('compression')).toMatchObject({ samples: 200, win_rate: 1, horizon_hours: 1 });
    expect(of('compression').mean_return).toBeCloseTo(1.001 ** 4 - 1, 12);
    expect(of('compression_plus_htf_trend_directional').mean_return).toBeCloseTo(1.001 ** 4 - 1, 12);
    // A rate that never changes ranks 100: high.
    expect([of('compression_plus_funding_high').samples, of('compression_plus_funding_low').samples]).toEqual([200, 0]);
    expect(report).toMatchObject({ expectancy_exists: true, feature_columns: { AAAUSDT: { rv_pct: 'rv_pct_2880', range_med: 'range_med_480' } } });
  });

  it('takes the directional return along the slow trend, and leaves out bars without one', () => {
    const close = flat(1200).map((price, bar) => price * 0.999 ** bar);
    const report = json(conditionalExpectancy.files([compressed(close, range(400, 599))], { runId: 'x', horizons: [4] }));
    const [plain, directional] = ['compression', 'compression_plus_htf_trend_directional'].map((condition) =>
      report.all_results.find((row: ExpectancyResult) => row.condition === condition && row.scope === 'AAAUSDT'),
    );
    expect([plain.samples, directional.samples]).toEqual([200, 121]);
    expect(directional.mean_return).toBeCloseTo(-plain.mean_return, 12);
  });

  it('takes evidence from a large enough sample with a positive mean only', () => {
    const close = wavyCloses(3000, 'seed=5/test');
    const reportWith = (minSamples: number) =>
      json(conditionalExpectancy.files([compressed(close, range(500, 2800))], { runId: 'x', minSamples, tstatThreshold: -100 }));
    for (const row of reportWith(1).expectancy_evidence) expect([row.scope, row.mean_return > 0]).toEqual(['combined', true]);
    expect(reportWith(5000)).toMatchObject({ expectancy_exists: false, expectancy_evidence: [] });
  });

  it('is all zeros where there is nothing', () => {
    expect(new Set(Object.values(returnStatistics([Number.NaN])))).toEqual(new Set([0]));
    expect(returnStatistics([1, 2, 3, 4])).toMatchObject({
      samples: 4,
      mean_return: 2.5,
      median_return: 2.5,
      win_rate: 1,
      p25: 1.75,
      t_stat: 3.872983346207417,
    });
    expect(returnStatistics([2]).t_stat).toBe(0);
  });

  it('sorts horizons and refuses none, or parts of bars', () => {
    const frames = [compressed(flat(50), [])];
    expect(json(conditionalExpectancy.files(frames, { runId: 'x', horizons: [8, 2, 8] })).config.horizons).toEqual([2, 8]);
    expect(() => conditionalExpectancy.files(frames, { runId: 'x', horizons: [] })).toThrow('at least one horizon');
    expect(() => validateExpectancyTraps.files(frames, { runId: 'x', horizons: [1.5] })).toThrow('not 1.5');
  });

  it('reads the column with the smallest window', () => {
    const frame = compressed(flat(3), []);
    const more = { ...frame, columns: { ...frame.columns, rv_pct_960: frame.columns['close']!, rv_pct_x: frame.columns['open']! } };
    expect(columnByPrefix(more, 'rv_pct_').name).toBe('rv_pct_960');
  });
});

describe('stretches of compression', () => {
  it('end with the breakout, with the compression or after their longest time', () => {
    expect(eventsOf(compressed(flat(40, { 12: 120 }), range(10, 15))).map(shape)).toEqual([[10, 12, 'breakout']]);
    expect(eventsOf(compressed(flat(40), range(10, 12))).map(shape)).toEqual([[10, 13, 'compression_off']]);
    expect(eventsOf(compressed(flat(40), range(10, 30))).map(shape)).toEqual([[10, 14, 'max_duration']]);
    expect(eventsOf(compressed(flat(40, { 10: 80 }), range(10, 12))).map(shape)).toEqual([[10, 10, 'breakout']]);
    expect(eventsOf(compressed(flat(12), range(10, 11))).map(shape)).toEqual([[10, 11, 'max_duration']]);
  });

  it('begin only where compression was off before', () => {
    expect(eventsOf(compressed(flat(40), [0, 1, ...range(10, 11), ...range(13, 14)])).map(shape)).toEqual([
      [10, 12, 'compression_off'],
      [13, 15, 'compression_off'],
    ]);
  });

  it('look for the breakout after their end, and how far it goes from there', () => {
    const bars = trapBars(compressed(flat(40, { 16: 111, 18: 120 }), range(10, 12)), settings);
    const [row] = compressionRows(bars, compressionEvents(bars, settings), settings);
    expect(row).toMatchObject({ end: 13, breakout_dir: 1, time_to_expansion_bars: 6, event_return: 0, breakout_aligns_htf: null });
    expect(row!.mfe_post_end).toBeCloseTo(1.11 * 1.002 - 1, 12);
    const down = trapBars(compressed(flat(40, { 12: 80, 14: 60 }), range(10, 15)), settings);
    const [fall] = compressionRows(down, compressionEvents(down, settings), settings);
    expect(fall!.mfe_post_end).toBeCloseTo(80 / (60 * 0.998) - 1, 12);
    expect([fall!.breakout_dir, fall!.event_return, fall!.event_directional_return]).toEqual([-1, -0.25, Number.NaN]);
    const late = trapBars(compressed(flat(40, { 18: 111 }), range(10, 12)), settings);
    const [none] = compressionRows(late, compressionEvents(late, settings), settings);
    expect([none!.breakout_dir, none!.time_to_expansion_bars, none!.mfe_post_end]).toEqual([0, Number.NaN, Number.NaN]);
  });

  it('have no row at a horizon that the data do not reach', () => {
    const bars = trapBars(compressed(flat(15), range(10, 12)), settings);
    expect(compressionRows(bars, compressionEvents(bars, settings), { ...settings, horizons: [1, 2] }).map(({ horizon }) => horizon)).toEqual([1]);
  });
});

describe('traps of the expectancy', () => {
  it('put the symbols in one line, so that the last bars of one see the price of the next (E-13)', () => {
    const parts = [
      compressed(flat(10), [9]),
      compressed(
        flat(10).map((price) => 2 * price),
        [],
        'BBBUSDT',
      ),
    ].map((frame) => trapBars(frame, settings));
    const [row] = overlapTrap(parts, trapCells([], [2]));
    expect(row).toMatchObject({ condition: 'compression', horizon: 2, bar_samples: 1, bar_mean: 1, event_samples: 0, event_t: 0 });
  });

  it('keep what is positive event by event, and nothing else decides (S-19)', () => {
    const close = flat(3000).map((price, bar) => price * (1 + 0.00001 * bar + 0.000001 * (bar % 7)));
    const bars = range(0, 2999).filter((bar) => bar > 600 && bar % 10 < 3);
    const report = json(validateExpectancyTraps.files([compressed(close, bars)], { runId: 'x', horizons: [4], maxEventDuration: 4 }));
    const overlap = report.trap_1_overlap_bar_vs_event;
    expect(report.survivors).toEqual(overlap.filter((row: { condition: string }) => row.condition !== 'compression_plus_funding_low'));
    expect(report.trap_2_leakage).toEqual([{ symbol: 'AAAUSDT', pass: true, checked: 500, mismatches: 0 }]);
    expect(report.event_summary[0].event_count).toBe(240);
    expect(report.trap_3_regimes.find((row: { split: string }) => row.split === 'year').stable_sign).toBe(true);
    const [own, opposite, lot] = report.trap_5_symmetry;
    expect([own.version, opposite.version, lot.version]).toEqual(['directional', 'opposite', 'random_sign']);
    expect(opposite.t).toBe(-own.t);
    expect(Math.abs(lot.t)).toBeLessThan(own.t / 10);
  });

  it('do not pass for leakage where no bar could be looked at', () => {
    const report = json(validateExpectancyTraps.files([compressed(flat(400), [])], { runId: 'x' }));
    expect(report.trap_2_leakage).toEqual([{ symbol: 'AAAUSDT', pass: false, checked: 0, mismatches: 0 }]);
  });

  it('take the share of the largest returns, at least one of them', () => {
    const rows = range(1, 40).map((i) => ({ horizon: 2, event_return: i, funding_bucket: 'na' }));
    const [row] = tailTrap(trapCells(rows as never, [2]));
    expect(row!.top_1pct_share).toBeCloseTo(40 / 820, 12);
    expect(row!.top_5pct_share).toBeCloseTo(79 / 820, 12);
  });

  it('leave strict JSON behind where there are no events', () => {
    const report = json(validateExpectancyTraps.files([compressed(flat(50), [])], { runId: 'x' }));
    expect(report).toMatchObject({ survivors: [], event_summary: [{ event_count: 0, breakout_end_rate: null }] });
    expect(report.event_expansion_metrics).toMatchObject({ rows: 0, mfe_mean: null });
  });
});
