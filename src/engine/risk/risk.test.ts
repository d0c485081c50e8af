import { describe, expect, it } from 'vitest';
import { namedStream, nextNormal } from '../../core/random.ts';
import { standardProfile } from '../../core/profile.ts';
import { barMs, barsPerDay, dayMs } from '../../core/time.ts';
import type { Frame } from '../frame.ts';
import { accountMoney } from '../screen/money.ts';
import { noDecidedTrades } from '../positions.ts';
import type { Trade } from '../trades.ts';
import { bookDays, type RiskSeries } from './bookDays.ts';
import { objectives } from './objective.ts';
import { placeboDraws, placeboNets, placeboRates } from './placebo.ts';
import { regimeMarks, type RegimeTally, regimes, tallyRegimes } from './regimes.ts';
import { riskMetrics } from './riskMetrics.ts';
import { independentEvents, stabilityChecks } from './stability.ts';

const start = Date.UTC(2021, 0, 1);
const zeros = (rows: number) => new Float64Array(rows);

/** A book whose whole pnl and cost of a day fall on its first bar. */
function bookOf(days: readonly { readonly pnl: number; readonly cost?: number }[], exposure: Partial<RiskSeries> = {}): RiskSeries {
  const rows = days.length * barsPerDay;
  const onFirstBar = (of: (day: { readonly pnl: number; readonly cost?: number }) => number) => {
    const column = zeros(rows);
    days.forEach((day, i) => (column[i * barsPerDay] = of(day)));
    return column;
  };
  return {
    openTime: Float64Array.from({ length: rows }, (_, row) => start + row * barMs),
    pnl: onFirstBar(({ pnl }) => pnl),
    cost: onFirstBar(({ cost = 0 }) => cost),
    grossExposure: zeros(rows),
    netExposure: zeros(rows),
    delayedPnl: [zeros(rows), zeros(rows)],
    ...exposure,
  };
}

const noisyDays = (count: number, drift: number) => {
  const stream = namedStream(`risk test ${drift}`);
  return Array.from({ length: count }, () => ({ pnl: drift + 0.01 * nextNormal(stream), cost: 0.0005 }));
};
const trade = (entry: number, exit: number, more: Partial<Trade> = {}) =>
  ({ entryRow: entry, entryTime: start + entry * barMs, exitTime: start + exit * barMs, pnl: 0.01, ...more }) as Trade;

describe('days of a book', () => {
  it('sum pnl and cost, and count an incomplete last day', () => {
    const whole = bookOf([{ pnl: 0.1, cost: 0.02 }, { pnl: -0.1 }]);
    const cut = { openTime: whole.openTime.slice(0, 100), pnl: whole.pnl.slice(0, 100), cost: whole.cost.slice(0, 100) };
    expect([...bookDays(cut).net]).toEqual([0.1, -0.1]);
    expect([...bookDays(cut).cost]).toEqual([0.02, 0]);
    expect([...bookDays(cut).growth[2]!]).toEqual([1.08, 0.9]);
    expect(bookDays(cut).firstDay).toBe(start / dayMs);
  });
});

