import { type Feature, outputsOf } from '../../core/define.ts';
import type { Strategy } from '../../core/intent.ts';
import { type ParamValues, resolveParams } from '../../core/params.ts';
import { standardProfile } from '../../core/profile.ts';
import { nextNormal, nextUniform, type RandomState } from '../../core/random.ts';
import { barsPerDay, formatTime } from '../../core/time.ts';
import type { Line } from '../../engine/accounting.ts';
import { accountingOf } from '../../engine/accountings.ts';
import type { Frame } from '../../engine/frame.ts';
import { columnReads } from '../../engine/intentColumns.ts';
import { planForStrategies } from '../../features/lib/planForStrategies.ts';
import { chooseCuts, findLeaks, leakingColumns } from '../../stats/lookahead.ts';
import { type Bars, makeFrame } from './barFrame.ts';
import { sampleBars } from './sampleBars.ts';

/** One thing that was tried. A note is worth knowing and no reason to refuse. */
export interface StrategyCheck {
  readonly check: string;
  readonly verdict: 'pass' | 'fail' | 'note';
  readonly detail: string;
}

const market = { symbol: 'BTCUSDT', start: '2023-01-01', end: '2023-06-30' };
/** Rows of an outage of one hour: windows of a month are full before it, and full again long before the end. */
const outage = { from: 8_000, to: 8_004 };
const tolerance = 1e-9;

export interface CheckOptions {
  /** The market; half a year of the sample market with an outage when left out. */
  readonly bars?: Bars;
  /** Of the strategy; its defaults when left out. */
  readonly params?: ParamValues;
  /** Cuts at random rows, and at each of the last rows. */
  readonly cuts?: { readonly count: number; readonly tail: number };
}

/**
 * What a strategy, with its defaults unless other parameters are given, and every feature it reads, do on half a year of the sample market: whether a value changes
 * when the future is cut off or replaced by noise, whether two computations agree bit for bit, whether declared warm-ups suffice.
 *
 * @throws E_COLUMN_UNKNOWN, E_COLUMN_RETROSPECTIVE, E_FEATURE_CYCLE, E_INTENT_UNSUPPORTED as a run would; E_UNIT_FAILED from the unit's code
 */
export function checkStrategy(strategy: Strategy, features: ReadonlyMap<string, Feature>, options: CheckOptions = {}): StrategyCheck[] {
  const { bars = checkMarket(), cuts = { count: 20, tail: 50 } } = options;
  const accounting = accountingOf('screen');
  accounting.check(strategy);
  const { params = resolveParams(strategy.id, strategy.params, {}) } = options;
  const frameOf = (some: Bars) => makeFrame(some, { strategies: [strategy], features });
  const simulate = (frame: Frame) => accounting.simulate(frame, strategy, params, { costFraction: 6 / 10_000, profile: standardProfile });
  const reads = columnReads(strategy);
  const compute = (some: Bars) => {
    const frame = frameOf(some);
    const read = Object.fromEntries(reads.map(({ name }) => [name, frame.columns[name]!]));
    return { position: simulate(frame).money.position, ...read };
  };
  const frame = frameOf(bars);
  return [
    columnsCheck(frame, strategy),
    tradesCheck(strategy, simulate(frame), frame),
    determinismCheck(compute(bars), compute(bars)),
    lookAheadCheck(bars, frame, { compute, cuts: chooseCuts(frame.rows, 1, cuts) }),
    warmupCheck(bars, frame, planForStrategies([strategy], features), frameOf),
  ];
}

function columnsCheck(frame: Frame, strategy: Strategy): StrategyCheck {
  const reads = columnReads(strategy);
  let row = 0;
  while (row < frame.rows && reads.some(({ name, lag }) => row < lag || Number.isNaN(frame.columns[name]![row - lag]!))) row++;
  const names = [...new Set(reads.map(({ name }) => name))];
  if (row === frame.rows) return { check: 'columns', verdict: 'fail', detail: `no bar of the market has all of ${names.join(', ')}` };
  return { check: 'columns', verdict: 'pass', detail: `${names.join(', ')}; all known from day ${1 + Math.floor(row / barsPerDay)}` };
}

function tradesCheck({ intent }: Strategy, { trades }: Line, { symbol }: Frame): StrategyCheck {
  const count = (side: 'long' | 'short') => trades.filter(({ direction }) => direction === side).length;
  const found = `${count('long')} long, ${count('short')} short on ${symbol} of the sample market, ${market.start} to ${market.end}`;
  const idle = (['long', 'short'] as const).filter((side) => intent.kind === 'bracket' && intent.entry[side] !== undefined && count(side) === 0);
  if (idle.length > 0 || trades.length === 0)
    return { check: 'trades', verdict: 'note', detail: `${found}; is the entry too narrow, or a stop missing for a side?` };
  const reasons = [...new Set(trades.map(({ exitReason }) => exitReason))].sort();
  return { check: 'trades', verdict: 'pass', detail: `${found}; exits: ${reasons.join(', ')}` };
}

