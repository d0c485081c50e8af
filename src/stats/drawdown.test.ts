import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawdown } from './drawdown.ts';

const runs = { numRuns: 200 };
const equity = fc.array(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), { minLength: 1 });

describe('drawdown', () => {
  it('is all null for no equity', () => {
    const { drawdowns, ...rest } = drawdown([]);
    expect(drawdowns).toHaveLength(0);
    expect(Object.values(rest).every((value) => value === null)).toBe(true);
  });

  it('has no peak, trough or recovery when equity never falls', () => {
    expect(drawdown([1, 2, 2, 3])).toMatchObject({
      maxDrawdown: 0,
      peakIndex: null,
      troughIndex: null,
      recoveryIndex: null,
      longestDuration: 0,
      timeUnderWater: 0,
      ulcerIndex: 0,
      averageDrawdown: 0,
    });
  });

  it('has a null recovery and a duration to the last bar when equity stays below the peak', () => {
    expect(drawdown([1, 2, 1, 1.5, 1.9])).toMatchObject({ maxDrawdown: 0.5, peakIndex: 1, troughIndex: 2, recoveryIndex: null, longestDuration: 3 });
    expect(drawdown([2, 1])).toMatchObject({ longestDuration: 1, recoveryIndex: null });
  });

  it('recovers at the exact peak and takes the first of two equal troughs', () => {
    expect(drawdown([4, 4, 2, 4, 2, 5])).toMatchObject({ peakIndex: 1, troughIndex: 2, recoveryIndex: 3, longestDuration: 2 });
  });

  it('goes below -1 when equity is negative, and refuses a start that is not positive', () => {
    expect(drawdown([1, -1]).maxDrawdown).toBe(2);
    expect(() => drawdown([0, 1])).toThrow('equity starts at 0');
    expect(() => drawdown([1, Number.NaN])).toThrow('equity[1] is NaN');
  });

  it('stays in [0, 1) for positive equity and does not change with scale', () => {
    fc.assert(
      fc.property(equity, (values) => {
        const result = drawdown(values);
        const scaled = drawdown(values.map((value) => value * 1024));
        expect(scaled).toEqual(result);
        expect(result.maxDrawdown).toBeGreaterThanOrEqual(0);
        expect(result.maxDrawdown).toBeLessThan(1);
        expect(result.averageDrawdown!).toBeLessThanOrEqual(result.ulcerIndex! + 1e-12);
        expect(result.ulcerIndex!).toBeLessThanOrEqual(result.maxDrawdown! + 1e-12);
      }),
      runs,
    );
  });

  it('orders peak, trough and recovery, and no duration is shorter than theirs', () => {
    fc.assert(
      fc.property(equity, (values) => {
        const { peakIndex, troughIndex, recoveryIndex, longestDuration } = drawdown(values);
        if (peakIndex === null) {
          expect([troughIndex, recoveryIndex, longestDuration]).toEqual([null, null, 0]);
          return;
        }
        expect(peakIndex).toBeLessThan(troughIndex!);
        const end = recoveryIndex ?? values.length - 1;
        expect(end).toBeGreaterThanOrEqual(troughIndex!);
        expect(longestDuration).toBeGreaterThanOrEqual(end - peakIndex);
        if (recoveryIndex !== null) expect(values[recoveryIndex]).toBeGreaterThanOrEqual(values[peakIndex]!);
      }),
      runs,
    );
  });
});
