import { fillUniforms, namedStream, nextUniform } from '../../core/random.ts';
import { barsPerDay } from '../../core/time.ts';
import type { Line } from '../accounting.ts';
import { type PositionPath, pathOfPositions } from '../overlay/path.ts';

/** Draws of each random placebo. */
export const placeboDraws = 199;
/** Nets that differ by less are equal but for the order in which they were summed. */
const rounding = 1e-9;

/** What a line earned net, and what it would have earned under each placebo. Lines of a book add up draw by draw. */
export interface PlaceboNets {
  readonly own: number;
  /** [draws] its positions moved by whole days, all lines of a book by the same number. */
  readonly shifted: Float64Array;
  /** [draws] each of its positions begun at a random bar, side and length kept. */
  readonly random: Float64Array;
  /** Every position on the other side. */
  readonly reversed: number;
}

/** How often a book without the strategy's timing, or with its direction turned around, does as well. */
export interface Placebo {
  readonly shifted_entries: PlaceboRate;
  readonly random_entry: PlaceboRate;
  readonly reversed_direction: PlaceboRate;
}

interface PlaceboRate {
  readonly draws: number;
  /** Share of placebos whose net return is at least the book's own; null when it has no position. */
  readonly pass_rate: number | null;
  /** Mean net return of the placebos. */
  readonly mean_net_return: number | null;
}

/**
 * Net returns of one line under the three placebos. Costs are the line's own: each placebo changes its position as often.
 *
 * @param fundingRate [rows] as the money of the line saw it; zeros where funding is not paid
 * @source governance specification 17.6; statistics specification 8 (placebo dates)
 */
export function placeboNets(
  { strategy, symbol, money, returns }: Pick<Line, 'strategy' | 'symbol' | 'money' | 'returns'>,
  fundingRate: Float64Array,
): PlaceboNets {
  const rows = returns.length;
  const path = pathOfPositions(money.position);
  const earned = earnedBefore(returns, fundingRate);
  let [gain, cost] = [0, 0];
  for (let span = 0, row = 0; span < money.spans.length; span += 2) {
    for (row = Math.max(row, money.spans[span]!); row < money.spans[span + 1]!; row++) {
      gain += money.gross[row]! + money.funding[row]!;
      cost += money.cost[row]!;
    }
  }
  const days = Math.floor(rows / barsPerDay);
  const shifted = new Float64Array(placeboDraws);
  const random = new Float64Array(placeboDraws);
  const shifts = namedStream('seed=1/placebo_shift/book/0');
  const entries = namedStream(`seed=1/placebo_entry/${strategy}.${symbol}/0`);
  const later = new Float64Array(path.count);
  for (let draw = 0; draw < placeboDraws; draw++) {
    later.fill((1 + Math.floor(nextUniform(shifts) * Math.max(0, days - 1))) * barsPerDay);
    shifted[draw] = movedGain(path, earned, later) - cost;
    fillUniforms(entries, later);
    for (let i = 0; i < later.length; i++) later[i] = Math.floor(later[i]! * rows);
    random[draw] = movedGain(path, earned, later) - cost;
  }
  return { own: gain - cost, shifted, random, reversed: -gain - cost };
}

/** [rows + 1] what a unit long position earns before row i: price moves and funding, summed. */
function earnedBefore(returns: Float64Array, fundingRate: Float64Array): Float64Array {
  const earned = new Float64Array(returns.length + 1);
  for (let row = 0; row < returns.length; row++) {
    const move = returns[row]!;
    earned[row + 1] = earned[row]! + (move === move ? move : 0) - fundingRate[row]!;
  }
  return earned;
}

/** What the stretches of a path earn when each begins so many rows later (0 to all of them), the end of the data joined to its start. */
function movedGain({ count, from, to, position }: PositionPath, earned: Float64Array, later: Float64Array): number {
  const rows = earned.length - 1;
  let gain = 0;
  for (let i = 0; i < count; i++) {
    const moved = from[i]! + 1 + later[i]!;
    const start = moved < rows ? moved : moved - rows;
    const end = start + Math.min(to[i]!, rows - 1) - from[i]!;
    const sum = end <= rows ? earned[end]! : earned[rows]! + earned[end - rows]!;
    gain += position[i]! * (sum - earned[start]!);
  }
  return gain;
}

/** Pass rates of a book from those of its lines. Random placebos count themselves in: (1 + passes) / (1 + draws). */
export function placeboRates(lines: readonly PlaceboNets[]): Placebo {
  const own = lines.reduce((sum, line) => sum + line.own, 0);
  const isIdle = lines.every((line) => line.own === 0 && line.reversed === 0);
  const rate = (of: (line: PlaceboNets) => Float64Array): PlaceboRate => {
    if (isIdle) return { draws: placeboDraws, pass_rate: null, mean_net_return: null };
    let [passes, total] = [0, 0];
    for (let draw = 0; draw < placeboDraws; draw++) {
      let net = 0;
      for (const line of lines) net += of(line)[draw]!;
      total += net;
      if (net >= own - rounding) passes++;
    }
    return { draws: placeboDraws, pass_rate: (1 + passes) / (1 + placeboDraws), mean_net_return: total / placeboDraws };
  };
  const reversed = lines.reduce((sum, line) => sum + line.reversed, 0);
  return {
    shifted_entries: rate(({ shifted }) => shifted),
    random_entry: rate(({ random }) => random),
    reversed_direction: isIdle
      ? { draws: 1, pass_rate: null, mean_net_return: null }
      : { draws: 1, pass_rate: reversed >= own - rounding ? 1 : 0, mean_net_return: reversed },
  };
}
