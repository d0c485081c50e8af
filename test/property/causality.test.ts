import { beforeAll, describe, expect, it } from 'vitest';
import { defineFeature, type Feature, outputsOf } from '../../src/core/define.ts';
import { column } from '../../src/core/expression.ts';
import type { Strategy } from '../../src/core/intent.ts';
import { type Profile, referenceProfile, standardProfile } from '../../src/core/profile.ts';
import type { Unit } from '../../src/core/define.ts';
import type { Frame } from '../../src/engine/frame.ts';
import { computeFeatures, planFeatures } from '../../src/features/lib/computeFeatures.ts';
import { cleanBars } from '../../src/market/cleanBars.ts';
import { openRegistry } from '../../src/registry/discover.ts';
import { rollingStd } from '../../src/stats/rolling/rollingStd.ts';
import {
  chooseCuts,
  type Experiment,
  findLeaks,
  leakingColumns,
  type MarketInput,
  perturbFrame,
  perturbMarket,
  truncateFrame,
  truncateMarket,
} from '../support/causality.ts';
import { bracketOf, frameOf, marketColumns, simulate, strategyOf, wantStrategy, wildFrame, withColumnsOf } from '../support/frames.ts';

const registry = openRegistry();
const features = await registry.loadAll<Feature>('feature');
const strategies = await registry.loadAll<Strategy & Unit>('strategy');
/** Bars until the longest feature is defined, and enough beyond. */
const rows = 3_300;
/** Gaps early, so that the ranks are defined before the end, and one close to it. */
const gaps = [20, 21, 60, 3_260];

/** Funding that is extreme for a long stretch, calm for ten bars, and extreme again for the last twenty: events begin and end among the last cuts. */
function market(): MarketInput {
  const input = marketColumns(rows, 7, gaps);
  const rate = input.columns['funding_rate_scaled']!;
  rate.fill(0.009, rows - 160, rows - 30).fill(0.0095, rows - 20);
  for (let row = rows - 30; row < rows - 20; row++) rate[row] = 1e-6 * (rows - row);
  return input;
}

const featureExperiment = (some: ReadonlyMap<string, Feature>, input: MarketInput): Experiment<MarketInput> => {
  const planned = planFeatures(
    [...some.values()].flatMap((feature) => outputsOf(feature).map(({ name }) => ({ column: name, by: 'test' }))),
    some,
  );
  return {
    input,
    rows: input.isGap.length,
    compute: ({ columns, isGap }) => computeFeatures(planned, columns, isGap),
    truncate: truncateMarket,
    perturb: perturbMarket,
  };
};

describe('every feature unit, at 20 random cuts and each of the last 50 bars', () => {
  const promised = [...features.values()].flatMap((feature) => outputsOf(feature));
  const retrospective = promised.filter((output) => output.retrospective === true).map(({ name }) => name);
  const causal = promised.map(({ name }) => name).filter((name) => !retrospective.includes(name));
  let leaking: readonly string[];

  beforeAll(() => {
    leaking = leakingColumns(findLeaks(featureExperiment(features, market()), chooseCuts(rows, 11)));
  });

  it.each(causal)('%s is made of the past alone', (name) => {
    expect(leaking).not.toContain(name);
  });

  it.each(retrospective)('%s is declared retrospective and caught looking ahead', (name) => {
    expect(leaking).toContain(name);
  });

  it('has values to be judged by in every column', () => {
    const { columns, isGap } = market();
    const computed = computeFeatures(
      planFeatures(
        promised.map(({ name }) => ({ column: name, by: 'test' })),
        features,
      ),
      columns,
      isGap,
    );
    for (const { name } of promised)
      expect(
        computed[name]!.some((value) => Number.isFinite(value) && value !== 0),
        name,
      ).toBe(true);
  });
});

