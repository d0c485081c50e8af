import { afterAll, expect, it } from 'vitest';
import { damageCampaign, smallRun } from '../support/lake.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';

afterAll(removeFolders);

it('finds 320 of 320 damaged files: 128 flips, 64 truncations, 64 extensions, 64 swaps', { timeout: 600_000 }, async () => {
  const dataRoot = temporaryFolder();
  const outcome = await smallRun(dataRoot);
  const seed = Number(process.env['BACKTEST_TEST_SEED'] ?? 2);
  expect(await damageCampaign(dataRoot, outcome, 320, seed)).toEqual([]);
});
