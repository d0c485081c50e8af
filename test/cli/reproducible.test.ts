import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli, cliJson, errorCode, type RunDocument, sampleRun, snapshot, writeFiles } from '../support/cli.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';

const folder = temporaryFolder();
const root = (name: string) => join(folder, name);
const stages = ['ingest_funding', 'ingest_ohlcv', 'clean', 'context', 'features', 'backtest', 'report'];
/** Enough bars (157,536) that worker threads are started. */
const large = { symbols: 'BTCUSDT,ETHUSDT,SOLUSDT', end: '2024-06-30' };
/** Leaves a mark for every thread other than the main one. */
const marker = join(
  writeFiles(folder, {
    'marker.mjs': `import { appendFileSync } from 'node:fs';
import { isMainThread, threadId } from 'node:worker_threads';
if (!isMainThread) appendFileSync(process.env.THREAD_MARKS, threadId + '\\n');
`,
  }),
  'marker.mjs',
);
const marks = (name: string) => (existsSync(root(name)) ? readFileSync(root(name), 'utf8').trim().split('\n').length : 0);
const observed = (name: string) => ({ NODE_OPTIONS: `--import=${marker}`, THREAD_MARKS: root(name) });

afterAll(removeFolders);

describe('the same command on fresh data roots', () => {
  const hashes: string[] = [];
  let run: RunDocument;

  it('gives one tree hash for one thread in UTC and two threads in Chatham time and a German locale', async () => {
    run = await cliJson<RunDocument>([...sampleRun(root('one'), large), '--workers', '1'], { env: { ...observed('marks-one'), TZ: 'UTC' } });
    const chatham = { TZ: 'Pacific/Chatham', LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8', LANGUAGE: 'de_DE' };
    const two = await cliJson<RunDocument>([...sampleRun(root('two'), large), '--workers', '2'], { env: { ...observed('marks-two'), ...chatham } });
    hashes.push(run.tree_hash, two.tree_hash);
    expect(run.executed).toEqual(stages);
    expect(two).toEqual(run);
    expect([marks('marks-one'), marks('marks-two')]).toEqual([0, 2]);
  });

  it('writes the same bytes under the same names, logs and timings (also those in the list of reports and the ledger) apart', () => {
    const content = (name: string) =>
      Object.entries(snapshot(root(name)))
        .filter(([file]) => !/\.log$|environment\.json$|^governance\/|^reports\/index\./.test(file))
        .map(([file, text]) => `${file} ${text.split(' ')[0]!}`);
    expect(content('two')).toEqual(content('one'));
    expect(content('one').length).toBeGreaterThan(100);
  });

  it('given again executes nothing and writes no byte', async () => {
    const before = snapshot(root('one'));
    const again = await cliJson<RunDocument>([...sampleRun(root('one'), large), '--workers', '2']);
    expect(again).toEqual({ ...run, executed: [] });
    expect(snapshot(root('one'))).toEqual(before);
  });

  it('with another cost is another run that fetches nothing again, and takes no threads unasked', async () => {
    const raw = () => Object.fromEntries(Object.entries(snapshot(root('one'))).filter(([name]) => name.startsWith('lake/raw')));
    const before = raw();
    const dearer = await cliJson<RunDocument>([...sampleRun(root('one'), large), '--cost-bps', '10', '--quiet'], { env: observed('marks-unasked') });
    expect(dearer.run_id).not.toBe(run.run_id);
    expect(raw()).toEqual(before);
    expect(marks('marks-unasked'), 'threads that nobody asked for').toBe(0);
  });
});

describe('a small run', () => {
  const small = (name: string, changes: Record<string, string> = {}) => sampleRun(root(name), changes);
  let run: RunDocument;

  beforeAll(async () => {
    run = await cliJson<RunDocument>(small('small'));
  });

  it('--force executes every stage again and arrives at the same tree hash', async () => {
    const forced = await cliJson<RunDocument>([...small('small'), '--force']);
    expect(forced).toEqual({ ...run, executed: stages });
  });

  it('whose artifact was deleted makes that stage’s outputs again and nothing before it', async () => {
    const { rmSync } = await import('node:fs');
    rmSync(join(root('small'), run.report));
    expect(await cliJson<RunDocument>(small('small'))).toEqual({ ...run, executed: ['report'] });
  });

  it('an explicit run id with another cost executes backtest and report when forced', async () => {
    await cliJson<RunDocument>(small('small', { 'run-id': 'mine' }));
    const conflict = await cli(small('small', { 'run-id': 'mine', 'cost-bps': '7' }));
    expect([conflict.exit, errorCode(conflict.stderr)]).toEqual([2, 'E_RUN_CONFLICT']);
    expect(conflict.stderr).toContain('costBps');
    expect(conflict.stderr).not.toContain('symbols');
    const before = readFileSync(join(root('small'), 'runs', 'mine', 'run.json'), 'utf8');
    expect(before).toContain('"costBps": 6');
    await cliJson<RunDocument>(small('small', { 'run-id': 'mine', 'cost-bps': '7' }).concat('--force'));
    expect(readFileSync(join(root('small'), 'runs', 'mine', 'run.json'), 'utf8')).toContain('"costBps": 7');
  });

  it('takes symbols in any case and order as the same run', async () => {
    const [a, b] = [small('small', { symbols: 'ETHUSDT,BTCUSDT' }), small('small', { symbols: 'btcusdt,ethusdt,BTCUSDT' })];
    const first = await cliJson<RunDocument>(a);
    expect(await cliJson<RunDocument>(b)).toEqual({ ...first, executed: [] });
  });

  it('another seed is another market, also on a lake that holds the first', async () => {
    const shared = await cliJson<RunDocument>(small('small', { seed: '3' }));
    const alone = await cliJson<RunDocument>(small('seed', { seed: '3' }));
    expect(shared.tree_hash).toBe(alone.tree_hash);
    expect(await cliJson<RunDocument>(small('small'))).toEqual({ ...run, executed: [] });
  });

  it('configuration files give the same run as flags, and flags win', async () => {
    const config = join(writeFiles(folder, { 'run.yaml': 'symbols: [BTCUSDT]\nsource: sample\nstart: 2023-01-01\nend: 2023-02-28\n' }), 'run.yaml');
    const args = ['run', '--config', config, '--end', '2023-01-10', '--data-root', root('small')];
    expect(await cliJson<RunDocument>(args)).toEqual({ ...run, executed: [] });
  });
});

describe('two runs on one lake', () => {
  const args = (timeout: string) => sampleRun(root('shared'), { symbols: 'BTCUSDT', end: '2023-06-30', 'lock-timeout': timeout });

  it('the second ends with 4 naming the holder, or waits and finds the work done', async () => {
    let holder = 0;
    const others: Promise<{ exit: number | null; stderr: string; stdout: string }>[] = [];
    const { mkdirSync } = await import('node:fs');
    mkdirSync(root('shared'), { recursive: true });
    const first = cli([...args('60'), '--json'], {
      onProgress: (stderr) => {
        if (holder !== 0 || !stderr.startsWith('run ')) return;
        holder = (JSON.parse(readFileSync(join(root('shared'), 'lake', '.lock'), 'utf8')) as { pid: number }).pid;
        others.push(cli(args('0')), cli([...args('60'), '--json', '--quiet']));
      },
    });
    expect((await first).exit).toBe(0);
    const [hurried, patient] = await Promise.all(others);
    expect([hurried!.exit, errorCode(hurried!.stderr)]).toEqual([4, 'E_LOCKED']);
    expect(hurried!.stderr).toContain(`process ${holder}`);
    expect(patient!.exit, patient!.stderr).toBe(0);
    const [a, b] = [JSON.parse((await first).stdout) as RunDocument, JSON.parse(patient!.stdout) as RunDocument];
    expect(b).toEqual({ ...a, executed: [] });
  });
});
