import { expectedShortfall } from '../../stats/expectedShortfall.ts';
import type { BookDays, RiskSeries } from './bookDays.ts';

/** Figures that the limits of a specification are compared with. Definitions are in docs/metrics.md. */
export interface RiskMetrics {
  readonly days: number;
  readonly cvar_99_1d: number | null;
  readonly cvar_tail_days: number;
  readonly bps_per_day: number | null;
  readonly trades_per_day: number | null;
  readonly max_gross: number;
  readonly max_net: number;
  readonly max_per_symbol: number;
  readonly max_time_in_market: number | null;
}

/** Fewer days than this in the tail are no tail. */
const leastTailDays = 3;

/**
 * Tail loss, turnover and exposure of a book.
 *
 * @param trades     round trips begun
 * @param symbolPeak largest absolute net position of any one symbol
 * @formula cvar_99_1d = mean loss of the worst 1 % of UTC days (fractional weight on the last of them); bps_per_day = 10,000 sum(cost) / days
 * @source governance specification 17.6; statistics specification 9
 */
export function riskMetrics(series: RiskSeries, days: BookDays, { trades, symbolPeak }: { trades: number; symbolPeak: number }): RiskMetrics {
  const { grossExposure, netExposure } = series;
  const rows = grossExposure.length;
  let [gross, net, held] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    if (grossExposure[row]! > gross) gross = grossExposure[row]!;
    if (Math.abs(netExposure[row]!) > net) net = Math.abs(netExposure[row]!);
    if (grossExposure[row] !== 0) held++;
  }
  const count = days.net.length;
  const tail = expectedShortfall(
    days.growth[0]!.map((growth) => growth - 1),
    0.99,
  );
  const tailDays = Math.ceil(tail.tailObservations);
  let cost = 0;
  for (const paid of days.cost) cost += paid;
  return {
    days: count,
    cvar_99_1d: tailDays < leastTailDays ? null : tail.expectedShortfall,
    cvar_tail_days: tailDays,
    bps_per_day: count === 0 ? null : (10_000 * cost) / count,
    trades_per_day: count === 0 ? null : trades / count,
    max_gross: gross,
    max_net: net,
    max_per_symbol: symbolPeak,
    max_time_in_market: rows === 0 ? null : held / rows,
  };
}

/** Largest absolute value of a column; 0 for none. */
export function peakOf(column: Float64Array): number {
  let peak = 0;
  for (let row = 0; row < column.length; row++) if (Math.abs(column[row]!) > peak) peak = Math.abs(column[row]!);
  return peak;
}
