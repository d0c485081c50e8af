import { describe, expect, it } from 'vitest';
import { type Feature, outputsOf } from '../core/define.ts';
import { marketColumns } from '../../test/support/frames.ts';
import fundingPersistence from './funding_persistence.ts';
import high96 from './high_96.ts';
import { computeFeatures, gapFreeSegments, planFeatures } from './lib/computeFeatures.ts';
import logret1 from './logret_1.ts';
import low96 from './low_96.ts';
import range96 from './range_96.ts';
import rangeMed480 from './range_med_480.ts';
import ret1 from './ret_1.ts';
import rv96 from './rv_96.ts';
import rvPct2880 from './rv_pct_2880.ts';

const features = new Map<string, Feature>(
  [high96, logret1, low96, range96, rangeMed480, ret1, rv96, rvPct2880].map((feature) => [feature.id, feature]),
);
const rows = 3_200;
const gap = 100;
const { columns, isGap } = marketColumns(rows, 21, [gap]);
const computed = computeFeatures(
  planFeatures(
    [...features.keys()].map((column) => ({ column, by: 'test' })),
    features,
  ),
  columns,
  isGap,
);
const at = (name: string, row: number) => (computed[name] ?? columns[name])![row]!;
const last = (name: string, row: number, window: number) => Array.from({ length: window }, (_, k) => at(name, row - window + 1 + k));
/** Rows of the segment after the gap on which everything is defined, and a few before. */
const probes = [197, 198, 300, 700, 1_500, 3_077, 3_100, rows - 1];

describe('the v1 features, from their definitions', () => {
  it('ret_1 is the quotient of closes less one', () => {
    for (const row of [1, 50, 102, 700]) expect(at('ret_1', row)).toBe(at('close', row) / at('close', row - 1) - 1);
  });

  it('logret_1 is the difference of logarithms, bit for bit, not the logarithm of the quotient', () => {
    for (let row = 102; row < rows; row++) expect(at('logret_1', row)).toBe(Math.log(at('close', row)) - Math.log(at('close', row - 1)));
  });

  it('rv_96 is the sample deviation of the last 96 log returns', () => {
    for (const row of probes) {
      const window = last('logret_1', row, 96);
      const mean = window.reduce((sum, value) => sum + value, 0) / 96;
      const deviation = Math.sqrt(window.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 95);
      expect(Math.abs(at('rv_96', row) / deviation - 1)).toBeLessThan(1e-10);
    }
  });

  it('high_96 and low_96 are the extremes of the last 96 bars, this one included', () => {
    for (const row of [95, 99, 196, ...probes]) {
      expect(at('high_96', row)).toBe(Math.max(...last('high', row, 96)));
      expect(at('low_96', row)).toBe(Math.min(...last('low', row, 96)));
      expect(at('range_96', row)).toBe(at('high_96', row) - at('low_96', row));
    }
  });

  it('range_med_480 is the mean of the two middle values of the last 480 ranges', () => {
    for (const row of probes.filter((probe) => probe >= 101 + 574)) {
      const sorted = last('range_96', row, 480).sort((a, b) => a - b);
      expect(at('range_med_480', row)).toBe((sorted[239]! + sorted[240]!) / 2);
    }
  });

  it('rv_pct_2880 counts values up to this one, itself included, divided and then times 100', () => {
    for (const row of probes.filter((probe) => probe >= 101 + 2_975)) {
      const window = last('rv_96', row, 2_880);
      expect(at('rv_pct_2880', row)).toBe((window.filter((value) => value <= window.at(-1)!).length / 2_880) * 100);
    }
  });

  it('are all missing on a gap row', () => {
    for (const name of features.keys()) expect(at(name, gap), name).toBeNaN();
  });

  it('start over after a gap bar', () => {
    const firstAfterGap = (name: string) => computed[name]!.subarray(gap).findIndex((value) => !Number.isNaN(value)) - 1;
    expect(Object.fromEntries([...features.keys()].map((name) => [name, firstAfterGap(name)]))).toEqual({
      ret_1: 1,
      logret_1: 1,
      high_96: 95,
      low_96: 95,
      range_96: 95,
      rv_96: 96,
      range_med_480: 574,
      rv_pct_2880: 2_975,
    });
  });

  it('have exactly no volatility, and the highest rank, in a market that stands still', () => {
    const still = { ...columns, close: new Float64Array(rows).fill(123.45) };
    const flat = computeFeatures(planFeatures([{ column: 'rv_pct_2880', by: 'test' }], features), still, new Uint8Array(rows));
    expect(flat['rv_96']!.subarray(96).every((value) => value === 0)).toBe(true);
    expect(flat['rv_pct_2880']!.subarray(2_975).every((value) => value === 100)).toBe(true);
  });
});

