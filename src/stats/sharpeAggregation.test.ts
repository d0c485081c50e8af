import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregateSharpe, loFactor, loFactorAr1 } from './sharpeAggregation.ts';

describe('aggregateSharpe', () => {
  it('is the naive factor without autocorrelation', () => {
    expect(aggregateSharpe({ sharpePerPeriod: 0.5, q: 96, autocorrelations: [] })).toEqual({
      eta: Math.sqrt(96),
      iidScale: Math.sqrt(96),
      aggregatedSharpe: 0.5 * Math.sqrt(96),
    });
  });

  it('is null where reversal leaves the sum no variance', () => {
    expect(aggregateSharpe({ sharpePerPeriod: 1, q: 2, autocorrelations: [-1] })).toMatchObject({ eta: null, aggregatedSharpe: null });
    expect(loFactor(4, [-0.9, -0.9])).toBeNull();
  });

  it('weighs a lag by how often it occurs in the long period', () => {
    expect(loFactor(3, [0.1, 0.2])).toBeCloseTo(3 / Math.sqrt(3 + 2 * (2 * 0.1 + 0.2)), 14);
  });

  it('uses no lag of q or beyond', () => {
    expect(loFactor(3, [0.1, 0.2, 0.9, 0.9])).toBe(loFactor(3, [0.1, 0.2]));
    expect(loFactor(1, [0.5])).toBe(1);
  });

  it('refuses NaN and periods that are not whole', () => {
    expect(() => loFactor(3, [Number.NaN])).toThrow('NaN');
    expect(() => aggregateSharpe({ sharpePerPeriod: Number.NaN, q: 3, autocorrelations: [] })).toThrow('NaN');
    for (const q of [0, 1.5]) expect(() => loFactorAr1(q, 0.1)).toThrow('periods must be a whole number');
  });
});

describe('loFactorAr1', () => {
  it('shrinks with persistence and grows with reversal, as the specification quotes', () => {
    expect(loFactorAr1(96, 0.1)).toBeCloseTo(8.872, 3);
    expect(loFactorAr1(96, -0.1)).toBeCloseTo(10.821, 3);
    expect(loFactorAr1(96, 0)).toBe(Math.sqrt(96));
  });

  it('agrees with the closed form', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.double({ min: -0.95, max: 0.95, noNaN: true }), (q, r) => {
        const closed = Math.sqrt(q) / Math.sqrt(1 + ((2 * r) / (1 - r)) * (1 - (1 - r ** q) / (q * (1 - r))));
        expect(loFactorAr1(q, r)! / closed).toBeCloseTo(1, 9);
      }),
    );
  });

  it('nears 1 as every period repeats the first, and is null beyond', () => {
    expect(loFactorAr1(96, 1 - 1e-9)).toBeCloseTo(1, 7);
    for (const rho of [1, -1, 1.2]) expect(loFactorAr1(96, rho)).toBeNull();
  });
});
