import { describe, expect, it } from 'vitest';
import { additiveDrawdown } from '../engine/referenceMetrics.ts';
import { bookYears, dailyBook, deepestDrawdown, lowestEquity } from './dailyBook.ts';
import { sampleModel } from './testing/sampleModel.ts';

const { book, metrics } = sampleModel({ days: 500, trades: 100 });

describe('daily book', () => {
  it('ends at the ending equity and holds the deepest drawdown of bars', () => {
    const daily = dailyBook(book, 1_000_000);
    expect(daily.day.length).toBe(500);
    expect(daily.equity.at(-1)).toBeCloseTo(metrics.ending_equity, 6);
    expect(Math.min(...daily.drawdown)).toBe(additiveDrawdown(book.pnl, 1_000_000));
  });

  it('dates the deepest drawdown', () => {
    const tiny = { ...book, rows: 5, pnl: Float64Array.of(0.1, -0.2, -0.1, 0.3, 0.1) };
    expect(deepestDrawdown(tiny, 100)).toEqual({
      depth: expect.closeTo((80 - 110) / 110, 12),
      peak: expect.any(Number),
      peakTime: book.openTime[0],
      troughTime: book.openTime[2],
      recoveryTime: book.openTime[3],
    });
    expect(deepestDrawdown({ ...tiny, rows: 1 }, 100)).toBeNull();
    expect(lowestEquity(tiny, 100)).toBeCloseTo(80, 9);
  });

  it('sums months to years and years to the net return', () => {
    const years = bookYears(book);
    expect(years.map(({ year }) => year)).toEqual([2023, 2024]);
    for (const { months, net } of years) expect(months.reduce<number>((sum, value) => sum + (value ?? 0), 0)).toBeCloseTo(net, 12);
    expect(years.reduce((sum, { net }) => sum + net, 0)).toBeCloseTo(metrics.net_total_return, 12);
    expect(years[1]!.months[11]).toBeNull();
  });
});
