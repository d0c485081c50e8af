import { describe, expect, it } from 'vitest';
import { histogram } from './tradeGroups.ts';

describe('histogram', () => {
  it('counts every value once, with an edge at zero', () => {
    const values = [-0.031, -0.0301, -0.001, 0, 0.0004, 0.02, 0.0499];
    const bins = histogram(values, 10);
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
    expect(bins.some(({ from }) => from === 0)).toBe(true);
    expect(bins.filter(({ from }) => from < 0).reduce((sum, { count }) => sum + count, 0)).toBe(3);
  });

  it('handles one value, equal values and none', () => {
    expect(histogram([]).length).toBe(0);
    expect(histogram([0]).reduce((sum, { count }) => sum + count, 0)).toBe(1);
    expect(histogram([0.1, 0.1]).reduce((sum, { count }) => sum + count, 0)).toBe(2);
  });
});
