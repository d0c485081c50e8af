import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Bars,
  builtInFeatures,
  builtInStrategies,
  column,
  defineFeature,
  defineStrategy,
  type Feature,
  listRuns,
  makeFrame,
  openRun,
  type RunReader,
  runPipeline,
  sampleBars,
  simulate,
  sumBook,
} from '../../src/index.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';

const window = { symbol: 'BTCUSDT', start: '2022-08-01', end: '2022-10-31' };
const id = 'vol_compression_reversion_v1';
let features: Map<string, Feature>;

beforeAll(async () => {
  features = await builtInFeatures();
});
afterAll(removeFolders);

describe('bars in memory and the same bars through the pipeline', () => {
  const dataRoot = join(temporaryFolder(), 'data');
  let run: RunReader;
  let runId: string;

  beforeAll(async () => {
    const { symbol, start, end } = window;
    const outcome = await runPipeline({ symbols: [symbol], start, end, source: 'sample', strategies: [id] }, { dataRoot, workers: 1 });
    ({ runId } = outcome);
    expect(outcome.executed).toHaveLength(7);
    run = await openRun(dataRoot, runId);
  });
  afterAll(() => run.close());

  it('give the same bars, columns, positions, trades and metrics to the last bit', async () => {
    const strategy = (await builtInStrategies()).get(id)!;
    const frame = makeFrame(sampleBars(window), { strategies: [strategy], features });
    const result = simulate(strategy, frame);

    const bars = await run.bars('BTCUSDT');
    for (const name of ['open', 'high', 'low', 'close', 'volume']) expect(frame.columns[name]).toEqual(bars.numbers[name]);
    expect(frame.openTime).toEqual(bars.numbers['timestamp']);
    const stored = await run.features('BTCUSDT');
    for (const name of ['rv_96', 'rv_pct_2880', 'high_96', 'funding_rate_scaled']) {
      if (frame.columns[name] !== undefined) expect(frame.columns[name], name).toEqual(stored.numbers[name]);
    }
    const returns = await run.returns(id, 'BTCUSDT');
    expect(result.money.position).toEqual(returns.numbers['pos']);
    expect(result.money.pnl).toEqual(returns.numbers['pnl']);
    expect(result.money.funding.every((paid, row) => paid === returns.numbers['funding']![row])).toBe(true);
    expect(result.money.funding.some((paid) => paid !== 0)).toBe(true);
    expect(sumBook([{ line: result, openTime: result.openTime }]).pnl).toEqual((await run.book()).numbers['portfolio_pnl']);

    const { accounting, compat, strategies, symbols, ...book } = await run.metrics();
    expect({ accounting, compat, strategies, symbols }).toMatchObject({ accounting: 'screen', compat: null });
    expect(result.metrics).toEqual(book);
    expect(book.total_trades).toBeGreaterThan(10);
    const trades = await run.trades('BTCUSDT');
    expect(trades).toEqual(await run.trades());
    expect(trades.map(({ entryTime, pnl, exitReason, stopPrice }) => ({ entryTime, pnl, exitReason, stopPrice }))).toEqual(
      result.trades.map(({ entryTime, pnl, exitReason, stop }) => ({ entryTime, pnl, exitReason, stopPrice: Number.isNaN(stop) ? null : stop })),
    );
  });

  it('the same request is the same run, and a second call does nothing', async () => {
    const { symbol, start, end } = window;
    const again = await runPipeline({ symbols: symbol, start, end, source: 'sample', strategies: id }, { dataRoot });
    expect(again).toMatchObject({ runId, executed: [] });
    expect((await listRuns(dataRoot)).map((record) => record.run_id)).toEqual([runId]);
  });

  it('a symbol, strategy or run that is not there is refused by name', async () => {
    await expect(run.bars('ETHUSDT')).rejects.toMatchObject({ code: 'E_NO_DATA', hint: 'Its symbols: BTCUSDT.' });
    await expect(run.returns('nothing', 'BTCUSDT')).rejects.toMatchObject({ code: 'E_NO_DATA' });
    await expect(openRun(dataRoot, 'no-such-run')).rejects.toMatchObject({ code: 'E_RUN_UNKNOWN' });
    expect(await listRuns(join(dataRoot, 'nowhere'))).toEqual([]);
  });

  it('the context table keeps texts and times apart from numbers', async () => {
    const context = await run.context('BTCUSDT');
    expect(context.texts['fp_def_version']![0]).toBe('v1');
    expect(context.rows).toBe((await run.funding('BTCUSDT')).rows);
  });
});

