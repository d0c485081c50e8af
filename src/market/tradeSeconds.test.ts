import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TradeSeconds, type TradeUpdate } from './tradeSeconds.ts';

const from = Date.UTC(2024, 0, 1);
const range = { from, to: from + 5_000 };
const trade = (id: number, ms: number, price: number, more: Partial<TradeUpdate> = {}): TradeUpdate => ({
  id,
  time: from + ms,
  price,
  quantity: 2,
  isBuyerMaker: false,
  ...more,
});

function secondsOf(trades: readonly TradeUpdate[]) {
  const seconds = new TradeSeconds(range);
  for (const update of trades) seconds.add(update);
  return seconds.finish();
}

describe('TradeSeconds', () => {
  it('adds up volume, what takers bought, trades and their last price', () => {
    const rows = secondsOf([trade(1, 100, 10), trade(2, 900, 11, { isBuyerMaker: true }), trade(3, 2_000, 12)]);
    expect([...rows.volume]).toEqual([4, 0, 2, 0, 0]);
    expect([...rows.buyVolume]).toEqual([2, 0, 2, 0, 0]);
    expect([...rows.trades]).toEqual([2, 0, 1, 0, 0]);
    expect([...rows.price]).toEqual([11, Number.NaN, 12, Number.NaN, Number.NaN]);
  });

  it('signs trades by the tick rule: without a change the sign before, none at all before the first change', () => {
    const prices = [10, 10, 11, 11, 9, 9];
    const rows = secondsOf(prices.map((price, i) => trade(i, i, price)));
    expect([rows.ups[0], rows.downs[0], rows.trades[0]]).toEqual([2, 2, 6]);
  });

  it('keeps trades that agree in time, price and size apart by their number, and drops repeats of one', () => {
    const seconds = new TradeSeconds(range);
    expect([trade(1, 5, 10), trade(2, 5, 10), trade(2, 5, 10)].map((update) => seconds.add(update))).toEqual([true, true, true]);
    expect([seconds.duplicates, seconds.finish().trades[0]]).toEqual([1, 2]);
  });

  it('refuses a trade that comes after a later one, and is as if it had not come', () => {
    const seconds = new TradeSeconds(range);
    seconds.add(trade(5, 0, 10));
    expect(seconds.add(trade(4, 0, 99))).toBe(false);
    expect(seconds.finish().price[0]).toBe(10);
  });

  it('has the entropy of 50 signs: one bit for a coin, none for a run, and no value before there are 50', () => {
    const zigzag = Array.from({ length: 102 }, (_, i) => trade(i, Math.floor(i / 34) * 1_000, 10 + (i % 2)));
    const { signEntropy } = secondsOf(zigzag);
    expect(signEntropy[0]).toBeNaN();
    // 49 signs and the first trade, which has none, then 50 of 50.
    expect(signEntropy[2]).toBeCloseTo(1, 12);
    const rising = secondsOf(Array.from({ length: 60 }, (_, i) => trade(i, 0, 10 + i)));
    expect(rising.signEntropy[0]).toBe(0);
  });

  it('agrees with signs and entropies computed the long way', () => {
    const walk = fc.array(fc.constantFrom(-1, 0, 1), { minLength: 50, maxLength: 200 });
    fc.assert(
      fc.property(walk, (steps) => {
        let price = 1_000;
        const trades = steps.map((step, i) => trade(i, 0, (price += i === 0 ? 0 : step)));
        const signs: number[] = [];
        trades.forEach((update, i) => {
          const change = i === 0 ? 0 : Math.sign(update.price - trades[i - 1]!.price);
          signs.push(change === 0 ? (signs.at(-1) ?? 0) : change);
        });
        const entropies = Array.from({ length: signs.length - 49 }, (_, i) => entropyOf(signs.slice(i, i + 50)));
        const rows = secondsOf(trades);
        expect(rows.ups[0]).toBe(signs.filter((sign) => sign > 0).length);
        expect(rows.downs[0]).toBe(signs.filter((sign) => sign < 0).length);
        expect(rows.signEntropy[0]).toBeCloseTo(entropies.reduce((sum, value) => sum + value, 0) / entropies.length, 9);
      }),
      { numRuns: 100 },
    );
  });
});

function entropyOf(signs: readonly number[]): number {
  const up = signs.filter((sign) => sign > 0).length;
  const down = signs.filter((sign) => sign < 0).length;
  return [up, down].reduce((sum, count) => (count === 0 ? sum : sum - (count / (up + down)) * Math.log2(count / (up + down))), 0);
}
