import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/core/canonicalJson.ts';
import { sealJson, unsealJson } from '../../src/lake/sealedJson.ts';
import type { RunRecord } from '../../src/stages/lib/manifests.ts';
import { runTreeHash } from '../../src/stages/lib/manifests.ts';
import type { RunOutcome } from '../../src/stages/lib/runPipeline.ts';
import type { Manifest } from '../../src/stages/lib/stage.ts';
import { errorsOf, smallRequest, smallRun, verifyAll } from '../support/lake.ts';
import { removeFolders, runInProcess, temporaryFolder } from '../support/pipeline.ts';

/** Everything here is forged with correct hashes and checksums: what remains to be found is what the files say. */
describe('verify', () => {
  const dataRoot = temporaryFolder();
  let outcome: RunOutcome;
  const undo: (() => void)[] = [];

  beforeAll(async () => {
    outcome = await smallRun(dataRoot);
  });
  afterAll(removeFolders);

  const put = (path: string, content: Buffer | string) => {
    const file = join(dataRoot, path);
    const before = readFileSync(file);
    undo.push(() => writeFileSync(file, before));
    writeFileSync(file, content);
  };
  const restore = () => {
    for (const step of undo.splice(0).toReversed()) step();
  };
  /** Replaces a sealed record as if the product had written it. */
  const forge = (name: string, change: (value: never) => object) => {
    const path = `runs/${outcome.runId}/${name}.json`;
    const found = unsealJson(readFileSync(join(dataRoot, path), 'utf8'), 1);
    if (found.state !== 'whole') throw new Error(`${name} is ${found.state}`);
    put(path, sealJson(change(found.value as never), 1));
  };
  /** Changes a text output of the backtest stage and every record of it. */
  const forgeOutput = (part: string, change: (text: string) => string) => {
    const artifact = outcome.manifests.find(({ stage }) => stage === 'backtest')!.outputs.find(({ path }) => path.includes(part))!;
    const text = change(readFileSync(join(dataRoot, artifact.path), 'utf8'));
    const changed = { ...artifact, sha256: sha256(text), bytes: Buffer.byteLength(text) };
    put(artifact.path, text);
    forge('backtest', (manifest: Manifest) => ({
      ...manifest,
      outputs: manifest.outputs.map((output) => (output.path === artifact.path ? changed : output)),
    }));
    return artifact.path;
  };
  const verified = async () => {
    const audit = await verifyAll(dataRoot);
    restore();
    return {
      codes: errorsOf(audit).map(({ code }) => code),
      remarks: audit.runs.flatMap(({ findings }) => findings).filter(({ severity }) => severity === 'info'),
    };
  };

  it('has nothing to say about an untouched lake, deep or not', async () => {
    for (const isDeep of [false, true]) {
      const audit = await verifyAll(dataRoot, { isDeep });
      expect([audit.findings, audit.runs[0]!.findings]).toEqual([[], []]);
      expect(audit.runs[0]).toMatchObject({ status: 'done', stages: 7 });
    }
  });

  it('finds an equity curve that is not initial equity times one plus the summed pnl', async () => {
    forgeOutput('equity_curve.csv', (text) =>
      text.replace(/(\n[^,]+,)([\d.]+)\n$/, (_, head: string, equity: string) => `${head}${Number(equity) + 1}\n`),
    );
    expect((await verified()).codes).toContain('IDENTITY_SUM');
  });

  it('finds trades that do not sum to the bars of their line', async () => {
    forgeOutput('/trades_', (text) => {
      const [head, first, ...rest] = text.split('\n');
      const column = head!.split(',').indexOf('pnl');
      const cells = first!.split(',');
      cells[column] = String(Number(cells[column]) + 0.001);
      return [head, cells.join(','), ...rest].join('\n');
    });
    expect((await verified()).codes).toContain('IDENTITY_TRADES');
  });

  it('finds a headline number that the bars do not sum to', async () => {
    forgeOutput(`backtests/${outcome.runId}/metrics.json`, (text) => text.replace(/"net_total_return": [-\d.e]+/, '"net_total_return": 9.5'));
    expect((await verified()).codes).toContain('IDENTITY_METRICS');
  });

  it('finds a row count that is not the recorded one', async () => {
    forge('clean', (manifest: Manifest) => ({ ...manifest, outputs: manifest.outputs.map((output) => ({ ...output, rows: output.rows! + 1 })) }));
    expect((await verified()).codes).toContain('ROWS_DIFFER');
  });

  it('finds a table whose columns are not those of its stage', async () => {
    forge('clean', (manifest: Manifest) => {
      const [bars, funding] = ['bars_15m', 'funding_15m'].map((part) => manifest.outputs.find(({ path }) => path.includes(part))!);
      const content = readFileSync(join(dataRoot, funding!.path));
      put(bars!.path, content);
      const swapped = { ...funding!, path: bars!.path };
      return { ...manifest, outputs: manifest.outputs.map((output) => (output === bars ? swapped : output)) };
    });
    const { codes } = await verified();
    expect(codes).toContain('SCHEMA_DIFFERS');
  });

  it('finds an input that nobody wrote and one that was written otherwise', async () => {
    forge('features', (manifest: Manifest) => ({
      ...manifest,
      inputs: [
        { ...manifest.inputs[0]!, sha256: '0'.repeat(64) },
        { ...manifest.inputs[0]!, path: 'lake/elsewhere.parquet' },
      ],
    }));
    expect((await verified()).codes).toEqual(expect.arrayContaining(['INPUT_DIFFERS', 'INPUT_UNKNOWN']));
  });

  it('finds a key that parameters, inputs and code do not give', async () => {
    forge('features', (manifest: Manifest) => ({ ...manifest, key: 'f'.repeat(64) }));
    expect((await verified()).codes).toEqual(['KEY_DIFFERS']);
  });

  it('only remarks that code has changed since', async () => {
    forge('features', (manifest: Manifest) => ({
      ...manifest,
      key: 'f'.repeat(64),
      units: manifest.units.map((unit) => ({ ...unit, fingerprint: 'e' })),
    }));
    const { codes, remarks } = await verified();
    expect(codes).toEqual([]);
    expect(remarks).toEqual([expect.objectContaining({ code: 'CODE_CHANGED', message: expect.stringContaining('stage/features') as string })]);
  });

  it('finds a tree hash that the manifests do not give', async () => {
    forge('run', (record: RunRecord) => ({ ...record, tree_hash: runTreeHash([]) }));
    expect((await verified()).codes).toEqual(['TREE_HASH_DIFFERS']);
  });

  it('finds a manifest without a required field, and one that leads out of the data root', async () => {
    forge('context', (manifest: Manifest) => ({ ...manifest, counts: null }));
    expect((await verified()).codes).toContain('MANIFEST_DAMAGED');
    forge('context', (manifest: Manifest) => ({ ...manifest, outputs: [{ ...manifest.outputs[0]!, path: '../../etc/passwd' }] }));
    expect((await verified()).codes).toContain('MANIFEST_DAMAGED');
  });

  it('refuses records of a newer schema and says so', async () => {
    put(`runs/${outcome.runId}/clean.json`, sealJson({ stage: 'clean' }, 7));
    expect((await verified()).codes).toContain('SCHEMA_NEWER');
    put(`runs/${outcome.runId}/run.json`, sealJson({}, 7));
    expect((await verified()).codes).toEqual(['SCHEMA_NEWER']);
  });

  it('finds raw rows without provenance', async () => {
    const [raw] = outcome.manifests.find(({ stage }) => stage === 'ingest_ohlcv')!.outputs;
    const record = raw!.path.replace('/perp/', '/objects/perp/').replace(/year=(\d+)\/month=(\d+)\/.*/, '$1-$2/provenance.json');
    const text = readFileSync(join(dataRoot, record));
    rmSync(join(dataRoot, record));
    const { codes } = await verified();
    writeFileSync(join(dataRoot, record), text);
    expect(codes).toContain('PROVENANCE_MISSING');
  });

  it('lists stray files as garbage without failing', async () => {
    const stray = join(dataRoot, `runs/${outcome.runId}/engine/.tmp-999999999-ab`);
    writeFileSync(stray, 'x');
    const audit = await verifyAll(dataRoot);
    rmSync(stray);
    expect(errorsOf(audit)).toEqual([]);
    expect(audit.findings).toEqual([expect.objectContaining({ code: 'GARBAGE', severity: 'info', observed: 1 })]);
  });

  it('looks at one run only when asked, and knows the others by name', async () => {
    const audit = await verifyAll(dataRoot, { runId: outcome.runId });
    expect(audit.runs.map(({ runId }) => runId)).toEqual([outcome.runId]);
    await expect(verifyAll(dataRoot, { runId: 'nobody' })).rejects.toMatchObject({
      code: 'E_RUN_UNKNOWN',
      message: expect.stringContaining('nobody') as string,
    });
  });

  it('only reports trades that do not sum under the rules of the reference', async () => {
    const other = temporaryFolder();
    const strategies = ['vol_compression_v1', 'vol_compression_momentum_v1', 'vol_compression_reversion_v1'];
    await runInProcess({ ...smallRequest, strategies, compat: 'reference' }, { dataRoot: other });
    expect(errorsOf(await verifyAll(other))).toEqual([]);
  });
});
