import { describe, expect, it } from 'vitest';
import { abma } from './abma.ts';
import { abmaFunding } from './abma_v2_funding.ts';
import { abmaSchema, abmaStudy, measured } from './lib/abma.ts';
import { abmaControls } from './lib/abmaControls.ts';
import { abmaDefinition, type AbmaEvent, abmaEvents, minuteMs } from './lib/abmaEvents.ts';
import { abmaCurve, spreadHalfLife, varianceDecay } from './lib/abmaMetrics.ts';
import { type AbmaInput, type AbmaQuote, type AbmaTrade, instantOf, sessionsOf, tapesOf } from './lib/abmaTape.ts';
import { type AbmaDelta, abmaVerdict } from './lib/abmaVerdict.ts';
import { columnOf, tableOfFiles, textOfFiles } from './testing/fixtures.ts';

const at = (time: string) => Date.parse(`2026-01-05T${time}Z`);
const noFunding = { funding: [] };

/** research specification, Appendix B.4: a quote a second whose price follows a line with a growing sine; volume grows too. */
function grid({ sizeOf = (i) => 1 + i }: { sizeOf?: (i: number) => number } = {}): AbmaInput {
  const quotes: AbmaQuote[] = [];
  const trades: AbmaTrade[] = [];
  const [from, to] = [at('09:00:00'), at('13:00:00')];
  for (let ts = from; ts <= to; ts += 1000) {
    const i = (ts - from) / 1000;
    const mid = 100 + 0.0001 * i + 0.000002 * i * Math.sin(i / 7);
    const half = 0.02 - 0.000001 * i;
    quotes.push({ ts, symbol: 'BTCUSDT', bid_px: mid - half, ask_px: mid + half, bid_sz: 1 + (i % 3), ask_sz: 2 });
    if (i % 5 === 0) trades.push({ ts: ts + 200, symbol: 'BTCUSDT', price: mid, size: sizeOf(i) });
  }
  const calendar = [{ session_date: '2026-01-05', open_ts: '2026-01-05T09:30:00Z', close_ts: '2026-01-05T13:00:00Z' }];
  return { quotes, trades, calendar, ...noFunding };
}

const plain = grid();
const eventAt = (input: AbmaInput, t0: number): AbmaEvent => ({
  event_id: 'e',
  tape: tapesOf(input)[0]!,
  session: sessionsOf(input.calendar)[0]!,
  t0,
});
const clock = (ms: number) => new Date(ms).toISOString().slice(11, 16);
const shuffled = <T>(rows: readonly T[]) =>
  rows
    .map((row, i) => ({ row, key: (i * 7919) % 10_007 }))
    .sort((a, b) => a.key - b.key)
    .map(({ row }) => row);
const asStamp = { ts: '2026-01-05T08:00:00Z', symbol: 'BTCUSDT', event_type: 'funding', source: 'x' };

