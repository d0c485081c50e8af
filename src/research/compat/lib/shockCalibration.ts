import { detectShocks, shockDefinition, type ShockSeries, shockThreshold } from './volShock.ts';

/** One candidate quantile of one symbol, with what was selected for the symbol repeated on each row. */
export interface CalibrationRow {
  readonly symbol: string;
  readonly shock_quantile: number;
  readonly t_shock: number;
  readonly event_count: number;
  readonly min_events: number;
  readonly meets_min_events: boolean;
  readonly selected: boolean;
  readonly selected_quantile: number;
  readonly selected_t_shock: number;
  readonly selected_event_count: number;
}

/**
 * Candidate thresholds of one symbol, ascending: the highest quantile with enough events is selected; without one 0.99 where it is a candidate,
 * else the highest.
 *
 * @param quantiles those outside (0, 1) are dropped; none left means 0.99 alone
 * @source research specification 3.1
 */
export function calibrateShocks(
  series: ShockSeries,
  { quantiles, minEvents }: { quantiles: readonly number[]; minEvents: number },
): CalibrationRow[] {
  const usable = [...new Set(quantiles)].filter((level) => level > 0 && level < 1).sort((a, b) => a - b);
  const rows = (usable.length === 0 ? [shockDefinition.shockQuantile] : usable).map((level) => {
    const threshold = shockThreshold(series, level);
    const count = detectShocks(series, threshold).length;
    return {
      symbol: series.frame.symbol,
      shock_quantile: level,
      t_shock: threshold,
      event_count: count,
      min_events: minEvents,
      meets_min_events: count >= minEvents,
    };
  });
  const chosen =
    rows.findLast((row) => row.meets_min_events) ?? rows.find((row) => row.shock_quantile === shockDefinition.shockQuantile) ?? rows.at(-1)!;
  return rows.map((row) => ({
    ...row,
    selected: row === chosen,
    selected_quantile: chosen.shock_quantile,
    selected_t_shock: chosen.t_shock,
    selected_event_count: chosen.event_count,
  }));
}
