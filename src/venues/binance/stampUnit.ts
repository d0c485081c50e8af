import { epochUnit } from '../../market/epochUnit.ts';

/** How many units of a file's time stamps make one millisecond. */
export interface StampUnit {
  readonly name: 'seconds' | 'milliseconds' | 'microseconds';
  readonly perMs: number;
}

const units: Partial<Record<string, StampUnit>> = {
  s: { name: 'seconds', perMs: 0.001 },
  ms: { name: 'milliseconds', perMs: 1 },
  us: { name: 'microseconds', perMs: 1_000 },
};

/**
 * The unit in which a stamp is a plausible time, or null. Stamps in nanoseconds are beyond 2^53 and never get here.
 * Archives changed from milliseconds to microseconds in 2025: binance-public-data#386.
 */
export function stampUnit(stamp: number): StampUnit | null {
  return units[epochUnit(stamp).unit ?? ''] ?? null;
}

/** Epoch ms of a stamp; fractions of a millisecond are kept. */
export function stampToMs(stamp: number, unit: StampUnit): number {
  return unit.perMs === 0.001 ? stamp * 1_000 : stamp / unit.perMs;
}
