import { column } from '../../src/core/expression.ts';
import { type BracketIntent, defineStrategy, type Intent, type Strategy } from '../../src/core/intent.ts';
import { type ParamSchema, resolveParams } from '../../src/core/params.ts';
import { type Profile, standardProfile } from '../../src/core/profile.ts';
import { namedStream, nextIndex, nextNormal, nextUniform } from '../../src/core/random.ts';
import { barMs } from '../../src/core/time.ts';
import type { Line } from '../../src/engine/accounting.ts';
import type { Frame } from '../../src/engine/frame.ts';
import { columnReads } from '../../src/engine/intentColumns.ts';
import { screen } from '../../src/engine/screen/screen.ts';

/** First bar of frames that name no other. */
export const firstOpen = Date.UTC(2024, 0, 1);

export interface FrameOptions {
  readonly symbol?: string;
  readonly start?: number;
  /** Rows without a usable bar; rows without a close when left out. */
  readonly isGap?: ArrayLike<number>;
  readonly fundingRate?: ArrayLike<number>;
}

/** A frame of the given columns; open, high and low are the close where they are left out. */
export function frameOf(
  given: Readonly<Record<string, ArrayLike<number>>> & { readonly close: ArrayLike<number> },
  options: FrameOptions = {},
): Frame {
  const rows = given.close.length;
  const columns: Record<string, Float64Array> = {};
  for (const name of ['open', 'high', 'low']) columns[name] = Float64Array.from(given.close);
  columns['volume'] = new Float64Array(rows).fill(1);
  for (const [name, values] of Object.entries(given)) {
    if (values.length !== rows) throw new RangeError(`column ${name} has ${values.length} rows, close has ${rows}`);
    columns[name] = Float64Array.from(values);
  }
  return {
    symbol: options.symbol ?? 'TESTUSDT',
    rows,
    openTime: Float64Array.from({ length: rows }, (_, row) => (options.start ?? firstOpen) + row * barMs),
    columns,
    isGap: Uint8Array.from(options.isGap ?? columns['close']!.map((close) => (Number.isNaN(close) ? 1 : 0))),
    fundingRate: Float64Array.from(options.fundingRate ?? new Float64Array(rows)),
  };
}

/** `length` values, all `value`. */
export const constant = (length: number, value: number): Float64Array => new Float64Array(length).fill(value);

/** A strategy of the given intent. */
export function strategyOf(intent: Intent, params: ParamSchema = {}, requires: readonly string[] = []): Strategy {
  return defineStrategy({ id: 'under_test', summary: 'Made by a test.', params, requires, intent: () => intent });
}

/** A bracket that enters long where the column `go` is 1 and short where it is -1. */
export function bracketOf(rest: Partial<Omit<BracketIntent, 'kind'>> = {}, params: ParamSchema = {}): Strategy {
  return strategyOf({ kind: 'bracket', entry: { long: column('go').ge(1), short: column('go').le(-1) }, ...rest }, params);
}

/** A strategy that wants the column `want` as its position. */
export const wantStrategy: Strategy = strategyOf({ kind: 'target', position: column('want') });

export interface SimulateOptions {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly profile?: Profile;
  readonly costBps?: number;
}

/** One strategy on one frame through the screen; cost 10 bps and the standard profile unless told. */
export function simulate(strategy: Strategy, frame: Frame, options: SimulateOptions = {}): Line {
  const params = resolveParams(strategy.id, strategy.params, options.params ?? {});
  screen.check(strategy);
  return screen.simulate(frame, strategy, params, { costFraction: (options.costBps ?? 10) / 10_000, profile: options.profile ?? standardProfile });
}

/** Positions as a plain array. */
export const positionsOf = (line: Line): number[] => [...line.money.position];

/** Row ranges [from, to) in which the position is one non-zero number. */
export function stretches(position: Float64Array): { readonly from: number; readonly to: number; readonly position: number }[] {
  const found: { from: number; to: number; position: number }[] = [];
  for (let row = 0; row < position.length; row++) {
    const from = row;
    while (row + 1 < position.length && position[row + 1] === position[from]) row++;
    if (position[from] !== 0) found.push({ from, to: row + 1, position: position[from]! });
  }
  return found;
}

/** What wild frames are made from; a frame of fewer rows is a prefix of one of more rows. */
export interface WildOptions {
  readonly seed: number;
  readonly rows: number;
  /** Chance that a row begins a gap. */
  readonly gapChance: number;
  /** Rows without features at the start and after every gap. */
  readonly warmup: number;
  readonly start?: number;
}

/**
 * A frame that provokes every rule of the built-in strategies: prices on a half-point grid, so that levels are
 * touched exactly; ranks that sit on the thresholds; gaps; missing features; ranges of no width.
 */
