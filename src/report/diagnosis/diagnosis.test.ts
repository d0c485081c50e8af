import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { integer } from '../../core/params.ts';
import { namedStream, nextNormal } from '../../core/random.ts';
import { barMs, barsPerDay, dayMs } from '../../core/time.ts';
import type { BookMetrics } from '../../engine/bookMetrics.ts';
import { type Caution, cautionsOf } from '../cautions.ts';
import type { ReportModel, ReportTrade } from '../model.ts';
import { bookOf, tradeOf } from '../testing/sampleBook.ts';
import { sampleModel } from '../testing/sampleModel.ts';
import { autocorrelation } from './autocorrelation.ts';
import { concentration } from './concentration.ts';
import { costFragility } from './costFragility.ts';
import { deadPeriods, expectedLongestShare, longestIdle } from './deadPeriods.ts';
import { dominance } from './dominance.ts';
import { equityNegative } from './equityNegative.ts';
import { fewTrades } from './fewTrades.ts';
import { flaggedData } from './flaggedData.ts';
import { fundingShare } from './fundingShare.ts';
import { latency } from './latency.ts';
import { longHolds } from './longHolds.ts';
import { lowExposure } from './lowExposure.ts';
import { openTrades } from './openTrades.ts';
import { parameterBounds } from './parameterBounds.ts';
import type { Rule } from './rule.ts';

const base = sampleModel({ days: 400, trades: 80 });
const start = Date.UTC(2024, 0, 1);

type Changes = Partial<Omit<ReportModel, 'metrics'>> & { readonly metrics?: Partial<ReportModel['metrics']> };
const modelOf = ({ metrics, ...rest }: Changes): ReportModel => ({ ...base, ...rest, metrics: { ...base.metrics, ...metrics } });
const found = (rule: Rule, changes: Changes): readonly Caution[] => [rule(modelOf(changes)) ?? []].flat();
const codes = (rule: Rule, changes: Changes) => found(rule, changes).map(({ code, severity }) => `${severity} ${code}`);
const latencyOf = (nets: readonly number[], strategies: Record<string, readonly number[]> = {}): ReportModel['latency'] =>
  nets.map((netReturn, delayBars) => ({
    delayBars,
    netReturn,
    maxDrawdown: -0.1,
    sharpeDaily: 1,
    strategies: Object.fromEntries(Object.entries(strategies).map(([id, net]) => [id, net[delayBars]!])),
    symbols: {},
  }));
/** Trades one day apart with these results. */
const tradesOf = (pnl: readonly number[], changes: Partial<ReportTrade> = {}) =>
  pnl.map((value, at) => tradeOf({ pnl: value, entryTime: start + at * dayMs, ...changes }));

describe('latency', () => {
  it('is serious when one bar turns the sign, a caution when two do', () => {
    expect(codes(latency, { latency: latencyOf([0.1, -0.01, -0.2]) })).toEqual(['error LATE_FLIPS_SIGN']);
    expect(codes(latency, { latency: latencyOf([0.1, 0.04, -0.2]) })).toEqual(['warning LATE_FLIPS_SIGN']);
    expect(found(latency, { latency: latencyOf([0.1, 0.09, -0.2]) })[0]!.text).toBe(
      '2 bars (30 minutes) of latency turns the result from 10.0% to -20.0%.',
    );
  });

  it('is a caution when more than half is lost, and nothing when little is', () => {
    expect(codes(latency, { latency: latencyOf([0.1, 0.06, 0.04]) })).toEqual(['warning LATE_HALVES']);
    expect(codes(latency, { latency: latencyOf([0.1, 0.09, 0.08]) })).toEqual([]);
    expect(codes(latency, { latency: latencyOf([-0.1, -0.04, -0.02]) })).toEqual([]);
  });

  it('names the strategies that the book hides', () => {
    const [caution] = found(latency, { latency: latencyOf([0.3, 0.29, 0.28], { a: [0.05, -0.02, -0.03], b: [0.25, 0.31, 0.31] }) });
    expect(caution).toMatchObject({ code: 'LATE_PART_FLIPS', text: expect.stringContaining('a from 5.00% to -2.00%') as string });
    expect(caution!.text).not.toContain('b from');
  });
});

