import { hourMs } from '../core/time.ts';

/** Funding events of one symbol, [events], strictly increasing in time. */
export interface FundingEvents {
  /** Settlement instant, epoch ms. */
  readonly time: Float64Array;
  /** Decimal rate per interval. */
  readonly rate: Float64Array;
  /** Hours since the previous settlement as the source states them. */
  readonly intervalHours: Float64Array;
}

export interface AlignedFunding {
  /** [rows] time of the event in force at the bar's open; NaN when none. */
  readonly eventTime: Float64Array;
  readonly rate: Float64Array;
  /** Rows without a rate. */
  readonly missingRows: number;
  /** Rows whose latest event was too old to count. */
  readonly staleRows: number;
}

/** An event stays in force for its interval and this much longer. */
const marginMs = hourMs;

/**
 * The latest funding event at or before each bar's open.
 *
 * @param openTime [rows] ascending, epoch ms
 * @param maxAge `interval` drops an event that is older than its own interval and an hour; `infinite` never does
 * @source core-pipeline specification 8.2 step 8; W27
 */
export function alignFunding(events: FundingEvents, openTime: Float64Array, maxAge: 'interval' | 'infinite'): AlignedFunding {
  const rows = openTime.length;
  const eventTime = new Float64Array(rows).fill(Number.NaN);
  const rate = new Float64Array(rows).fill(Number.NaN);
  let missingRows = 0;
  let staleRows = 0;
  let current = -1;
  for (let row = 0; row < rows; row++) {
    while (current + 1 < events.time.length && events.time[current + 1]! <= openTime[row]!) current++;
    if (current < 0) {
      missingRows++;
      continue;
    }
    const age = openTime[row]! - events.time[current]!;
    if (maxAge === 'interval' && age > intervalAfter(events, current) + marginMs) {
      missingRows++;
      staleRows++;
      continue;
    }
    eventTime[row] = events.time[current]!;
    rate[row] = events.rate[current]!;
  }
  return { eventTime, rate, missingRows, staleRows };
}

/** Milliseconds until the next settlement is due: the larger of this event's interval and the next one's. */
export function intervalAfter(events: FundingEvents, index: number): number {
  const own = events.intervalHours[index]!;
  const next = index + 1 < events.intervalHours.length ? events.intervalHours[index + 1]! : own;
  return Math.max(own, next) * hourMs;
}

/**
 * The rate that settles at each bar's close: the event of the next row's open. 0 where none settles.
 *
 * @param openTime [rows] of the canonical grid
 * @param eventTime [rows] event in force per row, as aligned
 * @source statistics specification 11 (funding)
 */
export function settlingRates(openTime: Float64Array, eventTime: Float64Array, rate: Float64Array): Float64Array {
  const out = new Float64Array(openTime.length);
  for (let row = 1; row < openTime.length; row++) {
    const isNew = eventTime[row]! > openTime[row - 1]! && eventTime[row]! <= openTime[row]!;
    if (isNew && rate[row] === rate[row]) out[row - 1] = rate[row]!;
  }
  return out;
}
