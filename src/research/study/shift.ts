import { namedStream, nextIndex } from '../../core/random.ts';
import { barsPerDay } from '../../core/time.ts';
import type { StudyEvent } from './detect.ts';
import type { RowRange } from './frame.ts';
import type { MatchedSymbol, Matcher } from './match.ts';

/** One symbol of a slice, as the shift test moves it. */
export interface ShiftPart {
  readonly range: RowRange;
  readonly events: readonly StudyEvent[];
  readonly matcher: Matcher;
}

/**
 * Effects when nothing but the event times is wrong: the whole train of events of every symbol is moved by the same random
 * number of days around the slice, controls are found again, and the effects measured again. Clustering in time, the
 * dependence between symbols and the time of day stay.
 *
 * @param measure effects of all estimands for matched events, in a fixed order; null where one cannot be told
 * @param draws   moves
 * @param stream  prefix of the stream names, one per draw
 * @returns       [estimands][draws], NaN where a draw gave nothing
 * @source        research specification 10.5 (permutation test); Phipson & Smyth 2010 for the p-value
 */
export function shiftedEffects(
  parts: readonly ShiftPart[],
  measure: (matched: readonly MatchedSymbol[]) => readonly (number | null)[],
  { draws, stream, estimands }: { draws: number; stream: string; estimands: number },
): Float64Array[] {
  const effects = Array.from({ length: estimands }, () => new Float64Array(draws).fill(Number.NaN));
  const length = Math.max(0, ...parts.map(({ range }) => range.to - range.from));
  const days = Math.floor(length / barsPerDay);
  if (days < 3) return effects;
  for (let draw = 0; draw < draws; draw++) {
    const offset = (1 + nextIndex(namedStream(`${stream}/${draw}`), days - 1)) * barsPerDay;
    const matched = parts.map((part) => part.matcher.match(part.events.flatMap((event) => moved(event, part, offset) ?? [])));
    measure(matched).forEach((effect, i) => {
      if (effect !== null) effects[i]![draw] = effect;
    });
  }
  return effects;
}

function moved(event: StudyEvent, { range, matcher }: ShiftPart, offset: number): StudyEvent | null {
  const length = range.to - range.from;
  const anchor = range.from + ((event.anchor - range.from + offset) % length);
  const by = anchor - event.anchor;
  const [trigger, exit] = [event.trigger + by, event.exit + by];
  if (trigger < range.from || exit >= range.to || !matcher.isEligible(anchor)) return null;
  return { ...event, trigger, anchor, exit };
}

export type Direction = 'increase' | 'decrease' | 'different';

/**
 * Share of draws at least as extreme as the observed effect, itself counted: (1 + count) / (draws + 1). Never 0; null without a usable draw.
 *
 * @source Phipson & Smyth 2010
 */
export function placeboP(observed: number, draws: Float64Array, direction: Direction): number | null {
  const usable = draws.filter((draw) => !Number.isNaN(draw));
  if (usable.length === 0) return null;
  const center = direction === 'different' ? usable.reduce((sum, draw) => sum + draw, 0) / usable.length : 0;
  let count = 0;
  for (const draw of usable) {
    if (
      direction === 'increase'
        ? draw >= observed
        : direction === 'decrease'
          ? draw <= observed
          : Math.abs(draw - center) >= Math.abs(observed - center)
    )
      count++;
  }
  return (1 + count) / (usable.length + 1);
}

/**
 * Step-down adjusted p-values of a family measured on the same draws: at each step the largest standardized draw among what is left.
 *
 * @param observed [estimands]
 * @param draws    [estimands][draws], the same draw across estimands; NaN is left out
 * @returns        [estimands] adjusted p, null where an estimand has no usable draws
 * @source         Romano & Wolf 2005; Westfall & Young 1993
 */
export function stepDownP(observed: readonly (number | null)[], draws: readonly Float64Array[]): (number | null)[] {
  const standard = draws.map((values) => standardize(values));
  const scores = observed.map((value, i) => (value === null || standard[i] === null ? null : Math.abs(value - standard[i]!.mean) / standard[i]!.sd));
  const order = scores.flatMap((score, i) => (score === null ? [] : [i])).sort((a, b) => scores[b]! - scores[a]! || a - b);
  const adjusted: (number | null)[] = observed.map(() => null);
  let least = 0;
  order.forEach((estimand, step) => {
    const left = order.slice(step);
    let [count, usable] = [0, 0];
    for (let draw = 0; draw < draws[estimand]!.length; draw++) {
      let largest = Number.NEGATIVE_INFINITY;
      for (const other of left) {
        const value = draws[other]![draw]!;
        if (!Number.isNaN(value)) largest = Math.max(largest, Math.abs(value - standard[other]!.mean) / standard[other]!.sd);
      }
      if (largest === Number.NEGATIVE_INFINITY) continue;
      usable++;
      if (largest >= scores[estimand]!) count++;
    }
    least = Math.max(least, (1 + count) / (usable + 1));
    adjusted[estimand] = least;
  });
  return adjusted;
}

function standardize(values: Float64Array): { mean: number; sd: number } | null {
  const usable = values.filter((value) => !Number.isNaN(value));
  if (usable.length < 2) return null;
  const mean = usable.reduce((sum, value) => sum + value, 0) / usable.length;
  const sd = Math.sqrt(usable.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / (usable.length - 1));
  return sd > 0 ? { mean, sd } : null;
}

/** Number, mean and standard deviation of usable null draws. */
export function summarize(draws: Float64Array): { draws: number; null_mean: number | null; null_sd: number | null } {
  const usable = draws.filter((draw) => !Number.isNaN(draw));
  const count = usable.length;
  if (count === 0) return { draws: 0, null_mean: null, null_sd: null };
  const mean = usable.reduce((sum, draw) => sum + draw, 0) / count;
  const sd = count < 2 ? null : Math.sqrt(usable.reduce((sum, draw) => sum + (draw - mean) * (draw - mean), 0) / (count - 1));
  return { draws: count, null_mean: mean, null_sd: sd };
}
