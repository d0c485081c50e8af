import { afterAll, beforeAll, expect, it } from 'vitest';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';
import { everyNth, failures, noteSweep, prepareReplacement, prepareStages, sweep, type SweepStage } from '../support/sweep.ts';

const folder = temporaryFolder();
let stages: SweepStage[];

beforeAll(async () => {
  stages = [...(await prepareStages(folder)), await prepareReplacement(folder)];
});
afterAll(removeFolders);

it.each([
  ['killed', ''],
  ['on a full disk', 'enospc'],
  ['on a failing disk', 'eio'],
  ['on a disk that writes short', 'short'],
  ['over its quota', 'edquot'],
  ['without file handles', 'emfile'],
])(
  'every stage %s at every single operation recovers',
  async (name, fault) => {
    const outcomes = await sweep(folder, everyNth(stages, 1, [fault]));
    noteSweep(`${name} at every operation`, outcomes);
    expect(failures(outcomes)).toEqual([]);
  },
  4 * 3_600_000,
);
