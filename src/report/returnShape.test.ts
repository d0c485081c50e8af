import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namedStream, nextNormal } from '../core/random.ts';
import { normalCurve, returnShape } from './returnShape.ts';

const normals = (n: number) => {
  const random = namedStream('seed=1/report/shape/0');
  return Float64Array.from({ length: n }, () => 0.001 + 0.01 * nextNormal(random));
};

describe('the shape of daily returns', () => {
  it('of a normal is that of a normal', () => {
    const { mean, deviation, skewness, kurtosis, far } = returnShape(normals(200_000));
    expect(mean).toBeCloseTo(0.001, 3);
    expect(deviation).toBeCloseTo(0.01, 3);
    expect(Math.abs(skewness!)).toBeLessThan(0.1);
    expect(Math.abs(kurtosis! - 3)).toBeLessThan(0.2);
    expect(far!.expected).toBeCloseTo(200_000 * 0.0027, 0);
    expect(far!.observed / far!.expected).toBeGreaterThan(0.7);
    expect(far!.observed / far!.expected).toBeLessThan(1.3);
  });

  it('counts the days behind a shortfall, also in parts', () => {
    const tails = returnShape(Float64Array.from({ length: 110 }, (_, at) => (at - 55) / 1000)).tails;
    expect(tails.map(({ confidence, observations }) => [confidence, observations])).toEqual([
      [0.95, 5.5],
      [0.99, 1.1],
    ]);
    expect(tails[1]!.expectedShortfall).toBeCloseTo((0.055 + 0.1 * 0.054) / 1.1, 12);
  });

  it('has tails in order, whatever the days', () => {
    const days = fc.array(
      fc.integer({ min: -900, max: 900 }).map((bps) => bps / 10_000),
      { minLength: 1, maxLength: 200 },
    );
    fc.assert(
      fc.property(days, (returns) => {
        const worst = -Math.min(...returns);
        const [wide, narrow] = returnShape(Float64Array.from(returns)).tails;
        expect(wide!.expectedShortfall!).toBeGreaterThanOrEqual(wide!.valueAtRisk! - 1e-12);
        expect(narrow!.expectedShortfall!).toBeGreaterThanOrEqual(wide!.expectedShortfall! - 1e-12);
        expect(narrow!.expectedShortfall!).toBeLessThanOrEqual(worst + 1e-12);
      }),
    );
  });

  it('is not defined for days that are all alike', () => {
    const flat = returnShape(new Float64Array(30).fill(0.01));
    expect([flat.skewness, flat.kurtosis, flat.far]).toEqual([null, null, null]);
    expect(normalCurve(flat, 0.001)).toBeNull();
  });
});

describe('the normal curve over a histogram', () => {
  it('holds about as many days as there are, most of them at the mean', () => {
    const shape = returnShape(normals(3000));
    const width = 0.001;
    const curve = normalCurve(shape, width)!;
    const step = curve[1]![0] - curve[0]![0];
    const area = curve.reduce((sum, [, days]) => sum + days, 0) * (step / width);
    expect(area).toBeGreaterThan(0.99 * 3000);
    expect(area).toBeLessThan(1.01 * 3000);
    const top = curve.reduce((best, point) => (point[1] > best[1] ? point : best));
    expect(top[0]).toBeCloseTo(shape.mean!, 12);
  });
});
