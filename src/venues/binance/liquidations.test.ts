import { describe, expect, it } from 'vitest';
import { dayMs } from '../../core/time.ts';
import { parseLiquidations } from './liquidations.ts';

const day = Date.UTC(2023, 6, 31);
const header = 'time,side,order_type,time_in_force,original_quantity,price,average_price,order_status,last_fill_quantity,accumulated_fill_quantity';
const line = (ms: number, side = 'SELL', filled = '1.5') => `${day + ms},${side},LIMIT,IOC,2,99.5,100.25,FILLED,0.5,${filled}`;
const parse = (...lines: string[]) =>
  parseLiquidations(Buffer.from(`${lines.join('\n')}\n`), { file: 'x.csv', symbol: 'AAAUSDT', from: day, to: day + dayMs });

describe('parseLiquidations', () => {
  it('reads orders with and without a header', () => {
    for (const lines of [[header, line(5, 'BUY')], [line(5, 'BUY')]]) {
      const rows = parse(...lines);
      expect([rows.time[0], rows.side[0], rows.quantity[0], rows.filledQuantity[0], rows.price[0], rows.averagePrice[0]]).toEqual([
        day + 5,
        1,
        2,
        1.5,
        99.5,
        100.25,
      ]);
    }
  });

  it('takes every row once, though the publisher writes it twice (#259, #337)', () => {
    const rows = parse(header, line(5), line(5), line(900, 'BUY'), line(900, 'BUY'));
    expect([rows.rows, rows.duplicatesDropped, rows.outOfOrderRows]).toEqual([2, 2, 0]);
    expect([...rows.side]).toEqual([-1, 1]);
  });

  it('keeps different orders of one millisecond, and sorts', () => {
    const rows = parse(line(9), line(5, 'SELL', '2'), line(5));
    expect([...rows.time].map((time) => time - day)).toEqual([5, 5, 9]);
    expect([...rows.filledQuantity]).toEqual([1.5, 2, 1.5]);
    expect([rows.duplicatesDropped, rows.outOfOrderRows]).toEqual([0, 1]);
  });

  it('takes a file of a header alone for a day without any', () => {
    expect(parse(header).rows).toBe(0);
  });

  it.each([
    ['a row of another day', line(dayMs), 'outside the file'],
    ['an unknown side', line(5, 'LONG'), 'neither BUY nor SELL'],
    ['a quantity of 0', line(5).replace(',2,', ',0,'), 'quantity'],
    ['a price of 0', line(5).replace(',99.5,', ',0,'), 'price'],
    ['a quoted field', line(5).replace('LIMIT', '"LIMIT"'), 'a word was expected'],
    ['a column too many', `${line(5)},1`, 'too many columns'],
    ['another header', header.replace('side', 'symbol'), 'side'],
  ])('refuses %s', (_, text, message) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'E_CSV', message: expect.stringContaining(message) }));
  });
});
