import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barMs, barsPerDay } from '../core/time.ts';
import { barsByLines, exposureByMonth, exposureByYear, heldLines, holdingTimes } from './exposure.ts';
import type { ReportTrade } from './model.ts';
import { bookOf, tradeOf } from './testing/sampleBook.ts';

const start = Date.UTC(2024, 0, 1);
const total = (values: Iterable<number>) => [...values].reduce((sum, value) => sum + value, 0);

/** Trades of up to three lines, each line without overlaps of its own. */
const someTrades = fc
  .array(fc.record({ line: fc.constantFrom('a', 'b', 'c'), pause: fc.nat(6), held: fc.integer({ min: 1, max: 9 }), isLong: fc.boolean() }), {
    maxLength: 40,
  })
  .map((steps) => {
    const free: Record<string, number> = {};
    return steps.map(({ line, pause, held, isLong }): ReportTrade => {
      const entry = (free[line] ?? 0) + pause;
      free[line] = entry + held;
      return tradeOf({ strategy: line, entryTime: start + entry * barMs, barsHeld: held, direction: isLong ? 'long' : 'short' });
    });
  });

/** Which lines hold each bar and in which direction: what a reader would tick off on paper. */
function heldOnPaper(trades: readonly ReportTrade[]): Map<number, Map<string, string>> {
  const bars = new Map<number, Map<string, string>>();
  for (const { strategy, entryTime, exitTime, direction } of trades) {
    for (let bar = entryTime / barMs + 1; bar <= exitTime / barMs; bar++) {
      if (!bars.has(bar)) bars.set(bar, new Map());
      bars.get(bar)!.set(strategy, direction);
    }
  }
  return bars;
}

describe('exposure by calendar', () => {
  const bars = Array.from({ length: 40 * barsPerDay }, (_, row) => ({ long: row % 4 === 0 ? 2 : 0, short: row % 8 === 0 ? 1 : 0, pnl: 0.001 }));
  const book = bookOf(bars, Date.UTC(2023, 11, 22));

  it('cuts at month and year, every bar once', () => {
    const months = exposureByMonth(book);
    expect(months.map((month) => [new Date(month.start).toISOString().slice(0, 7), month.bars / barsPerDay])).toEqual([
      ['2023-12', 10],
      ['2024-01', 30],
    ]);
    expect(total(exposureByYear(book).map((year) => year.bars))).toBe(book.rows);
  });

  it('has the share of bars in the market, both sides, and the turnover', () => {
    for (const { inMarket, meanLong, meanShort, most } of exposureByMonth(book))
      expect([inMarket, meanLong, meanShort, most]).toEqual([0.25, 0.5, 0.125, 3]);
    expect(total(exposureByMonth(book).map(({ turnover }) => turnover))).toBeCloseTo(total(book.turnover), 9);
  });

  it('adds up to the book, whatever the positions', () => {
    const side = fc.constantFrom(0, 0, 0.5, 1, 2);
    fc.assert(
      fc.property(fc.array(fc.record({ long: side, short: side }), { minLength: 1, maxLength: 300 }), fc.nat(400), (some, days) => {
        const one = bookOf(some, start - days * barsPerDay * barMs);
        for (const spans of [exposureByMonth(one), exposureByYear(one)]) {
          expect(total(spans.map(({ meanLong, bars: n }) => meanLong * n))).toBeCloseTo(total(some.map(({ long }) => long)), 9);
          expect(total(spans.map(({ meanShort, bars: n }) => meanShort * n))).toBeCloseTo(total(some.map(({ short }) => short)), 9);
          expect(total(spans.map(({ inMarket, bars: n }) => inMarket * n))).toBeCloseTo(some.filter(({ long, short }) => long + short > 0).length, 9);
        }
      }),
    );
  });
});

describe('holding times', () => {
  it('are quantiles by label', () => {
    const trades = [1, 2, 3, 4, 10].map((barsHeld) => tradeOf({ barsHeld }));
    expect(holdingTimes([...trades, tradeOf({ strategy: 'b' })], ({ strategy }) => strategy)).toEqual([
      { name: 'a', trades: 5, shortest: 1, median: 3, mean: 4, ninety: expect.closeTo(7.6, 12), longest: 10 },
      { name: 'b', trades: 1, shortest: 4, median: 4, mean: 4, ninety: 4, longest: 4 },
    ]);
  });
});

describe('lines that hold at the same time', () => {
  it('are counted bar by bar as on paper', () => {
    fc.assert(
      fc.property(someTrades, (trades) => {
        const paper = [...heldOnPaper(trades).values()];
        const counts = barsByLines(trades);
        counts.forEach((bars, at) => expect(bars).toBe(paper.filter((lines) => lines.size === at + 1).length));
        expect(total(counts)).toBe(paper.length);
        const lines = heldLines(trades);
        for (const line of lines) {
          const own = paper.filter((bar) => bar.has(line.name.split(' ')[0]!));
          expect(line.bars).toBe(own.length);
          lines.forEach((other, at) => {
            const [mine, theirs] = [line, other].map(({ name }) => name.split(' ')[0]!) as [string, string];
            const both = own.filter((bar) => bar.has(theirs));
            expect([line.shared[at], line.aligned[at]]).toEqual([both.length, both.filter((bar) => bar.get(mine) === bar.get(theirs)).length]);
          });
        }
      }),
    );
  });

  it('weigh as many bars as the trades were held', () => {
    fc.assert(
      fc.property(someTrades, (trades) => {
        const weighted = barsByLines(trades).reduce((sum, bars, at) => sum + bars * (at + 1), 0);
        expect(weighted).toBe(total(trades.map(({ barsHeld }) => barsHeld)));
      }),
    );
  });

  it('are none without trades', () => {
    expect(barsByLines([])).toEqual([]);
    expect(heldLines([])).toEqual([]);
  });
});
