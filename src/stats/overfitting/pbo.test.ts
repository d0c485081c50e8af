import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { naiveSplitOfMatrix } from '../../../bench/naive/pbo.ts';
import { namedStream, nextNormal } from '../../core/random.ts';
import { blockSums } from './blockSums.ts';
import { pbo, pboOfBlocks, pboSplits } from './pbo.ts';

/** Returns of trials without skill. */
function noise(seed: number, trials: number, rows: number): Float64Array[] {
  return Array.from({ length: trials }, (_, trial) => {
    const random = namedStream(`seed=${seed}/stats/pbo/${trial}`);
    return Float64Array.from({ length: rows }, () => 0.01 * nextNormal(random));
  });
}

const market = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  trials: fc.integer({ min: 1, max: 12 }),
  rows: fc.integer({ min: 20, max: 60 }),
  blocks: fc.constantFrom(2, 4, 6),
});

describe('pbo', () => {
  it('chooses and ranks as slicing the matrix does', () => {
    fc.assert(
      fc.property(market, ({ seed, trials, rows, blocks }) => {
        const returns = noise(seed, trials, rows);
        for (const split of pboSplits(pbo(returns, blocks))) {
          const naive = naiveSplitOfMatrix(returns, blocks, split.inSampleBlocks);
          expect(split).toMatchObject({ best: naive.best, outOfSampleRank: naive.outOfSampleRank });
          expect(split.inSampleSharpe).toBeCloseTo(naive.inSampleSharpe, 11);
          expect(split.outOfSampleSharpe).toBeCloseTo(naive.outOfSampleSharpe, 11);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('does not change with scale', () => {
    const returns = noise(1, 6, 50);
    const scaled = returns.map((column) => column.map((value) => value * 1024));
    expect(pboSplits(pbo(scaled, 6))).toEqual(pboSplits(pbo(returns, 6)));
    // A factor of its own for each trial leaves its ratio as it is, too.
    const each = returns.map((column, trial) => column.map((value) => value * 2 ** trial));
    expect(pbo(each, 6).pbo).toBe(pbo(returns, 6).pbo);
  });

  it('is 0 where one trial is better throughout, and its rank is always the highest', () => {
    const returns = noise(2, 12, 160).map((column, trial) => (trial === 7 ? column.map((value) => value + 0.02) : column));
    const { pbo: probability, probabilityOfLoss, splits } = pbo(returns, 8);
    expect([probability, probabilityOfLoss]).toEqual([0, 0]);
    expect(new Set(splits.best)).toEqual(new Set([7]));
    expect(new Set(splits.outOfSampleRank)).toEqual(new Set([12]));
  });

  it('is 1 where each trial loses later what it gained before', () => {
    const returns = noise(3, 10, 160).map((column) => {
      const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
      return column.map((value) => value - mean);
    });
    const result = pbo(returns, 2);
    expect(result.pbo).toBe(1);
    expect(result.probabilityOfLoss).toBe(1);
  });

  it('lets the first of equals win and shares ranks among them', () => {
    const [one] = noise(4, 1, 40);
    const result = pbo([one!, one!, one!], 4);
    expect([...new Set(result.splits.best)]).toEqual([0]);
    expect([...new Set(result.splits.outOfSampleRank)]).toEqual([2]);
    expect(result.pbo).toBe(1);
  });

  it('drops the oldest rows that do not fill the blocks', () => {
    const returns = noise(5, 4, 43);
    const result = pbo(returns, 4);
    expect([result.droppedRows, result.rowsPerBlock]).toEqual([3, 10]);
    const fitted = pbo(
      returns.map((column) => column.subarray(3)),
      4,
    );
    expect(pboSplits(fitted)).toEqual(pboSplits(result));
  });

  it('counts a trial that does nothing as cash: better than a loss, worse than a gain', () => {
    const gain = noise(6, 1, 40)[0]!.map((value) => Math.abs(value));
    const idle = new Float64Array(40);
    const loss = gain.map((value) => -value);
    const [first] = pboSplits(pbo([loss, idle], 4));
    expect(first).toMatchObject({ best: 1, inSampleSharpe: null, outOfSampleSharpe: null, outOfSampleRank: 2 });
    expect(new Set(pbo([idle, gain, loss], 4).splits.best)).toEqual(new Set([1]));
    expect(pbo([loss, idle], 4)).toMatchObject({ pbo: 0, probabilityOfLoss: 0, degradationSlope: null, degradationIntercept: null });
  });

  it('has no Sharpe ratio for a constant return, and ranks it by its sign', () => {
    const constant = (value: number) => new Float64Array(40).fill(value);
    const [split] = pboSplits(pbo([...noise(7, 2, 40), constant(0.001), constant(-0.001)], 4));
    expect(split).toMatchObject({ best: 2, inSampleSharpe: null, outOfSampleRank: 4 });
  });

  it('is null without trials or with less than two rows on a side', () => {
    const nothing = { pbo: null, probabilityOfLoss: null, degradationSlope: null, degradationIntercept: null };
    for (const returns of [[], [[]], [[0.1, 0.2]]]) {
      const result = pbo(returns, 2);
      expect(result).toMatchObject(nothing);
      expect(pboSplits(result)).toEqual([]);
    }
    expect(pbo([[0.1, 0.2, 0.4, 0.1]], 4).splits.best).toHaveLength(6);
  });

  it('says nothing about a single trial but that its rank is the middle one', () => {
    expect(pbo(noise(8, 1, 40), 4)).toMatchObject({ pbo: 1, trials: 1 });
  });

  it('takes sums of returns that were never kept', () => {
    const returns = noise(9, 5, 64);
    expect(pboOfBlocks(blockSums(returns, 8))).toEqual(pbo(returns, 8));
  });

  it('uses 16 blocks unless told', () => {
    expect(pbo(noise(10, 2, 64)).splits.best).toHaveLength(12_870);
  });

  it('refuses NaN, ragged columns and odd numbers of blocks', () => {
    expect(() => pbo([[0.1, Number.NaN]], 2)).toThrow('returns of trial 0[1] is NaN');
    expect(() => pbo([[0.1, 0.2], [0.1]], 2)).toThrow('column 1 has 1 rows');
    for (const blocks of [3, 22]) expect(() => pbo([[0.1, 0.2]], blocks)).toThrow('even number of at most 20');
    for (const blocks of [0, 1.5]) expect(() => pbo([[0.1, 0.2]], blocks)).toThrow('whole number');
  });
});