describe('costs', () => {
  const metrics = (before: number, cost: number) => ({
    net_total_return: before - cost,
    cost_return: -cost,
    gross_return: before,
    total_trades: 100,
  });

  it('speak up when the result is gone below twice the charge, with net at two and three times', () => {
    const [caution] = found(costFragility, { metrics: metrics(0.15, 0.1) });
    expect(caution!.text).toBe('The result is gone at a cost of 9.00 bps per unit of turnover, 1.50 times the 6 bps charged.');
    expect(caution!.evidence.map(({ value }) => (typeof value === 'string' ? value : value.text))).toEqual([
      '15.0%',
      '5.00%',
      '-5.00%',
      '-15.0%',
      '9.00',
    ]);
    expect(codes(costFragility, { metrics: metrics(0.21, 0.1) })).toEqual([]);
  });

  it('say so when they take more than there was', () => {
    expect(found(costFragility, { metrics: metrics(0.05, 0.1) })[0]!.text).toContain(
      'zero at 3.00 bps per unit of turnover, below the 6 bps charged',
    );
    expect(codes(costFragility, { metrics: metrics(-0.05, 0.1) })).toEqual([]);
  });

  it('are missed when there are none', () => {
    expect(codes(costFragility, { metrics: metrics(0.1, 0), setup: { ...base.setup, costBps: 0 } })).toEqual(['warning COST_FREE']);
  });
});

describe('few trades', () => {
  it('come with the number that would tell their mean from zero', () => {
    const [caution] = found(fewTrades, { trades: tradesOf([0.02, 0, 0.02, 0]), metrics: { total_trades: 4 } });
    expect(caution).toMatchObject({ code: 'FEW_TRADES', severity: 'warning' });
    const deviation = Math.sqrt((4 * 0.0001) / 3);
    expect(caution!.evidence.at(-1)!.value).toMatchObject({ text: String(Math.ceil(((1.96 * deviation) / 0.01) ** 2)) });
  });

  it('of one strategy are a note when the others have many', () => {
    const part = (total_trades: number) => ({ ...base.metrics, total_trades }) as BookMetrics;
    expect(codes(fewTrades, { metrics: { total_trades: 80, strategies: { a: part(70), b: part(10) } } })).toEqual(['info FEW_TRADES_PART']);
    expect(codes(fewTrades, { metrics: { total_trades: 80, strategies: { a: part(40), b: part(40) } } })).toEqual([]);
    expect(codes(fewTrades, { metrics: { total_trades: 0 } })).toEqual(['error NO_TRADES']);
  });
});

describe('dominance', () => {
  const net = (trades: readonly ReportTrade[]) => ({ trades, metrics: { net_total_return: trades.reduce((sum, { pnl }) => sum + pnl, 0) } });

  it('names one trade with more than half, and the result without it', () => {
    expect(found(dominance, net(tradesOf([0.11, 0.04, 0.05])))[0]!.text).toMatch(
      /amounts to 55\.0% of the net gain; without it the result would be 9\.00%/,
    );
    expect(found(dominance, net(tradesOf([0.2, -0.15])))[0]!.text).toContain(
      'is more than the net gain of 5.00%; without it the result would be -15.0%',
    );
    expect(found(dominance, net(tradesOf([-0.2, 0.05])))[0]!.text).toContain('the net loss');
  });

  it('names the best five when they are the whole gain', () => {
    const many = [...new Array<number>(10).fill(0.03), ...new Array<number>(40).fill(-0.004)];
    expect(codes(dominance, net(tradesOf(many)))).toEqual(['warning FEW_TRADES_DOMINATE']);
    expect(codes(dominance, net(tradesOf(new Array<number>(40).fill(0.01))))).toEqual([]);
    expect(codes(dominance, net([]))).toEqual([]);
  });

  it('always says what is left without the trades it names', () => {
    const pnl = fc.array(
      fc.integer({ min: -50, max: 60 }).map((bps) => bps / 10_000),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(pnl, (values) => {
        const total = values.reduce((sum, value) => sum + value, 0);
        for (const { code, evidence } of found(dominance, { trades: tradesOf(values), metrics: { net_total_return: total } })) {
          const taken = [...values].sort((a, b) => (total > 0 ? b - a : a - b)).slice(0, code === 'ONE_TRADE_DOMINATES' ? 1 : 5);
          const label = code === 'ONE_TRADE_DOMINATES' ? 'net without it' : 'net without them';
          const shown = evidence.find((one) => one.label === label)!.value as { title: string };
          expect(Number.parseFloat(shown.title)).toBeCloseTo(total - taken.reduce((sum, value) => sum + value, 0), 12);
        }
      }),
    );
  });
});

