import { AppError } from '../../core/errors.ts';
import { namedStream, nextIndex } from '../../core/random.ts';
import { requireWhole } from '../requireWhole.ts';
import { mean } from '../moments.ts';
import { requireFinite } from '../requireFinite.ts';

export interface PlaceboTest {
  readonly pUpper: number | null;
  readonly pLower: number | null;
  /** Twice the smaller one, capped at 1. */
  readonly pTwoSided: number | null;
  /** Observed minus the mean of the placebos. */
  readonly excessOverPlaceboMean: number | null;
}

/**
 * P-values of an observed statistic against the same statistic at placebo dates: (1 + count) / (B + 1), so never 0.
 *
 * @param observed the statistic at the true dates
 * @param placebo  [B] the statistic at placebo dates, finite, read only
 * @returns        null for no placebos
 * @throws E_INTERNAL on NaN or Infinity
 * @source Phipson & Smyth 2010
 * @vector events.placebo
 */
export function placeboTest(observed: number, placebo: ArrayLike<number>): PlaceboTest {
  requireFinite([observed], 'observed');
  requireFinite(placebo, 'placebo');
  const center = mean(placebo);
  if (center === null) return { pUpper: null, pLower: null, pTwoSided: null, excessOverPlaceboMean: null };
  let above = 0;
  let below = 0;
  for (let i = 0; i < placebo.length; i++) {
    above += +(placebo[i]! >= observed);
    below += +(placebo[i]! <= observed);
  }
  const pUpper = (above + 1) / (placebo.length + 1);
  const pLower = (below + 1) / (placebo.length + 1);
  return { pUpper, pLower, pTwoSided: Math.min(1, 2 * Math.min(pUpper, pLower)), excessOverPlaceboMean: observed - center };
}

/**
 * Share of null draws at least as extreme as the observed statistic, itself counted: (1 + count) / (draws + 1). Never 0.
 *
 * @param observed  the statistic at the true dates
 * @param draws     the statistic under the null, NaN where a draw gave nothing, read only
 * @param direction what is extreme: large, small, or far from the mean of the draws
 * @returns         null without a draw that gave something
 * @source Phipson & Smyth 2010
 */
export function placeboP(observed: number, draws: Float64Array, direction: 'increase' | 'decrease' | 'different'): number | null {
  const usable = draws.filter((draw) => !Number.isNaN(draw));
  if (usable.length === 0) return null;
  const center = direction === 'different' ? usable.reduce((sum, draw) => sum + draw, 0) / usable.length : 0;
  const sign = direction === 'decrease' ? -1 : 1;
  const sizeOf = (value: number): number => (direction === 'different' ? Math.abs(value - center) : sign * value);
  const least = sizeOf(observed);
  let count = 0;
  for (let i = 0; i < usable.length; i++) count += +(sizeOf(usable[i]!) >= least);
  return (1 + count) / (usable.length + 1);
}

/** How null draws lie. */
export interface DrawSummary {
  /** Draws that gave something. */
  readonly draws: number;
  readonly mean: number | null;
  readonly sd: number | null;
}

/**
 * Number, mean and sample deviation of null draws.
 *
 * @param draws NaN where a draw gave nothing, read only
 * @returns     nulls where there are too few: none for a mean, one for a deviation
 * @source standard definition
 */
export function summarizeDraws(draws: Float64Array): DrawSummary {
  const usable = draws.filter((draw) => !Number.isNaN(draw));
  const count = usable.length;
  if (count === 0) return { draws: 0, mean: null, sd: null };
  const center = usable.reduce((sum, draw) => sum + draw, 0) / count;
  const squares = usable.reduce((sum, draw) => sum + (draw - center) * (draw - center), 0);
  return { draws: count, mean: center, sd: count < 2 ? null : Math.sqrt(squares / (count - 1)) };
}

/** The calendar that placebo dates move in: whole UTC days of bars, from bar 0. */
export interface PlaceboCalendar {
  readonly days: number;
  readonly barsPerDay: number;
}

/**
 * How many days one placebo draw moves the event trains of all symbols: the same for all, so that events which come together stay together.
 *
 * @param stream  name of the draw's random stream, `seed=<n>/placebo/<unit>/<replicate>`
 * @param options length of the calendar, and the smallest distance from the true dates (at least the outcome horizon in days)
 * @returns       minDays..days - minDays, uniformly; null when the calendar is too short for any
 * @throws E_INTERNAL on counts that are not whole or positive
 * @source statistics specification section 8; research specification section 10.5
 * @vector events.placebo
 */
export function placeboShift(stream: string, { days, minDays }: { days: number; minDays: number }): number | null {
  requireWhole(days, 'days', 1);
  requireWhole(minDays, 'minDays', 1);
  const choices = days - 2 * minDays + 1;
  return choices < 1 ? null : minDays + nextIndex(namedStream(stream), choices);
}

/**
 * An event train moved by whole days around the calendar: hours of the day and distances within the train stay.
 *
 * @param bars      [events] bars on the calendar, read only
 * @param shiftDays whole days, either direction
 * @param calendar  its days and bars per day
 * @returns         [events] in the order given
 * @throws E_INTERNAL on a bar outside the calendar
 * @source research specification section 10.5
 * @vector events.placebo
 */
export function shiftBars(bars: ArrayLike<number>, shiftDays: number, { days, barsPerDay }: PlaceboCalendar): Int32Array {
  const length = days * barsPerDay;
  return Int32Array.from(bars, (bar) => {
    if (!(bar >= 0 && bar < length)) throw new AppError('E_INTERNAL', { problem: `event bar ${bar} is outside a calendar of ${length} bars` });
    const moved = (bar + shiftDays * barsPerDay) % length;
    return moved < 0 ? moved + length : moved;
  });
}

export interface PlaceboDatesOptions extends PlaceboCalendar {
  /** Bars before and after every event that no placebo may lie in, ends included. */
  readonly exclusionBars: number;
  readonly draws: number;
  /** Prefix of the streams, `<stream>/<draw>`; include the symbol, so that no symbol changes another's draws. */
  readonly stream: string;
}

/**
 * Placebo dates for the events of one symbol, each on its own: the same time of day on a random other day, outside the exclusion windows of all of them.
 *
 * @param bars    [events] bars of the events on the calendar, read only
 * @param options calendar, exclusion, draws, stream
 * @returns       [draws][events] in the order given; null when some time of day has no day left
 * @throws E_INTERNAL on a bar outside the calendar
 * @source statistics specification section 8
 * @vector events.placebo
 */
export function placeboDates(bars: ArrayLike<number>, options: PlaceboDatesOptions): Int32Array[] | null {
  const { days, barsPerDay, exclusionBars, draws, stream } = options;
  const isExcluded = new Uint8Array(days * barsPerDay);
  for (const bar of shiftBars(bars, 0, options)) isExcluded.fill(1, Math.max(0, bar - exclusionBars), bar + exclusionBars + 1);
  const freeDays = new Map<number, Int32Array>();
  for (const slot of new Set(Array.from(bars, (bar) => bar % barsPerDay))) {
    const sameTime = Int32Array.from({ length: days }, (_, day) => day * barsPerDay + slot);
    freeDays.set(
      slot,
      sameTime.filter((bar) => isExcluded[bar] === 0),
    );
  }
  const choices = Array.from(bars, (bar) => freeDays.get(bar % barsPerDay)!);
  if (choices.some((free) => free.length === 0)) return null;
  return Array.from({ length: draws }, (_, draw) => {
    const state = namedStream(`${stream}/${draw}`);
    return Int32Array.from(choices, (free) => free[nextIndex(state, free.length)]!);
  });
}
