import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli, errorCode } from '../support/cli.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';
import { failures, prepareReplacement, prepareStages, smallRun, spread, sweep, type SweepStage } from '../support/sweep.ts';

const folder = temporaryFolder();
let stages: SweepStage[];

beforeAll(async () => {
  stages = await prepareStages(folder);
});
afterAll(removeFolders);

describe('a run disturbed before one of its file operations', () => {
  it('killed there, leaves whole artifacts, and run again arrives at the same bytes', async () => {
    expect(failures(await sweep(folder, spread(stages, 5)))).toEqual([]);
  });

  it('on a full or failing disk or with short writes, ends with 4 or goes on, and run again arrives at the same bytes', async () => {
    expect(failures(await sweep(folder, spread(stages, 4, ['enospc', 'eio', 'short', 'edquot'])))).toEqual([]);
  });

  it('while it replaces a finished run, leaves whole artifacts, old or new', async () => {
    const replacement = await prepareReplacement(folder);
    expect(failures(await sweep(folder, spread([replacement], 2, ['', 'eio'])))).toEqual([]);
  });

  it('refuses a failpoint it does not understand', async () => {
    const { exit, stderr } = await cli(smallRun(`${folder}/never`), { env: { FAILPOINT: 'rename:x' } });
    expect([exit, errorCode(stderr)]).toEqual([2, 'E_USAGE']);
  });
});
