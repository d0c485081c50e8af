import { describe, expect, it } from 'vitest';
import { namedStream, nextNormal } from '../../core/random.ts';
import { sharpe } from '../sharpe.ts';
import { cpcv } from './cpcv.ts';
import { pathReturns, pathSharpes } from './cpcvPaths.ts';

const plan = cpcv({ n: 40, folds: 6, testFolds: 2, labelHorizon: 1, embargo: 1 });
const random = namedStream('seed=1/stats/cpcvPaths/0');
const market = Float64Array.from({ length: 40 }, () => 0.01 * nextNormal(random));

describe('pathReturns', () => {
  it('are the strategy itself when every split chose the same', () => {
    const paths = pathReturns(
      plan,
      plan.splits.map(({ test }) => Float64Array.from(test, (t) => market[t]!)),
    );
    expect(paths).toHaveLength(5);
    for (const path of paths) expect(path).toEqual(market);
  });

  it('take each fold from the split that tested it on this path', () => {
    const bySplit = plan.splits.map(({ test }, split) => new Float64Array(test.length).fill(split));
    for (const [path, returns] of pathReturns(plan, bySplit).entries()) {
      for (const [fold, [first, last]] of plan.foldBounds.entries()) {
        expect([...returns.subarray(first, last + 1)].every((value) => value === plan.pathSplitPerFold[path]![fold])).toBe(true);
      }
    }
  });

  it('refuse returns that do not fit', () => {
    expect(() => pathReturns(plan, [])).toThrow('15 splits came with returns of 0');
    const short = plan.splits.map(() => new Float64Array(1));
    expect(() => pathReturns(plan, short)).toThrow('split 0 tests 14 observations');
  });
});

describe('pathSharpes', () => {
  it('give the middle and the low end of the paths', () => {
    const shifted = plan.splits.map(({ test }, split) => Float64Array.from(test, (t) => market[t]! + split / 1000));
    const { paths, median, fifthPercentile, undefinedPaths } = pathSharpes(plan, shifted, 365);
    const sorted = paths.map(({ annualized }) => annualized!).sort((a, b) => a - b);
    expect(median).toBe(sorted[2]);
    expect(fifthPercentile).toBeCloseTo(sorted[0]! + 0.2 * (sorted[1]! - sorted[0]!), 12);
    expect(undefinedPaths).toBe(0);
    expect(paths[0]).toEqual(sharpe(pathReturns(plan, shifted)[0]!, 365));
  });

  it('count paths on which nothing happened, and are null without any other', () => {
    const idle = plan.splits.map(({ test }) => new Float64Array(test.length));
    expect(pathSharpes(plan, idle, 365)).toMatchObject({ median: null, fifthPercentile: null, undefinedPaths: 5 });
  });
});
