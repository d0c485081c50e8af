import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QuoteSeconds } from './quoteSeconds.ts';
import { secondFrame } from './secondFrame.ts';
import { TradeSeconds } from './tradeSeconds.ts';

const from = Date.UTC(2024, 0, 1);
const second = 1_000;

/** Quotes of ten minutes: one every other second, the bid one higher each time. */
function quotes(seconds = 600, last = seconds) {
  const grid = new QuoteSeconds({ from, to: from + seconds * second });
  for (let i = 0; i < last; i += 2) grid.add({ id: i, time: from + i * second + 500, bid: 100 + i, bidSize: 3, ask: 102 + i, askSize: 1 });
  return grid.finish();
}

function trades(seconds = 600) {
  const grid = new TradeSeconds({ from, to: from + seconds * second });
  for (let i = 0; i < seconds; i++) grid.add({ id: i, time: from + i * second, price: 101 + i, quantity: 2, isBuyerMaker: i % 2 === 1 });
  return grid.finish();
}

describe('secondFrame', () => {
  it('has the seconds around each instant, those that begin with it at its row', () => {
    const frame = secondFrame('AAAUSDT', { quotes: quotes(), trades: trades() }, { instants: [from + 100 * second], before: 10, after: 20 });
    expect([frame.rows, frame.at[0], frame.openTime[0], frame.openTime[29]]).toEqual([30, 10, from + 90 * second, from + 119 * second]);
    const at = 10;
    const column = (name: string) => frame.columns[name]![at];
    expect(column('bid')).toBe(200);
    expect(column('mid')).toBe(201);
    expect(column('spread')).toBeCloseTo(2 / 201, 15);
    // Three quarters of the size stand at the bid: the price leans to the ask.
    expect(column('microprice')).toBe((202 * 3 + 200) / 4);
    expect(column('micro_deviation')).toBeCloseTo(0.5 / 201, 15);
    expect([column('volume'), column('taker_base_volume'), column('trade_count'), column('tick_balance')]).toEqual([2, 2, 1, 1]);
    expect([column('open'), column('close'), column('high'), column('low')]).toEqual([199, 201, 201, 199]);
    expect(frame.isGap.every((gap) => gap === 0)).toBe(true);
  });

  it('joins windows that overlap and parts others by a row that is a gap', () => {
    const instants = [300, 100, 105].map((seconds) => from + seconds * second);
    const frame = secondFrame('AAAUSDT', { quotes: quotes(), trades: null }, { instants, before: 5, after: 5 });
    expect(frame.rows).toBe(15 + 1 + 10);
    expect([...frame.at]).toEqual([21, 5, 10]);
    expect([...frame.isGap.keys()].filter((row) => frame.isGap[row] === 1)).toEqual([15]);
    expect(frame.columns['mid']![15]).toBeNaN();
    for (let row = 1; row < frame.rows; row++) expect(frame.openTime[row]).toBeGreaterThan(frame.openTime[row - 1]!);
  });

  it('carries a quote over missing days, or drops it when it is older than is wanted', () => {
    const later = from + 86_400 * second;
    const window = { instants: [later], before: 0, after: 3 };
    const carried = secondFrame('AAAUSDT', { quotes: quotes(), trades: null }, window);
    expect([carried.columns['bid']![0], carried.at[0]]).toEqual([698, 0]);
    const fresh = secondFrame('AAAUSDT', { quotes: quotes(), trades: null }, { ...window, maxQuoteAgeMs: 60_000 });
    expect([fresh.columns['bid']![0], fresh.isGap[0], fresh.at[0]]).toEqual([Number.NaN, 1, -1]);
  });

  it('has no columns of what the archive has not, and gaps where nothing is known', () => {
    const window = { instants: [from + 10 * second], before: 2, after: 2 };
    expect(Object.keys(secondFrame('AAAUSDT', { quotes: null, trades: trades() }, window).columns)).not.toContain('mid');
    const nothing = secondFrame('AAAUSDT', { quotes: null, trades: null }, window);
    expect([Object.keys(nothing.columns), [...nothing.isGap], [...nothing.at]]).toEqual([[], [1, 1, 1, 1], [-1]]);
  });

  it('says the same of a second whatever the grid says later', () => {
    const window = { instants: [from + 100 * second], before: 50, after: 50 };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99 }), (row) => {
        const known = 50 + row + 1;
        const whole = secondFrame('AAAUSDT', { quotes: quotes(), trades: trades() }, window);
        const cut = secondFrame('AAAUSDT', { quotes: quotes(known), trades: trades(known) }, window);
        for (const [name, values] of Object.entries(whole.columns))
          expect(cut.columns[name]!.subarray(0, row + 1), name).toEqual(values.subarray(0, row + 1));
      }),
      { numRuns: 50 },
    );
  });
});
