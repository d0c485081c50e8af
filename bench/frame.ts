import type { Frame } from '../src/engine/frame.ts';
import { barMs } from '../src/core/time.ts';
import type { Feature } from '../src/core/define.ts';
import { computeFeatures, planFeatures } from '../src/features/lib/computeFeatures.ts';
import high96 from '../src/features/high_96.ts';
import logret from '../src/features/logret_1.ts';
import low96 from '../src/features/low_96.ts';
import range96 from '../src/features/range_96.ts';
import rangeMedian from '../src/features/range_med_480.ts';
import ret from '../src/features/ret_1.ts';
import rv96 from '../src/features/rv_96.ts';
import rvRank from '../src/features/rv_pct_2880.ts';
import { benchMarket, sixYears } from './market.ts';

const features = new Map<string, Feature>([ret, logret, rv96, rvRank, high96, low96, range96, rangeMedian].map((feature) => [feature.id, feature]));

/** The features of table v1 in the order in which they are computed. */
export const plannedFeatures = planFeatures(
  [...features.keys()].map((column) => ({ column, by: 'bench' })),
  features,
);

/** Six years of made-up bars with a few gaps. */
export function benchBars(): { base: Record<string, Float64Array>; isGap: Uint8Array } {
  const { high, low, close } = benchMarket(sixYears);
  const isGap = new Uint8Array(sixYears);
  const timestamp = Float64Array.from(close, (_, row) => Date.UTC(2020, 0, 1) + row * barMs);
  for (const [from, length] of [
    [41_000, 3],
    [80_000, 1],
    [150_000, 5],
  ] as const) {
    isGap.fill(1, from, from + length);
    for (const column of [high, low, close]) column.fill(Number.NaN, from, from + length);
  }
  return { base: { timestamp, high, low, close }, isGap };
}

/** The same bars as a frame with all features. */
export function benchFrame(): Frame {
  const { base, isGap } = benchBars();
  const columns = { ...base, ...computeFeatures(plannedFeatures, base, isGap) };
  return { symbol: 'BENCH', rows: sixYears, openTime: base['timestamp']!, columns, isGap, fundingRate: new Float64Array(sixYears) };
}