describe('boundaries of the order book', () => {
  it('have the published constants', () => {
    const { event_window_minutes, microprice_half_life_seconds, trade_sign_entropy_trades, control_set_size, bootstrap_samples } = abmaDefinition;
    expect([event_window_minutes, microprice_half_life_seconds, trade_sign_entropy_trades, control_set_size, bootstrap_samples]).toEqual([
      30, 60, 50, 5, 1000,
    ]);
  });

  it('have the published event ids, every time', () => {
    const tapes = tapesOf({ ...grid(), funding: [asStamp] });
    const sessions = sessionsOf([{ session_date: '2026-01-05', open_ts: at('09:30:00'), close_ts: at('16:00:00') }]);
    const day = sessionsOf([{ session_date: '2026-01-05', open_ts: at('00:00:00'), close_ts: at('23:59:59') }]);
    for (let time = 0; time < 2; time++) {
      expect(abmaEvents(tapes, sessions, 'v1').map((event) => event.event_id)).toEqual(['abma_v1_BTCUSDT_2026-01-05_800b4ee74243']);
      expect(abmaEvents(tapes, day, 'v2_funding').map((event) => event.event_id)).toEqual(['abma_v2_funding_BTCUSDT_2026-01-05_177ca854964c']);
    }
  });

  it('read opens in New York time in and out of daylight saving', () => {
    const open = (day: string) => new Date(instantOf(`${day}T09:30:00[America/New_York]`)).toISOString();
    expect([open('2026-01-05'), open('2026-03-09')]).toEqual(['2026-01-05T14:30:00.000Z', '2026-03-09T13:30:00.000Z']);
    expect(instantOf('2026-03-09T09:30:00-04:00')).toBe(Date.parse('2026-03-09T13:30:00Z'));
  });

  it('take the first of two equal local times, and refuse one that the clocks leave out', () => {
    expect(new Date(instantOf('2026-11-01T01:30:00[America/New_York]')).toISOString()).toBe('2026-11-01T05:30:00.000Z');
    expect(() => instantOf('2026-03-08T02:30:00[America/New_York]')).toThrow('never show 2026-03-08T02:30:00');
  });

  it('refuse stamps without a zone, days that do not exist and sessions that end before they begin', () => {
    expect(() => instantOf('2026-01-05T09:30:00')).toThrow('has no time zone');
    for (const wrong of ['2026-01-99T09:30:00Z', '2026-02-30T09:30:00Z', 'noonZ']) expect(() => instantOf(wrong)).toThrow('is not a time stamp');
    expect(() => instantOf(Number.NaN)).toThrow('missing');
    expect(() => sessionsOf([{ session_date: '2026-02-30', open_ts: 0, close_ts: 1 }])).toThrow('not a session date');
    expect(() => sessionsOf([{ session_date: '2026-02-27', open_ts: 1, close_ts: 1 }])).toThrow('closes before it opens');
  });

  it('from funding belong to the session that contains the stamp; other stamps do not count', () => {
    const day = (date: string) => ({ session_date: date, open_ts: `${date}T00:00:00Z`, close_ts: `${date}T23:59:59Z` });
    const funding = [
      { ...asStamp, ts: '2026-01-06T00:00:00Z' },
      { ...asStamp, ts: '2026-01-05T16:00:00Z' },
      { ...asStamp, event_type: 'mark' },
      { ...asStamp, symbol: 'XRPUSDT' },
    ];
    const events = abmaEvents(tapesOf({ ...grid(), funding }), sessionsOf([day('2026-01-06'), day('2026-01-05')]), 'v2_funding');
    expect(events.map(({ session, t0 }) => [session.date, new Date(t0).toISOString()])).toEqual([
      ['2026-01-05', '2026-01-05T16:00:00.000Z'],
      ['2026-01-06', '2026-01-06T00:00:00.000Z'],
    ]);
  });
});

