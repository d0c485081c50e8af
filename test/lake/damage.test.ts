import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunOutcome } from '../../src/stages/lib/runPipeline.ts';
import { damageCampaign, errorsOf, smallRun, verifyAll } from '../support/lake.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';

describe('a damaged file', () => {
  const dataRoot = temporaryFolder();
  let outcome: RunOutcome;

  beforeAll(async () => {
    outcome = await smallRun(dataRoot);
  });
  afterAll(removeFolders);

  it('is named by verify and refused by the next run, in 12 of 12 cases', async () => {
    expect(await damageCampaign(dataRoot, outcome, 12, 1)).toEqual([]);
    expect(errorsOf(await verifyAll(dataRoot))).toEqual([]);
  });

  it('is healed by --force, whatever it was', async () => {
    const spoil = (path: string) => writeFileSync(join(dataRoot, path), readFileSync(join(dataRoot, path)).subarray(1));
    for (const { outputs, stage } of outcome.manifests) {
      spoil(outputs[0]!.path);
      spoil(`runs/${outcome.runId}/${stage}.json`);
    }
    spoil(`runs/${outcome.runId}/run.json`);
    const healed = await smallRun(dataRoot, { force: true });
    expect(healed.record.tree_hash).toBe(outcome.record.tree_hash);
    expect(errorsOf(await verifyAll(dataRoot))).toEqual([]);
  });

  it('that is gone altogether is made again by the same command', async () => {
    const { rmSync } = await import('node:fs');
    rmSync(join(dataRoot, outcome.manifests.find(({ stage }) => stage === 'clean')!.outputs[0]!.path));
    rmSync(join(dataRoot, `runs/${outcome.runId}/features.json`));
    expect(errorsOf(await verifyAll(dataRoot)).map(({ code }) => code)).toEqual(expect.arrayContaining(['FILE_MISSING', 'MANIFEST_MISSING']));
    const again = await smallRun(dataRoot);
    expect(again.runId).toBe(outcome.runId);
    expect(again.executed).toEqual(['clean', 'features']);
    expect(again.record.tree_hash).toBe(outcome.record.tree_hash);
  });
});