describe('concentration', () => {
  const part = (net_total_return: number) => ({ ...base.metrics, net_total_return }) as BookMetrics;
  const even = { trades: tradesOf([0.1, 0.1]), metrics: { net_total_return: 0.2, symbols: { A: part(0.1), B: part(0.1) } } };

  it('names the year without which nothing is left', () => {
    const bars = Array.from({ length: 20 * barsPerDay }, (_, row) => ({ pnl: row < 10 * barsPerDay ? 0.001 : -0.0005 }));
    const book = bookOf(bars, Date.UTC(2023, 11, 22));
    const [caution] = found(concentration, { ...even, book });
    expect(caution).toMatchObject({
      code: 'CONCENTRATED_YEAR',
      severity: 'warning',
      text: expect.stringMatching(/^Without 2023 \(96\.0%\)/) as string,
    });
  });

  it('names symbol, side and hour', () => {
    const book = bookOf([{ pnl: 0.2 }]);
    const symbols = { metrics: { net_total_return: 0.2, symbols: { A: part(0.3), B: part(-0.1) } }, book, trades: [] };
    expect(codes(concentration, symbols)).toEqual(['warning CONCENTRATED_SYMBOL']);
    const sides = [...tradesOf([0.2, 0.1]), ...tradesOf([-0.05, -0.05], { direction: 'short' })];
    expect(codes(concentration, { ...even, book, trades: sides })).toEqual(['info CONCENTRATED_SIDE']);
    const hours = [tradeOf({ pnl: 0.3, entryTime: start + 9 * 3_600_000 }), tradeOf({ pnl: -0.1, entryTime: start + 12 * 3_600_000 })];
    expect(found(concentration, { ...even, book, trades: hours })[0]!.text).toContain('Without trades entered at 09:00 to 09:59 UTC (30.0%)');
  });

  it('says nothing when every part gains, or when the book loses', () => {
    const book = bookOf([{ pnl: 0.2 }]);
    expect(codes(concentration, { ...even, book })).toEqual([]);
    expect(codes(concentration, { ...even, book, metrics: { net_total_return: -0.2, symbols: { A: part(0.1), B: part(-0.3) } } })).toEqual([]);
  });
});

describe('dead periods', () => {
  const days = (from: number, to: number) => ({ entryTime: start + from * dayMs, exitTime: start + to * dayMs });

  it('are measured between trades and at both edges', () => {
    const whole = { from: start, to: start + 100 * dayMs };
    const trades = [tradeOf(days(10, 12)), tradeOf(days(50, 60)), tradeOf(days(11, 55))];
    expect(longestIdle(trades, whole)).toEqual({ from: start + 60 * dayMs, to: whole.to });
    expect(longestIdle([tradeOf(days(70, 71))], whole)).toEqual({ from: start, to: start + 70 * dayMs });
    expect(longestIdle([], whole)).toEqual(whole);
  });

  it('expect the longest of random pieces', () => {
    expect(expectedLongestShare(0)).toBe(1);
    expect(expectedLongestShare(1)).toBe(0.75);
    expect(expectedLongestShare(2)).toBeCloseTo(11 / 18, 12);
  });

  it('speak up for a pause far beyond chance, a year without an entry and a line without a trade', () => {
    const bars = Array.from({ length: 800 * barsPerDay }, () => ({}));
    const book = bookOf(bars, start);
    const setup = { ...base.setup, symbols: ['BTCUSDT'], strategies: [{ ...base.setup.strategies[0]!, id: 'a' }] };
    const early = tradesOf(new Array<number>(60).fill(0.01));
    expect(codes(deadPeriods, { book, setup, trades: early })).toEqual(['warning DEAD_PERIOD', 'warning DEAD_YEAR']);
    const spread = Array.from({ length: 60 }, (_, at) => tradeOf({ entryTime: start + at * 13 * dayMs }));
    expect(codes(deadPeriods, { book, setup, trades: spread })).toEqual([]);
    const lonely = { ...setup, symbols: ['BTCUSDT', 'ETHUSDT'] };
    expect(found(deadPeriods, { book, setup: lonely, trades: spread })[0]!.text).toBe('1 of 2 lines never traded: a on ETHUSDT.');
  });
});