/** Three bars with a hole after the second. */
const three: Bars = {
  symbol: 'XUSDT',
  openTime: [0, 900_000, 2_700_000],
  open: [1, 2, 3],
  high: [1, 2, 3],
  low: [1, 2, 3],
  close: [1, 2, 3],
};
const always = defineStrategy({
  id: 'always',
  summary: 'Long.',
  params: {},
  intent: () => ({ kind: 'target', position: column('close').over(column('close')) }),
});

describe('makeFrame', () => {
  const frameOf = (bars: Bars, strategy = always) => makeFrame(bars, { strategies: [strategy], features });

  it('lays bars on the grid, flags what is missing and fills nothing', () => {
    const frame = frameOf(three);
    expect([...frame.openTime]).toEqual([0, 900_000, 1_800_000, 2_700_000]);
    expect([...frame.isGap]).toEqual([0, 0, 1, 0]);
    expect(frame.columns['close']).toEqual(Float64Array.of(1, 2, Number.NaN, 3));
    expect(frame.quality![3]! & 32).toBe(32);
  });

  it('charges each settlement to the bar that closes at it, and intervals follow from the times', () => {
    const hours = [0, 8, 16].map((hour) => hour * 3_600_000);
    const count = 70;
    const flat = new Float64Array(count).fill(100);
    const openTime = Float64Array.from(flat, (_, row) => row * 900_000);
    const bars = { symbol: 'XUSDT', openTime, open: flat, high: flat, low: flat, close: flat, funding: { time: hours, rate: [0.01, 0.02, 0.04] } };
    const result = simulate(always, frameOf(bars), { costBps: 0 });
    expect(result.money.funding.reduce((sum, paid) => sum + paid, 0)).toBeCloseTo(-0.06, 12);
    expect(result.money.funding[31]).toBe(-0.02);
    expect(result.metrics.funding_return).toBeCloseTo(-0.06, 12);
  });

  it('takes features of the caller beside the built-in ones', () => {
    const mine = defineFeature({
      id: 'double_close',
      summary: 'Twice the close.',
      formula: '2 * close',
      inputs: ['close'],
      warmup: 0,
      compute: ([close], [out]) => close!.forEach((value, row) => (out![row] = 2 * value)),
    });
    const reads = defineStrategy({
      id: 'reads',
      summary: 'Reads a feature of the caller.',
      params: {},
      intent: ({ column: of }) => ({ kind: 'bracket', entry: { long: of('double_close').ge(4) } }),
    });
    const frame = makeFrame(three, { strategies: [reads], features: new Map([...features, [mine.id, mine]]) });
    expect(frame.columns['double_close']).toEqual(Float64Array.of(2, 4, Number.NaN, 6));
    expect([...simulate(reads, frame).money.position]).toEqual([0, 1, 1, 1]);
    expect(() => frameOf(three, reads)).toThrow('reads column double_close, which nothing provides');
  });

  it('keeps what is known in retrospect out of reach', () => {
    const peeks = defineStrategy({
      id: 'peeks',
      summary: 'Reads a label.',
      params: {},
      intent: ({ column: of }) => ({ kind: 'bracket', entry: { long: of('fp_active').ge(1) } }),
    });
    expect(() => frameOf(three, peeks)).toThrow('only known in retrospect');
    const allowed = defineStrategy({
      ...peeks,
      id: 'allowed',
      intent: ({ column: of }) => ({ kind: 'bracket', entry: { long: of('fp_severity').ge(1) } }),
    });
    expect(
      Object.keys(frameOf(three, allowed).columns)
        .filter((name) => name.startsWith('fp_'))
        .sort(),
    ).toEqual(['fp_norm_due', 'fp_severity']);
  });

  it('refuses arrays that cannot be bars, saying which value is wrong', () => {
    const broken: [Partial<Bars>, string][] = [
      [{ close: [1, 2] }, 'bars of XUSDT: close has 2 values, openTime has 3'],
      [{ openTime: [0, 900_000, 900_000] }, 'openTime[2] is not later'],
      [{ openTime: [0, 900_000, 1_000_000] }, 'openTime[2] is 1000000, which is not on the 15-minute grid'],
      [{ openTime: [0, Number.NaN, 1_800_000] }, 'openTime[1] is NaN'],
      [{ funding: { time: [0], rate: [] } }, 'funding has 1 times, 0 rates'],
      [{ funding: { time: [0], rate: [Number.NaN] } }, 'funding[0] is not a number'],
      [{ funding: { time: [0, 0], rate: [0, 0] } }, 'funding.time[1] is not later'],
    ];
    for (const [change, message] of broken) expect(() => frameOf({ ...three, ...change })).toThrow(message);
    expect(frameOf({ ...three, openTime: [], open: [], high: [], low: [], close: [] }).rows).toBe(0);
  });
});

