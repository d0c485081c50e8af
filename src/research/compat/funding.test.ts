import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fundingEpisodeEvents } from './funding_episode_events.ts';
import type { ReferenceFrame } from './lib/frame.ts';
import { fundingBars, fundingDefaults, fundingTriggers, type FundingType } from './lib/fundingBars.ts';
import { hazardCurves, hazardPhases, hazardShapes, hazardSummary } from './lib/fundingHazards.ts';
import { fundingInteractions } from './lib/fundingModels.ts';
import { type FundingControl, fundingPools, type FundingRow, fundingRow } from './lib/fundingRows.ts';
import { fundingSteps } from './lib/fundingTables.ts';
import { leastSquares } from './lib/leastSquares.ts';
import { trailingPercentile } from './lib/marketState.ts';
import { closesWith, columnOf, frameOf, tableOfFiles, textOfFiles, wavyCloses } from './testing/fixtures.ts';

/** A frame with a funding rate per bar and a volatility percentile. */
function withFunding(frame: ReferenceFrame, rateOf: (bar: number) => number): ReferenceFrame {
  const bars = Float64Array.from({ length: frame.rows }, (_, bar) => bar);
  const percentile = bars.map((bar) => (bar < 100 ? Number.NaN : bar % 100));
  return { ...frame, columns: { ...frame.columns, funding_rate_scaled: bars.map(rateOf), rv_pct_2880: percentile } };
}

/** Rates that rest at the venue's default and rise now and then. */
const episodes = (bar: number) => {
  const settlement = Math.floor(bar / 32);
  return settlement % 23 < 3 ? 0.0005 + (settlement % 23) * 0.0002 : -0.00001 * (1 + (settlement % 5));
};
const busy = (symbol = 'BTCUSDT', rows = 9000) => withFunding(frameOf(wavyCloses(rows, `seed=2/test/${symbol}`), { symbol }), episodes);
const settings = { ...fundingDefaults, fundingPctWindow: 960 };
const options = { runId: 'x', fundingPctWindow: 960, aucBootstrapIters: 50 };
const flatFrame = (rows: number) => frameOf(closesWith(rows, []));
const reportOf = (frames: readonly ReferenceFrame[], given: object = options) =>
  JSON.parse(textOfFiles(fundingEpisodeEvents.files(frames, { ...options, ...given }), 'events.json'));

