import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Files } from '../../src/core/effects.ts';
import { createFiles, uniqueName } from '../../src/lake/realEffects.ts';
import { writeAtomic } from '../../src/lake/writeAtomic.ts';
import { namedStream } from '../../src/core/random.ts';
import { CrashDisk } from '../support/crashStates.ts';
import { removeFolders, runInProcess, temporaryFolder } from '../support/pipeline.ts';
import { cutPower, materialize, type Recording, recordRun } from '../support/powerLoss.ts';
import { recordFiles } from '../support/recordingFiles.ts';

const folder = temporaryFolder();
const request = { source: 'sample', symbols: 'BTCUSDT,ETHUSDT', start: '2023-01-01', end: '2023-01-20' };
let fresh: Recording;

beforeAll(async () => {
  fresh = await recordRun(join(folder, 'fresh'), request);
});
afterAll(removeFolders);

describe('a power cut during a run', () => {
  it('leaves every artifact whole or absent, and no record without its files', async () => {
    const { states, broken, noticed } = await cutPower(fresh, 60, 1);
    expect(states).toBe(60);
    expect(broken).toEqual([]);
    expect(noticed).toEqual([]);
  });

  it('leaves a lake on which the same run arrives at the same tree', async () => {
    const whole = await runInProcess(request, { dataRoot: join(folder, 'fresh') });
    for (const seed of [1, 2]) {
      const root = join(folder, `cut-${seed}`);
      materialize(fresh, root, seed);
      const again = await runInProcess(request, { dataRoot: root });
      expect(again.record.tree_hash).toBe(whole.record.tree_hash);
    }
  });
});

describe('the model of the disk', () => {
  /** States after which the published file is there with other content, in 200 cuts right after the last operation. */
  const tornStates = async (name: string, change: (files: Files) => Files): Promise<number> => {
    const root = join(folder, name);
    const files = createFiles();
    await files.makeFolder(root);
    const recording = recordFiles(files);
    await writeAtomic(change(recording), join(root, 'file'), 'content', uniqueName);
    const disk = new CrashDisk(new Map([[root, null]].concat([['/', null]] as never) as [string, null][]));
    for (let path = root; path !== '/'; path = join(path, '..')) disk.apply({ type: 'folder', path });
    for (let path = root; path !== '/'; path = join(path, '..')) disk.apply({ type: 'syncPath', path: join(path, '..') });
    for (const operation of recording.log) disk.apply(operation);
    const stream = namedStream('seed=1/test/model');
    let torn = 0;
    for (let i = 0; i < 200; i++) {
      const content = disk.cut(stream).get(join(root, 'file'));
      if (content?.toString() !== 'content') torn += 1;
    }
    return torn;
  };

  it('finds nothing wrong with the real write path', async () => {
    expect(await tornStates('real', (files) => files)).toBe(0);
  });

  it('finds a write path that does not flush the file', async () => {
    const lazy = (files: Files): Files => ({ ...files, create: async (path) => ({ ...(await files.create(path)), sync: async () => {} }) });
    expect(await tornStates('lazy', lazy)).toBeGreaterThan(50);
  });

  it('finds a write path that does not flush the folder', async () => {
    expect(await tornStates('forgetful', (files) => ({ ...files, syncPath: async () => {} }))).toBeGreaterThan(50);
  });
});