describe('parameters', () => {
  const strategy = (value: number) => ({
    ...base.setup,
    strategies: [{ id: 'a', summary: '', params: { hold: value }, schema: { hold: integer(0, { min: 0, max: 96, help: 'Bars.' }) } }],
  });

  it('at the edge of their range are named, unless that is the default', () => {
    expect(found(parameterBounds, { setup: strategy(96) })[0]!.text).toBe(
      '1 parameter lies at the edge of the allowed range: a.hold = 96 (0 to 96).',
    );
    expect(codes(parameterBounds, { setup: strategy(0) })).toEqual([]);
    expect(codes(parameterBounds, { setup: strategy(48) })).toEqual([]);
  });
});

describe('funding', () => {
  const book = bookOf([{ funding: -0.05 }, { funding: -0.04 }, { funding: 0.01 }]);

  it('that goes one way and weighs is named with its share', () => {
    expect(codes(fundingShare, { book, metrics: { net_total_return: 0.1 } })).toEqual(['warning FUNDING_ONE_SIDED']);
    expect(codes(fundingShare, { book, metrics: { net_total_return: 0.3 } })).toEqual(['info FUNDING_ONE_SIDED']);
    expect(codes(fundingShare, { book, metrics: { net_total_return: 0.5 } })).toEqual([]);
    expect(found(fundingShare, { book, metrics: { net_total_return: 0.1 } })[0]!.text).toContain('90% of all funding is paid: -8.00%');
  });

  it('that goes both ways is not', () => {
    const both = bookOf([{ funding: -0.05 }, { funding: 0.03 }]);
    expect(codes(fundingShare, { book: both, metrics: { net_total_return: 0.03 } })).toEqual([]);
    expect(codes(fundingShare, { book, metrics: { net_total_return: 0.1 }, setup: { ...base.setup, fundingInPnl: false } })).toEqual([]);
  });
});

describe('open trades', () => {
  const book = bookOf(Array.from({ length: 10 }, () => ({})));
  const last = start + 9 * barMs;

  it('are a note, and a caution when they decide the result', () => {
    const open = { book, trades: [tradeOf({ isOpen: true, pnl: 0.02, exitTime: last })] };
    expect(codes(openTrades, { ...open, metrics: { open_trades: 1, net_total_return: 0.2 } })).toEqual(['info OPEN_TRADES']);
    expect(codes(openTrades, { ...open, metrics: { open_trades: 1, net_total_return: 0.05 } })).toEqual(['warning OPEN_TRADES']);
    expect(codes(openTrades, { ...open, metrics: { open_trades: 0 } })).toEqual([]);
  });

  it('whose symbol ended early are told apart', () => {
    const early = [tradeOf({ isOpen: true, symbol: 'LUNAUSDT', exitTime: start + 3 * barMs })];
    expect(found(openTrades, { book, trades: early, metrics: { open_trades: 1 } })[0]!.text).toContain('for LUNAUSDT before the last bar of the run');
  });
});

describe('long holds', () => {
  it('are judged by what is usual for the strategy', () => {
    const usual = tradesOf(new Array<number>(9).fill(0.001));
    const long = tradeOf({ barsHeld: 30 * barsPerDay, pnl: -0.2, entryTime: start + 100 * dayMs });
    const [caution] = found(longHolds, { trades: [...usual, long], metrics: { net_total_return: -0.191 } });
    expect(caution).toMatchObject({ code: 'LONG_HOLDS', severity: 'warning' });
    expect(caution!.text).toContain('the longest, BTCUSDT from 2024-04-10, took 30.0 days');
    const slow = tradesOf(new Array<number>(9).fill(0.001), { barsHeld: 30 * barsPerDay });
    expect(codes(longHolds, { trades: slow })).toEqual([]);
  });
});

describe('few days in the market', () => {
  it('are a note, and a caution when they are very few', () => {
    const book = (share: number) =>
      bookOf(Array.from({ length: 300 * barsPerDay }, (_, row) => ({ long: row % barsPerDay === 0 && row < share * 300 * barsPerDay ? 1 : 0 })));
    expect(codes(lowExposure, { book: book(1), metrics: { time_in_market: 0.0104 } })).toEqual(['info LOW_EXPOSURE']);
    expect(codes(lowExposure, { book: book(0.2), metrics: { time_in_market: 0.002 } })).toEqual(['warning LOW_EXPOSURE']);
    expect(codes(lowExposure, { book: book(1), metrics: { time_in_market: 0.4 } })).toEqual([]);
  });
});