describe('simulate', () => {
  it('refuses unknown accountings and parameters, and an empty frame has no metrics but zeros', () => {
    const empty = makeFrame({ ...three, openTime: [], open: [], high: [], low: [], close: [] }, { strategies: [always], features });
    expect(simulate(always, empty).metrics).toMatchObject({ total_trades: 0, net_total_return: 0, cagr: null });
    expect(() => simulate(always, empty, { accounting: 'screem' })).toThrow('did you mean screen');
    expect(() => simulate(always, empty, { params: { size: 2 } })).toThrow('no such parameter');
  });

  it('costs and compatibility are options', () => {
    const frame = makeFrame(three, { strategies: [always], features });
    expect(simulate(always, frame, { costBps: 100 }).money.cost[0]).toBe(0.01);
    expect(simulate(always, frame).metrics.net_total_return).toBeCloseTo(1.5 - 0.0006, 12);
    expect(simulate(always, frame, { compat: 'reference' }).money.position[2]).toBe(0);
  });
});

describe('sampleBars', () => {
  it('gives the days asked for, both ends included, and the same ones for the same seed', () => {
    const bars = sampleBars({ symbol: 'ETHUSDT', start: '2023-01-30', end: '2023-02-02' });
    expect(bars.openTime.length).toBe(4 * 96);
    expect(bars.openTime[0]).toBe(Date.UTC(2023, 0, 30));
    expect(sampleBars({ symbol: 'ETHUSDT', start: '2023-02-01', end: '2023-02-02' }).close[5]).toBe(bars.close[2 * 96 + 5]);
    expect(sampleBars({ symbol: 'ETHUSDT', start: '2023-01-30', end: '2023-02-02', seed: 2 }).close[5]).not.toBe(bars.close[5]);
  });

  it('refuses bad symbols, days and empty windows', () => {
    const of = (symbol: string, start: string, end: string) => () => sampleBars({ symbol, start, end });
    expect(of('btc', '2023-01-01', '2023-01-02')).toThrow('symbol "btc"');
    expect(of('BTCUSDT', '2023-02-30', '2023-03-02')).toThrow('is not a calendar day');
    expect(of('BTCUSDT', '2023-03-02', '2023-03-01')).toThrow('lies before');
    expect(of('BTCUSDT', '2018-03-02', '2018-03-03')).toThrow('the sample market has no data for BTCUSDT');
  });
});
