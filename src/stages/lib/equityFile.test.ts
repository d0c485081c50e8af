import { expect, test } from 'vitest';
import { barMs } from '../../core/time.ts';
import { equityCsv } from './equityFile.ts';

const start = Date.UTC(2023, 11, 31, 23, 30);
const book = (pnl: number[]) => ({
  rows: pnl.length,
  openTime: Float64Array.from(pnl, (_, row) => start + row * barMs),
  pnl: Float64Array.from(pnl),
});
const text = (pnl: number[], initial: number) => Buffer.from(equityCsv(book(pnl), initial)).toString('utf8');

test('writes one line per bar, over the turn of a day, with shortest round-trip numbers', () => {
  expect(text([0, 0, 0.1, -1 / 3], 1000)).toBe(
    [
      'timestamp,equity',
      '2023-12-31T23:30:00Z,1000',
      '2023-12-31T23:45:00Z,1000',
      '2024-01-01T00:00:00Z,1100',
      `2024-01-01T00:15:00Z,${1000 * (1 + (0.1 - 1 / 3))}`,
      '',
    ].join('\n'),
  );
});

test('has room for the longest number that a double prints', () => {
  const equity = -1.2345678901234567e-100;
  expect(String(equity)).toHaveLength(24);
  expect(text([0, 0, 0], equity).split('\n')[3]).toBe(`2024-01-01T00:00:00Z,${equity}`);
});

test('is the header alone without bars', () => {
  expect(text([], 1000)).toBe('timestamp,equity\n');
});