describe('risk metrics', () => {
  const of = (series: RiskSeries, trades = 0) => riskMetrics(series, bookDays(series), { trades, symbolPeak: 1 });

  it('are the mean loss of the worst percent of days, and null when fewer than three days are in the tail', () => {
    const days = Array.from({ length: 300 }, (_, day) => ({ pnl: day < 5 ? -0.01 * (day + 1) : 0.001 }));
    expect(of(bookOf(days))).toMatchObject({ days: 300, cvar_tail_days: 3 });
    expect(of(bookOf(days)).cvar_99_1d).toBeCloseTo((0.05 + 0.04 + 0.03) / 3, 12);
    expect(of(bookOf(days.slice(0, 200)))).toMatchObject({ cvar_tail_days: 2, cvar_99_1d: null });
    // 250 days: two and a half of them, the third counts half.
    expect(of(bookOf(days.slice(0, 250))).cvar_99_1d).toBeCloseTo((0.05 + 0.04 + 0.5 * 0.03) / 2.5, 12);
  });

  it('take a tail of gains for a negative loss', () => {
    expect(of(bookOf(Array.from({ length: 300 }, () => ({ pnl: 0.001 })))).cvar_99_1d).toBeCloseTo(-0.001, 12);
  });

  it('measure costs and trades by day, exposure by bar', () => {
    const series = bookOf([{ pnl: 0, cost: 0.0012 }, { pnl: 0 }]);
    series.grossExposure.fill(2, 10, 58);
    series.netExposure.fill(-1.5, 10, 58);
    const metrics = of(series, 3);
    expect(metrics.bps_per_day).toBeCloseTo(6, 12);
    expect(metrics).toMatchObject({ trades_per_day: 1.5, max_gross: 2, max_net: 1.5, max_per_symbol: 1, max_time_in_market: 48 / 192 });
  });

  it('say nothing of an empty book', () => {
    expect(of(bookOf([]))).toMatchObject({
      days: 0,
      cvar_99_1d: null,
      bps_per_day: null,
      trades_per_day: null,
      max_gross: 0,
      max_time_in_market: null,
    });
  });
});

describe('objectives', () => {
  it('have one definition each, with costs as multiples of the run’s own', () => {
    const days = bookDays(
      bookOf([
        { pnl: 0.1, cost: 0.02 },
        { pnl: -0.05, cost: 0.02 },
      ]),
    );
    const { objective } = objectives(days, 192, 's');
    expect(objective.net_total_return['1x']!.point).toBeCloseTo(0.05, 12);
    expect(objective.net_total_return['3x']!.point).toBeCloseTo(0.05 - 2 * 0.04, 12);
    expect(objective.avg_period_return['1.5x']!.point).toBeCloseTo((0.05 - 0.5 * 0.04) / 2, 12);
    expect(objective.geometric_mean_return['2x']!.point).toBeCloseTo(Math.sqrt(1.08 * 0.93) - 1, 12);
    expect(objective.net_cagr['1x']!.point).toBeCloseTo(Math.pow(1.1 * 0.95, 365 / 2) - 1, 9);
    expect(objective.net_total_return['1x']!.lower95).toBeNull();
  });

  it('have a lower bound from 30 days on, the same every time, below the estimate', () => {
    const of = (count: number) => objectives(bookDays(bookOf(noisyDays(count, 0.001))), count * barsPerDay, 'stream');
    expect(of(29).effect.interval).toBeNull();
    const { objective, effect } = of(400);
    expect(of(400)).toEqual({ objective, effect });
    expect(effect.meanBlockDays).toBeGreaterThanOrEqual(5);
    expect(effect.interval![0]).toBeLessThan(effect.mean!);
    expect(effect.interval![1]).toBeGreaterThan(effect.mean!);
    expect(objective.net_total_return['1x']!.lower95).toBeCloseTo(400 * effect.interval![0], 10);
    for (const row of Object.values(objective)) expect(row['1x']!.lower95).toBeLessThan(row['1x']!.point!);
  });

  it('compound nothing after a day that lost everything', () => {
    const { objective } = objectives(bookDays(bookOf([{ pnl: 0.1 }, { pnl: -1 }, { pnl: 0.1 }])), 288, 's');
    expect(objective.net_cagr).toEqual({
      '1x': { point: null, lower95: null },
      '1.5x': { point: null },
      '2x': { point: null },
      '3x': { point: null },
    });
    expect(objective.net_total_return['1x']!.point).toBeCloseTo(-0.8, 12);
  });
});