describe('funding episodes', () => {
  it('begin where the definitions say, for any rates', () => {
    const small = {
      ...fundingDefaults,
      fundingPctWindow: 5,
      minEventSpacing: 3,
      persistenceBars: 2,
      normalizationLookback: 4,
      accelLookback: 1,
      extremePct: 80,
    };
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 12, maxLength: 60 }), (rates) => {
        const bars = fundingBars(
          withFunding(flatFrame(rates.length), (bar) => rates[bar]! / 1000),
          small,
        );
        const size = rates.map((rate) => Math.abs(rate));
        const rankAt = (values: readonly number[], bar: number) => {
          const window = values.slice(Math.max(0, bar - 4), bar + 1);
          return window.length < 5 || window.some(Number.isNaN) ? Number.NaN : (100 * window.filter((value) => value <= values[bar]!).length) / 5;
        };
        const steps = size.map((value, bar) => (value > (size[bar - 1] ?? Number.POSITIVE_INFINITY) ? value - size[bar - 1]! : Number.NaN));
        const runAt = (bar: number): number => (rankAt(size, bar) >= 85 ? 1 + (bar > 0 ? runAt(bar - 1) : 0) : 0);
        const holds: Record<FundingType, (bar: number) => boolean> = {
          funding_extreme_onset: (bar) => rankAt(size, bar) >= 80 && rankAt(size, bar - 1) < 80,
          funding_acceleration: (bar) => rankAt(steps, bar) >= 95 && rankAt(steps, bar - 1) < 95,
          funding_persistence_window: (bar) => runAt(bar) === 2,
          funding_normalization: (bar) =>
            rankAt(size, bar) <= 50 && rankAt(size, bar - 1) > 50 && [0, 1, 2, 3].some((back) => bar - back >= 0 && rankAt(size, bar - back) >= 80),
        };
        for (const [type, isTrigger] of Object.entries(holds)) {
          const kept: number[] = [];
          for (let bar = 1; bar < rates.length - 1; bar++) if (isTrigger(bar) && bar - (kept.at(-1) ?? -3) >= 3) kept.push(bar);
          expect(fundingTriggers(bars, type as FundingType, small)).toEqual(kept);
        }
      }),
    );
  });

  it('call a long rest at one rate extreme, because ties count in full (S-13)', () => {
    expect(trailingPercentile(Float64Array.of(3, 1, 1, 1, 1), 4)).toEqual(Float64Array.of(Number.NaN, Number.NaN, Number.NaN, 75, 100));
  });

  it('never accelerate where rates rest between settlements, and report that as probability 0 (S-14)', () => {
    const { by_symbol } = reportOf([busy()]);
    const rows = Object.fromEntries(by_symbol.map((row: { event_type: string }) => [row.event_type, row]));
    expect(rows.funding_acceleration).toMatchObject({ event_count: 0, liquidation_probability: 0, time_to_normalization_median: 0 });
    expect(rows.funding_extreme_onset.event_count).toBeGreaterThan(5);
  });

  it('measure what follows, counted in bars after the event', () => {
    const close = closesWith(400, []).map((price, bar) => (bar === 210 ? price * 1.05 : bar === 250 ? price * 0.9 : price));
    const frame = withFunding(frameOf(close), (bar) => (bar <= 220 ? 0.001 + bar * 1e-6 : 0));
    const row = fundingRow(fundingBars(frame, { ...settings, fundingPctWindow: 20 }), 200, { type: 'funding_extreme_onset', settings });
    expect(row).toMatchObject({
      event_ts: '2024-01-03 02:00:00+00:00',
      tod_slot: 8,
      bull_bear: 'flat',
      vol_regime: 'low',
      liq_hit_bar: 10,
      liquidation_prob: 1,
      liq_30_80_hit: 1,
      drawdown_30_80_hit: 1,
      effective_horizon: 96,
      time_to_normalization_bars: 21,
    });
    expect(row.mae_96).toBeCloseTo(1 - (0.9 * close[249]! * 1.0002) / close[200]!, 9);
    const last = fundingRow(fundingBars(frame, settings), 390, { type: 'funding_extreme_onset', settings });
    expect([last.effective_horizon, last.liq_30_80_hit, last.liq_hit_bar]).toEqual([9, 0, Number.NaN]);
  });

  it('refuse a frame without what they read', () => {
    const frame = frameOf(closesWith(50, []));
    expect(() => fundingEpisodeEvents.files([frame], options)).toThrow('no column funding_rate_scaled');
    const { rv_pct_2880: _, ...columns } = withFunding(frame, () => 0).columns;
    expect(() => fundingEpisodeEvents.files([{ ...frame, columns }], options)).toThrow('begins with rv_pct_');
  });

  it('give the same files every time', () => {
    expect(fundingEpisodeEvents.files([busy()], options)).toEqual(fundingEpisodeEvents.files([busy()], options));
  });

  it('leave headers and strict JSON behind where there are none', () => {
    const frame = withFunding(flatFrame(300), () => Number.NaN);
    const files = fundingEpisodeEvents.files([frame], options);
    expect(files.filter((file) => 'rows' in file).length).toBe(6);
    for (const file of files) if ('rows' in file) expect(file.header.length).toBeGreaterThan(7);
    const report = JSON.parse(textOfFiles(files, 'events.json'));
    expect([report.events, report.controls, report.matched_baseline_comparison[0].event_count]).toEqual([[], [], 0]);
    expect(columnOf(tableOfFiles(files, 'phase_stability.csv'), 'status')).toEqual(['insufficient', 'insufficient', 'insufficient']);
  });
});

describe('controls of funding episodes', () => {
  it('keep away from every event, have a whole future and match on the best rung there is', () => {
    const bars = fundingBars(busy(), settings);
    const events = [2000, 4000];
    const poolOf = fundingPools(bars, events, settings);
    const pool = poolOf(3000);
    expect(pool.length).toBeGreaterThan(3);
    for (const bar of pool) {
      expect(events.some((event) => bar >= event && bar <= event + 96)).toBe(false);
      expect(bar + 96).toBeLessThan(9000);
      expect([bars.volQuartile[bar], bar % 96]).toEqual([bars.volQuartile[3000], 3000 % 96]);
    }
    // The first bars have no volatility yet: only the quarter hour is left to match on.
    expect(new Set(poolOf(5).map((bar) => bar % 96))).toEqual(new Set([5]));
  });

  it('are three per event and do not hang on the other symbols (E-09)', () => {
    const drawn = (frames: readonly ReferenceFrame[]) =>
      reportOf(frames)
        .controls.filter((row: FundingControl) => row.symbol === 'ETHUSDT')
        .map((row: FundingControl) => [row.event_type, row.for_event_idx, row.event_idx]);
    const alone = drawn([busy('ETHUSDT')]);
    expect(alone.length).toBe(3 * reportOf([busy('ETHUSDT')]).events.length);
    expect(drawn([busy('BTCUSDT'), busy('ETHUSDT')])).toEqual(alone);
  });

  it('can be handed in, but only from the pool', () => {
    const [event] = reportOf([busy()]).events;
    const key = `${event.event_type}_BTCUSDT_${event.event_idx}`;
    expect(() => reportOf([busy()], { picks: new Map([[key, [event.event_idx]]]) })).toThrow('is not a candidate');
  });
});

