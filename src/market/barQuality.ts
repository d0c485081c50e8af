import type { CleanBars } from './cleanBars.ts';

/** What may be wrong with a bar, as bits of one number per bar; 0 is a bar with nothing to say about it. */
export const qualityFlags = {
  /** The source has no row for the bar. */
  missing: 1,
  /** Flat without volume, as published for outages; treated as missing. */
  flatEmpty: 2,
  /** Prices moved although no volume is reported; kept. */
  zeroVolume: 4,
  /** The close moved by more than a fifth within the bar's 15 minutes; kept. */
  jump: 8,
  /** No funding settlement is in force. */
  fundingMissing: 16,
  /** First usable bar after a gap: its return spans the gap. */
  afterGap: 32,
} as const;

export type QualityFlag = keyof typeof qualityFlags;

/** A simple return beyond this within one bar is worth a look. */
const jumpReturn = 0.2;

/**
 * Quality bits per bar, [rows].
 *
 * @param bars on the canonical grid
 * @param fundingRate [rows] in force at each bar's open; NaN where none is
 */
export function barQuality(bars: CleanBars, fundingRate: Float64Array): Float64Array {
  const quality = new Float64Array(bars.rows);
  let previous = Number.NaN;
  for (let row = 0; row < bars.rows; row++) {
    let flags = 0;
    if (bars.isMissing[row] === 1) flags |= qualityFlags.missing;
    if (bars.isFlatEmpty[row] === 1) flags |= qualityFlags.flatEmpty;
    if (Number.isNaN(fundingRate[row]!)) flags |= qualityFlags.fundingMissing;
    if (bars.isGap[row] === 0) {
      if (bars.volume[row] === 0) flags |= qualityFlags.zeroVolume;
      if (Math.abs(bars.close[row]! / previous - 1) > jumpReturn) flags |= qualityFlags.jump;
      if (row > 0 && bars.isGap[row - 1] === 1) flags |= qualityFlags.afterGap;
      previous = bars.close[row]!;
    }
    quality[row] = flags;
  }
  return quality;
}

/** How many bars carry each flag. */
export function countQuality(quality: Float64Array): Record<QualityFlag, number> {
  const counts = Object.fromEntries(Object.keys(qualityFlags).map((name) => [name, 0])) as Record<QualityFlag, number>;
  for (const flags of quality) {
    if (flags === 0) continue;
    for (const [name, bit] of Object.entries(qualityFlags)) if ((flags & bit) !== 0) counts[name as QualityFlag]++;
  }
  return counts;
}
