import { namedStream, nextNormal } from '../src/core/random.ts';
import { rollingMax } from '../src/stats/rolling/rollingMax.ts';
import { rollingMedian } from '../src/stats/rolling/rollingMedian.ts';
import { rollingMin } from '../src/stats/rolling/rollingMin.ts';
import { rollingRank } from '../src/stats/rolling/rollingRank.ts';
import { rollingStd } from '../src/stats/rolling/rollingStd.ts';
import { assertSameColumn, type Budget, type Comparison, runBench } from './harness.ts';
import { benchMarket, sixYears } from './market.ts';
import { naiveRollingMax, naiveRollingMin } from './naive/rollingExtreme.ts';
import { naiveRollingMedian } from './naive/rollingMedian.ts';
import { naiveRollingRank } from './naive/rollingRank.ts';
import { naiveRollingStd } from './naive/rollingStd.ts';

type Kernel = (values: Float64Array, window: number, out: Float64Array) => void;

interface Case {
  readonly id: string;
  readonly what: string;
  readonly window: number;
  readonly budget: Budget;
  readonly kernel: Kernel;
  readonly naive: Kernel;
  readonly series: () => Float64Array;
  /** Bars the naive twin gets: the first of the series, where all of them would take too long. */
  readonly naiveBars?: number;
  /** Relative; 0 where the results are the same bits. */
  readonly tolerance?: number;
}

function comparison(one: Case): Comparison {
  return {
    id: one.id,
    what: `${one.what} ${one.window}`,
    unit: 'bar',
    budget: one.budget,
    prepare: () => {
      const values = one.series();
      const some = values.subarray(0, one.naiveBars ?? values.length);
      const fast = new Float64Array(values.length);
      const slow = new Float64Array(some.length);
      return {
        subject: { name: 'kernel', units: values.length, run: () => one.kernel(values, one.window, fast) },
        baseline: { name: 'naive', units: some.length, run: () => one.naive(some, one.window, slow) },
        prove: () => assertSameColumn(fast.subarray(0, some.length), slow, one.tolerance),
      };
    },
  };
}

function rv96(): Float64Array {
  const { logReturn } = benchMarket(sixYears);
  const rv = new Float64Array(sixYears);
  rollingStd(logReturn, 96, rv);
  return rv;
}

function range96(): Float64Array {
  const { high, low } = benchMarket(sixYears);
  const highest = new Float64Array(sixYears);
  const range = new Float64Array(sixYears);
  rollingMax(high, 96, highest);
  rollingMin(low, 96, range);
  for (let i = 0; i < sixYears; i++) range[i] = highest[i]! - range[i]!;
  return range;
}

function whiteNoise(): Float64Array {
  const random = namedStream('seed=1/bench/noise/0');
  return Float64Array.from({ length: sixYears }, () => nextNormal(random));
}

const rank = { kernel: rollingRank, naive: naiveRollingRank, window: 2880, budget: { atLeast: 25 } };
const median = { kernel: rollingMedian, naive: naiveRollingMedian, window: 480, naiveBars: 12_000, budget: { atLeast: 5 } };
const fiveTimes = { window: 96, budget: { atLeast: 5 } };

await runBench([
  comparison({ ...rank, id: 'F1', what: 'rolling rank', series: rv96 }),
  comparison({ ...rank, id: 'F1 noise', what: 'rolling rank of white noise', series: whiteNoise }),
  comparison({ ...median, id: 'F2', what: 'rolling median', series: range96 }),
  comparison({ ...median, id: 'F2 noise', what: 'rolling median of white noise', series: whiteNoise }),
  comparison({
    ...fiveTimes,
    id: 'F3 std',
    what: 'rolling std',
    kernel: rollingStd,
    naive: naiveRollingStd,
    series: () => benchMarket(sixYears).logReturn,
    tolerance: 1e-10,
  }),
  comparison({
    ...fiveTimes,
    id: 'F3 max',
    what: 'rolling max',
    kernel: rollingMax,
    naive: naiveRollingMax,
    series: () => benchMarket(sixYears).high,
  }),
  comparison({
    ...fiveTimes,
    id: 'F3 min',
    what: 'rolling min',
    kernel: rollingMin,
    naive: naiveRollingMin,
    series: () => benchMarket(sixYears).low,
  }),
]);
