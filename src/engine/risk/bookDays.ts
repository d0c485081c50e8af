import { dayMs } from '../../core/time.ts';

/** What is read of a book or of a part of it, all [rows] on a gapless grid, as fractions of the unit notional. */
export interface RiskSeries {
  readonly openTime: Float64Array;
  readonly pnl: Float64Array;
  readonly cost: Float64Array;
  readonly grossExposure: Float64Array;
  readonly netExposure: Float64Array;
  /** One series per delay of engine/latencySensitivity.ts. */
  readonly delayedPnl: readonly Float64Array[];
}

/** Costs as multiples of the run's own under which every objective is shown. */
export const costMultiples = [1, 1.5, 2, 3] as const;

/** A book by UTC day: every day that has a bar, an incomplete last one included. All [days]. */
export interface BookDays {
  /** Days since 1970-01-01. */
  readonly firstDay: number;
  /** Sum of pnl. */
  readonly net: Float64Array;
  /** Sum of costs, positive. */
  readonly cost: Float64Array;
  /** Product of (1 + pnl) under each of `costMultiples`. */
  readonly growth: readonly Float64Array[];
}

/** The days of a book, one pass over its bars. */
export function bookDays({ openTime, pnl, cost }: Pick<RiskSeries, 'openTime' | 'pnl' | 'cost'>): BookDays {
  const rows = pnl.length;
  const firstDay = rows === 0 ? 0 : Math.floor(openTime[0]! / dayMs);
  const days = rows === 0 ? 0 : Math.floor(openTime[rows - 1]! / dayMs) - firstDay + 1;
  const column = (): Float64Array => new Float64Array(days);
  const book: BookDays = { firstDay, net: column(), cost: column(), growth: costMultiples.map(() => column().fill(1)) };
  for (let row = 0; row < rows; row++) {
    const [earned, paid] = [pnl[row]!, cost[row]!];
    if (earned === 0 && paid === 0) continue;
    const day = Math.floor(openTime[row]! / dayMs) - firstDay;
    book.net[day]! += earned;
    book.cost[day]! += paid;
    for (let k = 0; k < costMultiples.length; k++) book.growth[k]![day]! *= 1 + earned - (costMultiples[k]! - 1) * paid;
  }
  return book;
}

/** A column of a book summed by its days, [days]. */
export function sumsByDay(openTime: Float64Array, column: Float64Array, { days, of }: { days: number; of: (value: number) => number }): Float64Array {
  const sums = new Float64Array(days);
  const firstDay = Math.floor((openTime[0] ?? 0) / dayMs);
  for (let row = 0; row < column.length; row++) {
    const value = of(column[row]!);
    if (value !== 0) sums[Math.floor(openTime[row]! / dayMs) - firstDay]! += value;
  }
  return sums;
}
