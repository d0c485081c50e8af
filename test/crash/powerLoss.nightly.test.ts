import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { removeFolders, runInProcess, temporaryFolder } from '../support/pipeline.ts';
import { cutPower, materialize, recordRun } from '../support/powerLoss.ts';

const folder = temporaryFolder();
const request = { source: 'sample', symbols: 'BTCUSDT,ETHUSDT', start: '2023-01-01', end: '2023-03-15' };
afterAll(removeFolders);

const note = (text: string) => void process.stderr.write(`power cuts: ${text}\n`);

describe('power cuts by the thousand', () => {
  it('leave every artifact of a first run whole or absent', { timeout: 600_000 }, async () => {
    const recording = await recordRun(join(folder, 'fresh'), request);
    const verdict = await cutPower(recording, 3_000, 7);
    note(`first run, ${verdict.states} states, ${verdict.whole} whole records, ${verdict.noticed.length} records without their files`);
    expect(verdict.broken).toEqual([]);
    expect(verdict.noticed).toEqual([]);
  });

  it('leave every artifact of a replaced run old, new or absent, and no record without its files', { timeout: 600_000 }, async () => {
    const root = join(folder, 'replaced');
    await runInProcess(request, { dataRoot: root, runId: 'mine' });
    const recording = await recordRun(root, { ...request, cost_bps: 11 }, { runId: 'mine', force: true });
    const verdict = await cutPower(recording, 2_000, 8);
    note(`replaced run, ${verdict.states} states, ${verdict.whole} whole records, ${verdict.noticed.length} records that no longer fit`);
    expect(verdict.broken).toEqual([]);
    expect(verdict.noticed).toEqual([]);
  });

  it('leave a lake on which the same run arrives at the same tree, 60 times', { timeout: 1_200_000 }, async () => {
    const recording = await recordRun(join(folder, 'again'), request);
    const whole = await runInProcess(request, { dataRoot: join(folder, 'again') });
    for (let seed = 100; seed < 160; seed++) {
      const root = join(folder, `cut-${seed}`);
      materialize(recording, root, seed);
      expect((await runInProcess(request, { dataRoot: root })).record.tree_hash, `seed ${seed}`).toBe(whole.record.tree_hash);
      rmSync(root, { recursive: true });
    }
  });
});
