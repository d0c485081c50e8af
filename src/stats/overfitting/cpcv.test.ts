import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choose } from './combinations.ts';
import { cpcv } from './cpcv.ts';
import { purgeIntervals } from './purge.ts';

const plan = fc.integer({ min: 1, max: 7 }).chain((folds) =>
  fc.record({
    n: fc.integer({ min: folds, max: 50 }),
    folds: fc.constant(folds),
    testFolds: fc.integer({ min: 1, max: folds }),
    labelHorizon: fc.integer({ min: 0, max: 8 }),
    embargo: fc.integer({ min: 0, max: 8 }),
  }),
);

describe('cpcv', () => {
  it('agrees with the general rule for label intervals', () => {
    fc.assert(
      fc.property(plan, (options) => {
        const labels = Array.from({ length: options.n }, (_, t) => ({ start: t, end: t + options.labelHorizon }));
        for (const { train, test } of cpcv(options).splits) {
          expect([...train]).toEqual(purgeIntervals(labels, [...test], options.embargo).train);
        }
      }),
    );
  });

  it('has contiguous folds that differ by at most one observation, the longer ones first', () => {
    fc.assert(
      fc.property(plan, (options) => {
        const { foldBounds } = cpcv(options);
        const lengths = foldBounds.map(([first, last]) => last - first + 1);
        expect(foldBounds[0]![0]).toBe(0);
        expect(foldBounds.at(-1)![1]).toBe(options.n - 1);
        for (let fold = 1; fold < foldBounds.length; fold++) expect(foldBounds[fold]![0]).toBe(foldBounds[fold - 1]![1] + 1);
        expect(lengths).toEqual([...lengths].sort((a, b) => b - a));
        expect(lengths[0]! - lengths.at(-1)!).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('uses every test of every fold on exactly one path', () => {
    fc.assert(
      fc.property(plan, (options) => {
        const { splits, pathCount, pathSplitPerFold } = cpcv(options);
        expect(pathCount).toBe((choose(options.folds, options.testFolds) * options.testFolds) / options.folds);
        const used = pathSplitPerFold.flatMap((path) => path.map((split, fold) => `${split} ${fold}`));
        const tested = splits.flatMap(({ testFolds }, split) => testFolds.map((fold) => `${split} ${fold}`));
        expect([...used].sort()).toEqual([...tested].sort());
      }),
    );
  });

  it('leaves nothing to train on when all folds are tested', () => {
    const { splits, pathCount } = cpcv({ n: 4, folds: 1, testFolds: 1, labelHorizon: 0, embargo: 0 });
    expect([splits.length, pathCount, splits[0]!.train.length]).toEqual([1, 1, 0]);
  });

  it('refuses more folds than observations and more tests than folds', () => {
    const good = { n: 10, folds: 5, testFolds: 2, labelHorizon: 1, embargo: 0 };
    expect(() => cpcv({ ...good, folds: 11 })).toThrow('do not fill 11 folds');
    expect(() => cpcv({ ...good, testFolds: 6 })).toThrow('more than 5 folds');
    for (const bad of [{ n: 0 }, { folds: 0 }, { testFolds: 0 }, { labelHorizon: -1 }, { embargo: 0.5 }]) {
      expect(() => cpcv({ ...good, ...bad })).toThrow('whole number');
    }
  });
});