describe('models and hazards of funding episodes', () => {
  const row = (over: Partial<FundingRow>): FundingRow => ({
    ...fundingRow(fundingBars(busy(), settings), 3000, { type: 'funding_persistence_window', settings }),
    bull_bear: 'bull',
    vol_regime: 'high',
    effective_horizon: 96,
    liq_hit_bar: Number.NaN,
    vol_hit_bar: Number.NaN,
    ...over,
  });

  it('find planted coefficients, and give 0 to a column that is not there', () => {
    const rows = Array.from({ length: 30 }, (_, i) => [1, i % 2, i % 3, 0]);
    const found = leastSquares(
      rows,
      rows.map(([, a, b]) => 0.5 - 2 * a! + 0.25 * b!),
    );
    [0.5, -2, 0.25, 0].forEach((value, place) => expect(found[place]).toBeCloseTo(value, 12));
    expect(leastSquares([], [])).toEqual([]);
  });

  it('share a coefficient between columns that are the same, as the shortest solution does', () => {
    const found = leastSquares(
      [1, 2, 3].map((x) => [x, x]),
      [2, 4, 6],
    );
    expect(found[0]).toBeCloseTo(1, 12);
    expect(found[1]).toBeCloseTo(1, 12);
  });

  it('hold a sign stable only when every year has it', () => {
    const base = row({});
    const sampleOf = (hits: readonly number[]) => {
      const rows = hits.flatMap((hit, i) => Array.from({ length: 4 }, () => ({ ...base, year: 2020 + i, liq_30_80_hit: hit })));
      const controls = hits.flatMap((_, i) => Array.from({ length: 4 }, () => ({ ...base, year: 2020 + i, liq_30_80_hit: 0.5, for_event_idx: 1 })));
      const terms = fundingInteractions({ events: rows, controls }, { ...settings, interactionMinRowsPerYear: 8 });
      return terms.find((term) => term.outcome === 'liq_30_80_hit' && term.term === 'persistence')!;
    };
    expect(sampleOf([1, 1])).toMatchObject({ full_sign: 1, year_signs: '1,1', years_used: '2020,2021', status: 'pass' });
    expect(sampleOf([1, 0, 1])).toMatchObject({ year_signs: '1,-1,1', status: 'fail_sign_flip' });
    expect(fundingInteractions({ events: [base], controls: [] }, settings).map(({ status }) => status)).toContain('insufficient');
  });

  it('count at risk as long as nothing hit and the data go on', () => {
    const events = [row({ liq_hit_bar: 2 }), row({ effective_horizon: 3 }), row({})];
    const curve = hazardCurves({ events, controls: [] }, ['BTCUSDT'], settings).find(
      ({ type, split }) => type === 'funding_persistence_window' && split.name === 'pooled',
    )!;
    expect(curve.rows.slice(0, 4).map((at) => at.event_at_risk_liq)).toEqual([3, 3, 2, 1]);
    expect(curve.rows[1]!.event_hazard_liq).toBeCloseTo(1 / 3, 12);
    expect(curve.rows[1]!.base_hazard_liq).toBeNaN();
  });

  it('find peak, crossover and shape, and leave the shape open with few events', () => {
    const times = [1, 1, 2, 2, 3, 30, 31, 32, 33, 34];
    const events = times.flatMap((time) => Array.from({ length: 6 }, () => row(time < 10 ? { vol_hit_bar: time } : { liq_hit_bar: time })));
    const summaryWith = (minHazardEvents: number) =>
      hazardCurves({ events, controls: [] }, ['BTCUSDT'], settings)
        .filter(({ type }) => type === 'funding_persistence_window')
        .map((curve) => hazardSummary(curve, { ...settings, minHazardEvents }));
    const [pooled] = summaryWith(50);
    expect(pooled).toMatchObject({ event_n: 60, t_vol_peak: 2, t_liq_peak: 34, vol_front_loaded: true, liq_delayed: true, shape_consistent: true });
    expect(pooled!.t_crossover).toBe(30);
    expect(summaryWith(61)[0]).toMatchObject({ vol_front_loaded: null, shape_consistent: null });
    const statuses = (n: number) => hazardShapes(summaryWith(n)).find((shape) => shape.event_type === 'funding_persistence_window')!.status;
    expect([statuses(50), statuses(61)]).toEqual(['pass', 'insufficient']);
    expect(hazardPhases(summaryWith(50), settings)[1]).toMatchObject({ t_liq_peak_spread: 0, t_liq_peak_pass: true, status: 'pass' });
  });

  it('count runs of large steps from settlement to settlement', () => {
    const rates = [1, 1, 2, 2, 5, 5, 9, 9, 9, 9];
    const frame = withFunding(flatFrame(10), (bar) => rates[bar]!);
    const stamped = { ...frame, columns: { ...frame.columns, funding_event_ts: Float64Array.from(rates, (_, bar) => bar - (bar % 2)) } };
    const steps = (given: ReferenceFrame) =>
      fundingSteps([fundingBars(given, settings)], { ...settings, accelQuantile: 0.5, accelPersistenceIntervals: 2 });
    // Steps 1, 3, 4, 0: the median is 2, and 3 and 4 follow each other.
    expect(steps(stamped)[0]).toMatchObject({ symbol: 'BTCUSDT', funding_event_count: 4, threshold: 2, runs: 1 });
    expect(steps(stamped)[1]).toMatchObject({ symbol: 'ALL', runs: 1 });
    expect(steps(frame)[0]).toMatchObject({ funding_event_count: 3, threshold: 3, runs: 1 });
  });
});
