import { describe, expect, it } from 'vitest';
import { barMs } from '../core/time.ts';
import { firstOpen, frameOf, simulate, wantStrategy } from '../../test/support/frames.ts';
import { additiveEquity, sumBook } from './book.ts';

const line = (close: number[], want: number[], firstBar = 0) => {
  const frame = frameOf({ close, want }, { start: firstOpen + firstBar * barMs });
  return { line: simulate(wantStrategy, frame, { costBps: 10 }), openTime: frame.openTime };
};

describe('a book', () => {
  it('joins lines on the union of their bars, absent ones counting zero', () => {
    const book = sumBook([line([100, 110, 121], [1, 1, 1], 2), line([100, 90], [-1, 0])]);
    expect([...book.openTime]).toEqual([0, 1, 2, 3, 4].map((row) => firstOpen + row * barMs));
    const expected = [-0.001, 0.1 - 0.001, -0.001, 0.1, 0.1];
    book.pnl.forEach((pnl, row) => expect(pnl).toBeCloseTo(expected[row]!, 14));
  });

  it('has zero bars between lines that do not touch', () => {
    const book = sumBook([line([100, 110], [1, 1]), line([100, 110], [1, 1], 4)]);
    expect(book.rows).toBe(6);
    expect([...book.pnl.subarray(2, 4)]).toEqual([0, 0]);
  });

  it('sums market returns without positions, missing ones as nothing', () => {
    const book = sumBook([line([100, 110, Number.NaN], [0, 0, 0]), line([100, 120, 132], [0, 0, 0])]);
    expect(book.marketReturn[0]).toBe(0);
    expect(book.marketReturn[1]).toBeCloseTo(0.3, 14);
    expect(book.marketReturn[2]).toBeCloseTo(0.1, 14);
  });

  it('keeps gross exposure, net exposure and turnover apart', () => {
    const book = sumBook([line([100, 100, 100], [1, 1, -1]), line([100, 100, 100], [-0.5, 0, 0])]);
    expect([...book.grossExposure]).toEqual([1.5, 1, 1]);
    expect([...book.netExposure]).toEqual([0.5, 1, -1]);
    expect([...book.turnover]).toEqual([1.5, 0.5, 2]);
  });

  it('of no lines, or of empty ones, is empty', () => {
    expect(sumBook([]).rows).toBe(0);
    expect(sumBook([line([], [])]).rows).toBe(0);
    expect(sumBook([line([], []), line([100], [0])]).rows).toBe(1);
  });

  it('counts a symbol given twice twice', () => {
    const one = line([100, 110], [1, 1]);
    expect(sumBook([one, one]).pnl[1]).toBe(2 * sumBook([one]).pnl[1]!);
  });

  it('has additive equity', () => {
    expect([...additiveEquity(Float64Array.of(0.5, -0.25, 0), 100)]).toEqual([150, 125, 125]);
  });
});
