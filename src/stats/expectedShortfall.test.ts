import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedShortfall } from './expectedShortfall.ts';

const runs = { numRuns: 200 };
const returns = fc.array(fc.double({ min: -0.9, max: 0.9, noNaN: true }), { minLength: 1 });
const confidence = fc.double({ min: 0.01, max: 0.999, noNaN: true });

describe('expectedShortfall', () => {
  it('is null for no returns', () => {
    expect(expectedShortfall([], 0.95)).toEqual({ valueAtRisk: null, expectedShortfall: null, tailObservations: 0 });
  });

  it('is the worst loss when the tail is less than one observation', () => {
    expect(expectedShortfall([0.1, -0.2, 0.3], 0.99)).toMatchObject({ valueAtRisk: 0.2, expectedShortfall: 0.2 });
    expect(expectedShortfall([-0.2, 0.1], 1 - 1e-12)).toMatchObject({ valueAtRisk: 0.2, expectedShortfall: 0.2, tailObservations: 0 });
  });

  it('is the mean loss when the tail is the whole sample, and negative when all gain', () => {
    expect(expectedShortfall([0.1, 0.3], 1e-12)).toMatchObject({ valueAtRisk: -0.3, expectedShortfall: -0.2, tailObservations: 2 });
  });

  it('counts 0.1 of 20 as two whole observations', () => {
    const sample = Array.from({ length: 20 }, (_, i) => -i);
    expect(expectedShortfall(sample, 0.9)).toEqual({ valueAtRisk: 17, expectedShortfall: 18.5, tailObservations: 2 });
  });

  it('refuses NaN and a confidence outside 0..1', () => {
    expect(() => expectedShortfall([Number.NaN], 0.9)).toThrow('NaN');
    for (const bad of [0, 1, Number.NaN]) expect(() => expectedShortfall([0.1], bad)).toThrow('confidence');
  });

  it('covers the confidence with the smallest such loss, which the shortfall is never below', () => {
    fc.assert(
      fc.property(returns, confidence, (sample, c) => {
        const { valueAtRisk, expectedShortfall: shortfall, tailObservations } = expectedShortfall(sample, c);
        const beyond = sample.filter((value) => -value > valueAtRisk!).length;
        const reaching = sample.filter((value) => -value >= valueAtRisk!).length;
        expect(beyond).toBeLessThanOrEqual(tailObservations);
        expect(reaching).toBeGreaterThan(tailObservations - 1e-9);
        expect(shortfall! + 1e-9).toBeGreaterThanOrEqual(valueAtRisk!);
        expect(shortfall! - 1e-9).toBeLessThanOrEqual(-Math.min(...sample));
      }),
      runs,
    );
  });

  it('rises with the confidence', () => {
    fc.assert(
      fc.property(returns, confidence, confidence, (sample, c, d) => {
        const low = expectedShortfall(sample, Math.min(c, d)).expectedShortfall!;
        expect(expectedShortfall(sample, Math.max(c, d)).expectedShortfall! + 1e-6).toBeGreaterThanOrEqual(low);
      }),
      runs,
    );
  });
});