export function wildFrame(options: WildOptions): Frame {
  const names = ['close', 'high', 'low', 'high_96', 'low_96', 'range_96', 'range_med_480', 'rv_pct_2880'] as const;
  const rows: Record<(typeof names)[number], number>[] = [];
  const random = namedStream(`seed=${options.seed}/frames/wild/0`);
  const pick = (values: readonly number[]) => values[nextIndex(random, values.length)]!;
  let price = 100;
  let inGap = 0;
  let sinceGap = 0;
  let [top, bottom] = [101, 99];
  const isGap: number[] = [];
  const fundingRate: number[] = [];
  for (let row = 0; row < options.rows; row++) {
    if (inGap === 0 && nextUniform(random) < options.gapChance) inGap = 1 + nextIndex(random, 3);
    price = Math.min(130, Math.max(70, price + pick([-1.5, -1, -0.5, 0, 0, 0.5, 1, 1.5])));
    const [high, low] = [price + pick([0, 0, 0.5, 1]), price - pick([0, 0, 0.5, 1])];
    top = Math.max(high, top + pick([-1, -0.5, -0.5, 0]));
    bottom = Math.min(low, bottom + pick([1, 0.5, 0.5, 0]));
    const flat = nextUniform(random) < 0.03;
    const bar = {
      close: price,
      high,
      low,
      high_96: flat ? price : top - pick([0, 0, 0, 0.5]),
      low_96: flat ? price : bottom + pick([0, 0, 0, 0.5]),
      range_96: pick([8, 8, 10, 16]),
      range_med_480: pick([10, 20]),
      rv_pct_2880: pick([0, 5, 10, 10, 10.5, 12, 12, 15, 15, 20, 30, 35, 40, 40.5, 60]),
    };
    const holes = names.map(() => nextUniform(random) < 0.004);
    const isWarming = sinceGap < options.warmup;
    names.forEach((name, index) => {
      const isFeature = index > 2;
      if (inGap > 0 || holes[index] || (isWarming && isFeature)) bar[name] = Number.NaN;
    });
    rows.push(bar);
    isGap.push(inGap > 0 ? 1 : 0);
    fundingRate.push(row % 32 === 31 ? pick([0.0001, -0.0002, 0.0003]) : 0);
    sinceGap = inGap > 0 ? 0 : sinceGap + 1;
    if (inGap > 0) inGap--;
  }
  const columns = Object.fromEntries(names.map((name) => [name, rows.map((bar) => bar[name])])) as Record<(typeof names)[number], number[]>;
  return frameOf(columns, { isGap, fundingRate, symbol: `WILD${options.seed}`, ...(options.start === undefined ? {} : { start: options.start }) });
}

/** The frame with a column for everything that a strategy reads: those it lacks are values around which thresholds usually lie. */
export function withColumnsOf(strategy: Strategy, frame: Frame): Frame {
  const values = [-2, -0.01, 0, 0.01, 0.5, 2, 5, 30, 45, 60, 90, Number.NaN];
  const lacking = columnReads(strategy).filter(({ name }) => frame.columns[name] === undefined);
  const added = lacking.map(({ name }) => {
    const random = namedStream(`seed=1/frames/${name}/0`);
    return [name, Float64Array.from({ length: frame.rows }, () => values[nextIndex(random, values.length)]!)] as const;
  });
  return { ...frame, columns: { ...frame.columns, ...Object.fromEntries(added) } };
}

/** Base columns as the features stage sees them: a random walk whose volatility falls, funding every 32 bars, gaps where told. */
export function marketColumns(
  rows: number,
  seed: number,
  gaps: readonly number[] = [],
): { columns: Record<string, Float64Array>; isGap: Uint8Array } {
  const random = namedStream(`seed=${seed}/frames/market/0`);
  const names = ['timestamp', 'open', 'high', 'low', 'close', 'volume', 'funding_event_ts', 'funding_rate_scaled'];
  const columns = Object.fromEntries(names.map((name) => [name, new Float64Array(rows)])) as Record<string, Float64Array>;
  const isGap = new Uint8Array(rows);
  let price = 100;
  let rate = 0.0001;
  for (let row = 0; row < rows; row++) {
    const volatility = 0.004 * (1 - (0.8 * row) / rows) * (1 + 0.5 * Math.sin(row / 40));
    const open = price;
    price *= Math.exp(volatility * nextNormal(random));
    const [up, down] = [Math.exp(volatility * nextUniform(random)), Math.exp(-volatility * nextUniform(random))];
    if (row % 32 === 0) rate = 0.0003 * nextNormal(random);
    const bar = [firstOpen + row * barMs, open, Math.max(open, price) * up, Math.min(open, price) * down, price, 1 + nextIndex(random, 9)];
    bar.push(firstOpen + (row - (row % 32)) * barMs, rate);
    names.forEach((name, index) => (columns[name]![row] = bar[index]!));
  }
  for (const row of gaps) {
    isGap[row] = 1;
    for (const name of ['open', 'high', 'low', 'close', 'volume']) columns[name]![row] = Number.NaN;
  }
  return { columns, isGap };
}

/** Values of a calm bar inside the range of the last day, on which no built-in strategy does anything. */
const calm = { close: 100, high: 100, low: 100, high_96: 110, low_96: 90, range_96: 8, range_med_480: 10, rv_pct_2880: 5 };
export type CalmBar = Partial<Record<keyof typeof calm, number>> & { readonly gap?: true };

/** Calm bars but for the rows that are described; a close without high or low sets both. */
export function calmFrame(rows: number, changes: Readonly<Record<number, CalmBar>>, options: FrameOptions = {}): Frame {
  const names = Object.keys(calm) as (keyof typeof calm)[];
  const bars = Array.from({ length: rows }, (_, row) => {
    const { gap, ...change } = changes[row] ?? {};
    if (gap) return Object.fromEntries(names.map((name) => [name, Number.NaN])) as typeof calm;
    const price = change.close === undefined ? {} : { high: change.close, low: change.close };
    return { ...calm, ...price, ...change };
  });
  const columns = Object.fromEntries(names.map((name) => [name, bars.map((bar) => bar[name])])) as Record<keyof typeof calm, number[]>;
  return frameOf(columns, options);
}
