import { describe, expect, it } from 'vitest';
import { dayMs } from '../../core/time.ts';
import { metricsStepMs, parseMetrics } from './metrics.ts';

const day = Date.UTC(2024, 1, 29);
const header =
  'create_time,symbol,sum_open_interest,sum_open_interest_value,count_toptrader_long_short_ratio,sum_toptrader_long_short_ratio,count_long_short_ratio,sum_taker_long_short_vol_ratio';
const stamp = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
const line = (ms: number, interest: number | string = 5) => `${stamp(ms)},AAAUSDT,${interest},50.5,1.1,1.2,1.3,0.9`;

/** A day of rows stamped with the end or the start of their five minutes. */
function linesOf(from: number, label: 'start' | 'end'): string[] {
  return Array.from({ length: 288 }, (_, i) => line(from + (i + Number(label === 'end')) * metricsStepMs));
}

function parse(lines: readonly string[], from = day, withHeader = true) {
  const text = [...(withHeader ? [header] : []), ...lines].join('\n');
  return parseMetrics(Buffer.from(`${text}\n`), { file: 'metrics.csv', symbol: 'AAAUSDT', from, to: from + dayMs });
}

describe('parseMetrics', () => {
  it('names a row by the start of its five minutes, with a header and without', () => {
    for (const withHeader of [true, false]) {
      const rows = parse(linesOf(day, 'end'), day, withHeader);
      expect([rows.rows, rows.label, rows.time[0], rows.time.at(-1)]).toEqual([288, 'end', day, day + dayMs - metricsStepMs]);
      expect(rows.rawTime[0]).toBe(day + metricsStepMs);
      expect([rows.openInterest[0], rows.openInterestValue[0], rows.topAccountRatio[0], rows.topPositionRatio[0]]).toEqual([5, 50.5, 1.1, 1.2]);
      expect([rows.accountRatio[0], rows.takerRatio[0]]).toEqual([1.3, 0.9]);
    }
  });

  it('tells stamps of starts from stamps of ends by the file itself, whatever its date (#491)', () => {
    const after = Date.UTC(2026, 6, 1);
    for (const from of [day, after]) {
      expect(parse(linesOf(from, 'start'), from)).toMatchObject({ label: 'start', rows: 288 });
      expect(parse(linesOf(from, 'end'), from)).toMatchObject({ label: 'end', rows: 288 });
      expect(parse(linesOf(from, 'start'), from).time).toEqual(parse(linesOf(from, 'end'), from).time);
    }
    expect(parse(linesOf(day, 'end').slice(5, 9)).label).toBe('end');
    expect(parse(linesOf(after, 'start').slice(5, 9), after).label).toBe('start');
  });

  it('keeps empty values as missing and counts them (#498)', () => {
    const rows = parse([`${stamp(day + dayMs)},AAAUSDT,5,50.5,,"",1.3,`]);
    expect([rows.emptyValues, rows.topAccountRatio[0], rows.topPositionRatio[0], rows.takerRatio[0], rows.accountRatio[0]]).toEqual([
      3,
      Number.NaN,
      Number.NaN,
      Number.NaN,
      1.3,
    ]);
  });

  it('drops identical repeats, sorts, and counts both (#484)', () => {
    const [first, second, ...rest] = linesOf(day, 'end') as [string, string, ...string[]];
    expect(parse([second, first, first, ...rest])).toMatchObject({ rows: 288, duplicatesDropped: 1, outOfOrderRows: 1 });
  });

  it('keeps stamps off the grid where they are', () => {
    const rows = parse([line(day + metricsStepMs + 3_000), line(day + dayMs)]);
    expect([rows.offGridCount, rows.time[0]]).toEqual([1, day + 3_000]);
  });

  it.each([
    ['two values of one time', [line(day + metricsStepMs, 5), line(day + metricsStepMs, 6)], 'E_DATA_CONFLICT', 'two different rows'],
    ['a row of another day', [line(day + dayMs), line(day + 2 * dayMs)], 'E_CSV', 'line 3: time 2024-03-02T00:00:00Z does not belong'],
    ['another symbol', [line(day + dayMs).replace('AAA', 'BBB')], 'E_CSV', 'the row is about BBBUSDT'],
    ['a negative value', [line(day + dayMs, -1)], 'E_CSV', 'is negative'],
    ['an epoch stamp', [`${day},AAAUSDT,1,1,1,1,1,1`], 'E_CSV', 'YYYY-MM-DD HH:MM:SS'],
    ['a day that does not exist', [line(day + dayMs).replace('03-01', '02-30')], 'E_CSV', 'YYYY-MM-DD HH:MM:SS'],
    ['a stamp of the day alone, as of 2021', [line(day + dayMs).replace(' 00:00:00', '')], 'E_CSV', 'YYYY-MM-DD HH:MM:SS'],
    ['a column too few', [line(day + dayMs).replace(',0.9', '')], 'E_CSV', 'too few columns'],
  ])('refuses %s', (_, lines, code, message) => {
    expect(() => parse(lines)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });

  it('refuses an unknown header, a byte order mark and an empty file', () => {
    const file = (text: string) => parseMetrics(Buffer.from(text), { file: 'x', symbol: 'AAAUSDT', from: day, to: day + dayMs });
    expect(() => file(`${header.replace('count_long', 'sum_long')}\n`)).toThrow('count_long_short_ratio');
    expect(() => file(`\uFEFF${header}\n`)).toThrow('create_time');
    expect(() => file('')).toThrow('empty');
  });
});
