import type { Feature } from '../../core/define.ts';
import { AppError } from '../../core/errors.ts';
import type { Strategy } from '../../core/intent.ts';
import { barMs, hourMs } from '../../core/time.ts';
import type { Frame } from '../../engine/frame.ts';
import { computeFeatures, planFeatures } from '../../features/lib/computeFeatures.ts';
import { planForStrategies, retrospectiveColumns } from '../../features/lib/planForStrategies.ts';
import { alignFunding, type FundingEvents, settlingRates } from '../../market/alignFunding.ts';
import { barQuality } from '../../market/barQuality.ts';
import { cleanBars } from '../../market/cleanBars.ts';

/** 15-minute bars of one symbol, [bars] each, read only. A bar that is left out, or whose price is NaN, is a gap. */
export interface Bars {
  readonly symbol: string;
  /** Epoch ms of each open, ascending, on the 15-minute grid. */
  readonly openTime: ArrayLike<number>;
  readonly open: ArrayLike<number>;
  readonly high: ArrayLike<number>;
  readonly low: ArrayLike<number>;
  readonly close: ArrayLike<number>;
  /** Base quantity. A flat bar of volume 0 counts as a gap, as an exchange publishes outages; left out: no bar does. */
  readonly volume?: ArrayLike<number>;
  /** Left out: no funding is paid, and columns made of funding are missing. */
  readonly funding?: Settlements;
}

/** Funding settlements of one symbol, [settlements] each, read only. */
export interface Settlements {
  /** Epoch ms, ascending. */
  readonly time: ArrayLike<number>;
  /** Fraction of the notional that longs pay to shorts. */
  readonly rate: ArrayLike<number>;
  /** Hours since the settlement before; taken from the times when left out. */
  readonly intervalHours?: ArrayLike<number>;
}

/** What a frame is to hold besides the bars. */
export interface FrameNeeds {
  /** Every column that these strategies read is computed. */
  readonly strategies: readonly Strategy[];
  /** Features by id, such as `await builtInFeatures()`; your own join as further entries. */
  readonly features: ReadonlyMap<string, Feature>;
  /** Further columns that features yield. */
  readonly columns?: readonly string[];
}

/**
 * Bars as an accounting sees them: on the gapless 15-minute grid, gaps flagged and nothing filled, with every column
 * that the strategies read. The same code as in the pipeline, without a disk.
 *
 * @throws E_INPUT when columns have different lengths or times are not ascending grid times; E_COLUMN_UNKNOWN,
 *         E_COLUMN_RETROSPECTIVE, E_FEATURE_CYCLE when a strategy reads what cannot be had
 */
export function makeFrame(bars: Bars, needs: FrameNeeds): Frame {
  const raw = rawBars(bars);
  const first = raw.openTime[0] ?? 0;
  const end = (raw.openTime[raw.openTime.length - 1] ?? 0) + barMs;
  const clean = cleanBars(raw, { start: first, end, tailPadding: 'none' });
  const aligned = alignFunding(settlements(bars), clean.openTime, 'interval');
  const base = {
    timestamp: clean.openTime,
    open: clean.open,
    high: clean.high,
    low: clean.low,
    close: clean.close,
    volume: clean.volume,
    funding_event_ts: aligned.eventTime,
    funding_rate_scaled: aligned.rate,
  };
  const computed = computeFeatures(plan(needs), base, clean.isGap);
  for (const name of retrospectiveColumns(needs.features)) delete computed[name];
  return {
    symbol: bars.symbol,
    rows: clean.rows,
    openTime: clean.openTime,
    columns: { ...computed, ...base },
    isGap: clean.isGap,
    quality: barQuality(clean, aligned.rate),
    fundingRate: settlingRates(clean.openTime, aligned.eventTime, aligned.rate),
  };
}

/** The strategies' columns, and the one-day range that `avg_r` is measured by where its features are to be had. */
function plan({ strategies, features, columns = [] }: FrameNeeds): Feature[] {
  const range = ['high_96', 'low_96'].filter((id) => features.has(id)).map((column) => ({ column, by: 'avg_r' }));
  const further = columns.map((column) => ({ column, by: 'the caller' }));
  return [...new Set([...planForStrategies(strategies, features), ...planFeatures([...further, ...range], features)])];
}

function rawBars(bars: Bars) {
  const rows = bars.openTime.length;
  const column = (name: 'openTime' | 'open' | 'high' | 'low' | 'close' | 'volume') => {
    const values = bars[name] ?? new Float64Array(rows).fill(1);
    if (values.length === rows) return Float64Array.from(values);
    throw unusable(bars, `${name} has ${values.length} values, openTime has ${rows}`);
  };
  const openTime = column('openTime');
  for (let row = 0; row < rows; row++) {
    const time = openTime[row]!;
    if (!Number.isInteger(time / barMs)) throw unusable(bars, `openTime[${row}] is ${time}, which is not on the 15-minute grid`);
    if (row > 0 && time <= openTime[row - 1]!) throw unusable(bars, `openTime[${row}] is not later than the one before it`);
  }
  return { openTime, open: column('open'), high: column('high'), low: column('low'), close: column('close'), volume: column('volume') };
}

function settlements(bars: Bars): FundingEvents {
  const { time = [], rate = [], intervalHours } = bars.funding ?? {};
  const [times, rates] = [Float64Array.from(time), Float64Array.from(rate)];
  const hours = intervalHours === undefined ? intervalsOf(times) : Float64Array.from(intervalHours);
  if (rates.length !== times.length || hours.length !== times.length)
    throw unusable(bars, `funding has ${times.length} times, ${rates.length} rates and ${hours.length} intervals`);
  for (let i = 0; i < times.length; i++) {
    if (!Number.isFinite(times[i]) || !Number.isFinite(rates[i])) throw unusable(bars, `funding[${i}] is not a number`);
    if (i > 0 && times[i]! <= times[i - 1]!) throw unusable(bars, `funding.time[${i}] is not later than the one before it`);
  }
  return { time: times, rate: rates, intervalHours: hours };
}

/** Hours between neighbors; the first settlement takes the interval after it, a single one eight hours. */
function intervalsOf(times: Float64Array): Float64Array {
  const hours = times.map((time, i) => (time - (times[i - 1] ?? Number.NaN)) / hourMs);
  if (hours.length > 0) hours[0] = hours[1] ?? 8;
  return hours;
}

function unusable(bars: Bars, problem: string): AppError {
  return new AppError('E_INPUT', { what: `bars of ${bars.symbol}`, problem });
}
