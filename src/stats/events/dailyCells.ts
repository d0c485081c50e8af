import { AppError } from '../../core/errors.ts';
import { mean } from '../moments.ts';
import { requireFinite } from '../requireFinite.ts';
import { requireWhole } from '../requireWhole.ts';

/** Effects of the events of one cell. */
export interface EffectCell {
  /** [events] day of the calendar, from 0. */
  readonly day: ArrayLike<number>;
  /** [events] */
  readonly effect: ArrayLike<number>;
}

/** One cell laid out on the calendar. */
export interface DailyCell {
  readonly events: number;
  readonly eventDays: number;
  readonly mean: number | null;
  /** [days] sum of the day's effects, each less the mean of all; 0 on days without events. */
  readonly residuals: Float64Array;
  /** [days] number of the day's events. */
  readonly counts: Float64Array;
}

/**
 * Effects of each cell by calendar day, days without events included, so that blocks of days are blocks of time.
 * `blockLength` of the residuals is the automatic block length in days.
 *
 * @param cells read only
 * @param days  length of the calendar
 * @throws E_INTERNAL on NaN, Infinity, columns of unequal length or a day outside the calendar
 * @source statistics specification section 8; research specification section 10.5
 * @vector events.clusterBootstrap
 */
export function dailyCells(cells: readonly EffectCell[], days: number): DailyCell[] {
  requireWhole(days, 'days', 1);
  return cells.map(({ day, effect }) => {
    requireFinite(effect, 'effects');
    if (day.length !== effect.length) throw new AppError('E_INTERNAL', { problem: `${effect.length} effects came with ${day.length} days` });
    const center = mean(effect);
    const residuals = new Float64Array(days);
    const counts = new Float64Array(days);
    for (let event = 0; event < effect.length; event++) {
      const at = day[event]!;
      requireWhole(at, 'event day', 0);
      if (at >= days) throw new AppError('E_INTERNAL', { problem: `event day ${at} is outside a calendar of ${days} days` });
      residuals[at]! += effect[event]! - center!;
      counts[at]!++;
    }
    return { events: effect.length, eventDays: counts.reduce((sum, count) => sum + +(count > 0), 0), mean: center, residuals, counts };
  });
}
