/** Money and exposure of lines added up by UTC day, as fractions of the unit notional of a line. Filled by rehearsals (accounting.ts). */
export interface DailySums {
  /** First day, in days since 1970-01-01. */
  readonly firstDay: number;
  /** [days] price move and funding of the positions carried into the day's bars. */
  readonly gross: Float64Array;
  /** [days] fees and slippage, positive. */
  readonly cost: Float64Array;
  /** Sum over bars of absolute positions carried into them. */
  exposure: number;
  /** Sum of absolute position changes. */
  turnover: number;
}

/** Sums of so many days, all zero. */
export function emptySums(firstDay: number, days: number): DailySums {
  return { firstDay, gross: new Float64Array(days), cost: new Float64Array(days), exposure: 0, turnover: 0 };
}

/** The sums set back to zero. */
export function clearSums(sums: DailySums): DailySums {
  sums.gross.fill(0);
  sums.cost.fill(0);
  sums.exposure = 0;
  sums.turnover = 0;
  return sums;
}

/** Adds other sums of the same days. */
export function addSums(sums: DailySums, other: DailySums): DailySums {
  for (let day = 0; day < sums.gross.length; day++) {
    sums.gross[day]! += other.gross[day]!;
    sums.cost[day]! += other.cost[day]!;
  }
  sums.exposure += other.exposure;
  sums.turnover += other.turnover;
  return sums;
}