describe('the plan of features', () => {
  const plan = (...wanted: string[]) =>
    planFeatures(
      wanted.map((column) => ({ column, by: 'strategy s' })),
      features,
    ).map(({ id }) => id);
  const planted = (id: string, inputs: string[]): Feature => ({ ...ret1, id, inputs });

  it('puts each after what it reads, once', () => {
    expect(plan('rv_pct_2880', 'range_med_480', 'logret_1')).toEqual([
      'logret_1',
      'rv_96',
      'rv_pct_2880',
      'high_96',
      'low_96',
      'range_96',
      'range_med_480',
    ]);
  });

  it('needs nothing for bar fields and funding', () => {
    expect(plan('close', 'volume', 'funding_rate_scaled')).toEqual([]);
  });

  it('refuses a column that nothing yields, with who reads it and the nearest known one', () => {
    expect(() => plan('rv_97')).toThrow(/strategy s reads column rv_97, which nothing provides; did you mean rv_96\?/);
    const broken = new Map([['x', planted('x', ['hihg'])]]);
    expect(() => planFeatures([{ column: 'x', by: 'test' }], broken)).toThrow(/feature x reads column hihg/);
  });

  it('refuses a circle, naming it', () => {
    const circle = new Map([
      ['x', planted('x', ['y'])],
      ['y', planted('y', ['z'])],
      ['z', planted('z', ['y'])],
    ]);
    expect(() => planFeatures([{ column: 'x', by: 'test' }], circle)).toThrow(
      expect.objectContaining({ code: 'E_FEATURE_CYCLE', message: 'features depend on each other in a circle: y -> z -> y' }),
    );
    expect(() => planFeatures([{ column: 'x', by: 'test' }], new Map([['x', planted('x', ['x'])]]))).toThrow(/x -> x/);
  });
});

describe('gap-free segments', () => {
  it('are the maximal runs of rows without a gap', () => {
    expect([...gapFreeSegments(Uint8Array.of(1, 0, 0, 1, 1, 0))]).toEqual([1, 3, 5, 6]);
    expect([...gapFreeSegments(Uint8Array.of(0, 0))]).toEqual([0, 2]);
    expect([...gapFreeSegments(Uint8Array.of(1, 1))]).toEqual([]);
    expect([...gapFreeSegments(new Uint8Array(0))]).toEqual([]);
  });

  it('are what a segmented feature sees, one at a time; another sees all rows at once', () => {
    const seen: number[][] = [];
    const spy = (id: string, segmented: boolean): Feature => ({
      ...ret1,
      id,
      inputs: ['close'],
      segmented,
      compute: ([close]) => void seen.push([...close!]),
    });
    const close = Float64Array.of(1, 2, Number.NaN, 4);
    computeFeatures([spy('x', true)], { close }, Uint8Array.of(0, 0, 1, 0));
    expect(seen.splice(0)).toEqual([[1, 2], [4]]);
    computeFeatures([spy('y', false)], { close }, Uint8Array.of(0, 0, 1, 0));
    expect(seen).toEqual([[1, 2, Number.NaN, 4]]);
  });

  it('leave the inputs as they were', () => {
    const base = marketColumns(200, 2, [50]);
    const copy = marketColumns(200, 2, [50]);
    computeFeatures(
      planFeatures(
        [...features.keys()].map((column) => ({ column, by: 'test' })),
        features,
      ),
      base.columns,
      base.isGap,
    );
    expect(base).toEqual(copy);
  });
});

