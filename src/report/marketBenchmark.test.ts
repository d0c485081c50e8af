import { describe, expect, it } from 'vitest';
import { sharpe } from '../stats/sharpe.ts';
import { marketBenchmark } from './marketBenchmark.ts';
import { sampleModel } from './testing/sampleModel.ts';

const { book } = sampleModel({ days: 100, trades: 20 });

describe('marketBenchmark', () => {
  it('adds the market’s bars as the book adds its own', () => {
    const market = marketBenchmark(book, 1_000_000);
    expect(market.netReturn).toBeCloseTo(
      book.marketReturn.reduce((sum, value) => sum + value, 0),
      12,
    );
    expect(market.compoundedReturn).toBeCloseTo(book.marketReturn.reduce((growth, value) => growth * (1 + value), 1) - 1, 9);
    const days = Array.from(
      { length: 100 },
      (_, day) => book.marketReturn.slice(day * 96, day * 96 + 96).reduce((growth, value) => growth * (1 + value), 1) - 1,
    );
    expect(market.sharpeDaily).toBeCloseTo(sharpe(Float64Array.from(days), 365).annualized!, 6);
    expect(market.maxDrawdown).toBeLessThan(0);
  });

  it('knows a book that holds half of the market', () => {
    const half = marketBenchmark({ ...book, pnl: book.marketReturn.map((value) => value / 2) }, 1);
    expect(half.correlation).toBeCloseTo(1, 4);
    expect(half.beta).toBeCloseTo(0.5, 2);
  });

  it('is undefined, not zero, where there are too few days', () => {
    const none = new Float64Array(0);
    const empty = Object.fromEntries(Object.keys(book).map((name) => [name, none]));
    expect(marketBenchmark({ ...(empty as unknown as typeof book), rows: 0 }, 1)).toMatchObject({
      netReturn: 0,
      compoundedReturn: null,
      sharpeDaily: null,
      correlation: null,
      beta: null,
    });
  });
});
