import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkVectors, firstDifference } from '../../src/cli/vectors/check.ts';

const file = JSON.parse(readFileSync(new URL('statistics-vectors.json', import.meta.url), 'utf8')) as { vectors: { id: string }[] };

const only = [
  'numerics.',
  'random.',
  'data.',
  'risk.',
  'allocation.',
  'sharpe.',
  'overfitting.',
  'bootstrap.',
  'multiple.',
  'events.',
  'lookahead.',
  'edge.undefined',
  'perp.funding.snap',
];

const oneVector = (changes: object) => ({
  vectors: [{ id: 'x', group: 'g', function: 'moments', input: { values: [1, 2, 3] }, expected: { n: 3, mean: 2 }, ...changes }],
});
const resultOf = (changes: object) => checkVectors(oneVector(changes)).results[0]!;

describe('statistics vectors', () => {
  it.each(checkVectors(file, { only }).results.map((result) => [result.id, result] as const))('%s', (_, result) => {
    expect(result).toMatchObject({ status: 'pass' });
  });

  it('covers every vector of the named groups', () => {
    const groups = [
      'numerics.',
      'random.',
      'data.',
      'risk.',
      'sharpe.',
      'overfitting.',
      'bootstrap.',
      'multiple.',
      'events.',
      'lookahead.',
      'edge.',
      'allocation.',
    ];
    const named = file.vectors.filter(({ id }) => groups.some((prefix) => id.startsWith(prefix)));
    const checked = new Set(checkVectors(file, { only }).results.map(({ id }) => id));
    expect(named.filter(({ id }) => !checked.has(id))).toEqual([]);
  });
});

describe('checkVectors', () => {
  it('reports a function without product code as unmapped and counts it as failed', () => {
    const report = checkVectors(oneVector({ function: 'no_such_function' }));
    expect(report).toMatchObject({ passed: 0, failed: 1, results: [{ id: 'x', group: 'g', status: 'unmapped' }] });
    expect(resultOf({ function: 'constructor' }).status).toBe('unmapped');
  });

  it('names the first differing field with both values', () => {
    expect(resultOf({ expected: { n: 3, mean: 2.5 } })).toMatchObject({ status: 'fail', field: 'mean', expected: 2.5, actual: 2 });
  });

  it('reports an exception as an error with its message', () => {
    const result = resultOf({ function: 'var_cvar', input: { returns: [0.1], confidence: 2 } });
    expect(result).toMatchObject({ status: 'error', message: 'confidence must lie between 0 and 1, not 2' });
    expect(resultOf({ input: {} }).status).toBe('error');
  });

  it('refuses a file that is no vector file, saying what is wrong', () => {
    expect(() => checkVectors([])).toThrow('array `vectors`');
    expect(() => checkVectors({ vectors: [] })).toThrow('holds no vectors');
    expect(() => checkVectors({ schema: 'other/1', vectors: [] })).toThrow('schema is "other/1"');
    expect(() => checkVectors({ count: 2, vectors: [] })).toThrow('count is 2');
    expect(() => checkVectors({ vectors: [1] })).toThrow('vectors[0] is not an object');
    expect(() => checkVectors(oneVector({ id: 7 }))).toThrow('vectors[0].id');
    expect(() => checkVectors(oneVector({ group: 7 }))).toThrow('vectors[0].group');
    expect(() => checkVectors(oneVector({ function: 7 }))).toThrow('vectors[0].function');
    expect(() => checkVectors(oneVector({ input: 7 }))).toThrow('vectors[0].input');
    expect(() => checkVectors(oneVector({ expected: [] }))).toThrow('vectors[0].expected');
    expect(() => checkVectors(oneVector({ tolerance: 7 }))).toThrow('vectors[0].tolerance');
    expect(() => checkVectors(oneVector({ tolerance: { relative: -1 } }))).toThrow('numbers from 0 up');
    expect(() => checkVectors({ vectors: [...oneVector({}).vectors, ...oneVector({}).vectors] })).toThrow('used twice');
    expect(() => checkVectors(file, { only: ['nothing'] })).toThrow('no vector id starts with nothing');
  });
});

describe('firstDifference', () => {
  const tolerance = { relative: 1e-10, absolute: 1e-12 };
  const field = (expected: unknown, actual: unknown) => firstDifference(expected, actual, { path: '', tolerance })?.field;

  it('takes fractions within the tolerance and integers only when equal', () => {
    expect(field({ a: 0.5 }, { a: 0.5 + 1e-11 })).toBeUndefined();
    expect(field({ a: 0.5 }, { a: 0.5 + 1e-9 })).toBe('a');
    expect(field({ a: 1_614_643_200_000 }, { a: 1_614_643_200_001 })).toBe('a');
    expect(field({ a: 2 }, { a: 2 + 4e-16 })).toBeUndefined();
    expect(field({ a: 2 }, { a: 2.5 })).toBe('a');
    expect(field({ a: 0 }, { a: -0 })).toBeUndefined();
  });

  it('tells null, missing, NaN, text and truth apart', () => {
    expect(field({ a: null }, { a: null })).toBeUndefined();
    expect(field({ a: null }, {})).toBe('a');
    expect(field({ a: null }, { a: 0 })).toBe('a');
    expect(field({ a: 0 }, { a: null })).toBe('a');
    expect(field({ a: 0.5 }, { a: Number.NaN })).toBe('a');
    expect(field({ a: 'x' }, { a: 'y' })).toBe('a');
    expect(field({ a: true }, { a: 1 })).toBe('a');
    expect(field({ a: {} }, { a: null })).toBe('a');
    expect(field({ a: {} }, { a: [] })).toBe('a');
  });

  it('compares lengths, looks into typed arrays and ignores extra keys', () => {
    expect(field({ a: [1, 2] }, { a: Float64Array.of(1, 2), b: 3 })).toBeUndefined();
    expect(field({ a: [1, 2] }, { a: [1] })).toBe('a.length');
    expect(field({ a: [{ b: 1 }, { b: 2 }] }, { a: [{ b: 1 }, { b: 3 }] })).toBe('a[1].b');
  });
});