describe('controls of the order book', () => {
  it('are those of the published fixture', () => {
    const study = measured([eventAt(plain, at('10:30:00'))], 'v1', null);
    expect(study.sampled.controls.map(({ tc, match_tier }) => [clock(tc), match_tier])).toEqual(
      ['09:45', '09:46', '09:47', '09:48', '09:49'].map((time) => [time, 'exact']),
    );
    const [row] = study.rows;
    expect([row!.metrics, ...row!.controls].map((metrics) => metrics.spread_half_life_sec)).toEqual(Array.from({ length: 6 }, () => 900));
    expect(row!.curves.reduce((sum, { curve }) => sum + curve.effSpread.length, 0)).toBe(10_806);
    expect(row!.delta.delta_spread_half_life_sec).toBe(0);
  });

  it('do not hang on the order of the rows', () => {
    const input = grid();
    const event = (given: AbmaInput) => [eventAt(given, at('10:30:00'))];
    const mixed = { ...input, trades: shuffled(input.trades), quotes: shuffled(input.quotes) };
    expect(mixed.quotes[0]).not.toEqual(input.quotes[1]);
    expect(abmaControls(event(mixed), null)).toEqual(abmaControls(event(input), null));
  });

  it('lie in the session after its first quarter of an hour, at most five, never the event itself', () => {
    for (const time of ['09:45:00', '11:00:00', '12:59:00']) {
      const { controls } = abmaControls([eventAt(plain, at(time))], null);
      expect(controls.length).toBe(5);
      for (const { tc, match_tier } of controls) {
        expect(tc).toBeGreaterThanOrEqual(at('09:45:00'));
        expect(tc).toBeLessThan(at('13:00:00'));
        expect(tc).not.toBe(at(time));
        expect(['exact', 'rv_only']).toContain(match_tier);
      }
    }
  });

  it('fall back to volatility alone where every volume is the same', () => {
    const { controls } = abmaControls([eventAt(grid({ sizeOf: () => 1 }), at('10:30:00'))], null);
    expect(controls.map(({ match_tier }) => match_tier)).toEqual(Array.from({ length: 5 }, () => 'rv_only'));
  });

  it('say why there are none', () => {
    const reasonAt = (ms: number) => abmaControls([eventAt(plain, ms)], null).without.map(({ reason }) => reason);
    expect(reasonAt(at('09:30:00'))).toEqual(['baseline_crosses_session_start_or_insufficient_midpoints']);
    expect(reasonAt(at('09:44:59'))).toEqual(['baseline_crosses_session_start_or_insufficient_midpoints']);
    expect(reasonAt(at('09:45:00'))).toEqual([]);
    expect(reasonAt(at('13:00:00'))).toEqual(['event_anchor_outside_session_grid']);
    expect(reasonAt(at('10:30:00') + 500)).toEqual(['event_anchor_outside_session_grid']);
  });

  it('pass in silence over sessions without quotes', () => {
    expect(abmaControls([eventAt({ ...grid(), quotes: [] }, at('10:30:00'))], null)).toEqual({ controls: [], without: [] });
  });

  it('of funding lie outside the minutes around every stamp of the session, bounds included', () => {
    const events = ['10:00:00', '11:00:00'].map((time) => ({ ...eventAt(plain, at(time)), event_id: time }));
    const tape = events[0]!.tape;
    const together = events.map((event) => ({ ...event, tape }));
    const near = (tc: number, pre: number, post: number) => events.some(({ t0 }) => tc >= t0 - pre * minuteMs && tc <= t0 + post * minuteMs);
    for (const [preMinutes, postMinutes] of [
      [10, 30],
      [15, 5],
    ] as const) {
      const { controls } = abmaControls(together, { preMinutes, postMinutes });
      expect(controls.length).toBe(10);
      expect(controls.filter(({ tc }) => near(tc, preMinutes, postMinutes))).toEqual([]);
    }
    const first = abmaControls([together[0]!], { preMinutes: 10, postMinutes: 30 }).controls.map(({ tc }) => clock(tc));
    expect(first).toContain('09:49');
    expect(first).not.toContain('09:50');
  });
});

describe('curves and numbers of the order book', () => {
  const sparse: AbmaInput = {
    trades: [],
    quotes: [0, 5, 10].map((second) => ({ ts: at('10:00:00') + second * 1000, symbol: 'A', bid_px: 99 - second, ask_px: 101, bid_sz: 1, ask_sz: 1 })),
    calendar: [],
    ...noFunding,
  };

  it('use the last quote at or before each second', () => {
    const { effSpread, isValid } = abmaCurve(tapesOf(sparse)[0]!, at('10:00:00'));
    expect(effSpread[1]).toBe(effSpread[4]);
    expect(effSpread[4]).toBeCloseTo(0.02, 12);
    expect(effSpread[5]).toBeGreaterThan(effSpread[4]!);
    expect(isValid[1800]).toBe(1);
    expect(abmaCurve(tapesOf(sparse)[0]!, at('09:59:59')).effSpread[0]).toBeNaN();
  });

  it('are bit for bit the same again', () => {
    const [first, second] = [0, 1].map(() => abmaStudy(grid(), 'v1', null).rows.map(({ curves }) => curves));
    expect(first).toEqual(second);
  });

  it('call half the window the half-life of any steady fall (S-06)', () => {
    for (const power of [1, 2, 5]) expect(spreadHalfLife(Float64Array.from({ length: 1801 }, (_, tau) => (1801 - tau) ** power))).toBe(900);
    expect(spreadHalfLife(new Float64Array(3).fill(Number.NaN))).toBeNaN();
    expect(spreadHalfLife(Float64Array.of(Number.NaN, 1, 2))).toBe(0);
  });

  it('weigh squares of changes as the definition does, written out', () => {
    const prices = Float64Array.from({ length: 40 }, (_, i) => 100 * (1 + 0.01 * Math.sin(i * i)));
    const changes = Array.from(prices.subarray(1), (price, i) => Math.log(price / prices[i]!));
    const alpha = 1 - 2 ** (-1 / 60);
    const logs = changes.slice(1).map((_, place) => {
      const last = place + 1;
      const weights = changes.slice(0, last + 1).map((__, i) => (i === 0 ? (1 - alpha) ** last : alpha * (1 - alpha) ** (last - i)));
      const mean = weights.reduce((sum, weight, i) => sum + weight * changes[i]!, 0);
      const variance = weights.reduce((sum, weight, i) => sum + weight * (changes[i]! - mean) ** 2, 0);
      return Math.log(variance / (1 - weights.reduce((sum, weight) => sum + weight ** 2, 0)));
    });
    const middle = (logs.length - 1) / 2;
    const slope = logs.reduce((sum, log, x) => sum + (x - middle) * log, 0) / logs.reduce((sum, _, x) => sum + (x - middle) ** 2, 0);
    expect(varianceDecay(prices)).toBeCloseTo(-slope, 10);
    expect(varianceDecay(Float64Array.of(1, 2))).toBeNaN();
    expect(varianceDecay(new Float64Array(100).fill(7))).toBeNaN();
  });

  it('take the entropy of trade signs over every fifty trades', () => {
    const trades = (count: number, priceOf: (i: number) => number) =>
      Array.from({ length: count }, (_, i) => ({ ts: at('10:00:00') + i * 1000, symbol: 'A', price: priceOf(i), size: 1 }));
    const entropy = (rows: AbmaTrade[]) =>
      measured([eventAt({ ...grid(), quotes: sparse.quotes, trades: rows }, at('10:00:00'))], 'v1', null).rows[0]!.metrics;
    expect(entropy(trades(49, (i) => i)).trade_sign_entropy_mean).toBeNaN();
    // The first trade has no sign: 49 rises of 50.
    expect(entropy(trades(50, (i) => i)).trade_sign_entropy_mean).toBeCloseTo(-0.98 * Math.log2(0.98), 12);
    // One rise, then the same price: the sign stays.
    expect(entropy(trades(50, (i) => Math.min(i, 1))).trade_sign_entropy_mean).toBeCloseTo(-0.98 * Math.log2(0.98), 12);
    // Up and down in turn; from the second window on 25 of each.
    const turns = entropy(trades(52, (i) => i % 2)).trade_sign_entropy_mean;
    expect(turns).toBeCloseTo((2 + -0.5 * Math.log2(0.5) - 0.48 * Math.log2(0.48)) / 3, 12);
  });
});

