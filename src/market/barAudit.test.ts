import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barMs } from '../core/time.ts';
import { barAudit } from './barAudit.ts';

const runs = { numRuns: 200 };
const rowsAt = (steps: number[], close: number[] = steps) => {
  const values = Float64Array.from(close);
  return { openTime: Float64Array.from(steps, (step) => step * barMs), values: [values], volume: values };
};

describe('barAudit', () => {
  it('has nothing to say about no rows', () => {
    expect(barAudit(rowsAt([]), barMs)).toMatchObject({ bars: 0, expectedBars: 0, coverage: null, gaps: [], conflictingTimes: [], misaligned: [] });
  });

  it('keeps the first row of a time and tells repeats from conflicts', () => {
    const audit = barAudit(rowsAt([1, 2, 2, 2, 2, 3], [5, 6, 6, 7, 8, 9]), barMs);
    expect(audit).toMatchObject({ bars: 3, exactDuplicates: 1, conflictingTimes: [2 * barMs], outOfOrderRows: 0, coverage: 1 });
    expect(Array.from(audit.keptRows)).toEqual([0, 1, 5]);
  });

  it('counts NaN as equal to NaN and not to a number', () => {
    expect(barAudit(rowsAt([1, 1], [Number.NaN, Number.NaN]), barMs).exactDuplicates).toBe(1);
    expect(barAudit(rowsAt([1, 1], [Number.NaN, 1]), barMs).conflictingTimes).toEqual([barMs]);
    expect(barAudit(rowsAt([1, 1], [1, Number.NaN]), barMs).conflictingTimes).toEqual([barMs]);
  });

  it('counts every row that comes after a later one, and returns rows in time order', () => {
    const audit = barAudit(rowsAt([5, 3, 4, 6], [1, 1, 1, 1]), barMs);
    expect(audit.outOfOrderRows).toBe(2);
    expect(Array.from(audit.keptRows)).toEqual([1, 2, 0, 3]);
  });

  it('leaves off-grid times out of bars, gaps and zero volume', () => {
    const audit = barAudit(rowsAt([1, 1.5, 3], [0, 0, 1]), barMs);
    expect(audit).toMatchObject({ bars: 2, misaligned: [1.5 * barMs], zeroVolume: [barMs], expectedBars: 3, coverage: 2 / 3 });
    expect(audit.gaps).toEqual([{ from: 2 * barMs, to: 2 * barMs, bars: 1 }]);
  });

  it('does not ask for volume', () => {
    expect(barAudit({ openTime: Float64Array.of(0), values: [] }, barMs)).toMatchObject({ bars: 1, zeroVolume: [] });
  });

  it('refuses columns of different lengths, NaN times and a bad interval', () => {
    expect(() => barAudit({ openTime: Float64Array.of(0), values: [[1, 2]] }, barMs)).toThrow('columns have 2 rows');
    expect(() => barAudit({ openTime: Float64Array.of(0, Number.NaN), values: [] }, barMs)).toThrow('openTime[1] is NaN');
    expect(() => barAudit(rowsAt([1]), 0)).toThrow('interval must be positive');
  });

  it('accounts for every row, and bars plus gap bars are the expected bars', () => {
    const step = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(fc.array(fc.tuple(step, fc.integer({ min: 0, max: 1 }))), (rows) => {
        const audit = barAudit(
          rowsAt(
            rows.map(([at]) => at),
            rows.map(([, close]) => close),
          ),
          barMs,
        );
        const missing = audit.gaps.reduce((sum, gap) => sum + gap.bars, 0);
        expect(audit.bars).toBe(new Set(rows.map(([at]) => at)).size);
        expect(audit.bars + missing).toBe(audit.expectedBars);
        expect(audit.bars + audit.exactDuplicates).toBeLessThanOrEqual(rows.length);
        expect(audit.bars + audit.exactDuplicates === rows.length).toBe(audit.conflictingTimes.length === 0);
        const kept = Array.from(audit.keptRows, (row) => rows[row]![0]);
        expect(kept).toEqual([...new Set(rows.map(([at]) => at))].toSorted((a, b) => a - b));
        for (const row of audit.keptRows) expect(rows.findIndex(([at]) => at === rows[row]![0])).toBe(row);
      }),
      runs,
    );
  });
});
