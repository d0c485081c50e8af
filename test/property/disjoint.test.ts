import { describe, expect, it } from 'vitest';
import type { Feature } from '../../src/core/define.ts';
import { namedStream, nextNormal } from '../../src/core/random.ts';
import type { Frame } from '../../src/engine/frame.ts';
import { computeFeatures, planFeatures } from '../../src/features/lib/computeFeatures.ts';
import { openRegistry } from '../../src/registry/discover.ts';
import trend from '../../src/strategies/trend_28d_v1.ts';
import momentum from '../../src/strategies/vol_compression_momentum_v1.ts';
import breakout from '../../src/strategies/vol_compression_v1.ts';
import { frameOf, positionsOf, simulate } from '../support/frames.ts';

const features = await openRegistry().loadAll<Feature>('feature');
const planned = planFeatures(
  ['ret_2688', 'rv_pct_2880_v2', 'rv_pct_2880', 'range_med_480'].map((column) => ({ column, by: 'test' })),
  features,
);

/** A random walk of 250 days whose volatility swings every five days, with three outages. */
function market(seed: number): Frame {
  const rows = 24_000;
  const random = namedStream(`seed=${seed}/disjoint/market/0`);
  const close = new Float64Array(rows);
  const [high, low] = [new Float64Array(rows), new Float64Array(rows)];
  let price = 100;
  for (let row = 0; row < rows; row++) {
    const volatility = 0.002 * (1.05 + Math.sin((2 * Math.PI * row) / 480));
    const open = price;
    price *= Math.exp(volatility * nextNormal(random));
    close[row] = price;
    high[row] = Math.max(open, price);
    low[row] = Math.min(open, price);
  }
  for (const from of [7_000, 12_345, 19_990]) for (const column of [close, high, low]) column.fill(Number.NaN, from, from + 5);
  const base = { close, high, low };
  return frameOf({
    ...base,
    ...computeFeatures(
      planned,
      base,
      Uint8Array.from(close, (price) => Number(Number.isNaN(price))),
    ),
  });
}

describe('trend_28d_v1 and the compression strategies that leave when volatility returns', () => {
  it.each([1, 2, 3])('never hold a position on one bar while the volatility rank is known (market %i)', (seed) => {
    const frame = market(seed);
    const rank = frame.columns['rv_pct_2880']!;
    const held = [trend, breakout, momentum].map((strategy) =>
      positionsOf(simulate(strategy, frame)).map((position, row) => position !== 0 && !Number.isNaN(rank[row]!)),
    );
    for (const positions of held) expect(positions.filter(Boolean).length).toBeGreaterThan(500);
    const [byTrend, ...byOthers] = held as [boolean[], boolean[], boolean[]];
    for (const positions of byOthers) expect(positions.filter((isHeld, row) => isHeld && byTrend[row])).toEqual([]);
  });
});