describe('every strategy unit, at 20 random cuts and each of the last 50 bars', () => {
  const wild = wildFrame({ seed: 5, rows: 500, gapChance: 0.01, warmup: 3 });
  const loose: Record<string, Record<string, unknown>> = { vol_compression_v1: { one_trade_per_day: false, compression_range_mult: 5 } };

  const experiment = (strategy: Strategy, profile: Profile): Experiment<Frame> => ({
    input: withColumnsOf(strategy, wild),
    rows: wild.rows,
    truncate: truncateFrame,
    perturb: perturbFrame,
    compute: (input) => lineColumns(strategy, input, profile, loose[strategy.id] ?? {}),
  });

  it.each(
    [...strategies.values()].flatMap((strategy) =>
      [standardProfile, referenceProfile].map((profile) => [strategy.id, profile.id, strategy, profile] as const),
    ),
  )('%s decides, earns and ends its trades by the past alone (%s profile)', (_id, _profile, strategy, profile) => {
    const tried = experiment(strategy, profile);
    const hasTraded = Array.from(tried.compute(tried.input)['tradePnl']!).some((value) => !Number.isNaN(value));
    expect(hasTraded, 'it never trades on the wild frame; give it parameters in `loose` with which it does').toBe(true);
    expect(findLeaks(tried, chooseCuts(wild.rows, 3))).toEqual([]);
  });

  it('sees nothing ahead through its features either', () => {
    const input = market();
    const needed = [...features.values()].filter(({ id }) => id !== 'funding_persistence');
    const planned = planFeatures(
      needed.map(({ id }) => ({ column: id, by: 'test' })),
      features,
    );
    const compute = ({ columns, isGap }: MarketInput) => {
      const all = { ...columns, ...computeFeatures(planned, columns, isGap) } as Record<string, Float64Array> & { close: Float64Array };
      const chained = frameOf(all, { isGap });
      return Object.fromEntries([...strategies.values()].map((strategy) => [strategy.id, simulate(strategy, chained).money.position]));
    };
    const whole = compute(input);
    for (const id of ['vol_compression_momentum_v1', 'vol_compression_reversion_v1'])
      expect(
        whole[id]!.some((position) => position !== 0),
        id,
      ).toBe(true);
    expect(findLeaks({ input, rows, compute, truncate: truncateMarket, perturb: perturbMarket }, chooseCuts(rows, 4))).toEqual([]);
  });
});

describe('features planted with a look ahead are caught', () => {
  const closes = (id: string, compute: Feature['compute'], rest: Partial<Feature> = {}) =>
    defineFeature({ id, summary: id, formula: id, inputs: ['close'], warmup: 0, ...rest, compute });
  const each =
    (from: (close: Float64Array, row: number) => number): Feature['compute'] =>
    ([close], [out]) => {
      for (let row = 0; row < close!.length; row++) out![row] = from(close!, row);
    };
  const planted = [
    closes(
      'centered_window',
      each((close, row) => mean(close.subarray(Math.max(0, row - 2), row + 3))),
    ),
    closes(
      'negative_shift',
      each((close, row) => close[row + 1] ?? Number.NaN),
    ),
    closes(
      'full_sample_zscore',
      each((close, row) => (close[row]! - mean(close)) / deviation(close)),
    ),
    closes(
      'full_sample_maximum',
      each((close) => Math.max(...close)),
    ),
    closes(
      'backward_fill',
      ([close], [out]) => {
        for (let row = close!.length - 1; row >= 0; row--) out![row] = Number.isNaN(close![row]!) ? (out![row + 1] ?? Number.NaN) : close![row]!;
      },
      { segmented: false },
    ),
    closes(
      'hourly_close_at_the_open_of_its_hour',
      each((close, row) => close[row - (row % 4) + 3] ?? Number.NaN),
    ),
    closes(
      'rank_among_all_rows',
      each((close, row) => close.filter((other) => other <= close[row]!).length / close.length),
    ),
    closes(
      'length_of_the_series',
      each((close) => close.length),
    ),
    closes(
      'run_length_of_its_gap',
      ([close], [out]) => {
        for (let row = 0; row < close!.length; row++) {
          let end = row;
          while (end < close!.length && Number.isNaN(close![end]!)) end++;
          for (; row < end; row++) out![row] = end - row;
        }
      },
      { segmented: false },
    ),
  ];
  const input = marketColumns(300, 9, [50, 51, 120, 270, 271, 272]);

  it.each(planted)('$id', (feature) => {
    const leaks = findLeaks(featureExperiment(new Map([[feature.id, feature]]), input), chooseCuts(300, 2));
    expect(leakingColumns(leaks)).toEqual([feature.id]);
  });

  it('names the first row that changed and what it changed to', () => {
    const shift = planted.find(({ id }) => id === 'negative_shift')!;
    const [leak] = findLeaks(featureExperiment(new Map([[shift.id, shift]]), input), [100]);
    expect(leak).toMatchObject({
      column: 'negative_shift',
      kind: 'truncated',
      cut: 100,
      row: 99,
      seen: Number.NaN,
      whole: input.columns['close']![100],
    });
  });

  it('and honest ones beside them are not', () => {
    const honest = closes(
      'previous_close',
      each((close, row) => close[row - 1] ?? Number.NaN),
    );
    expect(findLeaks(featureExperiment(new Map([[honest.id, honest]]), input), chooseCuts(300, 2))).toEqual([]);
  });
});

