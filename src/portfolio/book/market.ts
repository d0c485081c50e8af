import { barsPerDay } from '../../core/time.ts';
import type { DayRange } from '../universe/membership.ts';

/** Prices of all symbols on one grid of whole UTC days, 96 bars each. Read only. */
export interface Market extends DayRange {
  readonly symbols: readonly string[];
  /** 96 times days. */
  readonly rows: number;
  /** [symbols][rows] return from close to close, carried over gaps; 0 where there is none. */
  readonly returns: readonly Float64Array[];
  /** [symbols][rows] 1 where there is a bar to trade at. */
  readonly isTradable: readonly Uint8Array[];
  /** [symbols][rows] rate that settles at the bar's close; a long position carried into it pays. */
  readonly fundingRate: readonly Float64Array[];
}

/** Day of a row. */
export function dayOfRow(row: number): number {
  return Math.floor(row / barsPerDay);
}
