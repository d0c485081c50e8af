import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Feature } from '../core/define.ts';
import { marketColumns } from '../../test/support/frames.ts';
import { computeFeatures, planFeatures } from './lib/computeFeatures.ts';
import logret1 from './logret_1.ts';
import ret2688 from './ret_2688.ts';
import rv96 from './rv_96.ts';
import rvPct2880 from './rv_pct_2880.ts';
import rvPct2880v2 from './rv_pct_2880_v2.ts';

const features = new Map<string, Feature>([logret1, ret2688, rv96, rvPct2880, rvPct2880v2].map((feature) => [feature.id, feature]));
const compute = ({ columns, isGap }: ReturnType<typeof marketColumns>) =>
  computeFeatures(
    planFeatures(
      [...features.keys()].map((column) => ({ column, by: 'test' })),
      features,
    ),
    columns,
    isGap,
  );
const known = (values: ArrayLike<number>) => Array.from(values).filter((value) => !Number.isNaN(value));

describe('ret_2688', () => {
  const alone = (close: Float64Array) =>
    computeFeatures(
      [ret2688],
      { close },
      Uint8Array.from(close, (price) => Number(Number.isNaN(price))),
    )['ret_2688']!;

  it('is the return from the close 28 days earlier', () => {
    const close = Float64Array.from({ length: 2700 }, (_, row) => 100 + row);
    expect(alone(close).findIndex((value) => !Number.isNaN(value))).toBe(28 * 96);
    expect(alone(close)[2690]).toBe(2790 / 102 - 1);
  });

  it('takes the last close before a gap that was there 28 days earlier', () => {
    const close = Float64Array.from({ length: 2700 }, (_, row) => 100 + row);
    close.fill(Number.NaN, 5, 8);
    expect([...alone(close).subarray(2692, 2697)]).toEqual([2792 / 104, 2793 / 104, 2794 / 104, 2795 / 104, 2796 / 108].map((ratio) => ratio - 1));
  });

  it('is missing on a gap row and nowhere after it', () => {
    const close = Float64Array.from({ length: 2700 }, (_, row) => 100 + row);
    close[2690] = Number.NaN;
    expect(known(alone(close).subarray(2688))).toHaveLength(11);
    expect(alone(close)[2690]).toBeNaN();
  });

  it('is missing while no close is known that far back', () => {
    const close = new Float64Array(2700).fill(100).fill(Number.NaN, 0, 3);
    expect(alone(close).findIndex((value) => !Number.isNaN(value))).toBe(2691);
  });
});

describe('rv_pct_2880_v2', () => {
  it('is rv_pct_2880 wherever that is known, and known wherever rv_96 is once 2880 values are', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 6_499 }), { maxLength: 4 });
    fc.assert(
      fc.property(fc.nat(1_000), gaps, (seed, rows) => {
        const { rv_pct_2880: strict, rv_pct_2880_v2: tolerant, rv_96: volatility } = compute(marketColumns(6_500, seed, rows));
        let values = 0;
        for (let row = 0; row < 6_500; row++) {
          if (!Number.isNaN(volatility![row]!)) values++;
          if (!Number.isNaN(strict![row]!)) expect(tolerant![row]).toBe(strict![row]);
          expect(Number.isNaN(tolerant![row]!)).toBe(Number.isNaN(volatility![row]!) || values < 2_880);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('ranks among the last 2880 known values, counted one by one', () => {
    const { rv_96: volatility, rv_pct_2880_v2: rank } = compute(marketColumns(4_000, 3, [3_200, 3_201, 3_500]));
    for (const row of [3_300, 3_499, 3_600, 3_999]) {
      const last = known(volatility!.subarray(0, row + 1)).slice(-2_880);
      expect(rank![row]).toBe((last.filter((value) => value <= last.at(-1)!).length / 2_880) * 100);
    }
  });

  it('is back 97 bars after a gap bar, where rv_pct_2880 needs 2976', () => {
    const { rv_pct_2880: strict, rv_pct_2880_v2: tolerant } = compute(marketColumns(6_300, 5, [3_200]));
    const back = (values: Float64Array) => values.subarray(3_200).findIndex((value) => !Number.isNaN(value));
    expect([back(tolerant!), back(strict!)]).toEqual([97, 2_976]);
  });
});
