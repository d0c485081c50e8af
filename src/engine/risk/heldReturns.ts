import { dayMs } from '../../core/time.ts';
import type { Line } from '../accounting.ts';

/** Returns of consecutive UTC days. */
export interface DayReturns {
  /** Days since 1970-01-01. */
  readonly firstDay: number;
  /** [days] */
  readonly returns: Float64Array;
}

/**
 * What a line would have earned without any timing: its own mean position, held on every bar, funding paid, no cost of trading. The baseline of a
 * strategy: what is left beside it is its timing.
 *
 * @param openTime    [rows] on a gapless grid
 * @param fundingRate [rows] as the money of the line saw it; zeros where funding is not paid
 * @formula day = sum over its bars of mean(position) (return - funding rate)
 * @source statistics specification 15 (SPA against the baseline)
 */
export function heldReturns(
  { money: { position }, returns }: Pick<Line, 'money' | 'returns'>,
  openTime: Float64Array,
  fundingRate: Float64Array,
): DayReturns {
  const rows = returns.length;
  if (rows === 0) return { firstDay: 0, returns: new Float64Array(0) };
  const firstDay = Math.floor(openTime[0]! / dayMs);
  const byDay = new Float64Array(Math.floor(openTime[rows - 1]! / dayMs) - firstDay + 1);
  let held = 0;
  for (let row = 0; row < rows; row++) held += position[row]!;
  held /= rows;
  if (held === 0) return { firstDay, returns: byDay };
  for (let row = 0, day = 0; row < rows; day++) {
    const end = (firstDay + day + 1) * dayMs;
    let earned = 0;
    for (; row < rows && openTime[row]! < end; row++) {
      const move = returns[row]!;
      earned += (move === move ? move : 0) - fundingRate[row]!;
    }
    byDay[day] = held * earned;
  }
  return { firstDay, returns: byDay };
}
