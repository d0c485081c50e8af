import { requireFinite } from './requireFinite.ts';
import { requirePeriods } from './sharpe.ts';
import { sumOver } from './sums.ts';

/**
 * Share of bars with a non-zero position during the bar, 0..1; null for no bars.
 *
 * @param positions [bars] position held during each bar, finite, read only
 * @throws E_INTERNAL on NaN or Infinity
 * @formula count(position != 0) / n
 * @source statistics specification section 9
 * @vector risk.performance
 */
export function timeInMarket(positions: ArrayLike<number>): number | null {
  requireFinite(positions, 'positions');
  if (positions.length === 0) return null;
  let held = 0;
  for (let i = 0; i < positions.length; i++) if (positions[i] !== 0) held++;
  return held / positions.length;
}

/**
 * Sum of absolute position changes, the first entry included and the open end not; null for no bars.
 *
 * @param positions [bars] position held during each bar as a multiple of equity, finite, read only
 * @throws E_INTERNAL on NaN or Infinity
 * @formula sum(|p_t - p_(t-1)|), p_(-1) = 0
 * @source statistics specification section 9
 * @vector risk.performance
 */
export function turnover(positions: ArrayLike<number>): number | null {
  requireFinite(positions, 'positions');
  if (positions.length === 0) return null;
  return sumOver(positions.length, (i) => Math.abs(positions[i]! - (i === 0 ? 0 : positions[i - 1]!)));
}

/**
 * Turnover scaled to a year: total times the periods in a year over the number of bars; null for no bars.
 *
 * @param positions      [bars] position held during each bar as a multiple of equity, finite, read only
 * @param periodsPerYear 35040 for 15-minute bars, 365 for days
 * @throws E_INTERNAL on NaN, Infinity or a factor that is not positive
 * @formula turnover q / n
 * @source statistics specification section 9
 * @vector risk.performance
 */
export function turnoverPerYear(positions: ArrayLike<number>, periodsPerYear: number): number | null {
  requirePeriods(periodsPerYear);
  const total = turnover(positions);
  return total === null ? null : (total * periodsPerYear) / positions.length;
}
