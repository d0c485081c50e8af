import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRegistry } from '../../src/registry/discover.ts';
import { cli, cliJson, type RunDocument, sampleRun } from '../support/cli.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';
import { projectRoot } from '../support/shared.ts';

const folder = temporaryFolder();
const dataRoot = join(folder, 'data');
const vectors = join(projectRoot, 'test', 'golden', 'statistics-vectors.json');
const reference = join(projectRoot, 'test', 'governance', 'reference');
const ids = openRegistry().ids('command');
let runId = '';
let otherId = '';

beforeAll(async () => {
  runId = (await cliJson<RunDocument>(sampleRun(dataRoot, { end: '2023-01-03' }))).run_id;
  otherId = (await cliJson<RunDocument>(sampleRun(dataRoot, { end: '2023-01-03', 'cost-bps': '9' }))).run_id;
  await cliJson(['hypotheses', 'register', 'vol_compression_expansion', '--data-root', dataRoot]);
  await cliJson(['edges', 'register', 'vc_core', '--data-root', dataRoot]);
});
afterAll(removeFolders);

/** Command lines that end with 0, of every command and action; run ids are known when the test runs. */
const window = sampleRun(dataRoot, { end: '2023-01-03' }).slice(1, -2);
const sound: Readonly<Record<string, () => readonly (readonly string[])[]>> = {
  audit: () => [['why-not', 'edge:vc_core'], ['depends-on', runId], ['drift'], ['stale'], ['multiplicity'], ['coverage']],
  // Measuring and certifying take their time; their answers go the same way as every other.
  bench: () => [],
  certify: () => [],
  completion: () => ['bash', 'zsh', 'fish', 'powershell'].map((shell) => [shell]),
  config: () => [['keys'], ['show'], ['show', '--symbols', 'BTCUSDT', '--seed', '4']],
  doctor: () => [[]],
  edges: () => [['list'], ['lint'], ['show', 'vc_core'], ['import', join(reference, 'pipeline.yaml')]],
  evidence: () => [['verify'], ['verify', 'edge:vc_core'], ['show', 'edge:vc_core']],
  experiments: () => [['list'], ['lint'], ['show', 'vc_book'], ['plan', 'vc_book'], ['status', 'vc_book']],
  gc: () => [[], ['--apply']],
  hypotheses: () => [['list'], ['lint'], ['show', 'vol_shock_delay']],
  ledger: () => [['verify'], ['log'], ['head'], ['checkpoint'], ['export']],
  overlays: () => [
    ['list'],
    ['lint'],
    ['show', 'vol_shock_relaxation_delay30_v1'],
    ['import', join(reference, 'edges', 'vol_shock_relaxation_delay30_v1.json')],
  ],
  policy: () => [
    ['list'],
    ['show', 'vol_shock_throttle'],
    ['validate', join(projectRoot, 'specs/policy_studies/vol_shock_throttle.yaml')],
    ['run', 'vol_shock_throttle', ...window],
  ],
  portfolio: () => [['list'], ['solve', ...window], ['backtest', ...window], ['explain', '2023-01-03', ...window]],
  promote: () => [['check', 'edge:vc_core']],
  run: () => [window],
  runs: () => [
    ['list'],
    ...['show', 'verify', 'reproduce'].map((action) => [action, runId]),
    ['diff', runId, otherId],
    ['export', runId, '--to', join(folder, 'out')],
  ],
  stage: () => [['clean', ...window]],
  strategies: () => [['list'], ['show', 'vol_compression_v1']],
  study: () => [['list'], ['show', 'vol_shock_relaxation']],
  universe: () => [
    ['resolve', ...window],
    ['explain', 'BTCUSDT', ...window],
  ],
  vectors: () => [[vectors, '--only', 'numerics']],
  verify: () => [[], ['--run-id', runId], ['--deep']],
};

/** The one document that stdout holds. */
function documentIn(stdout: string): unknown {
  expect(stdout.endsWith('\n')).toBe(true);
  return JSON.parse(stdout);
}

describe('with --json, stdout is exactly one strict JSON document', () => {
  it.each(ids)('%s: when all is well', async (id) => {
    for (const args of sound[id]!()) {
      const { exit, stdout, stderr } = await cli([id, ...args, '--data-root', dataRoot, '--json'], { cwd: folder });
      expect([exit, args], stderr).toEqual([0, args]);
      expect(typeof documentIn(stdout)).toBe('object');
    }
  });

  it.each(ids)('%s: when the command line is wrong, with code, message, hint and exit', async (id) => {
    const { exit, stdout, stderr } = await cli([id, '--zzzzzz', '--json']);
    expect(exit).toBe(2);
    const said = { message: expect.stringMatching(/\w/), hint: expect.stringMatching(/\w/) };
    expect(documentIn(stdout)).toMatchObject({ error: { code: 'E_USAGE', exit: 2, ...said } });
    expect(stderr).toMatch(/^error E_USAGE: /);
  });

  it.each(ids)('%s: when help is asked for', async (id) => {
    expect(documentIn((await cli([id, '--help', '--json'])).stdout)).toMatchObject({ command: id });
  });

  it('no command, an unknown one, and the version', async () => {
    expect(documentIn((await cli(['--json'])).stdout)).toHaveProperty('commands');
    expect(documentIn((await cli(['zzzzzz', '--json'])).stdout)).toMatchObject({ error: { code: 'E_USAGE' } });
    expect(documentIn((await cli(['--version', '--json'])).stdout)).toHaveProperty('version');
  });

  it('a wrong configuration: file, line, column and key as fields', async () => {
    const flags = ['--symbols', 'BTCUSDT', '--start', '2023-02-30', '--end', '2023-03-01'];
    const { stdout } = await cli(['run', ...flags, '--json']);
    expect(documentIn(stdout)).toMatchObject({ error: { code: 'E_BAD_DATE', details: { key: 'start', flag: '--start' } } });
  });
});
