/** Unit of an epoch number. */
export type EpochUnit = 's' | 'ms' | 'us' | 'ns';

export interface EpochTime {
  /** Null when the number is no plausible time in any unit. */
  readonly unit: EpochUnit | null;
  /** Epoch ms, finer digits cut off; null with the unit. */
  readonly ms: number | null;
}

/** Plausible calendar span [2015-01-01, 2100-01-01) in epoch ms. */
const earliestMs = 1_420_070_400_000;
const latestMs = 4_102_444_800_000;

/** How many of a unit make one ms; for seconds, how many ms make one of them. */
const finerUnits = [
  ['ms', 1],
  ['us', 1_000],
  ['ns', 1_000_000],
] as const;

/**
 * The unit of an epoch number, found by where it falls in a plausible calendar, and the time in ms.
 *
 * @param value whole epoch number of unknown unit; a bigint keeps nanoseconds exact
 * @returns     null unit and time for anything outside 2015 to 2100, fractions, NaN and Infinity
 * @source binance-public-data: spot archives changed from milliseconds to microseconds in 2025
 * @vector data.epochUnit
 */
export function epochUnit(value: number | bigint): EpochTime {
  if (typeof value === 'number' && !Number.isInteger(value)) return { unit: null, ms: null };
  for (const [unit, perMs] of finerUnits) {
    const ms = wholeMs(value, perMs);
    if (isPlausible(ms)) return { unit, ms };
  }
  const fromSeconds = Number(value) * 1_000;
  return isPlausible(fromSeconds) ? { unit: 's', ms: fromSeconds } : { unit: null, ms: null };
}

/** Remainders of doubles are exact, so nothing rounds up into the next ms. */
function wholeMs(value: number | bigint, perMs: number): number {
  if (typeof value === 'bigint') return Number(value / BigInt(perMs));
  return (value - (value % perMs)) / perMs;
}

function isPlausible(ms: number): boolean {
  return ms >= earliestMs && ms < latestMs;
}
