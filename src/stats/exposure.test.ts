import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeInMarket, turnover, turnoverPerYear } from './exposure.ts';

const runs = { numRuns: 200 };
const positions = fc.array(
  fc.integer({ min: -4, max: 4 }).map((i) => i / 4),
  { minLength: 1 },
);

describe('exposure', () => {
  it('is null for no bars', () => expect([timeInMarket([]), turnover([]), turnoverPerYear([], 365)]).toEqual([null, null, null]));

  it('counts the first entry and a flip twice', () => {
    expect(turnover([1, 1, -1, 0])).toBe(4);
    expect(turnoverPerYear([1, 1, -1, 0], 8)).toBe(8);
    expect(timeInMarket([1, 1, -1, 0])).toBe(0.75);
    expect(timeInMarket([-0])).toBe(0);
  });

  it('refuses NaN and a factor that is not positive', () => {
    expect(() => timeInMarket([Number.NaN])).toThrow('positions[0]');
    expect(() => turnover([Number.NaN])).toThrow('positions[0]');
    expect(() => turnoverPerYear([1], -1)).toThrow('periods per year');
  });

  it('does not change when longs and shorts swap, and covers the last position', () => {
    fc.assert(
      fc.property(positions, (held) => {
        const swapped = held.map((position) => -position);
        expect(turnover(swapped)).toBe(turnover(held));
        expect(timeInMarket(swapped)).toBe(timeInMarket(held));
        expect(turnover(held)!).toBeGreaterThanOrEqual(Math.max(...held.map(Math.abs)));
      }),
      runs,
    );
  });
});
