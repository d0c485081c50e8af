import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialTail, clopperPearson, logBinomialTerms, mostHitsAllowed } from './binomial.ts';

describe('binomialTail', () => {
  it('adds up coin tosses', () => {
    expect(binomialTail(2, 3, 0.5)).toBeCloseTo(0.5, 14);
    expect(binomialTail(3, 3, 0.5)).toBeCloseTo(0.125, 14);
  });

  it('knows the certain cases', () => {
    expect(binomialTail(0, 10, 0.3)).toBe(1);
    expect(binomialTail(11, 10, 0.3)).toBe(0);
    expect(binomialTail(1, 10, 0)).toBe(0);
    expect(binomialTail(10, 10, 1)).toBe(1);
    expect(() => binomialTail(1, 10, 1.5)).toThrow('0..1');
    expect(() => binomialTail(1, -1, 0.5)).toThrow('trials');
  });

  it('keeps its digits for thousands of trials', () => {
    expect(Math.exp(logBinomialTerms(1000)[500]!)).toBeCloseTo(2.70288240945437e299, -290);
    expect(binomialTail(2500, 5000, 0.5)).toBeCloseTo(0.5056418, 6);
  });
});

describe('clopperPearson', () => {
  it('reproduces the published bounds for 1 in 10', () => {
    const { share, low, high } = clopperPearson(1, 10, 0.05);
    expect(share).toBe(0.1);
    expect(low).toBeCloseTo(0.00252858, 8);
    expect(high).toBeCloseTo(0.44501612, 8);
  });

  it('reaches 0 without hits, 1 without misses, and says nothing without trials', () => {
    expect(clopperPearson(0, 20, 0.05)).toMatchObject({ share: 0, low: 0 });
    expect(clopperPearson(0, 20, 0.05).high).toBeCloseTo(1 - 0.025 ** (1 / 20), 12);
    expect(clopperPearson(20, 20, 0.05)).toMatchObject({ share: 1, high: 1 });
    expect(clopperPearson(0, 0, 0.05)).toEqual({ share: null, low: 0, high: 1 });
    expect(() => clopperPearson(3, 2, 0.05)).toThrow('trials');
  });

  it('holds the share and mirrors when hits and misses change places', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 0, max: 80 }), (trials, some) => {
        const hits = some % (trials + 1);
        const { share, low, high } = clopperPearson(hits, trials, 0.05);
        const mirror = clopperPearson(trials - hits, trials, 0.05);
        expect(low).toBeLessThanOrEqual(share!);
        expect(high).toBeGreaterThanOrEqual(share!);
        expect(mirror.low).toBeCloseTo(1 - high, 12);
      }),
      { numRuns: 100 },
    );
  });
});

describe('mostHitsAllowed', () => {
  it('is the first count that a cell at the rate hardly ever exceeds', () => {
    const most = mostHitsAllowed(200, { rate: 0.05, cells: 1, alpha: 0.05 });
    expect(binomialTail(most + 1, 200, 0.05)).toBeLessThanOrEqual(0.05);
    expect(binomialTail(most, 200, 0.05)).toBeGreaterThan(0.05);
    expect(most).toBe(15);
  });

  it('widens with the number of cells', () => {
    expect(mostHitsAllowed(200, { rate: 0.05, cells: 60, alpha: 0.05 })).toBe(21);
    expect(mostHitsAllowed(0, { rate: 0.05, cells: 1, alpha: 0.05 })).toBe(0);
    expect(() => mostHitsAllowed(10, { rate: 0.05, cells: 0, alpha: 0.05 })).toThrow('cells');
  });
});