describe('stability', () => {
  const noTally: RegimeTally = { trades: zeros(regimes.length), pnl: zeros(regimes.length) };
  const tallyOf = (at: Partial<Record<(typeof regimes)[number], readonly [number, number]>>): RegimeTally => ({
    trades: Float64Array.from(regimes, (regime) => at[regime]?.[0] ?? 0),
    pnl: Float64Array.from(regimes, (regime) => at[regime]?.[1] ?? 0),
  });
  const check = (series: RiskSeries, trades: readonly Trade[], tally = noTally) => {
    const days = bookDays(series);
    return stabilityChecks(trades, days, { effect: objectives(days, series.pnl.length, 's').effect, tally });
  };
  const tradesIn = (year: number, count: number) =>
    Array.from({ length: count }, (_, i) => trade((365 * (year - 2021) + 10 * i) * barsPerDay, (365 * (year - 2021) + 10 * i) * barsPerDay + 4));

  it('counts calendar years with five events or more, and needs three of them', () => {
    const days = [...noisyDays(365, 0.01), ...noisyDays(365, 0.01), ...noisyDays(365, -0.01), ...noisyDays(100, 0.01)];
    const trades = [2021, 2022, 2023].flatMap((year) => tradesIn(year, 6));
    const checks = check(bookOf(days), [...trades, ...tradesIn(2024, 4)]);
    expect(checks.periods.map(({ counts }) => counts)).toEqual([true, true, true, false]);
    expect(checks.period_unit).toBe('year');
    expect(checks.sign_consistency).toBeCloseTo(2 / 3, 12);
    const few = check(bookOf(days), tradesIn(2021, 6));
    expect(few.sign_consistency).toBeNull();
    expect(few.sign_consistency_reason).toBe('1 years with 5 events or more, 3 are needed');
  });

  it('counts quarters where there are fewer than three years of days, and says so', () => {
    const quarters = [0.01, 0.01, -0.01, 0.01].flatMap((pnl, i) => Array.from({ length: [90, 91, 92, 92][i]! }, () => ({ pnl })));
    const everyTenDays = Array.from({ length: 36 }, (_, i) => trade(10 * i * barsPerDay, 10 * i * barsPerDay + 4));
    const checks = check(bookOf(quarters), everyTenDays);
    expect(checks.period_unit).toBe('quarter');
    expect(checks.periods.map(({ period }) => period)).toEqual(['2021-Q1', '2021-Q2', '2021-Q3', '2021-Q4']);
    expect(checks.sign_consistency).toBe(0.75);
    const short = check(bookOf(quarters.slice(0, 120)), everyTenDays.slice(0, 12));
    expect(short.sign_consistency).toBeNull();
    expect(short.sign_consistency_reason).toBe('1 quarters with 5 events or more, 3 are needed');
  });

  it('counts regimes against the hypothesis only where ten events say so', () => {
    const checks = check(bookOf(noisyDays(40, 0)), [], tallyOf({ trend_up: [10, -0.1], trend_down: [9, -0.1], session_asia: [12, 0.1] }));
    expect(checks.regime_flip_count).toBe(1);
    expect(check(bookOf(noisyDays(40, 0)), []).regime_flip_count).toBeNull();
    expect(check(bookOf(noisyDays(40, 0)), []).regime_flip_reason).toBe('no regime has 10 events');
  });

  it('holds an effect for proven only where the whole interval lies above zero', () => {
    expect(check(bookOf(noisyDays(400, 0.01)), []).effect_ci_excludes_0).toBe(true);
    expect(check(bookOf(noisyDays(400, -0.01)), []).effect_ci_excludes_0).toBe(false);
    expect(check(bookOf(noisyDays(400, 0)), []).effect_ci_excludes_0).toBe(false);
    expect(check(bookOf(noisyDays(20, 0.01)), []).effect_ci_excludes_0).toBeNull();
  });

  it('counts events that share no day with one another', () => {
    const day = (n: number) => n * barsPerDay;
    expect(independentEvents([])).toBe(0);
    expect(independentEvents([trade(day(0), day(0) + 4), trade(day(0) + 8, day(2)), trade(day(1), day(1) + 4), trade(day(3), day(4))])).toBe(3);
    expect(independentEvents([trade(day(0), day(2)), trade(day(2), day(3)), trade(day(3), day(3) + 1)])).toBe(2);
  });
});

