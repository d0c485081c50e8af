import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultEmbargo, purgeIntervals } from './purge.ts';

const samples = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 15 })), { minLength: 1, maxLength: 30 })
  .map((pairs) => pairs.map(([start, length]) => ({ start, end: start + length })).sort((a, b) => a.start - b.start));

describe('purgeIntervals', () => {
  it('gives every sample one place, and no training label meets a window or starts in an embargo', () => {
    fc.assert(
      fc.property(samples, fc.array(fc.nat()), fc.integer({ min: 0, max: 10 }), (intervals, picks, embargo) => {
        const tested = [...new Set(picks.map((pick) => pick % intervals.length))];
        const { testWindows, train, purged, embargoed } = purgeIntervals(intervals, tested, embargo);
        expect([...tested, ...train, ...purged, ...embargoed].sort((a, b) => a - b)).toEqual([...intervals.keys()]);
        for (const index of train) {
          const { start, end } = intervals[index]!;
          for (const [from, to] of testWindows) expect(end < from || start > to + embargo).toBe(true);
        }
      }),
    );
  });

  it('keeps all for training when nothing is tested', () => {
    expect(purgeIntervals([{ start: 0, end: 9 }], [], 5)).toEqual({ testWindows: [], train: [0], purged: [], embargoed: [] });
  });

  it('takes tested samples in any order and twice', () => {
    const intervals = [0, 2, 4, 6].map((start) => ({ start, end: start + 1 }));
    expect(purgeIntervals(intervals, [2, 1, 2], 0)).toEqual(purgeIntervals(intervals, [1, 2], 0));
    expect(purgeIntervals(intervals, [1, 2], 0).testWindows).toEqual([[2, 5]]);
  });

  it('lets a window last until its latest label ends', () => {
    const intervals = [
      { start: 0, end: 9 },
      { start: 1, end: 2 },
      { start: 9, end: 9 },
      { start: 10, end: 10 },
      { start: 12, end: 12 },
    ];
    expect(purgeIntervals(intervals, [0, 1], 2)).toEqual({ testWindows: [[0, 9]], train: [4], purged: [2], embargoed: [3] });
  });

  it('refuses intervals that make no sense', () => {
    expect(() => purgeIntervals([{ start: 3, end: 2 }], [], 0)).toThrow('before its start');
    expect(() => purgeIntervals([{ start: Number.NaN, end: 2 }], [], 0)).toThrow('NaN');
    expect(() =>
      purgeIntervals(
        [3, 1].map((start) => ({ start, end: 5 })),
        [],
        0,
      ),
    ).toThrow('in order of their start');
    expect(() => purgeIntervals([{ start: 1, end: 2 }], [1], 0)).toThrow('no sample 1');
    expect(() => purgeIntervals([{ start: 1, end: 2 }], [0], -1)).toThrow('negative');
  });
});

describe('defaultEmbargo', () => {
  it('is one percent of the observations or the longest lookback', () => {
    expect(defaultEmbargo(35_040, 96)).toBe(351);
    expect(defaultEmbargo(2_000, 96)).toBe(96);
    expect(() => defaultEmbargo(2_000, 0.5)).toThrow('whole number');
  });
});
