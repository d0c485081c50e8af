import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excursion, type ExcursionTrade } from './excursion.ts';

const runs = { numRuns: 200 };
const bars = { open: [100, 104], high: [105, 120], low: [98, 90] };
const long: ExcursionTrade = { side: 'long', entryPrice: 100, exitPrice: 110, exitWhen: 'close' };

describe('excursion', () => {
  it('counts the whole last bar when held to its close', () => {
    const result = excursion(long, bars);
    expect(result.mae).toBeCloseTo(-0.1, 12);
    expect(result.mfe).toBeCloseTo(0.2, 12);
    expect(result.return).toBeCloseTo(0.1, 12);
  });

  it('counts only open and exit price of a bar left inside', () => {
    const result = excursion({ ...long, exitPrice: 95, exitWhen: 'intrabar' }, bars);
    expect(result.mae).toBeCloseTo(-0.05, 12);
    expect(result.mfe).toBeCloseTo(0.05, 12);
  });

  it('credits a target exit no further than the open of its bar', () => {
    expect(excursion({ ...long, exitWhen: 'intrabar' }, bars).mfe).toBeCloseTo(0.05, 12);
  });

  it('counts a gap through the open against the trade', () => {
    const gapped = { open: [100, 80], high: [105, 85], low: [98, 70] };
    expect(excursion({ ...long, exitPrice: 80, exitWhen: 'open' }, gapped)).toMatchObject({ mae: 80 / 100 - 1, return: 80 / 100 - 1 });
  });

  it('has no excursion but the exit itself without bars', () => {
    const none = { open: [], high: [], low: [] };
    expect(excursion({ ...long, exitPrice: 90, exitWhen: 'intrabar' }, none)).toEqual({ mae: 90 / 100 - 1, mfe: 0, return: 90 / 100 - 1 });
  });

  it('refuses what is no trade', () => {
    expect(() => excursion({ ...long, entryPrice: 0 }, bars)).toThrow('entry price must be positive');
    expect(() => excursion({ ...long, exitPrice: Number.NaN }, bars)).toThrow('prices[1] is NaN');
    expect(() => excursion({ ...long, side: 'up' as 'long' }, bars)).toThrow('side must be');
    expect(() => excursion({ ...long, exitWhen: 'later' as 'close' }, bars)).toThrow('exit must be');
    expect(() => excursion(long, { ...bars, low: [1] })).toThrow('one length');
    expect(() => excursion(long, { ...bars, high: [1] })).toThrow('one length');
    expect(() => excursion(long, { ...bars, low: [1, Number.NaN] })).toThrow('low[1] is NaN');
  });

  it('keeps the return between the excursions of a trade held to the close, and zero between them too', () => {
    const price = fc.integer({ min: 50, max: 200 });
    const bar = fc
      .tuple(price, price, price)
      .map((prices) => ({ open: prices[0], high: Math.max(...prices), low: Math.min(...prices), close: prices[2] }));
    fc.assert(
      fc.property(fc.array(bar, { minLength: 1 }), fc.constantFrom('long' as const, 'short' as const), (rows, side) => {
        const columns = { open: rows.map((row) => row.open), high: rows.map((row) => row.high), low: rows.map((row) => row.low) };
        const trade = { side, entryPrice: rows[0]!.open, exitPrice: rows.at(-1)!.close };
        const closed = excursion({ ...trade, exitWhen: 'close' }, columns);
        const inside = excursion({ ...trade, exitWhen: 'intrabar' }, columns);
        expect(closed.mae).toBeLessThanOrEqual(Math.min(0, closed.return));
        expect(closed.mfe).toBeGreaterThanOrEqual(Math.max(0, closed.return));
        expect(inside.mae).toBeGreaterThanOrEqual(closed.mae);
        expect(inside.mfe).toBeLessThanOrEqual(closed.mfe);
      }),
      runs,
    );
  });
});