describe('strategies planted with a look ahead are caught', () => {
  const frame = frameOf({
    close: wildFrame({ seed: 1, rows: 200, gapChance: 0, warmup: 0 }).columns['close']!.map((price) => (Number.isNaN(price) ? 100 : price)),
    go: Float64Array.from({ length: 200 }, (_, row) => (row % 9 === 0 ? 1 : 0)),
  });
  const caught = (strategy: Strategy) =>
    findLeaks(
      {
        input: frame,
        rows: 200,
        compute: (input) => lineColumns(strategy, input, standardProfile, {}),
        truncate: truncateFrame,
        perturb: perturbFrame,
      },
      chooseCuts(200, 2),
    );

  it('a coded exit that reads the next close', () => {
    const peek = bracketOf({
      exitWhen: [{ reason: 'peek', reads: [column('close')], leave: ([close], { row }) => close![row + 1]! < close![row]! }],
    });
    expect(leakingColumns(caught(peek))).toContain('position');
  });

  it('a coded exit that reads its own past is let be', () => {
    const honest = bracketOf({
      exitWhen: [
        { reason: 'two_down', reads: [column('close')], leave: ([close], { row, entry }) => row - entry > 1 && close![row]! < close![row - 2]! },
      ],
    });
    expect(caught(honest)).toEqual([]);
  });

  it('a target built on a leaking column', () => {
    const leaky: Experiment<Frame> = {
      input: frame,
      rows: 200,
      truncate: truncateFrame,
      perturb: perturbFrame,
      compute: (input) => {
        const next = input.columns['close']!.map((price, row, all) => Math.sign((all[row + 1] ?? price) - price));
        return { position: simulate(wantStrategy, { ...input, columns: { ...input.columns, want: next } }).money.position };
      },
    };
    expect(leakingColumns(findLeaks(leaky, chooseCuts(200, 2)))).toEqual(['position']);
  });

  it('an expression cannot be one: reading earlier rows is all it can do', () => {
    const target = strategyOf({ kind: 'target', position: column('close').minus(column('close').lag(3)).max(-1).min(1) });
    expect(caught(target)).toEqual([]);
  });
});

describe('clean bars', () => {
  const rowsOfRaw = 60;
  const raw = (flat: readonly number[]) => {
    const openTime = Float64Array.from({ length: rowsOfRaw }, (_, row) => Date.UTC(2024, 0, 1) + row * 900_000);
    const price = Float64Array.from({ length: rowsOfRaw }, () => 100);
    return {
      openTime,
      open: price,
      high: price,
      low: price,
      close: price,
      volume: Float64Array.from({ length: rowsOfRaw }, (_, row) => (flat.includes(row) ? 0 : 1)),
    };
  };
  type Raw = ReturnType<typeof raw>;
  const experiment: Experiment<Raw> = {
    input: raw([30, 31, 32]),
    rows: rowsOfRaw,
    truncate: (bars, n) => Object.fromEntries(Object.entries(bars).map(([name, values]) => [name, values.slice(0, n)])) as Raw,
    perturb: (bars, from) => ({ ...bars, close: bars.close.map((price, row) => (row < from ? price : price + 1)) }),
    compute: (bars) => {
      const clean = cleanBars(bars, { start: bars.openTime[0]!, end: bars.openTime[0]! + rowsOfRaw * 900_000, tailPadding: 'none' });
      return { close: clean.close, isGap: clean.isGap, isMissing: clean.isMissing, isFlatEmpty: clean.isFlatEmpty, gapLength: clean.gapLength };
    },
  };

  it('know the length of a gap only in retrospect, and nothing else', () => {
    expect(leakingColumns(findLeaks(experiment, chooseCuts(rowsOfRaw, 1)))).toEqual(['gapLength']);
  });
});

