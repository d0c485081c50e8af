import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { walkForward } from './walkForward.ts';

const plan = fc.record({
  n: fc.integer({ min: 0, max: 120 }),
  train: fc.integer({ min: 1, max: 40 }),
  test: fc.integer({ min: 1, max: 20 }),
  step: fc.integer({ min: 1, max: 30 }),
  gap: fc.integer({ min: 0, max: 10 }),
  anchored: fc.boolean(),
});

describe('walkForward', () => {
  it('keeps the gap between training and a whole test, within the data', () => {
    fc.assert(
      fc.property(plan, (options) => {
        for (const { train, test } of walkForward(options)) {
          expect(test[0] - train[1]).toBe(options.gap + 1);
          expect(test[1] - test[0] + 1).toBe(options.test);
          expect(test[1]).toBeLessThan(options.n);
          if (options.anchored) expect(train[0]).toBe(0);
          else expect(train[1] - train[0] + 1).toBe(options.train);
        }
      }),
    );
  });

  it('has room for no further test', () => {
    fc.assert(
      fc.property(plan, (options) => {
        const last = walkForward(options).at(-1);
        const nextEnd = last === undefined ? options.train + options.gap + options.test - 1 : last.test[1] + options.step;
        expect(nextEnd).toBeGreaterThanOrEqual(options.n);
      }),
    );
  });

  it('tests every observation once when no step is given', () => {
    const splits = walkForward({ n: 30, train: 10, test: 5, gap: 0, anchored: false });
    expect(splits.map(({ test }) => test)).toEqual([
      [10, 14],
      [15, 19],
      [20, 24],
      [25, 29],
    ]);
  });

  it('is empty when the first test does not fit, and drops an incomplete last one', () => {
    expect(walkForward({ n: 14, train: 10, test: 5, gap: 0, anchored: false })).toEqual([]);
    expect(walkForward({ n: 19, train: 10, test: 5, gap: 0, anchored: false })).toHaveLength(1);
  });

  it('refuses empty spans, a step of nothing and fractions', () => {
    const good = { n: 30, train: 10, test: 5, step: 5, gap: 0, anchored: false };
    for (const bad of [{ train: 0 }, { test: 0 }, { step: 0 }, { gap: -1 }, { n: 1.5 }]) {
      expect(() => walkForward({ ...good, ...bad })).toThrow('whole number');
    }
  });
});