describe('the verdict on the order book', () => {
  const year = (date: string, spread: number): { session_date: string; delta: AbmaDelta } => ({
    session_date: date,
    delta: { delta_spread_half_life_sec: spread, delta_microprice_var_decay_rate: 0, delta_trade_sign_entropy_mean: 0 },
  });
  const yearly = (...spreads: number[]) => spreads.map((spread, i) => year(`${2023 + i}-06-01`, spread));

  it('accepts one sign in three years with a falling curve', () => {
    const verdict = abmaVerdict(yearly(1, 1.2, 1.1), [Float64Array.of(3, 2, 1.5, 1)]);
    expect(verdict).toMatchObject({
      accepted: true,
      checks: { sign_consistency: 1, effect_ci_excludes_0: true, regime_flip_count: 0, monotonic_decay: true },
    });
  });

  it('refuses signs that turn and a curve that rises first', () => {
    const verdict = abmaVerdict(yearly(1, -1, 1), [Float64Array.of(1, 2, 1.5)]);
    expect(verdict).toMatchObject({
      accepted: false,
      checks: { effect_ci_excludes_0: false, regime_flip_count: 2, monotonic_decay: false },
    });
    expect(verdict.checks.sign_consistency).toBeCloseTo(2 / 3, 12);
  });

  it('asks for every one of the four', () => {
    const falling = [Float64Array.of(3, 2, 1)];
    expect(abmaVerdict(yearly(1, 1, 1), [Float64Array.of(1, 2)]).accepted).toBe(false);
    expect(abmaVerdict(yearly(1), falling).checks.effect_ci_excludes_0).toBe(false);
    expect(abmaVerdict(yearly(Number.NaN, Number.NaN), falling).checks.sign_consistency).toBe(0);
  });
});

