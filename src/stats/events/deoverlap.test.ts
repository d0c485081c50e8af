import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deoverlap } from './deoverlap.ts';

describe('deoverlap', () => {
  it('drops a trigger that comes exactly at the end of the cool-down', () => {
    expect(deoverlap([0, 6, 7, 13, 14], 6).kept).toEqual([0, 7, 14]);
  });

  it('takes triggers in time whatever their order, and says where they stood', () => {
    expect(deoverlap([30, 3, 10], 5)).toEqual({ kept: [3, 10, 30], keptIndex: [1, 2, 0] });
  });

  it('keeps one of several at the same time, even without cool-down', () => {
    expect(deoverlap([5, 5, 6], 0)).toEqual({ kept: [5, 6], keptIndex: [0, 2] });
    expect(deoverlap([], 5)).toEqual({ kept: [], keptIndex: [] });
  });

  it('refuses times that are not finite', () => {
    expect(() => deoverlap([1, Number.NaN], 5)).toThrow('triggers[1]');
    expect(() => deoverlap([1], Number.NaN)).toThrow('cooldown');
  });

  it('leaves no two within the cool-down, and none out that a kept one does not block', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 300 })), fc.integer({ min: 0, max: 40 }), (triggers, cooldown) => {
        const { kept } = deoverlap(triggers, cooldown);
        kept.forEach((time, i) => i > 0 && expect(time - kept[i - 1]!).toBeGreaterThan(cooldown));
        for (const time of triggers) expect(kept.some((one) => one <= time && time <= one + cooldown)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
