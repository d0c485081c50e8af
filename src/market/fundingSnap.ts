/** One funding time and where it belongs on the grid. */
export interface FundingSnap {
  /** Time as recorded, epoch ms. */
  readonly raw: number;
  /** Nearest grid time, or null when it lies beyond the tolerance: an error for the caller. */
  readonly snapped: number | null;
  /** Recorded minus nearest grid time, in ms. */
  readonly offsetMs: number;
}

/**
 * The nearest grid time of a funding time that jitters by some milliseconds, or null beyond the tolerance.
 *
 * @param raw         epoch ms as recorded
 * @param gridMs      grid spacing, one hour by default
 * @param toleranceMs largest offset that still snaps, inclusive
 * @returns           null `snapped` beyond the tolerance; a time exactly between two grid times counts from the later
 * @source ccxt#12232 (1643932800018)
 * @vector perp.funding.snap
 */
export function fundingSnap(raw: number, gridMs = 3_600_000, toleranceMs = 5_000): FundingSnap {
  const past = ((raw % gridMs) + gridMs) % gridMs;
  const offsetMs = past * 2 >= gridMs ? past - gridMs : past;
  return { raw, snapped: Math.abs(offsetMs) <= toleranceMs ? raw - offsetMs : null, offsetMs };
}
