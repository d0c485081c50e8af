import { afterAll, expect, it } from 'vitest';
import { killAtRandom, smallVictim } from '../support/kills.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';

const folder = temporaryFolder();
afterAll(removeFolders);

it('a run killed at a random time leaves whole artifacts, and run again arrives at the same bytes', async () => {
  const { killed, failures } = await killAtRandom(folder, await smallVictim(folder), 2, 1);
  expect(failures).toEqual([]);
  expect(killed).toBeGreaterThanOrEqual(2);
});
