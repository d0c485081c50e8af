import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { serialTree, startTogether } from '../support/locks.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';

const folder = temporaryFolder();
afterAll(removeFolders);

it('twenty runs started together write one at a time and leave what serial runs leave, fifty times', { timeout: 3_600_000 }, async () => {
  const expected = await serialTree(join(folder, 'serial'), 20);
  for (let round = 1; round <= 50; round++) {
    expect(await startTogether(join(folder, `round-${round}`), 20, expected), `round ${round}`).toEqual([]);
    if (round % 10 === 0) process.stderr.write(`concurrent starts: ${round} of 50 rounds\n`);
  }
});
