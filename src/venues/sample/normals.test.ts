import { describe, expect, it } from 'vitest';
import { namedStream } from '../../core/random.ts';
import { fillExponentials, fillNormals } from '../../core/normals.ts';
import { correlation, deviation, kurtosis, mean } from './testing/measures.ts';

describe('fillNormals', () => {
  it('draws standard normals: moments, tails, and no memory', () => {
    const values = new Float64Array(400_000);
    fillNormals(namedStream('seed=1/test/normals'), values);
    expect(Math.abs(mean(values))).toBeLessThan(0.006);
    expect(Math.abs(deviation(values) - 1)).toBeLessThan(0.005);
    expect(Math.abs(kurtosis(values) - 3)).toBeLessThan(0.04);
    const share = (limit: number) => values.filter((value) => Math.abs(value) > limit).length / values.length;
    expect(Math.abs(share(1) / 0.317311 - 1)).toBeLessThan(0.01);
    expect(Math.abs(share(2) / 0.0455 - 1)).toBeLessThan(0.03);
    // The tail beyond 3.44 is drawn by its own method.
    expect(Math.abs(share(3.442619855899) / 0.00057624 - 1)).toBeLessThan(0.2);
    expect(Math.abs(correlation(values.subarray(1), values.subarray(0, -1)))).toBeLessThan(0.006);
  });
});

describe('fillExponentials', () => {
  it('draws exponentials of mean 1', () => {
    const values = new Float64Array(100_000);
    fillExponentials(namedStream('seed=1/test/exponentials'), values);
    expect(Math.abs(mean(values) - 1)).toBeLessThan(0.015);
    expect(Math.abs(deviation(values) - 1)).toBeLessThan(0.03);
    expect(Math.min(...values.subarray(0, 1_000))).toBeGreaterThan(0);
  });
});
