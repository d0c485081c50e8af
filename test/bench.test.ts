import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compare, type Comparison } from '../bench/harness.ts';
import { type BenchRecord, digits, median, percent, relativeSpread } from '../src/bench/record.ts';
import { driftOf, leastBand, readSnapshot, saveSnapshot, type Snapshot } from '../src/bench/snapshot.ts';
import { createFiles, uniqueName } from '../src/lake/realEffects.ts';
import { removeFolders, temporaryFolder } from './support/pipeline.ts';

afterAll(removeFolders);

const effects = { files: createFiles(), uniqueName };
const kind = { kind: 'ratios', subject: 'a test' } as const;

/** A comparison of two do-nothing candidates that counts its calls. */
function counted(changes: Partial<Comparison> = {}, prove: () => void = () => {}) {
  const calls: string[] = [];
  const candidate = (name: string) => ({ name, units: 1_000_000, run: () => void calls.push(name) });
  const comparison: Comparison = {
    id: 'X1',
    what: 'nothing against nothing',
    unit: 'call',
    budget: { atLeast: 0.0001 },
    rounds: 5,
    prepare: () => ({ subject: candidate('subject'), baseline: candidate('baseline'), prove: () => (calls.push('prove'), prove()) }),
    ...changes,
  };
  return { comparison, calls };
}

describe('a comparison', () => {
  it('proves equality after one call of each and before any round', async () => {
    const { comparison, calls } = counted();
    const record = (await compare(comparison)) as BenchRecord;
    expect(calls.slice(0, 3)).toEqual(['subject', 'baseline', 'prove']);
    expect(record).toMatchObject({ id: 'X1', unit: 'call', isMet: true, subject: { name: 'subject' }, baseline: { name: 'baseline' } });
  });

  it('gives no ratio when the candidates differ', async () => {
    const { comparison, calls } = counted({}, () => {
      throw new Error('index 3: 1 instead of 2');
    });
    await expect(compare(comparison)).rejects.toThrow('X1: subject and baseline differ, so there is no ratio');
    expect(calls).toEqual(['subject', 'baseline', 'prove']);
  });

  it('is skipped with its reason where it cannot be made', async () => {
    expect(await compare(counted({ prepare: () => 'a library is absent' }).comparison)).toEqual({
      id: 'X1',
      what: 'nothing against nothing',
      skipped: 'a library is absent',
    });
  });

  it('misses a budget that no speed reaches', async () => {
    const record = (await compare(counted({ budget: { atMost: 0 } }).comparison)) as BenchRecord;
    expect(record.isMet).toBe(false);
    expect(record.ratio).toBeGreaterThan(0);
  });
});

describe('numbers of a benchmark', () => {
  it('have three significant digits', () => {
    expect([0.012345, 4.5678, 98.76, 1234.5].map(digits)).toEqual(['0.0123', '4.57', '98.8', '1235']);
    expect([0.0321, -0.5, 0, -0.0001].map(percent)).toEqual(['+3.2%', '-50.0%', '0.0%', '0.0%']);
  });

  it('are medians with half the distance of the quartiles as their noise', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(relativeSpread([8, 9, 10, 11, 12])).toBeCloseTo(0.1, 12);
    expect(relativeSpread([5])).toBe(0);
  });
});

describe('drift against a snapshot', () => {
  it('is noise up to 10%, or up to twice the noise of both measurements', () => {
    expect(driftOf({ value: 1.09, noise: 0 }, { value: 1, noise: 0 })).toMatchObject({ band: leastBand, isNoise: true });
    expect(driftOf({ value: 1.12, noise: 0.01 }, { value: 1, noise: 0.01 }).isNoise).toBe(false);
    expect(driftOf({ value: 1.12, noise: 0.04 }, { value: 1, noise: 0.03 })).toMatchObject({ band: 0.14, isNoise: true });
    expect(driftOf({ value: 0.5, noise: 0 }, { value: 1, noise: 0 }).change).toBe(-0.5);
  });
});

describe('a snapshot file', () => {
  const save = (path: string, label: string, values: Record<string, number>) =>
    saveSnapshot(effects, path, {
      ...kind,
      label,
      host: { node: 'v20' },
      values: Object.fromEntries(Object.entries(values).map(([id, value]) => [id, { value, noise: 0 }])),
      detail: Object.fromEntries(Object.keys(values).map((id) => [id, { saved: label }])),
    });
  const read = (path: string) => readSnapshot<Record<string, unknown>>(effects.files, path, kind);

  it('keeps what it held before as its history, and what was not measured again', async () => {
    const path = join(temporaryFolder(), 'ratios.json');
    await save(path, 'first', { F1: 1.23456, F2: 2 });
    await save(path, 'second', { F1: 3 });
    const found: Snapshot<Record<string, unknown>> = await read(path);
    expect(found).toMatchObject({
      label: 'second',
      values: { F1: { value: 3 }, F2: { value: 2 } },
      detail: { F1: { saved: 'second' }, F2: { saved: 'first' } },
    });
    expect(found.earlier).toEqual([{ label: 'first', values: { F1: 1.235, F2: 2 } }]);
  });

  it('keeps fifty former measurements and no more', async () => {
    const path = join(temporaryFolder(), 'ratios.json');
    for (let at = 0; at < 53; at++) await save(path, `save ${at}`, { F1: at + 1 });
    const { earlier } = await read(path);
    expect([earlier.length, earlier[0]!.label, earlier.at(-1)!.label]).toEqual([50, 'save 51', 'save 2']);
  });

  it.each([
    ['text', 'not JSON'],
    ['[1]', 'found another document'],
    ['null', 'found another document'],
    [JSON.stringify({ kind: 'stages', subject: 'a test', values: {}, earlier: [] }), 'a snapshot of stages, expected one of ratios'],
    [JSON.stringify({ kind: 'ratios', subject: 'another', values: {}, earlier: [] }), 'it measured another, this is a test'],
  ])('that holds %s is refused', async (content, problem) => {
    const path = join(temporaryFolder(), 'ratios.json');
    writeFileSync(path, content);
    await expect(read(path)).rejects.toMatchObject({ code: 'E_USAGE', message: expect.stringContaining(problem) });
    await expect(save(path, 'x', { F1: 1 })).rejects.toMatchObject({ code: 'E_USAGE' });
  });

  it('that is absent is named', async () => {
    await expect(read(join(temporaryFolder(), 'none.json'))).rejects.toMatchObject({
      code: 'E_USAGE',
      message: expect.stringContaining('none.json'),
    });
  });
});
