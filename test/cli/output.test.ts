import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli, cliJson, mainFile, type RunDocument, sampleRun, writeFiles } from '../support/cli.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';
import { projectRoot } from '../support/shared.ts';

const folder = temporaryFolder();
const dataRoot = join(folder, 'data');
let done: RunDocument;

beforeAll(async () => {
  done = await cliJson<RunDocument>(sampleRun(dataRoot));
});
afterAll(removeFolders);

/** Runs a command and closes its output after the first byte, or at once. */
function withClosedPipe(args: readonly string[], stream: 'stdout' | 'stderr'): Promise<{ exit: number | null; other: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [mainFile, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let other = '';
    child[stream].destroy();
    child[stream === 'stdout' ? 'stderr' : 'stdout'].setEncoding('utf8').on('data', (text: string) => (other += text));
    child.on('close', (exit) => resolve({ exit, other }));
  });
}

describe('help', () => {
  it.each(['--help', '-h', 'help', 'nothing at all'])('%s lists the commands on stdout and ends with 0', async (word) => {
    const { exit, stdout, stderr } = await cli(word.startsWith('nothing') ? [] : [word]);
    expect([exit, stderr]).toEqual([0, '']);
    for (const id of ['run', 'runs', 'stage', 'strategies', 'vectors']) expect(stdout).toMatch(new RegExp(`^ {2}${id} +\\S`, 'm'));
    expect(stdout).toContain('--source sample');
  });

  it.each(['run', 'runs', 'stage', 'strategies', 'vectors'])('%s --help explains every flag and gives an example', async (id) => {
    const { exit, stdout, stderr } = await cli([id, '--help']);
    expect([exit, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^Usage: backtest ${id} `));
    for (const flag of ['--data-root', '--json', '--quiet', '--debug']) expect(stdout).toContain(flag);
    expect(stdout).toMatch(new RegExp(`\nExamples:\n {2}backtest ${id} `));
    for (const line of stdout.split('\n').filter((text) => /^ {2}--/.test(text))) expect(line).toMatch(/^ {2}--\S.* {2}\S/);
  });

  it('run --help names the defaults', async () => {
    const text = (await cli(['run', '--help'])).stdout.replaceAll(/\s+/g, ' ');
    for (const shown of ['(default: vol_compression_v1)', '(default: 4)', '(default: 1000000)', '(default: screen)']) expect(text).toContain(shown);
  });

  it('--version prints the version of package.json', async () => {
    const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string };
    expect(await cli(['--version'])).toMatchObject({ exit: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('--json prints exactly one JSON document', () => {
  const vector = { id: 'x.y', function: 'absent', input: {}, expected: {} };
  writeFiles(folder, { 'unmapped.json': JSON.stringify({ vectors: [vector] }) });

  it('run: id, tree hash, stages executed and where the report is', () => {
    expect(done).toMatchObject({ status: 'done', reason: null });
    expect(done.run_id).toMatch(/^btcusdt-20230101-20230110-[0-9a-f]{8}$/);
    expect(done.tree_hash).toMatch(/^[0-9a-f]{64}$/);
    for (const path of [done.report, done.summary]) expect(existsSync(join(dataRoot, path)), path).toBe(true);
  });

  it('runs list: one entry per run', async () => {
    const listed = await cliJson<{ run_id: string }[]>(['runs', 'list', '--data-root', dataRoot]);
    expect(listed).toEqual([
      {
        run_id: done.run_id,
        status: 'done',
        symbols: ['BTCUSDT'],
        start: '2023-01-01',
        end: '2023-01-10',
        strategies: ['vol_compression_v1'],
        tree_hash: done.tree_hash,
      },
    ]);
    expect(await cliJson(['runs', 'list', '--data-root', join(folder, 'nowhere')])).toEqual([]);
  });

  it('runs show: the record with its manifests', async () => {
    const shown = await cliJson<RunDocument & { stages: string[]; manifests: { stage: string }[] }>([
      'runs',
      'show',
      done.run_id,
      '--data-root',
      dataRoot,
    ]);
    expect(shown.tree_hash).toBe(done.tree_hash);
    expect(shown.manifests.map(({ stage }) => stage)).toEqual(shown.stages);
  });

  it('strategies list and show: parameters and rules', async () => {
    const listed = await cliJson<{ id: string; params: string[] }[]>(['strategies', 'list', '--data-root', dataRoot]);
    const expected = ['vol_compression_momentum_v1', 'vol_compression_reversion_v1', 'vol_compression_v1'];
    expect(listed.map(({ id }) => id)).toEqual(expect.arrayContaining(expected));
    for (const { id, params } of listed.filter((strategy) => expected.includes(strategy.id))) {
      const shown = await cliJson<{ params: object; rules: string[]; reads: string[]; fingerprint: string }>(['strategies', 'show', id]);
      expect(Object.keys(shown.params).sort()).toEqual([...params].sort());
      expect(shown.rules.some((rule) => rule.startsWith('enter long: '))).toBe(true);
      expect(shown.reads).toContain('rv_pct_2880');
      expect(shown.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it('stage: the manifest of that stage', async () => {
    const manifest = await cliJson<{ stage: string; run_id: string; outputs: unknown[] }>(['stage', 'clean', ...sampleRun(dataRoot).slice(1)]);
    expect(manifest).toMatchObject({ stage: 'clean', run_id: done.run_id });
    expect(manifest.outputs).toHaveLength(2);
  });

  it('asking for a stage of a finished run leaves the run finished', async () => {
    const shown = await cliJson<RunDocument & { stages: string[] }>(['runs', 'show', done.run_id, '--data-root', dataRoot]);
    expect(shown).toMatchObject({ status: 'done', tree_hash: done.tree_hash });
    expect(shown.stages).toContain('report');
  });

  it('vectors: one result each, and 1 when any did not pass', async () => {
    const file = join(projectRoot, 'test', 'golden', 'statistics-vectors.json');
    const passed = await cliJson<{ failed: number; passed: number }>(['vectors', file, '--only', 'numerics.moments,risk.drawdown']);
    expect(passed.failed).toBe(0);
    expect(passed.passed).toBeGreaterThan(1);
    const unmapped = await cliJson<{ results: { status: string }[] }>(['vectors', join(folder, 'unmapped.json')], { exit: 1 });
    expect(unmapped.results).toMatchObject([{ id: 'x.y', status: 'unmapped' }]);
  });

  it.each([
    ['a usage error', ['run', '--zzz'], 'E_USAGE', 2],
    ['an unknown command', ['rnu'], 'E_USAGE', 2],
    ['missing data', sampleRun(join(folder, 'other'), { start: '2032-01-01', end: '2032-01-02' }), 'E_NO_DATA', 3],
    ['a file in the place of the data root', sampleRun(join(folder, 'unmapped.json')), 'E_FILE', 4],
  ] as const)('of %s: code, message, hint and exit', async (_, args, code, exit) => {
    const result = await cli([...args, '--json']);
    expect(result.exit).toBe(exit);
    const { error } = JSON.parse(result.stdout) as { error: Record<string, unknown> };
    expect(error).toMatchObject({ code, exit });
    expect(error['message']).toMatch(/\w/);
    expect(error['hint']).toMatch(/\w/);
  });
});

describe('what people read', () => {
  it('is the verdict, the run, its hash and the report; progress goes to stderr', async () => {
    const { stdout, stderr } = await cli(sampleRun(dataRoot));
    expect(stdout.split('\n')[0]).toMatch(/\w/);
    expect(stdout).toContain(`Run:     ${done.run_id}`);
    expect(stdout).toContain(`Tree:    ${done.tree_hash}`);
    expect(stdout).toMatch(/Report: {2}.*report\.html/);
    expect(stderr).toMatch(/^run btcusdt-/);
    expect(stderr.match(/up to date/g)).toHaveLength(7);
  });

  it('--quiet leaves stderr empty', async () => {
    expect((await cli([...sampleRun(dataRoot), '--quiet'])).stderr).toBe('');
  });

  it('has no color with NO_COLOR, nor when stderr is no terminal', async () => {
    const escape = '\u001B[';
    for (const env of [{ NO_COLOR: '1' }, {}]) {
      const { stdout, stderr } = await cli(['rnu'], { env });
      expect(stdout + stderr).not.toContain(escape);
    }
  });

  it('--debug shows where an error came from; without it no stack is shown', async () => {
    expect((await cli(['rnu', '--debug'])).stderr).toMatch(/\n\s+at /);
    expect((await cli(['rnu'])).stderr).not.toMatch(/\n\s+at /);
  });
});

describe('a closed pipe is not an error', () => {
  it('a reader that leaves stdout ends a listing with 0 and no complaint', async () => {
    expect(await withClosedPipe(['strategies', 'show', 'vol_compression_v1'], 'stdout')).toEqual({ exit: 0, other: '' });
    expect(await withClosedPipe(['run', '--help'], 'stdout')).toEqual({ exit: 0, other: '' });
  });

  it('a reader that leaves stderr does not stop a run', async () => {
    const root = join(folder, 'unread');
    const { exit, other } = await withClosedPipe(sampleRun(root), 'stderr');
    expect(exit).toBe(0);
    expect(other).toContain(done.tree_hash);
  });
});