describe('files of the order-book studies', () => {
  const schema = {
    event: [
      'event_id',
      'symbol',
      'session_date',
      't0',
      'window_end',
      'abma_def_version',
      'spread_half_life_sec',
      'microprice_var_decay_rate',
      'trade_sign_entropy_mean',
      'controls_used',
    ],
    control_summary: ['control_spread_half_life_mean', 'control_microprice_var_decay_mean', 'control_trade_sign_entropy_mean'],
    delta: ['delta_spread_half_life_sec', 'delta_microprice_var_decay_rate', 'delta_trade_sign_entropy_mean'],
  };
  const empty: AbmaInput = { trades: [], quotes: [], calendar: [], funding: [] };

  it('have exactly the pinned columns', () => {
    expect(Object.fromEntries(Object.entries(abmaSchema).map(([key, columns]) => [key, columns.split(' ')]))).toEqual(schema);
    for (const analyzer of [abma, abmaFunding]) {
      const files = analyzer.files([], { runId: 'x', ...empty });
      expect(tableOfFiles(files, 'event_metrics.csv').header).toEqual(schema.event);
      expect(tableOfFiles(files, 'control_summary.csv').header).toEqual(schema.control_summary);
      expect(tableOfFiles(files, 'delta_metrics.csv').header).toEqual(schema.delta);
    }
  });

  it('of session opens never have a control, and say so (S-18)', () => {
    const files = abma.files([], { runId: 'x', ...grid() });
    expect(JSON.parse(textOfFiles(files, 'summary.json'))).toMatchObject({
      phase1_accept: false,
      n_events: 1,
      n_controls: 0,
      control_sampler: {
        mode: 'deterministic_sorted_head',
        seed: null,
        no_controls_events: 1,
        no_controls_reasons: [{ reason: 'baseline_crosses_session_start_or_insufficient_midpoints', count: 1 }],
      },
    });
    expect(tableOfFiles(files, 'delta_metrics.csv').rows).toEqual([[null, null, null]]);
    expect(tableOfFiles(files, 'curves.csv').rows.length).toBe(1801);
  });

  it('name the inputs that are empty, with every header in place', () => {
    const summary = (files: ReturnType<typeof abma.files>) => JSON.parse(textOfFiles(files, 'summary.json'));
    expect(summary(abma.files([], { runId: 'x', ...empty })).missing_inputs).toEqual(['trades', 'quotes', 'calendar']);
    expect(summary(abmaFunding.files([], { runId: 'x', ...grid() })).missing_inputs).toEqual(['funding']);
    for (const file of abmaFunding.files([], { runId: 'x', ...empty }))
      if ('rows' in file) expect([file.rows.length, file.header.length > 2]).toEqual([0, true]);
  });

  it('of accepted funding boundaries draft an overlay', () => {
    const files = abmaFunding.files([], { runId: 'x', ...acceptable() });
    const deltas = columnOf(tableOfFiles(files, 'delta_metrics.csv'), 'delta_spread_half_life_sec') as number[];
    expect(deltas.map((delta) => delta < -600)).toEqual([true, true]);
    expect(JSON.parse(textOfFiles(files, 'overlay_candidate.json'))).toMatchObject({
      name: 'abma_funding_boundary_delay_300s',
      status: 'DRAFT',
      tuning_allowed: false,
      run_ids_evidence: [{ run_id: 'x', split: 'year', date_range: 'unknown', universe: 'binance_um', config_hash: 'v2_funding' }],
      stability: { sign_consistency_min: 0.7, effect_ci_excludes_0: true, max_regime_flip_count: 1 },
    });
    const refused = abmaFunding.files([], { runId: 'x', ...grid() }).map(({ name }) => name);
    expect(refused).not.toContain('overlay_candidate.json');
  });
});

/** Two years of one session each: the spread falls all day, but is flat after the funding stamp. */
function acceptable(): AbmaInput {
  const days = ['2024-05-06', '2025-05-06'];
  const quotes = days.flatMap((day) =>
    Array.from({ length: 4 * 3600 }, (_, i): AbmaQuote => {
      const isAfter = i >= 7200 && i <= 9000;
      const half = isAfter ? 0.5 : 1 - i / 20_000;
      const mid = 100 + 1e-9 * i * Math.sin(i / 7);
      return { ts: Date.parse(`${day}T00:00:00Z`) + i * 1000, symbol: 'A', bid_px: mid - half, ask_px: mid + half, bid_sz: 1, ask_sz: 1 };
    }),
  );
  return {
    quotes,
    trades: [],
    calendar: days.map((day) => ({ session_date: day, open_ts: `${day}T00:00:00Z`, close_ts: `${day}T04:00:00Z` })),
    funding: days.map((day) => ({ ts: `${day}T02:00:00Z`, symbol: 'A', event_type: 'FUNDING', source: 'x' })),
  };
}
