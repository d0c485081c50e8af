import { describe, expect, it } from 'vitest';
import { corpus, type FuzzResult, noteFuzz } from '../support/fuzz.ts';
import { judgeConfig, fuzzConfig } from './config.ts';
import { fuzzFunding, fuzzKlines, judgeFunding, judgeKlines } from './csv.ts';
import { fuzzZip, judgeZip } from './zip.ts';

const parsers = [
  { kind: 'zip', judge: judgeZip, campaign: fuzzZip },
  { kind: 'klines', judge: judgeKlines, campaign: fuzzKlines },
  { kind: 'funding', judge: judgeFunding, campaign: fuzzFunding },
  { kind: 'config', judge: judgeConfig, campaign: fuzzConfig },
] as const;

describe.each(parsers)('the reader of $kind files', ({ kind, judge, campaign }) => {
  it('judges every file of the corpus as its name says', async () => {
    const verdicts = await Promise.all(corpus(kind).map(async ({ name, bytes }) => [name, await judge(bytes)] as const));
    expect(verdicts.filter(([name, verdict]) => verdict !== name.startsWith('accepted-'))).toEqual([]);
    expect(verdicts.filter(([, verdict]) => verdict === true).length).toBeGreaterThan(0);
  });

  it('keeps its promises for 300 mutated files', async () => {
    const result: FuzzResult = await campaign(300, 1);
    noteFuzz(kind, result);
    expect(result.broken).toEqual([]);
    expect(result.accepted).toBeGreaterThan(0);
    expect(result.grown).toBeLessThan(256 * 2 ** 20);
  });
});
