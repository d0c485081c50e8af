import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDay, likelyDay, parseDay } from './time.ts';

describe('the day that a text probably means', () => {
  it.each([
    ['2023/01/05', '2023-01-05'],
    ['20230105', '2023-01-05'],
    ['2023-1-5', '2023-01-05'],
    ['2023.01.05', '2023-01-05'],
    ['2023-01-05T12:00:00Z', '2023-01-05'],
    ['2023-02-30', '2023-02-28'],
    ['2024-02-30', '2024-02-29'],
    ['2023-04-31', '2023-04-30'],
  ])('%s: %s', (text, day) => expect(likelyDay(text)).toBe(day));

  it.each(['yesterday', '2023-13-01', '2023-00-10', '2023-01-00', '2023-01-32', '01/02/2023', '202301051', ''])('%s: there is no telling', (text) =>
    expect(likelyDay(text)).toBeNull(),
  );

  it('of a calendar day is that day', () => {
    fc.assert(
      fc.property(fc.integer({ min: 14_245, max: 47_481 }), (days) => likelyDay(formatDay(days * 86_400_000)) === formatDay(days * 86_400_000)),
    );
  });

  it('is always a calendar day', () => {
    const part = (most: number) => fc.integer({ min: 0, max: most });
    fc.assert(
      fc.property(part(9999), part(99), part(99), (year, month, day) => {
        const guess = likelyDay(`${year}-${month}-${day}`);
        return guess === null || parseDay(guess) !== null;
      }),
    );
  });
});
