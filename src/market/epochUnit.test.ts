import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochUnit } from './epochUnit.ts';

const runs = { numRuns: 200 };
const earliest = Date.UTC(2015, 0, 1);
const latest = Date.UTC(2100, 0, 1) - 1;

describe('epochUnit', () => {
  it('refuses everything outside 2015 to 2100, fractions and NaN', () => {
    for (const value of [0, -1, 20_240_101, earliest / 1000 - 1, latest + 1, 1.5e9 + 0.5, Number.NaN, Infinity, -1_598_918_400_000]) {
      expect(epochUnit(value)).toEqual({ unit: null, ms: null });
    }
  });

  it('takes both ends of the calendar', () => {
    expect(epochUnit(earliest)).toEqual({ unit: 'ms', ms: earliest });
    expect(epochUnit(latest)).toEqual({ unit: 'ms', ms: latest });
    expect(epochUnit(earliest / 1000)).toEqual({ unit: 's', ms: earliest });
  });

  it('keeps nanoseconds of a bigint exact and cuts, never rounds', () => {
    expect(epochUnit(1_735_690_499_999_999_999n)).toEqual({ unit: 'ns', ms: 1_735_690_499_999 });
    expect(epochUnit(1_735_690_499_999_999_000)).toEqual({ unit: 'ns', ms: 1_735_690_499_999 });
    expect(epochUnit(1_735_690_499n)).toEqual({ unit: 's', ms: 1_735_690_499_000 });
  });

  it('finds one time in every unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: earliest / 1000, max: Math.floor(latest / 1000) }), fc.integer({ min: 0, max: 999 }), (seconds, rest) => {
        const ms = seconds * 1000 + rest;
        expect(epochUnit(seconds)).toEqual({ unit: 's', ms: seconds * 1000 });
        expect(epochUnit(ms)).toEqual({ unit: 'ms', ms });
        expect(epochUnit(ms * 1000 + 999)).toEqual({ unit: 'us', ms });
        expect(epochUnit(BigInt(ms) * 1_000_000n)).toEqual({ unit: 'ns', ms });
      }),
      runs,
    );
  });
});
