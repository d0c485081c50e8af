import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextNormal } from '../core/random.ts';
import { chooseCuts, type Experiment, findLeaks, leakingColumns } from './lookahead.ts';
import { lookaheadExamples } from './lookaheadExamples.ts';

const examples = Object.entries(lookaheadExamples);
const prices = fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 5, maxLength: 60 });

const experiment = (input: number[]): Experiment<number[]> => ({
  input,
  rows: input.length,
  compute: (values) => Object.fromEntries(examples.map(([name, column]) => [name, column(values)])),
  truncate: (values, rows) => values.slice(0, rows),
  perturb: (values, from, random) => values.map((value, row) => (row < from ? value : value * Math.exp(nextNormal(random)))),
});

describe('findLeaks', () => {
  it('never accuses an honest column', () => {
    fc.assert(
      fc.property(prices, fc.integer({ min: 1, max: 1000 }), (values, seed) => {
        const leaking = leakingColumns(findLeaks(experiment(values), chooseCuts(values.length, seed), seed));
        expect(leaking).not.toContain('sma3');
        expect(leaking).not.toContain('lag_return');
      }),
    );
  });

  it('catches every planted leak, by cutting and by noise', () => {
    const values = Array.from({ length: 40 }, (_, i) => 100 + Math.sin(i) + i / 7);
    const leaks = findLeaks(experiment(values), [20]);
    expect(leakingColumns(leaks)).toEqual(['centered_sma3', 'full_sample_zscore', 'lead_return']);
    expect(leaks.map(({ kind }) => kind).filter((kind) => kind === 'perturbed')).toHaveLength(3);
  });

  it('only cuts when there is no noise to put in place', () => {
    const { input, rows, compute, truncate } = experiment([1, 2, 4, 8, 16, 32]);
    const leaks = findLeaks({ input, rows, compute, truncate }, [3]);
    expect(leaks.map(({ column, kind, cut, row, whole, seen }) => [column, kind, cut, row, whole, seen]).slice(0, 2)).toEqual([
      ['centered_sma3', 'truncated', 3, 2, 14 / 3, Number.NaN],
      ['lead_return', 'truncated', 3, 2, 1, Number.NaN],
    ]);
  });

  it('calls a column that vanishes with its future a leak', () => {
    const vanishing: Experiment<number[]> = {
      input: [1, 2, 3],
      rows: 3,
      compute: (values): Record<string, number[]> => (values.length === 3 ? { whole: values } : {}),
      truncate: (values, rows) => values.slice(0, rows),
    };
    expect(findLeaks(vanishing, [2])).toEqual([{ column: 'whole', kind: 'truncated', cut: 2, row: 0, whole: 1, seen: Number.NaN }]);
  });
});

describe('chooseCuts', () => {
  it('takes twenty at random and each of the last fifty rows, ascending and once each', () => {
    const cuts = chooseCuts(1000, 3);
    expect(cuts.length).toBeGreaterThan(65);
    expect(cuts.slice(-50)).toEqual(Array.from({ length: 50 }, (_, k) => 950 + k));
    expect(new Set(cuts).size).toBe(cuts.length);
    expect(chooseCuts(1, 3)).toEqual([]);
  });
});

describe('the example columns', () => {
  it('are missing where they have nothing to stand on', () => {
    const { sma3, full_sample_zscore } = lookaheadExamples;
    expect([...sma3([1, 2])]).toEqual([Number.NaN, Number.NaN]);
    for (const flat of [[], [1], [2, 2]]) expect([...full_sample_zscore(flat)]).toEqual(flat.map(() => Number.NaN));
  });
});
