import { describe, expect, it } from 'vitest';
import { barMs } from '../../core/time.ts';
import { parseKlines } from './klines.ts';

const from = Date.UTC(2024, 0, 1);
const context = { file: 'BTCUSDT-15m-2024-01.csv', symbol: 'BTCUSDT', intervalMs: barMs, from, to: Date.UTC(2024, 1, 1) };
const header = 'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore';

interface RowParts {
  prices?: string;
  volume?: string;
  open?: number | string;
  close?: number | string;
  perMs?: number;
}

function row(bar: number, { prices = '10,12,9,11', volume = '5.5', perMs = 1, ...times }: RowParts = {}): string {
  const open = times.open ?? (from + bar * barMs) * perMs;
  const close = times.close ?? Number(open) + barMs * perMs - 1;
  return `${open},${prices},${volume},${close},60.5,7,2.5,30.25,0`;
}

function parse(...lines: string[]) {
  return parseKlines(Buffer.from(`${lines.join('\n')}\n`), context);
}

describe('parseKlines', () => {
  it('maps columns by position, with or without a header', () => {
    for (const bars of [parse(header, row(0), row(1)), parse(row(0), row(1))]) {
      expect(bars.rows).toBe(2);
      expect([...bars.openTime]).toEqual([from, from + barMs]);
      const first = [
        bars.open,
        bars.high,
        bars.low,
        bars.close,
        bars.volume,
        bars.quoteVolume,
        bars.tradeCount,
        bars.takerBuyVolume,
        bars.takerBuyQuoteVolume,
      ].map((column) => column[0]);
      expect(first).toEqual([10, 12, 9, 11, 5.5, 60.5, 7, 2.5, 30.25]);
    }
    expect(parse(header, row(0)).hasHeader).toBe(true);
    expect(parse(row(0)).hasHeader).toBe(false);
  });

  it('detects seconds and microseconds', () => {
    expect(parse(row(3, { perMs: 1_000 }))).toMatchObject({ stampUnit: 'microseconds', openTime: Float64Array.of(from + 3 * barMs) });
    expect(parse(row(3, { perMs: 0.001 }))).toMatchObject({ stampUnit: 'seconds', openTime: Float64Array.of(from + 3 * barMs) });
  });

  it('drops identical repeats, sorts disorder and counts both', () => {
    const bars = parse(row(0), row(2), row(1), row(1), row(3));
    expect(bars).toMatchObject({ rows: 4, duplicatesDropped: 1, outOfOrderRows: 1 });
    expect([...bars.openTime]).toEqual([0, 1, 2, 3].map((bar) => from + bar * barMs));
  });

  it('refuses different rows of one time', () => {
    expect(() => parse(row(0), row(0, { volume: '6' }))).toThrow(
      expect.objectContaining({ code: 'E_DATA_CONFLICT', message: expect.stringContaining('2024-01-01T00:00:00Z') }),
    );
  });

  it('accepts a header alone, but not an empty file', () => {
    expect(parse(header).rows).toBe(0);
    expect(() => parseKlines(Buffer.alloc(0), context)).toThrow('empty');
  });

  it('keeps more rows than the period has bars until repeats are dropped', () => {
    const rows = Array.from({ length: 3_000 }, () => row(5));
    expect(parse(...rows)).toMatchObject({ rows: 1, duplicatesDropped: 2_999 });
  });

  it.each<[string, string, string]>([
    ['an unknown header', header.replace('open,', 'price,'), 'line 1: column 2 is headed "price"'],
    ['a short header', 'open_time,open', '2 columns instead of 12'],
    ['a byte order mark', `\uFEFF${header}`, 'line 1'],
    ['eleven columns', row(0).slice(0, -2), 'too few columns'],
    ['thirteen columns', `${row(0)},0`, 'too many columns'],
    ['a carriage return', `${row(0)}\r`, 'carriage return'],
    ['an empty line', '', 'has 1 columns'],
    ['high below close', row(0, { prices: '10,10.5,9,11' }), 'high 10.5'],
    ['low above open', row(0, { prices: '10,12,10.5,11' }), 'low 10.5'],
    ['a price of zero', row(0, { prices: '0,12,0,11' }), 'low 0 is not above 0'],
    ['a negative price', row(0, { prices: '10,12,-9,11' }), 'not above 0'],
    ['NaN', row(0, { prices: 'NaN,12,9,11' }), 'NaN'],
    ['a huge exponent', row(0, { prices: '10,1e999,9,11' }), 'plain decimal'],
    ['a negative volume', row(0, { volume: '-1' }), 'negative'],
    ['another month', row(-1), 'outside the file'],
    ['the first bar of the next month', row(31 * 96), 'outside the file'],
    ['a time off the grid', row(0, { open: from + 60_000 }), '15-minute grid'],
    ['a wrong close time', row(0, { close: from + barMs }), 'close time'],
    ['a time in nanoseconds', row(0, { open: '1704067200000000000', close: 0 }), '2^53'],
    ['a time before 2000', row(0, { open: 0 }), 'no plausible time'],
  ])('refuses %s with the line number', (_, line, reason) => {
    expect(() => parse(line)).toThrow(expect.objectContaining({ code: 'E_CSV', message: expect.stringContaining(reason) }));
    if (/^\d/.test(line)) expect(() => parse(header, row(7), line)).toThrow('line 3');
  });

  it('refuses a change of unit inside a file', () => {
    expect(() => parse(row(0), row(1, { perMs: 1_000 }))).toThrow('line 2: time 1704068100000000 is not in milliseconds');
  });
});