describe('flagged data', () => {
  const shares = (tradesPnl: number): ReportModel['qualityShares'] => [{ flag: 'any', bars: 3, pnl: 0, trades: 2, tradesPnl }];

  it('are a caution when they decide the result', () => {
    expect(codes(flaggedData, { qualityShares: shares(0.03), metrics: { net_total_return: 0.1 } })).toEqual(['warning FLAGGED_DATA_SHARE']);
    expect(found(flaggedData, { qualityShares: shares(0.12), metrics: { net_total_return: 0.1 } })[0]!.text).toContain(
      'without them the result would be -2.00%',
    );
    expect(codes(flaggedData, { qualityShares: shares(0.01), metrics: { net_total_return: 0.1 } })).toEqual([]);
    expect(codes(flaggedData, { qualityShares: [], metrics: { net_total_return: 0.1 } })).toEqual([]);
  });
});

describe('equity below zero', () => {
  it('is dated at its first bar', () => {
    const book = bookOf([{ pnl: 0.1 }, ...Array.from({ length: barsPerDay }, () => ({})), { pnl: -1.2 }, { pnl: 0.5 }]);
    const [caution] = found(equityNegative, { book });
    expect(caution).toMatchObject({ code: 'EQUITY_NEGATIVE', severity: 'error' });
    expect(caution!.evidence[0]).toEqual({ label: 'First at or below zero', value: '2024-01-02' });
    expect(codes(equityNegative, { book: bookOf([{ pnl: -0.9 }]) })).toEqual([]);
  });
});

describe('dependent returns', () => {
  /** Bars whose pnl repeats a share of the one before. */
  const bookWith = (rho: number) => {
    const random = namedStream('seed=2/report/autocorrelation/0');
    let last = 0;
    return bookOf(Array.from({ length: 120 * barsPerDay }, () => ({ pnl: (last = rho * last + 0.0003 * nextNormal(random) + 0.00002), long: 1 })));
  };
  const metrics = { total_trades: 100, days: 120 };

  it('lower the ratio when gains follow gains, and raise it when they take turns', () => {
    const [persistent] = found(autocorrelation, { book: bookWith(0.3), metrics });
    expect(persistent).toMatchObject({
      code: 'RETURNS_AUTOCORRELATED',
      severity: 'warning',
      text: expect.stringMatching(/^Gains follow gains/) as string,
    });
    const [turning] = found(autocorrelation, { book: bookWith(-0.3), metrics });
    expect(turning).toMatchObject({ code: 'RETURNS_AUTOCORRELATED', text: expect.stringMatching(/^Gains and losses take turns/) as string });
    expect(found(autocorrelation, { book: bookWith(0), metrics }).map(({ code }) => code)).not.toContain('RETURNS_AUTOCORRELATED');
  });

  it('widen an interval that missed zero only for independent days', () => {
    const found95 = { sharpe_daily_annualized: 0.1, sharpe_daily_low: 0.01, sharpe_daily_high: 0.19 };
    expect(codes(autocorrelation, { book: bookWith(0), metrics: { ...metrics, ...found95 } })).toContain('warning INTERVAL_NEEDS_INDEPENDENCE');
  });
});

describe('the diagnosis', () => {
  const all = cautionsOf(base);

  it('puts the most severe first and says everything once', () => {
    const rank = { error: 0, warning: 1, info: 2 };
    expect(all.map(({ severity }) => rank[severity])).toEqual([...all].map(({ severity }) => rank[severity]).sort((a, b) => a - b));
    expect(new Set(all.map(({ code, text }) => `${code} ${text}`)).size).toBe(all.length);
    expect(cautionsOf(base)).toBe(all);
  });

  it('gives every claim an end, advice and numbers without NaN', () => {
    for (const { code, text, advice, evidence } of [
      ...all,
      ...cautionsOf(sampleModel({ days: 40, trades: 4 })),
      ...cautionsOf(sampleModel({ trades: 0 })),
    ]) {
      expect([code, advice.length > 20 && text.length > 20]).toEqual([code, true]);
      expect(`${text} ${advice} ${JSON.stringify(evidence)}`).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  it('explains every code in docs/findings.md', () => {
    const folder = new URL('.', import.meta.url);
    const rules = readdirSync(folder).filter((file) => !file.endsWith('.test.ts'));
    const listed = readFileSync(new URL('../../../docs/findings.md', folder), 'utf8');
    const used = rules.flatMap((file) =>
      [...readFileSync(new URL(file, folder), 'utf8').matchAll(/'([A-Z]+(?:_[A-Z]+)+)'/g)].map((match) => match[1]!),
    );
    expect(used.length).toBeGreaterThan(25);
    expect([...new Set(used)].filter((code) => !listed.includes(`\`${code}\``))).toEqual([]);
  });
});