describe('regimes', () => {
  const rows = 3_000;
  const frame: Frame = {
    symbol: 'BTCUSDT',
    rows,
    openTime: Float64Array.from({ length: rows }, (_, row) => start + row * barMs),
    columns: {
      close: Float64Array.from({ length: rows }, (_, row) => 100 + row),
      rv_pct_2880: zeros(rows).fill(50),
      funding_rate_scaled: zeros(rows).fill(-0.0001),
    },
    isGap: new Uint8Array(rows),
    fundingRate: zeros(rows),
  };
  const counted = (tally: RegimeTally) =>
    Object.fromEntries(regimes.flatMap((regime, i) => (tally.trades[i] === 0 ? [] : [[regime, tally.trades[i]]])));

  it('are told at the close of the entry bar, and left out where a state is unknown', () => {
    // Opens at 07:45, closes at 08:00: Europe.
    const tallied = (trades: readonly Trade[]) => tallyRegimes(trades, regimeMarks(trades, frame));
    const early = tallied([trade(31, 40)]);
    expect(counted(early)).toEqual({ volatility_middle: 1, funding_negative: 1, session_europe: 1 });
    expect(counted(tallied([trade(2_900, 2_910)]))).toMatchObject({ trend_up: 1 });
    expect(counted(tallied([trade(31, 40), trade(31, 41)]))).toEqual({ volatility_middle: 2, funding_negative: 2, session_europe: 2 });
    expect(early.pnl[regimes.indexOf('session_europe')]).toBe(0.01);
  });
});

describe('placebos', () => {
  const rows = 40 * barsPerDay;
  /** Long the first bar of every day, which rises; every other bar falls so that a day ends where it began. */
  const returns = Float64Array.from({ length: rows }, (_, row) => (row % barsPerDay === 1 ? 0.0095 : -0.0001));
  const lineOf = (entryAt: number, side = 1) => {
    const wanted = zeros(rows);
    for (let day = 0; day < 40; day++) wanted[day * barsPerDay + entryAt] = side;
    const money = accountMoney({ wanted, spans: Int32Array.of(0, rows), decided: noDecidedTrades }, returns, zeros(rows), {
      costFraction: 0.0001,
      profile: standardProfile,
    });
    return { strategy: 's', symbol: 'BTCUSDT', money, returns };
  };

  it('keep what depends on the hour alone when positions move by whole days', () => {
    const nets = placeboNets(lineOf(0), zeros(rows));
    expect(nets.own).toBeCloseTo(40 * (0.0095 - 0.0002), 10);
    for (const net of nets.shifted) expect(net).toBeCloseTo(nets.own, 10);
    expect(Math.max(...nets.random)).toBeLessThan(nets.own);
    expect(nets.reversed).toBeCloseTo(-40 * (0.0095 + 0.0002), 10);
    const rates = placeboRates([nets]);
    expect(rates.random_entry.pass_rate).toBe(1 / (1 + placeboDraws));
    expect(rates.reversed_direction.pass_rate).toBe(0);
  });

  it('pass often where a strategy has no timing, and in reverse where it loses', () => {
    const rates = placeboRates([placeboNets(lineOf(50, 1), zeros(rows))]);
    expect(rates.shifted_entries.pass_rate).toBeGreaterThan(0.3);
    expect(placeboRates([placeboNets(lineOf(0, -1), zeros(rows))]).reversed_direction.pass_rate).toBe(1);
  });

  it('charge funding to a moved position where it then falls', () => {
    const rate = zeros(rows).fill(0.001);
    const [free, charged] = [zeros(rows), rate].map((fundingRate) => placeboNets(lineOf(0), fundingRate));
    charged!.shifted.forEach((net, draw) => expect(net).toBeCloseTo(free!.shifted[draw]! - 40 * 0.001, 10));
  });

  it('have no rate for a book that never held anything', () => {
    expect(placeboRates([placeboNets(lineOf(0, 0), zeros(rows))]).shifted_entries).toEqual({
      draws: placeboDraws,
      pass_rate: null,
      mean_net_return: null,
    });
  });
});
