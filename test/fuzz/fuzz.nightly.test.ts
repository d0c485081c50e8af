import { expect, it } from 'vitest';
import { noteFuzz } from '../support/fuzz.ts';
import { fuzzConfig } from './config.ts';
import { fuzzFunding, fuzzKlines } from './csv.ts';
import { fuzzZip } from './zip.ts';

it.each([
  ['zip', 10_000, fuzzZip],
  ['klines', 60_000, fuzzKlines],
  ['funding', 40_000, fuzzFunding],
  ['config', 50_000, fuzzConfig],
] as const)(
  'the reader of %s files keeps its promises for %i mutated ones',
  async (kind, count, campaign) => {
    const result = await campaign(count, 2);
    noteFuzz(kind, result);
    expect(result.broken).toEqual([]);
    expect(result.accepted).toBeGreaterThan(count / 1_000);
    expect(result.grown).toBeLessThan(256 * 2 ** 20);
  },
  3_600_000,
);
