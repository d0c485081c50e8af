import { barsToRange, firstBar, peakOf, rangeShare, spanOf } from './bars.ts';
import { stampText } from './table.ts';
import { finiteOf, meanOf, quantileOf } from './sample.ts';
import { type Shock, shockDefinition, type ShockSeries } from './volShock.ts';

/** What is measured after a shock and after a control bar. Times are bars after the first one; NaN is "not seen". */
export interface ShockOutcomes {
  readonly relaxed_within_96: number;
  readonly auc_excess_rv: number;
  readonly rv_decay_half_life: number;
  readonly secondary_shock_within_h: number;
  readonly time_to_secondary_shock: number;
  readonly range_pct_96: number;
  readonly time_to_range_expansion: number;
}

/** A row of the event table before its tags. */
export interface ShockEvent extends ShockOutcomes {
  readonly event_id: string;
  readonly symbol: string;
  readonly vsr_def_version: string;
  readonly enter_idx: number;
  readonly exit_idx: number;
  readonly enter_ts: string;
  readonly exit_ts: string;
  readonly duration_bars: number;
  readonly time_to_relax: number;
  readonly rv_peak: number;
  readonly t_rv_peak: number;
  readonly rv_base_enter: number;
  readonly realized_vol_mean_96: number;
  readonly realized_vol_p90_96: number;
  readonly skew_returns_96: number;
  readonly kurtosis_returns_96: number;
}

/** Columns of the event table before its tags. */
export const eventColumns =
  'event_id symbol vsr_def_version enter_idx exit_idx enter_ts exit_ts duration_bars time_to_relax rv_peak t_rv_peak rv_base_enter rv_decay_half_life ' +
  'auc_excess_rv secondary_shock_within_h time_to_secondary_shock realized_vol_mean_96 realized_vol_p90_96 range_pct_96 relaxed_within_96 ' +
  'skew_returns_96 kurtosis_returns_96';

/** The event row of a shock, the `place`-th of its symbol counted from 0. */
export function shockEvent(series: ShockSeries, threshold: number, { shock, place }: { shock: Shock; place: number }): ShockEvent {
  const { frame, rv, base, logReturn } = series;
  const { enter, exit } = shock;
  const window = { from: enter, to: horizonEnd(frame.rows, enter) };
  const peak = peakOf(rv, { from: enter, to: exit })!;
  const returns = finiteOf(spanOf(logReturn, window));
  return {
    event_id: `vsr_${shockDefinition.version}_${frame.symbol}_${String(place + 1).padStart(6, '0')}`,
    symbol: frame.symbol,
    vsr_def_version: shockDefinition.version,
    enter_idx: enter,
    exit_idx: exit,
    enter_ts: stampText(frame.openTime[enter]!),
    exit_ts: stampText(frame.openTime[exit]!),
    duration_bars: exit - enter + 1,
    time_to_relax: exit - enter,
    rv_peak: rv[peak]!,
    t_rv_peak: peak - enter,
    rv_base_enter: base[enter]!,
    ...shockOutcomes(series, threshold, { from: enter, to: exit, secondaryUntil: Math.min(exit, window.to) }),
    realized_vol_mean_96: meanOf(spanOf(rv, window)),
    realized_vol_p90_96: quantileOf(spanOf(rv, window), 0.9),
    ...shapeOf(returns),
  };
}

/** Outcomes of a control bar that is given the duration of its event, so that `relaxed_within_96` is the event's own (S-04). */
export function controlOutcomes(series: ShockSeries, threshold: number, { bar, duration }: { bar: number; duration: number }): ShockOutcomes {
  const to = Math.min(series.frame.rows - 1, bar + duration - 1);
  return shockOutcomes(series, threshold, { from: bar, to, secondaryUntil: to });
}

/** `secondaryUntil`: the last bar on which a second shock counts, which events cut at the horizon and controls do not. */
function shockOutcomes(
  series: ShockSeries,
  threshold: number,
  { from, to, secondaryUntil }: { from: number; to: number; secondaryUntil: number },
): ShockOutcomes {
  const { frame, rv, base, ratio } = series;
  const window = { from, to: horizonEnd(frame.rows, from) };
  const peak = peakOf(rv, { from, to });
  const middle = peak === null ? Number.NaN : base[from]! + 0.5 * (rv[peak]! - base[from]!);
  // Searched from the first bar, not from the peak (S-06).
  const calm = firstBar({ from, to: from + Math.min(shockDefinition.horizonBars, frame.rows - from) - 1 }, (bar) => rv[bar]! <= middle);
  // A bar after the peak that is still above the threshold counts; no new crossing is asked for (S-05).
  const second = peak === null ? null : firstBar({ from: peak + 1, to: secondaryUntil }, (bar) => ratio[bar]! >= threshold);
  return {
    relaxed_within_96: to - from <= shockDefinition.horizonBars ? 1 : 0,
    auc_excess_rv: spanOf(rv, window).reduce((sum, value) => sum + (value > base[from]! ? value - base[from]! : 0), 0),
    rv_decay_half_life: calm === null ? Number.NaN : calm - from,
    secondary_shock_within_h: second === null ? 0 : 1,
    time_to_secondary_shock: second === null ? Number.NaN : second - from,
    range_pct_96: rangeShare(series, window),
    time_to_range_expansion: barsToRange(series, window, shockDefinition.rangeExpansion),
  };
}

function horizonEnd(rows: number, from: number): number {
  return Math.min(rows - 1, from + shockDefinition.horizonBars);
}

/** Bias-adjusted skewness and excess kurtosis; NaN for fewer than 3 and 4 values or no dispersion. */
function shapeOf(values: Float64Array): Pick<ShockEvent, 'skew_returns_96' | 'kurtosis_returns_96'> {
  const m = values.length;
  const center = meanOf(values);
  const std = Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (m - 1));
  const power = (exponent: number) => values.reduce((sum, value) => sum + ((value - center) / std) ** exponent, 0);
  const isFlat = !(std > 0);
  return {
    skew_returns_96: m < 3 || isFlat ? Number.NaN : (m / ((m - 1) * (m - 2))) * power(3),
    kurtosis_returns_96:
      m < 4 || isFlat ? Number.NaN : ((m * (m + 1)) / ((m - 1) * (m - 2) * (m - 3))) * power(4) - (3 * (m - 1) ** 2) / ((m - 2) * (m - 3)),
  };
}
