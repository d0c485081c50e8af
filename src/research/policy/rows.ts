import { dayMs } from '../../core/time.ts';
import { type DailySums, emptySums } from '../../engine/dailySums.ts';
import { expectedShortfall } from '../../stats/expectedShortfall.ts';
import { mean } from '../../stats/moments.ts';
import { neumaierSum } from '../../stats/sums.ts';
import type { SliceBook } from './book.ts';
import { type Cell, type CellOnSlice, tradesWithin } from './cells.ts';
import type { MemberStanding } from './family.ts';
import { excessSharpe } from './measure.ts';
import type { BaselineRow, CellRow, ThrottleRow } from './result.ts';
import type { Throttles } from './throttles.ts';

const bps = 10_000;

/** A cell's row for one slice; what is not judged there stays null. */
export function cellRow(
  cell: Cell,
  book: SliceBook,
  given: {
    readonly found: CellOnSlice;
    readonly throttles: Throttles | null;
    readonly standing: Partial<MemberStanding>;
    readonly interval: readonly [number, number] | null;
  },
): CellRow {
  const { found, throttles, standing, interval } = given;
  const { lines, slice } = book;
  const { difference, excess, kept } = found.measure;
  const base = book.baseline.total;
  const perLine = (value: number | null): number | null => (value === null ? null : (bps * value) / lines);
  return {
    cell: cell.id,
    condition: cell.condition.id,
    action: cell.action.id,
    slice: slice.id,
    same_as: cell.sameAs,
    days: slice.days,
    condition_share: found.conditionShare,
    missing_share: found.missingShare,
    bound_entries: found.bound,
    trades: found.trades,
    changed_trades: found.changedTrades,
    changed_bars: found.changedBars,
    exposure_kept: kept,
    turnover_kept: base.turnover === 0 ? null : found.total.turnover / base.turnover,
    difference_bps: perLine(mean(difference)),
    ci_low_bps: perLine(interval?.[0] ?? null),
    ci_high_bps: perLine(interval?.[1] ?? null),
    excess_bps: perLine(mean(excess)),
    // Of the trade's own notional, which is that of its line.
    excess_bps_per_trade: found.changedTrades === 0 ? null : (bps * neumaierSum(excess)) / found.changedTrades,
    excess_sharpe: excessSharpe(excess),
    p: standing.p ?? null,
    p_adjusted: standing.pAdjusted ?? null,
    p_by: standing.pBy ?? null,
    throttle_difference_bps: throttles === null ? null : perLine(mean(throttles.difference)),
    deflated_sharpe: standing.deflated ?? null,
    deflated_sharpe_counted: standing.deflatedCounted ?? null,
    max_drawdown_change_bps: perLine(largestFall(net(found.total)) - largestFall(net(base))),
    shortfall_change_bps: perLine(tailLoss(net(found.total), net(base))),
  };
}

/** The random throttles of a cell, one row per draw. */
export function throttleRows(cell: Cell, { slice, lines }: SliceBook, throttles: Throttles): ThrottleRow[] {
  return Array.from(throttles.daysMoved, (moved, draw) => ({
    cell: cell.id,
    slice: slice.id,
    draw,
    days_moved: moved,
    exposure_kept: Number.isNaN(throttles.kept[draw]!) ? null : throttles.kept[draw]!,
    difference_bps: (bps * throttles.difference[draw]!) / lines,
    excess_sharpe: throttles.sharpe[draw]!,
  }));
}

/** The lines of the book without a policy. */
export function baselineRows({ slice, symbols, ranges, baseline }: SliceBook): BaselineRow[] {
  let line = 0;
  return symbols.flatMap(({ lines, frame }, s) =>
    lines.map((rehearsal): BaselineRow => {
      const sums = emptySums(slice.firstDay, slice.days);
      rehearsal.run([], sums);
      return {
        slice: slice.id,
        strategy: rehearsal.strategy,
        symbol: frame.symbol,
        start: slice.firstDay * dayMs,
        days: slice.days,
        trades: tradesWithin(baseline.paths[line++]!, ranges[s]!),
        net_bps: bps * neumaierSum(net(sums)),
        exposure_bars: sums.exposure,
        turnover: sums.turnover,
      };
    }),
  );
}

function net({ gross, cost }: DailySums): Float64Array {
  return gross.map((value, day) => value - cost[day]!);
}

/** Deepest fall of the summed money below its highest point, starting at 0. */
function largestFall(daily: Float64Array): number {
  let [sum, peak, fall] = [0, 0, 0];
  for (const value of daily) {
    sum += value;
    peak = Math.max(peak, sum);
    fall = Math.max(fall, peak - sum);
  }
  return fall;
}

function tailLoss(own: Float64Array, base: Float64Array): number | null {
  const [under, without] = [expectedShortfall(own, 0.95).expectedShortfall, expectedShortfall(base, 0.95).expectedShortfall];
  return under === null || without === null ? null : under - without;
}
