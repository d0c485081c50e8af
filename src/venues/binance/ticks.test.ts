import { describe, expect, it } from 'vitest';
import { dayMs } from '../../core/time.ts';
import { QuoteSeconds } from '../../market/quoteSeconds.ts';
import { TradeSeconds } from '../../market/tradeSeconds.ts';
import { readQuotes, readTrades } from './ticks.ts';

const day = Date.UTC(2024, 0, 15);
/** Ten minutes instead of a day: a second grid of a day has 86,400 rows to compare. */
const context = { file: 'x.csv', symbol: 'AAAUSDT', from: day, to: day + 600_000 };
const tradesHeader = 'agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker';
const quotesHeader = 'update_id,best_bid_price,best_bid_qty,best_ask_price,best_ask_qty,transaction_time,event_time';

async function* file(lines: readonly string[]): AsyncGenerator<Buffer> {
  const text = `${lines.join('\n')}\n`;
  for (let at = 0; at < text.length; at += 100) yield Buffer.from(text.slice(at, at + 100));
}

async function trades(...lines: string[]) {
  const seconds = new TradeSeconds(context);
  const rows = await readTrades(file(lines), context, seconds);
  return { rows, duplicates: seconds.duplicates, columns: seconds.finish() };
}

async function quotes(...lines: string[]) {
  const seconds = new QuoteSeconds(context);
  const rows = await readQuotes(file(lines), context, seconds);
  return { rows, columns: seconds.finish() };
}

const trade = (id: number, ms: number, price = 24.5, maker = 'false') => `${id},${price},76,${id * 3},${id * 3 + 2},${day + ms},${maker}`;
const quote = (id: number, ms: number, bid = 26.67) => `${id},${bid},172.0,${bid + 0.001},582.0,${day + ms},${day + ms + 6}`;

describe('readTrades', () => {
  it('feeds seconds, with a header and without, in milliseconds and microseconds', async () => {
    const lines = [trade(1, 1_500), trade(2, 1_600, 24.6, 'true'), trade(3, 3_000)];
    const micro = lines.map((line) => line.replace(/,(\d{13}),/, ',$1000,'));
    for (const one of [[tradesHeader, ...lines], lines, micro]) {
      const { rows, columns } = await trades(...one);
      expect([rows, columns.volume[1], columns.buyVolume[1], columns.trades[3], columns.price[1]]).toEqual([3, 152, 76, 1, 24.6]);
    }
  });

  it('reads the spelling of capitals too, and drops repeats', async () => {
    const { duplicates, columns } = await trades(trade(1, 0, 24.5, 'True'), trade(1, 0, 24.5, 'True'), trade(2, 5, 24.5, 'False'));
    expect([duplicates, columns.trades[0], columns.buyVolume[0]]).toEqual([1, 2, 76]);
  });

  it.each([
    ['numbers that go back: periods are mixed (#12, #288)', [trade(7, 0), trade(6, 9)], 'line 2: trade 6 comes after a later one'],
    ['a trade of another day', [trade(1, 0), trade(2, dayMs)], "outside the file's period"],
    ['stamps of two units', [trade(1, 0), trade(2, 5).replace(/,(\d{13}),/, ',$1000,')], "outside the file's period"],
    ['a price of 0', [trade(1, 0, 0)], 'not above 0'],
    ['a word that is neither true nor false', [trade(1, 0, 1, 'maybe')], 'neither true nor false'],
    ['an eighth column', [`${trade(1, 0)},true`], 'too many columns'],
    ['another header', [tradesHeader.replace('price', 'qty')], 'price'],
  ])('refuses %s', async (_, lines, message) => {
    await expect(trades(...lines)).rejects.toMatchObject({ code: 'E_CSV', message: expect.stringContaining(message) });
  });
});

describe('readQuotes', () => {
  it('feeds seconds in any order of rows (#305)', async () => {
    const lines = [quote(5, 1_500), quote(9, 90_000, 27), quote(6, 1_600, 26.5), quote(10, 90_500, 27.5)];
    const [sorted, mixed] = [await quotes(quotesHeader, ...lines.toSorted()), await quotes(...lines)];
    expect(mixed.columns).toEqual(sorted.columns);
    expect([mixed.rows, mixed.columns.bid[0], mixed.columns.bid[1], mixed.columns.bid[89], mixed.columns.bid[90]]).toEqual([
      4,
      Number.NaN,
      26.5,
      26.5,
      27.5,
    ]);
  });

  it('refuses a quote of another day and a row that is cut', async () => {
    await expect(quotes(quote(1, -1))).rejects.toThrow("outside the file's period");
    await expect(quotes(quote(1, 5).replace(/,\d+$/, ''))).rejects.toThrow('too few columns');
  });
});
