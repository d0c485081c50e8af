import type { DailySums } from '../../engine/dailySums.ts';
import { perPeriodSharpe } from '../../stats/sharpe.ts';

/** A book under a policy beside the same book without it, day by day. Fractions of the notional of one line. */
export interface Measure {
  /** [days] net money with the policy minus without it. */
  readonly difference: Float64Array;
  /** [days] what the policy earned before costs beyond a random throttle that leaves the same share of exposure. */
  readonly excess: Float64Array;
  /** Share of the baseline's exposure that is left; null where there was none. */
  readonly kept: number | null;
}

/**
 * Compares two runs of a book over the same days.
 *
 * The difference is what an owner of the book would have had more or less, costs included. It rewards trading less as such: any throttle
 * saves costs, and of a losing book any throttle saves losses. The excess takes that away. A throttle without knowledge leaves, on
 * average, the share k of what the book earns before costs, k being the share of exposure it leaves; what a policy earns beyond that it
 * owes to *when* it acted.
 *
 * @formula difference = (G' - C') - (G - C); excess = G' - k G, k = exposure' / exposure; G price moves and funding, C costs of a day
 * @source  research specification 10.9 (matched random throttle), 11.1 S-20, S-29
 */
export function measure(own: DailySums, base: DailySums): Measure {
  const kept = keptShare(own, base);
  const difference = own.gross.map((gross, day) => gross - own.cost[day]! - (base.gross[day]! - base.cost[day]!));
  return { difference, excess: fillExcess(own, base, new Float64Array(own.gross.length)), kept };
}

/** The share of exposure that is left; null where there was none. */
export function keptShare(own: DailySums, base: DailySums): number | null {
  return base.exposure === 0 ? null : own.exposure / base.exposure;
}

/** [days] the excess of `measure`, into memory that is handed in. */
export function fillExcess(own: DailySums, base: DailySums, into: Float64Array): Float64Array {
  const kept = keptShare(own, base) ?? 1;
  for (let day = 0; day < into.length; day++) into[day] = own.gross[day]! - kept * base.gross[day]!;
  return into;
}

/**
 * Mean excess over its deviation: what cells and throttles are compared by, because a policy that acts in wild markets varies more than
 * one that acts at random, whatever it knows. 0 where nothing differs.
 */
export function excessSharpe(excess: Float64Array): number {
  return perPeriodSharpe(excess) ?? 0;
}

/** Mean net difference of a day. */
export function meanDifference(own: DailySums, base: DailySums): number {
  let sum = 0;
  for (let day = 0; day < own.gross.length; day++) sum += own.gross[day]! - own.cost[day]! - (base.gross[day]! - base.cost[day]!);
  return own.gross.length === 0 ? 0 : sum / own.gross.length;
}