describe('warm-up of every feature unit', () => {
  const fixed = [...features.values()].flatMap((feature) => outputsOf(feature).map(({ name }) => ({ name, feature })));
  const input = marketColumns(3_100, 3, [40]);
  const planned = planFeatures(
    fixed.map(({ name }) => ({ column: name, by: 'test' })),
    features,
  );
  const computed = computeFeatures(planned, input.columns, input.isGap);
  const withoutGap = marketColumns(3_100, 3);
  const unbroken = computeFeatures(planned, withoutGap.columns, withoutGap.isGap);
  /** Outputs that say something about events only: missing outside events by definition. */
  const sparse = new Set(['fp_event', 'fp_enter_ts', 'fp_exit_ts']);

  it.each(fixed.filter(({ name }) => !sparse.has(name)).map(({ name, feature }) => [name, feature.warmup, feature] as const))(
    '%s is missing for exactly its first %i rows of a segment',
    (name, warmup, feature) => {
      const values = feature.segmented === false ? unbroken[name]! : computed[name]!.subarray(41);
      expect(values.findIndex((value) => !Number.isNaN(value))).toBe(warmup);
      expect(values.subarray(warmup).every((value) => !Number.isNaN(value))).toBe(true);
    },
  );

  it.each([...features.values()].filter(({ segmented }) => segmented !== false).map((feature) => [feature.id, feature] as const))(
    '%s needs no row before its declared warm-up',
    (id, feature) => {
      const last = 3_099;
      const from = last - feature.warmup;
      const tail = Object.fromEntries(Object.entries(input.columns).map(([name, values]) => [name, values.slice(from)]));
      const alone = computeFeatures(planned, tail, input.isGap.slice(from))[id]!;
      expect(Math.abs(alone.at(-1)! / computed[id]![last]! - 1)).toBeLessThanOrEqual(1e-9);
      expect(alone.slice(0, -1).every(Number.isNaN)).toBe(true);
    },
  );

  it('restarts after a gap: a window of 5 returns is defined at position 5, and again 6 bars after the gap bar', () => {
    const volatility = defineFeature({
      id: 'rv_5',
      summary: '',
      formula: '',
      inputs: ['logret_1'],
      warmup: 5,
      compute: ([logret], [out]) => rollingStd(logret!, 5, out!),
    });
    const short = marketColumns(30, 1, [12]);
    const all = new Map([...features, ['rv_5', volatility]]);
    const out = computeFeatures(planFeatures([{ column: 'rv_5', by: 'test' }], all), short.columns, short.isGap)['rv_5']!;
    const defined = [...out.keys()].filter((row) => !Number.isNaN(out[row]!));
    expect(defined).toEqual([5, 6, 7, 8, 9, 10, 11, ...Array.from({ length: 12 }, (_, k) => 18 + k)]);
  });
});

/** What a line says about each row: positions, money, and trades on the row that ended them. */
function lineColumns(strategy: Strategy, frame: Frame, profile: Profile, params: Record<string, unknown>): Record<string, Float64Array> {
  const line = simulate(strategy, frame, { profile, params });
  const tradePnl = new Float64Array(frame.rows).fill(Number.NaN);
  const tradeMae = new Float64Array(frame.rows).fill(Number.NaN);
  for (const trade of line.trades) {
    if (trade.isOpen) continue;
    tradePnl[trade.exitRow] = trade.pnl;
    tradeMae[trade.exitRow] = trade.mae;
  }
  const { position, pnl, gross, cost, funding } = line.money;
  return {
    position,
    pnl,
    gross,
    cost,
    funding,
    returns: line.returns,
    latePnl: line.delayedPnl[0]!,
    laterPnl: line.delayedPnl[1]!,
    tradePnl,
    tradeMae,
  };
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: ArrayLike<number>): number {
  const center = mean(values);
  return Math.sqrt(mean(Array.from(values, (value) => (value - center) ** 2)));
}
