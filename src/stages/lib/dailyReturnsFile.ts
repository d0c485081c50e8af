import { barMs, dayMs, formatDay } from '../../core/time.ts';
import type { Line } from '../../engine/accounting.ts';
import { type Book, sumBook } from '../../engine/book.ts';
import { dailyReturnsByTime } from '../../stats/dailyReturns.ts';
import type { RiskLine } from './riskMetrics.ts';

/** `daily_returns.json`: what each strategy of a run returned on each UTC day, beside what it is compared with. Only whole days. */
export interface DailyReturnsFile {
  readonly first_day: string;
  readonly days: number;
  readonly strategies: Readonly<Record<string, StrategyDays>>;
}

/** All series [days], as fractions of the unit notional of a line. */
export interface StrategyDays {
  /** UTC midnights that its longest trade lasts over. */
  readonly longest_trade_days: number;
  /** Net returns compounded inside the day: what the daily Sharpe ratio is taken of. */
  readonly net: readonly number[];
  /** Its mean positions, held throughout. */
  readonly held: readonly number[];
  /** Net returns without one of the overlays on it, by its name. */
  readonly without: Readonly<Record<string, readonly number[]>>;
}

/** A line as it would have been without one overlay, by the overlay's name. */
export interface BareLine {
  readonly line: Line;
  readonly openTime: Float64Array;
  readonly overlay: string;
}

/** The file of a run. @param bare lines without each of the overlays */
export function dailyReturnRecords(
  strategies: Readonly<Record<string, Book>>,
  lines: readonly RiskLine[],
  bare: readonly BareLine[],
): DailyReturnsFile {
  const nets = Object.entries(strategies).map(([id, book]) => ({ id, ...daysOf(book) }));
  const days = nets[0]?.days ?? new Float64Array(0);
  const firstDay = (days[0] ?? 0) / dayMs;
  const overlays = [...new Set(bare.map(({ overlay }) => overlay))].sort();
  const without = (id: string, overlay: string) =>
    daysOf(sumBook(bare.filter((other) => other.overlay === overlay && other.line.strategy === id))).returns;
  const recordOf = (id: string, net: Float64Array): StrategyDays => {
    const own = lines.filter(({ line }) => line.strategy === id);
    return {
      longest_trade_days: longestTrade(own.map(({ line }) => line)),
      net: [...net],
      held: heldTogether(own, firstDay, days.length),
      without: Object.fromEntries(overlays.map((overlay) => [overlay, [...without(id, overlay)]])),
    };
  };
  return {
    first_day: formatDay(firstDay * dayMs),
    days: days.length,
    strategies: Object.fromEntries(nets.map(({ id, returns }) => [id, recordOf(id, returns)])),
  };
}

function daysOf({ pnl, openTime }: Book): { days: Float64Array; returns: Float64Array } {
  return dailyReturnsByTime(pnl, openTime, barMs);
}

function longestTrade(lines: readonly Line[]): number {
  const days = lines.flatMap(({ trades }) => trades.map(({ entryTime, exitTime }) => Math.floor(exitTime / dayMs) - Math.floor(entryTime / dayMs)));
  return days.reduce((longest, one) => Math.max(longest, one), 0);
}

function heldTogether(lines: readonly RiskLine[], firstDay: number, days: number): number[] {
  const sum = new Float64Array(days);
  for (const { risk } of lines) {
    const offset = risk.held.firstDay - firstDay;
    risk.held.returns.forEach((value, day) => {
      if (day + offset >= 0 && day + offset < days) sum[day + offset]! += value;
    });
  }
  return [...sum];
}
