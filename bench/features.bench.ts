import { computeFeatures } from '../src/features/lib/computeFeatures.ts';
import { rollingRank } from '../src/stats/rolling/rollingRank.ts';
import { benchBars, plannedFeatures } from './frame.ts';
import { assertSameColumn, runBench } from './harness.ts';
import { naiveRollingMax, naiveRollingMin } from './naive/rollingExtreme.ts';
import { naiveRollingMedian } from './naive/rollingMedian.ts';
import { naiveRollingRank } from './naive/rollingRank.ts';
import { naiveRollingStd } from './naive/rollingStd.ts';

/** The naive frame is slow: it gets the first stretch only, which holds no gap. */
const naiveBars = 12_000;

await runBench([
  {
    id: 'F4 rank',
    what: 'the whole feature frame against one rolling rank of the same length',
    unit: 'bar',
    budget: { atMost: 2.2 },
    prepare: () => {
      const { base, isGap } = benchBars();
      let frame: Record<string, Float64Array> = {};
      const rank = new Float64Array(isGap.length);
      const volatility = computeFeatures(plannedFeatures, base, isGap)['rv_96']!;
      return {
        subject: { name: 'frame', units: isGap.length, run: () => void (frame = computeFeatures(plannedFeatures, base, isGap)) },
        baseline: { name: 'one rank', units: isGap.length, run: () => rollingRank(volatility, 2880, rank) },
        prove: () => assertSameColumn(frame['rv_pct_2880']!.subarray(0, 40_000), rank.subarray(0, 40_000)),
      };
    },
  },
  {
    id: 'F4',
    what: 'the whole feature frame against naive loops',
    unit: 'bar',
    budget: { atLeast: 25 },
    prepare: () => {
      const { base, isGap } = benchBars();
      const some = Object.fromEntries(Object.entries(base).map(([name, values]) => [name, values.subarray(0, naiveBars)]));
      let fast: Record<string, Float64Array> = {};
      let slow: Record<string, Float64Array> = {};
      return {
        subject: { name: 'frame', units: isGap.length, run: () => void (fast = computeFeatures(plannedFeatures, base, isGap)) },
        baseline: { name: 'naive', units: naiveBars, run: () => void (slow = naiveFrame(some)) },
        prove: () => {
          for (const [name, values] of Object.entries(slow))
            assertSameColumn(fast[name]!.subarray(0, naiveBars), values, name === 'rv_96' ? 1e-9 : undefined);
        },
      };
    },
  },
]);

function naiveFrame(base: Readonly<Record<string, Float64Array>>): Record<string, Float64Array> {
  const column = () => new Float64Array(naiveBars).fill(Number.NaN);
  const out: Record<string, Float64Array> = {};
  for (const name of ['ret_1', 'logret_1', 'rv_96', 'rv_pct_2880', 'high_96', 'low_96', 'range_96', 'range_med_480']) out[name] = column();
  const close = base['close']!;
  for (let i = 1; i < naiveBars; i++) {
    out['ret_1']![i] = close[i]! / close[i - 1]! - 1;
    out['logret_1']![i] = Math.log(close[i]!) - Math.log(close[i - 1]!);
  }
  naiveRollingStd(out['logret_1']!, 96, out['rv_96']!);
  naiveRollingRank(out['rv_96']!, 2880, out['rv_pct_2880']!);
  naiveRollingMax(base['high']!, 96, out['high_96']!);
  naiveRollingMin(base['low']!, 96, out['low_96']!);
  for (let i = 0; i < naiveBars; i++) out['range_96']![i] = out['high_96']![i]! - out['low_96']![i]!;
  naiveRollingMedian(out['range_96']!, 480, out['range_med_480']!);
  return out;
}