describe('funding persistence v1', () => {
  const names = outputsOf(fundingPersistence).map(({ name }) => name);
  const fp = (rates: readonly number[]) => {
    const time = Float64Array.from(rates, (_, row) => row);
    return computeFeatures([fundingPersistence], { timestamp: time, funding_rate_scaled: Float64Array.from(rates) }, new Uint8Array(rates.length));
  };
  /** 95 rows of falling rates, so that no row before `then` is a candidate once the look-back is full. */
  const calm = Array.from({ length: 120 }, (_, row) => 0.001 - row * 1e-6);
  const stretch = (values: Float64Array) => [...values.keys()].filter((row) => values[row] === 1);

  it('is inactive while fewer than 96 rows are known', () => {
    const { fp_active: active, fp_severity: severity } = fp(Array.from({ length: 110 }, () => 0.0001));
    expect(stretch(active!)).toEqual(Array.from({ length: 15 }, (_, k) => 95 + k));
    expect(severity!.subarray(0, 95).every((value) => value === 0)).toBe(true);
  });

  it('needs eight rows in a row', () => {
    const lows = [0.0001, 0.00009];
    expect(stretch(fp([...calm, ...Array.from({ length: 7 }, () => 0.01), ...lows])['fp_active']!)).toEqual([]);
    expect(stretch(fp([...calm, ...Array.from({ length: 8 }, () => 0.01), ...lows])['fp_active']!)).toEqual([120, 121, 122, 123, 124, 125, 126, 127]);
  });

  it('ages from 1 by one per row and is 0 right after an event', () => {
    const age = fp([...calm, ...Array.from({ length: 9 }, () => 0.01), 0.0001, 0.00009])['fp_age_bars']!;
    expect([...age.subarray(119)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0]);
  });

  it('numbers events, and knows their first row throughout and their last on the last only', () => {
    const event = Array.from({ length: 8 }, () => 0.01);
    const out = fp([...calm, ...event, ...calm.map((rate) => rate / 2), ...event.map((rate) => 2 * rate), 0.0001]);
    const second = 248;
    expect([out['fp_event']![120], out['fp_event']![128], out['fp_event']![second]]).toEqual([1, Number.NaN, 2]);
    expect([...out['fp_enter_ts']!.subarray(second, second + 8)]).toEqual(Array.from({ length: 8 }, () => second));
    expect([...out['fp_exit_ts']!.subarray(second, second + 9)]).toEqual([...Array.from({ length: 7 }, () => Number.NaN), second + 7, Number.NaN]);
  });

  it('counts an event that runs into the end of the data as ended there', () => {
    const out = fp([...calm, ...Array.from({ length: 10 }, () => 0.01)]);
    expect(out['fp_exit_ts']![129]).toBe(129);
  });

  it('is due to normalize from its 96th row on', () => {
    const due = fp([...calm, ...Array.from({ length: 100 }, () => 0.01)])['fp_norm_due']!;
    expect(stretch(due)).toEqual([215, 216, 217, 218, 219]);
  });

  it('judges size, not sign, and takes a missing rate for nothing', () => {
    expect(fp([...calm, ...Array.from({ length: 9 }, () => -0.01)])).toEqual(fp([...calm, ...Array.from({ length: 9 }, () => 0.01)]));
    expect(fp([...calm, Number.NaN, Number.NaN])['fp_severity']!.subarray(120)).toEqual(fp([...calm, 0, 0])['fp_severity']!.subarray(120));
  });

  it('has a severity from 0 to 0.15, above 85 only, also outside events', () => {
    const out = fp([...calm, 0.01, 0.0001]);
    expect(out['fp_severity']![120]).toBeCloseTo(0.15, 15);
    expect(out['fp_active']![120]).toBe(0);
    expect(out['fp_severity']![121]).toBe(0);
  });

  it('takes a rank of exactly 85 for a candidate', () => {
    // With a look-back of 96 no rank is 85 exactly: 81.6 of 96. 81 falls short, 82 is enough.
    const rankOf = (below: number) => {
      const filler = Array.from({ length: 95 }, (_, row) => (row < below - 1 ? 0.001 : 0.003));
      return fp([...filler, 0.002])['fp_severity']![95]!;
    };
    expect(rankOf(81)).toBe(0);
    expect(rankOf(82)).toBeCloseTo(82 / 96 - 0.85, 12);
  });

  it('is deterministic', () => {
    const rates = [...calm, 0.01, 0.01, Number.NaN, 0.02];
    expect(fp(rates)).toEqual(fp(rates));
  });

  it('has no column that names a side', () => {
    for (const name of names) expect(name).not.toMatch(/signal|side|direction|alpha|entry|short|long/);
  });
});
