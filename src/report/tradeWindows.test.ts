import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barMs } from '../core/time.ts';
import { sampleModel } from './testing/sampleModel.ts';
import { candlesAround, pickTrades, type PriceColumns } from './tradeWindows.ts';

const { trades } = sampleModel({ days: 400, trades: 400 });
const start = Date.UTC(2023, 0, 1);

/** Bars whose prices tell their row: open = row, close = row + 0.5, high and low a unit beyond. */
function bars(rows: number, gap: readonly [from: number, to: number] = [0, 0]): PriceColumns {
  const column = (of: (row: number) => number) =>
    Float64Array.from({ length: rows }, (_, row) => (row >= gap[0] && row < gap[1] ? Number.NaN : of(row)));
  return {
    openTime: Float64Array.from({ length: rows }, (_, row) => start + row * barMs),
    open: column((row) => row),
    high: column((row) => row + 1.5),
    low: column((row) => row - 1),
    close: column((row) => row + 0.5),
    levels: { high_96: column((row) => row + 10) },
  };
}
const span = (entry: number, exit: number) => ({ entry: start + entry * barMs, exit: start + exit * barMs });

describe('pickTrades', () => {
  it('takes all when there are few, in their order', () => {
    expect(pickTrades(trades.slice(0, 100))).toEqual(Array.from({ length: 100 }, (_, at) => at));
  });

  it('takes as many as asked for, no trade twice, in time order', () => {
    const picked = pickTrades(trades);
    expect(picked).toHaveLength(100);
    expect(new Set(picked).size).toBe(100);
    expect(picked).toEqual(picked.toSorted((a, b) => a - b));
  });

  it('takes the largest gains and losses of each strategy', () => {
    const picked = new Set(pickTrades(trades));
    for (const strategy of new Set(trades.map((trade) => trade.strategy))) {
      const ranked = trades.flatMap((trade, at) => (trade.strategy === strategy ? [at] : [])).sort((a, b) => trades[b]!.pnl - trades[a]!.pnl);
      expect([...ranked.slice(0, 10), ...ranked.slice(-10)].filter((at) => !picked.has(at))).toEqual([]);
    }
  });

  it('shows a strategy that trades seldom as often as one that trades all the time, as far as it has trades', () => {
    const mixed = trades.map((trade, at) => ({ ...trade, strategy: at % 40 === 0 ? 'seldom' : at % 9 === 0 ? 'sometimes' : 'always' }));
    const of = (id: string) => pickTrades(mixed).filter((at) => mixed[at]!.strategy === id).length;
    const all = (id: string) => mixed.filter(({ strategy }) => strategy === id).length;
    // The seldom one shows all ten that it has, the others share what is left.
    expect([all('seldom'), of('seldom')]).toEqual([10, 10]);
    expect([of('sometimes'), of('always')]).toEqual([Math.min(45, all('sometimes')), 90 - Math.min(45, all('sometimes'))]);
  });

  it('represents every exit reason and symbol of a strategy about by its share', () => {
    const picked = pickTrades(trades).map((at) => trades[at]!);
    for (const key of ['exitReason', 'symbol'] as const) {
      for (const value of new Set(trades.map((trade) => trade[key]))) {
        const share = trades.filter((trade) => trade[key] === value).length / trades.length;
        expect([value, picked.filter((trade) => trade[key] === value).length >= Math.floor(60 * share * 0.6)]).toEqual([value, true]);
      }
    }
  });
});

describe('candlesAround', () => {
  it('shows bars before and after the trade as they are', () => {
    const candles = candlesAround(bars(500), span(100, 120), { before: 5, after: 3 });
    expect([candles.barsEach, candles.start]).toEqual([1, start + 95 * barMs]);
    expect([...candles.open]).toEqual(Array.from({ length: 29 }, (_, at) => 95 + at));
    expect([...candles.levels['high_96']!]).toEqual([...candles.open].map((row) => row + 10));
  });

  it('ends where the bars end', () => {
    const first = candlesAround(bars(40), span(2, 39), { before: 5, after: 3 });
    expect([first.start, first.close.length]).toEqual([start, 40]);
    expect(first.close.at(-1)).toBe(39.5);
  });

  it('leaves bars that are missing empty', () => {
    const { close, high } = candlesAround(bars(200, [103, 106]), span(100, 110), { before: 5, after: 3 });
    expect([...close].map((price) => Number.isNaN(price)).indexOf(true)).toBe(8);
    expect([...high].filter((price) => Number.isNaN(price))).toHaveLength(3);
  });

  it('merges bars of a long trade so that entry and exit stay in their candles and no price is lost', () => {
    const cases = fc.record({ entry: fc.integer({ min: 0, max: 900 }), held: fc.integer({ min: 1, max: 4_000 }) });
    fc.assert(
      fc.property(cases, ({ entry, held }) => {
        const all = bars(6_000);
        const candles = candlesAround(all, span(entry, entry + held), { before: 10, after: 6, candles: 60 });
        const each = candles.barsEach;
        const rowOf = (at: number) => (candles.start - start) / barMs + at * each;
        expect(candles.close.length).toBeLessThanOrEqual(62);
        // The entry bar opens its candle.
        const entryAt = (entry - rowOf(0)) / each;
        expect(Number.isInteger(entryAt)).toBe(true);
        expect(candles.open[entryAt]).toBe(entry);
        for (let at = 0; at < candles.close.length; at++) {
          const last = Math.min(rowOf(at) + each, 6_000, entry + held + 1 + 6 * each) - 1;
          expect([candles.open[at], candles.low[at], candles.high[at], candles.close[at]]).toEqual([
            rowOf(at),
            rowOf(at) - 1,
            last + 1.5,
            last + 0.5,
          ]);
        }
        expect(rowOf(candles.close.length)).toBeGreaterThan(entry + held);
      }),
      { numRuns: 100 },
    );
  });
});
