import { expect, it } from 'vitest';
import { performance } from './performance.ts';

it('has null exposure without positions and null measures without returns', () => {
  expect(performance([0.1, -0.1], { periodsPerYear: 365 })).toMatchObject({ timeInMarket: null, turnoverTotal: null, turnoverPerYear: null });
  const { periodsPerYear, ...measures } = performance([], { periodsPerYear: 365 });
  expect(periodsPerYear).toBe(365);
  expect(Object.values(measures).every((value) => value === null)).toBe(true);
});

it('passes its thresholds on', () => {
  const result = performance([0.1, 0.4], { periodsPerYear: 4, minimumAcceptableReturn: 0.3, omegaThreshold: 0.2, positions: [1, 0] });
  expect(result.downsideDeviation).toBeCloseTo(0.2 / Math.SQRT2, 12);
  expect(result.omega).toBeCloseTo(2, 12);
  expect(result).toMatchObject({ timeInMarket: 0.5, turnoverTotal: 2, turnoverPerYear: 4, maxDrawdown: 0, calmar: null });
});