type Columns = Readonly<Record<string, Float64Array>>;

function determinismCheck(first: Columns, second: Columns): StrategyCheck {
  const differs = Object.keys(first).filter((name) => first[name]!.some((value, row) => !Object.is(value, second[name]![row])));
  if (differs.length === 0) return { check: 'determinism', verdict: 'pass', detail: 'two computations, the same bits' };
  return {
    check: 'determinism',
    verdict: 'fail',
    detail: `two computations differ in ${differs.join(', ')}: no clock, no chance, no memory between calls`,
  };
}

export interface Attempt {
  readonly compute: (bars: Bars) => Columns;
  readonly cuts: readonly number[];
}

/** Whether columns change when the future is cut off or replaced by noise. */
export function lookAheadCheck(bars: Bars, frame: Frame, { compute, cuts }: Attempt): StrategyCheck {
  const leaks = findLeaks({ input: bars, rows: frame.rows, compute, truncate, perturb }, cuts);
  if (leaks.length === 0)
    return {
      check: 'look-ahead',
      verdict: 'pass',
      detail: `everything unchanged at ${cuts.length} cuts, the future cut off and replaced by noise`,
    };
  const { column, row, whole, seen } = leaks.find((leak) => leak.column !== 'position') ?? leaks[0]!;
  const example = `${column} at ${formatTime(frame.openTime[row]!)} is ${whole}, without its future ${seen}`;
  return { check: 'look-ahead', verdict: 'fail', detail: `the future shows in ${leakingColumns(leaks).join(', ')}: ${example}` };
}

/** Each feature once more from as few bars as its warm-up promises to need. */
export function warmupCheck(bars: Bars, frame: Frame, planned: readonly Feature[], frameOf: (bars: Bars) => Frame): StrategyCheck {
  const tried = planned.filter(({ segmented }) => segmented !== false);
  const last = frame.rows - 1;
  const short = tried.flatMap((feature) => {
    const tail = frameOf(rowsOf(bars, last - feature.warmup, last + 1));
    return outputsOf(feature)
      .map(({ name }) => ({ name, whole: frame.columns[name]?.[last], alone: tail.columns[name]?.[tail.rows - 1] }))
      .filter(({ whole, alone }) => whole === whole && whole !== undefined && !(Math.abs(alone! - whole) <= tolerance * Math.abs(whole)))
      .map(({ name, whole, alone }) => `${name} is ${whole}, from ${feature.warmup} bars of warm-up ${alone}`);
  });
  if (short.length > 0) return { check: 'warm-up', verdict: 'fail', detail: short.join('; ') };
  return { check: 'warm-up', verdict: 'pass', detail: `${tried.length} features need no more bars than they declare` };
}

/** Half a year of the sample market with one outage. */
export function checkMarket(): Bars {
  const bars = sampleBars(market);
  const hide = (values: ArrayLike<number>) => Float64Array.from(values).fill(Number.NaN, outage.from, outage.to);
  return { ...bars, open: hide(bars.open), high: hide(bars.high), low: hide(bars.low), close: hide(bars.close) };
}

function rowsOf(bars: Bars, from: number, to: number): Bars {
  const part = (values: ArrayLike<number>) => Float64Array.from(values).slice(from, to);
  const { symbol, volume, funding } = bars;
  const known = Array.from(funding?.time ?? []).filter((time) => time <= bars.openTime[to - 1]!).length;
  return {
    symbol,
    openTime: part(bars.openTime),
    open: part(bars.open),
    high: part(bars.high),
    low: part(bars.low),
    close: part(bars.close),
    ...(volume === undefined ? {} : { volume: part(volume) }),
    ...(funding === undefined ? {} : { funding: { time: Array.from(funding.time).slice(0, known), rate: Array.from(funding.rate).slice(0, known) } }),
  };
}

const truncate = (bars: Bars, rows: number) => rowsOf(bars, 0, rows);

/** From `from` on: prices moved by tens of percent, some bars missing, volumes and funding rates of any size. */
function perturb(bars: Bars, from: number, random: RandomState): Bars {
  const rows = bars.openTime.length;
  const factor = Float64Array.from({ length: rows }, (_, row) => {
    if (row < from) return 1;
    return nextUniform(random) < 0.02 ? Number.NaN : Math.exp(0.2 * nextNormal(random));
  });
  const moved = (values: ArrayLike<number>) => Float64Array.from(values, (value, row) => value * factor[row]!);
  const start = bars.openTime[from]!;
  const { volume, funding } = bars;
  return {
    ...bars,
    open: moved(bars.open),
    high: moved(bars.high),
    low: moved(bars.low),
    close: moved(bars.close),
    ...(volume === undefined
      ? {}
      : { volume: Float64Array.from(volume, (value, row) => (row < from ? value : value * Math.exp(nextNormal(random)))) }),
    ...(funding === undefined
      ? {}
      : { funding: { ...funding, rate: Array.from(funding.rate, (rate, k) => (funding.time[k]! < start ? rate : 0.001 * nextNormal(random))) } }),
  };
}
