import { describe, expect, it } from 'vitest';
import type { CompiledOutcome } from './compile.ts';
import { valueKernels } from './outcomeKernels.ts';
import type { OutcomeWork } from './outcomeKernels.ts';
import { passagesOf } from './passages.ts';

/** Anchor at row 2, window of ages 3 to 8: rows 5 to 10. */
function work(kind: CompiledOutcome['kind'], of: readonly number[], base = 1): OutcomeWork {
  const outcome = { id: 'x', kind, window: [3, 8], ages: [1, 5], of: null, level: null, side: null, rearm: false, q: 0.5, from: 'close' } as const;
  const column = Float64Array.from(of);
  const prices = { open: column, high: column, low: column, close: column };
  return { outcome, direction: 1, of: column, level: new Float64Array(of.length).fill(base), prices, anchors: null };
}
const decay = (of: readonly number[], { base = 1, to = 10 } = {}) => passagesOf(work('decay_time', of, base)).sighting(2, 5, to);
const hit = (age: number) => 2 * age + 1;

describe('the time of a decay', () => {
  it('counts from the peak, wherever in the window that is', () => {
    expect(decay([9, 9, 9, 9, 9, 5, 4, 3, 2, 1, 1])).toBe(hit(2));
    expect(decay([9, 9, 9, 9, 9, 1, 1, 5, 4, 3, 2])).toBe(hit(2));
  });

  it('is lost sight of at the end of the window, so many bars after the peak', () => {
    expect(decay([0, 0, 0, 0, 0, 1, 9, 8, 7, 6, 6])).toBe(2 * 4);
  });

  it('is the shortest where nothing rises above the base', () => {
    expect(decay([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1], { base: 2 })).toBe(hit(1));
  });

  it('cannot be told of a window that is cut short, nor of a peak at its end', () => {
    expect(decay([9, 9, 9, 9, 9, 5, 4, 3, 2, 1, 1], { to: 9 })).toBeNaN();
    expect(decay([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2])).toBeNaN();
  });
});

it('a slope is that of least squares over the values that are present, for the anchors that are asked for', () => {
  const line = Float64Array.from({ length: 12 }, (_, row) => (row === 7 ? Number.NaN : 3 - 0.25 * row));
  const out = new Float64Array(12).fill(Number.NaN);
  valueKernels.slope({ ...work('slope', [...line]), anchors: Float64Array.from({ length: 12 }, (_, row) => Number(row !== 2)) }, out);
  expect(out[3]).toBeCloseTo(-0.25, 12);
  expect(out[2]).toBeNaN();
  expect(out[4]).toBeNaN();
});
