import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import gc from '../../src/cli/commands/gc.ts';
import { canonicalJson } from '../../src/core/canonicalJson.ts';
import { processProbe } from '../../src/lake/processIdentity.ts';
import { collectGarbage } from '../../src/stages/lib/collectGarbage.ts';
import type { RunOutcome } from '../../src/stages/lib/runPipeline.ts';
import { effects, errorsOf, invocation, smallRun, verifyAll } from '../support/lake.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';

interface Collected {
  readonly applied: boolean;
  readonly bytes: number;
  readonly items: { path: string; bytes: number; reason: string }[];
  readonly kept: { path: string }[];
}

describe('gc', () => {
  const dataRoot = temporaryFolder();
  let outcome: RunOutcome;
  const collect = async (flags: Record<string, true | string> = {}) => (await gc.run(invocation(dataRoot, [], flags))).data as Collected;
  const put = (path: string, text = '12345') => {
    mkdirSync(dirname(join(dataRoot, path)), { recursive: true });
    writeFileSync(join(dataRoot, path), text);
    return path;
  };
  const deadHolder = `${canonicalJson({ pid: 999_999_999, start: null, boot: null, nonce: 'x' })}\n`;

  beforeAll(async () => {
    outcome = await smallRun(dataRoot);
  });
  beforeEach(async () => {
    const { items } = await collectGarbage(effects, dataRoot);
    expect(items).toEqual([]);
  });
  afterAll(removeFolders);

  it('finds nothing in a lake where every file has its record', async () => {
    expect(await collect()).toEqual({ applied: false, bytes: 0, items: [], kept: [] });
  });

  it('lists leftovers and unnamed files with their bytes, and changes nothing', async () => {
    const id = outcome.runId;
    const strays = [
      put('lake/.tmp-999999999-0123456789abcdef'),
      put('lake/.lock.dead-0123456789abcdef', deadHolder),
      put(`lake/runs/${id}/cleaned/perp/BTCUSDT/bars_15m/year=1999/bars.parquet`),
      put('lake/trades/backtests/forgotten/metrics.json'),
      put(`runs/${id}/engine/old.parquet`),
      put('reports/edge_candidates/forgotten/edge_candidates.csv'),
      put('reports/policies/some_policy/v1/forgotten/cells.csv'),
      put('reports/portfolio/forgotten/metrics.json'),
      put(`reports/runs/${id}/draft.html`),
      put('reports/studies/some_study/v2/forgotten/report.md'),
      put(`cache/columns/ab/${'ab'.repeat(32)}.cols`),
      put('cache/reproduce-gone/lake/raw/x', '1234567'),
    ];
    const found = await collect();
    const [folder, ...files] = strays.toReversed();
    expect(found.items.map(({ path }) => path)).toEqual([...files, dirname(dirname(dirname(folder!)))].sort());
    expect(found.bytes).toBe(10 * 5 + deadHolder.length + 7);
    expect(files.every((path) => existsSync(join(dataRoot, path)))).toBe(true);
    const removed = await collect({ apply: true });
    expect(removed).toMatchObject({ applied: true, bytes: found.bytes });
    expect(strays.some((path) => existsSync(join(dataRoot, path)))).toBe(false);
    expect(existsSync(join(dataRoot, 'lake/trades/backtests/forgotten'))).toBe(false);
    expect(errorsOf(await verifyAll(dataRoot))).toEqual([]);
    expect((await smallRun(dataRoot)).executed).toEqual([]);
  });

  it('keeps records, logs, raw rows, received bytes, and temp files and claims of living processes', async () => {
    const self = `${canonicalJson({ ...processProbe.self(), nonce: 'x' })}\n`;
    const kept = [
      put(`runs/${outcome.runId}/clean.log`, readFileSync(join(dataRoot, `runs/${outcome.runId}/clean.log`), 'utf8')),
      put('lake/raw/sample/perp/BTCUSDT/ohlcv_15m/year=1999/month=01/stray.parquet'),
      put('lake/raw/sample/objects/perp/BTCUSDT/ohlcv_15m/1999-01/stray.zip'),
      put('governance/decisions/0123456789abcdef.json'),
      put('governance/evidence/0123456789abcdef.json'),
      put('reports/promotion/edge_some/promotion_verdict.json'),
      put('reports/studies/some_study/v2/calibration/nulls.json'),
      put('reports/studies/notes.txt'),
      put('reports/portfolio/notes'),
      put(`lake/.tmp-${process.pid}-0123456789abcdef`),
      put('lake/.lock.dead-0123456789abcdef', self),
    ];
    expect((await collect({ apply: true })).items).toEqual([]);
    expect(kept.every((path) => existsSync(join(dataRoot, path)))).toBe(true);
    for (const path of kept.slice(1)) rmSync(join(dataRoot, path));
  });

  it('collects nothing of a run whose manifests cannot be read', async () => {
    const manifest = join(dataRoot, `runs/${outcome.runId}/clean.json`);
    const before = readFileSync(manifest);
    writeFileSync(manifest, before.subarray(1));
    const stray = put(`runs/${outcome.runId}/engine/old.parquet`);
    const found = await collect({ apply: true });
    expect(found.kept).toEqual([expect.objectContaining({ path: `runs/${outcome.runId}` })]);
    expect(existsSync(join(dataRoot, stray))).toBe(true);
    rmSync(join(dataRoot, stray));
    writeFileSync(manifest, before);
    // Cached columns of tables that only the unreadable manifest named are gone; they are made again when needed.
    expect(errorsOf(await verifyAll(dataRoot))).toEqual([]);
  });

  it('waits for the writer and then gives up naming it', async () => {
    put('lake/.lock', `${canonicalJson({ ...processProbe.self(), nonce: 'other' })}\n`);
    await expect(collect({ 'lock-timeout': '0' })).rejects.toMatchObject({ code: 'E_LOCKED', exit: 4 });
    rmSync(join(dataRoot, 'lake/.lock'));
  });

  it('has nothing to do where there is no lake', async () => {
    expect((await gc.run(invocation(join(dataRoot, 'nowhere'), [], {}))).text).toContain('there is no');
  });
});
