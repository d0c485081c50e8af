import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import ledger from '../../src/cli/commands/ledger.ts';
import runs from '../../src/cli/commands/runs.ts';
import { isAppError } from '../../src/core/errors.ts';
import { lakePaths } from '../../src/lake/paths.ts';
import type { LedgerEntry } from '../../src/governance/ledger/entry.ts';
import type { RunOutcome } from '../../src/stages/lib/runPipeline.ts';
import { readRunRecord } from '../../src/stages/lib/manifests.ts';
import { createFiles } from '../../src/lake/realEffects.ts';
import { invocation, smallRequest, smallRun } from '../support/lake.ts';
import { removeFolders, runInProcess, temporaryFolder } from '../support/pipeline.ts';

/** Studies and the ledger, through the pipeline, on the small lake. */

const study = 'funding_persistence';

describe('a run with a study', () => {
  const dataRoot = temporaryFolder();
  let plain: RunOutcome;
  let outcome: RunOutcome;
  const log = async () => (await ledger.run(invocation(dataRoot, ['log'], {}))).data as LedgerEntry[];
  const verify = async () => ledger.run(invocation(dataRoot, ['verify'], {}));
  const file = () => join(dataRoot, 'governance', 'ledger.jsonl');

  beforeAll(async () => {
    plain = await smallRun(dataRoot);
    outcome = await runInProcess({ ...smallRequest, studies: [study] }, { dataRoot });
  });
  afterAll(removeFolders);

  it('is another run than the one without, and says which document it ran', () => {
    expect(outcome.runId).not.toBe(plain.runId);
    expect(outcome.record.config.studies!.map(({ id }) => id)).toEqual([study]);
  });

  it('writes every table with its header, strict JSON, and a verdict that does not stop the run', () => {
    const manifest = outcome.manifests.find(({ stage }) => stage === 'studies')!;
    const folder = join(dataRoot, 'reports', 'studies', study, 'v2', outcome.runId);
    for (const name of ['events', 'controls', 'outcomes', 'effects', 'curves', 'balance', 'stability', 'negative_controls', 'thresholds', 'coverage'])
      expect(readFileSync(join(folder, `${name}.csv`), 'utf8').split('\n')[0]).toMatch(/^[a-zA-Z_]+(,[a-zA-Z_]+)+$/);
    const verdict = JSON.parse(readFileSync(join(folder, 'verdict.json'), 'utf8')) as { verdict: string; digest: string };
    expect(['fail', 'inconclusive']).toContain(verdict.verdict);
    expect(existsSync(join(folder, 'study.lock.json'))).toBe(true);
    expect(manifest.outputs.some(({ path }) => path.endsWith('verdict.json'))).toBe(true);
    expect(outcome.record.status).toBe('done');
    expect(outcome.manifests.map(({ stage }) => stage).indexOf('studies')).toBeLessThan(
      outcome.manifests.map(({ stage }) => stage).indexOf('backtest'),
    );
  });

  it('leaves one entry per thing that was looked at, and none for looking again', async () => {
    const before = await log();
    const subjects = before.map(({ body }) => (body.t === 'TRIALS' ? `${body.kind} ${body.subject}` : body.t));
    // The strategy was tried once: the second run tried it on the same data again.
    expect(subjects.toSorted()).toEqual(['backtest vol_compression_v1', `study ${study}`]);
    await runInProcess({ ...smallRequest, studies: [study] }, { dataRoot });
    expect(await log()).toEqual(before);
    expect((await readRunRecord(createFiles(), lakePaths(dataRoot), outcome.runId))!.trials).toMatchObject({ trials: 1 });
  });

  it('counts another cost as another trial', async () => {
    await runInProcess({ ...smallRequest, cost_bps: 1 }, { dataRoot });
    const newest = await runInProcess({ ...smallRequest, cost_bps: 2 }, { dataRoot });
    expect(newest.record.trials!.trials).toBe(3);
    expect(newest.record.trials!.sharpe_variance).toBeGreaterThan(0);
  });

  it('reproduces to the same tree although more has been tried since', async () => {
    const { data } = await runs.run(invocation(dataRoot, ['reproduce', plain.runId], { workers: '1' }));
    expect(data).toMatchObject({ isEqual: true });
    const withStudy = await runs.run(invocation(dataRoot, ['reproduce', outcome.runId], { workers: '1' }));
    expect(withStudy.data).toMatchObject({ isEqual: true });
    expect((await runs.run(invocation(dataRoot, ['verify', outcome.runId], {}))).exit ?? 0).toBe(0);
  });

  it('opens a holdout for one run only, and keeps that it did', async () => {
    const opened = await runInProcess({ ...smallRequest, studies: [study], open_holdout: [study] }, { dataRoot });
    expect((await log())[1]!.body).toMatchObject({ t: 'HOLDOUT_OPENED', subject: study, run_id: opened.runId });
    await runInProcess({ ...smallRequest, studies: [study], open_holdout: [study] }, { dataRoot });
    const second = await runInProcess({ ...smallRequest, cost_bps: 3, studies: [study], open_holdout: [study] }, { dataRoot }).catch(
      (error: unknown) => error,
    );
    expect(isAppError(second) && second.code).toBe('E_HOLDOUT');
  });

  it('ledger verify finds an edited entry and a cut-off end, and nothing is appended to a broken ledger', async () => {
    const whole = readFileSync(file(), 'utf8');
    expect((await verify()).exit).toBe(0);
    writeFileSync(file(), whole.replace('"trials":1', '"trials":0'));
    expect((await verify()).exit).toBe(1);
    const broken = readFileSync(file(), 'utf8');
    const refused = await runInProcess({ ...smallRequest, cost_bps: 9 }, { dataRoot }).catch((error: unknown) => error);
    expect(isAppError(refused) && refused.code).toBe('E_LEDGER');
    expect(readFileSync(file(), 'utf8')).toBe(broken);
    writeFileSync(file(), whole.split('\n').slice(0, -2).join('\n').concat('\n'));
    const cut = await verify();
    expect(cut.exit).toBe(1);
    expect(cut.text).toContain('has been written and is gone');
    writeFileSync(file(), whole);
    expect((await verify()).exit).toBe(0);
  });
});
