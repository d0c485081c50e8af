import { namedStream, nextNormal } from '../src/core/random.ts';
import { combinations } from '../src/stats/overfitting/combinations.ts';
import { type Pbo, pbo } from '../src/stats/overfitting/pbo.ts';
import { runBench } from './harness.ts';
import { naiveBlocks, type NaiveSplit, naiveSplitOfBlocks, naiveSplitOfMatrix } from './naive/pbo.ts';

const blocks = 16;
const trials = 1_000;
const days = 2_192;
const choices = combinations(blocks, blocks / 2);
/** The matrix is cut for a few splits only, spread over all: each takes as long as the next. */
const cutSplits = [0, 4_321, 9_876];

const returns = noise();
let result: Pbo | undefined;
const subject = {
  name: 'subset sums',
  units: choices.length,
  run: () => {
    result = pbo(returns, blocks);
  },
};

await runBench([
  {
    id: 'T3 blocks',
    what: `CSCV of ${trials} trials, ${choices.length} splits, against summing blocks per split`,
    unit: 'split',
    budget: { atLeast: 5 },
    prepare: () => {
      let naive: NaiveSplit[] = [];
      return {
        subject,
        baseline: {
          name: 'blocks per split',
          units: choices.length,
          run: () => {
            const sums = naiveBlocks(returns, blocks);
            naive = choices.map((choice) => naiveSplitOfBlocks(sums, choice));
          },
        },
        prove: () => naive.forEach((split, index) => assertSameSplit(index, split)),
      };
    },
  },
  {
    id: 'T3 slices',
    what: `CSCV of ${trials} trials, ${choices.length} splits, against slicing the matrix per split`,
    unit: 'split',
    budget: { atLeast: 1_000 },
    rounds: 5,
    prepare: () => {
      let naive: NaiveSplit[] = [];
      return {
        subject,
        baseline: {
          name: 'slices',
          units: cutSplits.length,
          run: () => {
            naive = cutSplits.map((split) => naiveSplitOfMatrix(returns, blocks, choices[split]!));
          },
        },
        prove: () => naive.forEach((split, index) => assertSameSplit(cutSplits[index]!, split)),
      };
    },
  },
]);

/** Choices and ranks the same, Sharpe ratios to the rounding of another order of summation. */
function assertSameSplit(index: number, expected: NaiveSplit): void {
  const { best, inSampleSharpe, outOfSampleSharpe, outOfSampleRank } = result!.splits;
  const same =
    best[index] === expected.best &&
    outOfSampleRank[index] === expected.outOfSampleRank &&
    Math.abs(inSampleSharpe[index]! - expected.inSampleSharpe) <= 1e-11 &&
    Math.abs(outOfSampleSharpe[index]! - expected.outOfSampleSharpe) <= 1e-11;
  if (!same) throw new Error(`split ${index} differs: trial ${best[index]}, rank ${outOfSampleRank[index]} instead of ${JSON.stringify(expected)}`);
}

/** Daily returns of strategies without skill that share a market, as the cells of one sweep do. */
function noise(): Float64Array[] {
  const market = namedStream('seed=1/bench/pbo/market');
  const shared = Float64Array.from({ length: days }, () => 0.01 * nextNormal(market));
  return Array.from({ length: trials }, (_, trial) => {
    const random = namedStream(`seed=1/bench/pbo/${trial}`);
    return shared.map((value) => value + 0.01 * nextNormal(random));
  });
}
