import { afterAll, beforeAll, expect, it } from 'vitest';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';
import { everyNth, failures, noteSweep, prepareStages, sweep, type SweepStage } from '../support/sweep.ts';

const folder = temporaryFolder();
let stages: SweepStage[];

beforeAll(async () => {
  stages = await prepareStages(folder);
});
afterAll(removeFolders);

it('every stage killed before every seventh operation recovers', { timeout: 1_800_000 }, async () => {
  const outcomes = await sweep(folder, everyNth(stages, 7));
  noteSweep('kill at every 7th operation', outcomes);
  expect(failures(outcomes)).toEqual([]);
});

it('every stage on a full, failing or short-writing disk at every 40th operation ends with 4 and recovers', { timeout: 1_800_000 }, async () => {
  const outcomes = await sweep(folder, everyNth(stages, 40, ['enospc', 'eio', 'short']));
  noteSweep('faults at every 40th operation', outcomes);
  expect(failures(outcomes)).toEqual([]);
});
