import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import runs from '../../src/cli/commands/runs.ts';
import verify from '../../src/cli/commands/verify.ts';
import { sealJson, unsealJson } from '../../src/lake/sealedJson.ts';
import type { RunDiff } from '../../src/stages/lib/diffRuns.ts';
import type { RunRecord } from '../../src/stages/lib/manifests.ts';
import type { Reproduction } from '../../src/stages/lib/reproduceRun.ts';
import type { RunOutcome } from '../../src/stages/lib/runPipeline.ts';
import type { Manifest } from '../../src/stages/lib/stage.ts';
import { invocation, smallRequest, smallRun } from '../support/lake.ts';
import { removeFolders, runInProcess, temporaryFolder } from '../support/pipeline.ts';

describe('runs', () => {
  const dataRoot = temporaryFolder();
  let first: RunOutcome;
  let second: RunOutcome;
  const run = (args: string[], flags: Record<string, string | true> = {}) => runs.run(invocation(dataRoot, args, flags));

  beforeAll(async () => {
    first = await smallRun(dataRoot);
    second = await runInProcess({ ...smallRequest, cost_bps: 0, strategy_params: { vol_compression_v1: { max_hold_bars: 24 } } }, { dataRoot });
  });
  afterAll(removeFolders);

  it('diff names the keys, the data and the numbers that differ, and only those', async () => {
    const { data, text, exit } = await run(['diff', first.runId, second.runId]);
    const found = data as RunDiff;
    expect(exit ?? 0).toBe(0);
    expect(found.config).toEqual([
      { key: 'costBps', a: 6, b: 0 },
      { key: 'strategies.vol_compression_v1.max_hold_bars', a: 48, b: 24 },
    ]);
    expect(found.units).toEqual([]);
    const differing = found.data.filter(({ files }) => files.length > 0).map(({ stage }) => stage);
    expect(differing).toEqual(['backtest', 'report']);
    const metric = found.metrics.find(({ key }) => key === 'cost_return')!;
    expect(metric.b).toBe(0);
    expect(metric.difference).toBe(-Number(metric.a));
    expect(text).toContain('strategies.vol_compression_v1.max_hold_bars');
  });

  it('diff of a run with itself finds nothing', async () => {
    const { data } = await run(['diff', first.runId, first.runId]);
    const { config, units, findings, metrics } = data as RunDiff;
    expect([config, units, findings, metrics.filter(({ difference }) => difference !== null && difference !== 0)]).toEqual([[], [], [], []]);
  });

  it('verify of one run says that it is whole', async () => {
    const result = await run(['verify', first.runId]);
    expect(result.exit).toBe(0);
    expect(result.text).toContain('everything is as recorded');
  });

  it('reproduce makes the same tree from the raw rows and leaves nothing behind', async () => {
    const result = await run(['reproduce', first.runId], { workers: '1' });
    expect(result.data).toMatchObject({
      isEqual: true,
      differing: [],
      changedCode: [],
      stored: first.record.tree_hash,
      made: first.record.tree_hash,
    });
    expect(result.exit).toBe(0);
    expect(readdirSync(join(dataRoot, 'cache')).filter((name) => name.startsWith('reproduce'))).toEqual([]);
  });

  it('reproduce names the file that differs and the code that changed, and says no', async () => {
    const place = join(dataRoot, `runs/${first.runId}`);
    const forge = (name: string, change: (value: never) => object) => {
      const found = unsealJson(readFileSync(join(place, name), 'utf8'), 1);
      if (found.state === 'whole') writeFileSync(join(place, name), sealJson(change(found.value as never), 1));
    };
    const before = ['run.json', 'report.json'].map((name) => [name, readFileSync(join(place, name))] as const);
    forge('run.json', (record: RunRecord) => ({ ...record, tree_hash: '0'.repeat(64) }));
    forge('report.json', (manifest: Manifest) => ({
      ...manifest,
      outputs: manifest.outputs.map((output) => (output.path.endsWith('summary.md') ? { ...output, sha256: '0'.repeat(64) } : output)),
      units: manifest.units.slice(1),
    }));
    const result = await run(['reproduce', first.runId], { workers: '1' });
    for (const [name, content] of before) writeFileSync(join(place, name), content);
    const found = result.data as Reproduction;
    expect(result.exit).toBe(1);
    expect(found.differing.map(({ path }) => path)).toEqual([`reports/runs/${first.runId}/summary.md`]);
    expect(found.changedCode).toEqual(['report stage/report']);
  });

  it('export copies results with sums that hold, and neither raw rows nor facts of the host', async () => {
    const to = join(temporaryFolder(), 'out');
    await run(['export', first.runId], { to });
    const sums = readFileSync(join(to, 'SHA256SUMS'), 'utf8').trimEnd().split('\n');
    for (const line of sums) {
      const [hash, path] = line.split('  ') as [string, string];
      expect(
        createHash('sha256')
          .update(readFileSync(join(to, path)))
          .digest('hex'),
        path,
      ).toBe(hash);
    }
    const listed = readdirSync(to, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(listed.length).toBe(sums.length + 1);
    expect(sums.some((line) => line.endsWith('report.html'))).toBe(true);
    expect(sums.some((line) => /lake\/raw|lake\/runs|environment|\.log|cache/.test(line))).toBe(false);
    const again = join(temporaryFolder(), 'out');
    await run(['export', first.runId], { to: again });
    expect(readFileSync(join(again, 'SHA256SUMS'), 'utf8')).toBe(readFileSync(join(to, 'SHA256SUMS'), 'utf8'));
    await expect(run(['export', first.runId], { to })).rejects.toMatchObject({
      code: 'E_USAGE',
      message: expect.stringContaining('files in it') as string,
    });
  });

  it('export writes nothing when a file is damaged', async () => {
    const page = join(dataRoot, `reports/runs/${second.runId}/report.html`);
    const before = readFileSync(page);
    writeFileSync(page, Buffer.concat([before, Buffer.from(' ')]));
    const to = join(temporaryFolder(), 'out');
    await expect(run(['export', second.runId], { to })).rejects.toMatchObject({ code: 'E_ARTIFACT_DAMAGED' });
    const failed = await verify.run(invocation(dataRoot, [], {}));
    writeFileSync(page, before);
    expect(existsSync(to)).toBe(false);
    expect(failed.exit).toBe(1);
    expect(failed.text).toMatch(/FAIL FILE_CHANGED reports\/.*report\.html: expected \d+ bytes, found \d+/);
    expect(failed.text).toContain('--force');
  });

  it('list names a run whose record is damaged; what needs the run says E_ARTIFACT_DAMAGED', async () => {
    mkdirSync(join(dataRoot, 'runs/broken'));
    writeFileSync(join(dataRoot, 'runs/broken/run.json'), '{"run_id":');
    expect((await run(['list'])).text).toContain('broken: its record is damaged');
    await expect(run(['show', 'broken'])).rejects.toMatchObject({ code: 'E_ARTIFACT_DAMAGED' });
  });

  it.each(['show', 'verify', 'diff', 'reproduce', 'export'])('%s without ids or with an unknown one is a usage error', async (action) => {
    const to = join(dataRoot, 'nowhere');
    await expect(run([action], { to })).rejects.toMatchObject({ code: 'E_USAGE' });
    await expect(run(action === 'diff' ? [action, 'unknown', 'unknown'] : [action, 'unknown'], { to })).rejects.toMatchObject({
      code: 'E_RUN_UNKNOWN',
      message: expect.stringContaining('unknown') as string,
    });
  });
});
